"""An idle connection is hung up on after a time without a request, however busy it was before; one timer sees to it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from uvicorn.server import ServerState

from tuco_mock import server
from tuco_mock.wire.answer import send_body

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import Receive, Scope, Send

REQUEST = b"GET / HTTP/1.1\r\nHost: h\r\n\r\n"
LIMIT = server.KEEP_ALIVE_SECONDS


class Loop:
    """An event loop whose time is told what it is."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.timers: list[tuple[float, Callable[[], None]]] = []
        self._real = asyncio.get_running_loop()

    def time(self) -> float:
        return self.now

    def call_later(self, seconds: float, work: Callable[[], None]) -> Any:
        timer = (self.now + seconds, work)
        self.timers.append(timer)
        return Handle(self.timers, timer)

    def pass_time(self, seconds: float) -> None:
        end = self.now + seconds
        while self.timers and min(self.timers)[0] <= end:
            timer = min(self.timers)
            self.timers.remove(timer)
            self.now = timer[0]
            timer[1]()
        self.now = end

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


class Handle:
    def __init__(self, timers: list[Any], timer: Any) -> None:
        self._timers, self._timer = timers, timer

    def cancel(self) -> None:
        if self._timer in self._timers:
            self._timers.remove(self._timer)


class Transport(asyncio.Transport):
    """One that keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: asyncio.Queue[Any] = asyncio.Queue()
        self.closed = False

    def write(self, data: Any) -> None:
        self.sent.put_nowait(data)

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None:
        """Nothing is read here."""

    def resume_reading(self) -> None:
        """Nothing is read here."""

    def close(self) -> None:
        self.closed = True


class Connection:
    """A connection to an application that answers at once, or when it is let."""

    def __init__(self) -> None:
        self.loop, self.transport = Loop(), Transport()
        self.let = asyncio.Event()
        self.let.set()

        async def answer(_scope: Scope, _receive: Receive, send: Send) -> None:
            await self.let.wait()
            await send_body(send, 200, b"{}", ())

        config = server._Server(answer, lambda: None, lambda: None).config
        config.load()
        self._protocol = server._Protocol(config, ServerState(), {}, self.loop)  # type: ignore[arg-type] # as good as one
        self._protocol.connection_made(self.transport)

    def ask(self) -> None:
        self._protocol.data_received(REQUEST)

    async def answered(self) -> None:
        assert (await self.transport.sent.get()).startswith(b"HTTP/1.1 200")

    def lose(self, error: Exception | None) -> None:
        self._protocol.connection_lost(error)


def test_it_counts_from_the_last_answer_with_one_timer() -> None:
    async def run() -> None:
        connection = Connection()
        for _ in range(10):
            connection.ask()
            await connection.answered()
            assert len(connection.loop.timers) == 1
            connection.loop.pass_time(LIMIT - 1)
        assert not connection.transport.closed
        connection.loop.pass_time(0.9)
        assert not connection.transport.closed
        connection.loop.pass_time(0.2)
        assert connection.transport.closed
        assert connection.loop.timers == []

    asyncio.run(run())


def test_it_does_not_count_while_a_request_is_answered() -> None:
    async def run() -> None:
        connection = Connection()
        connection.ask()
        await connection.answered()
        connection.let.clear()
        connection.ask()
        connection.loop.pass_time(3 * LIMIT)
        assert not connection.transport.closed
        connection.let.set()
        await connection.answered()
        connection.loop.pass_time(LIMIT - 1)
        assert not connection.transport.closed
        connection.loop.pass_time(1.1)
        assert connection.transport.closed

    asyncio.run(run())


def test_requests_that_are_there_already_are_answered_one_after_the_other() -> None:
    async def run() -> None:
        connection = Connection()
        for _ in range(3):
            connection.ask()
        for _ in range(3):
            await connection.answered()
        assert len(connection.loop.timers) == 1

    asyncio.run(run())


def test_nothing_is_left_of_a_connection_that_was_lost() -> None:
    async def run() -> None:
        for error in (None, ConnectionResetError()):
            connection = Connection()
            connection.ask()
            await connection.answered()
            connection.lose(error)
            assert connection.loop.timers == []

    asyncio.run(run())
