"""A server without sockets: the application runs on an event loop of its own, in one thread, and clients hop there.

It answers as the server on a socket does: a connection fault reaches the client as the httpx error that a real socket
would have given, and an application whose client goes away is told so.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import errno
import os
import threading
from typing import TYPE_CHECKING, Any, NamedTuple, Self
from urllib.parse import unquote_to_bytes

import h11

from tuco_mock.client.errors import ServerUnreachable
from tuco_mock.wire.connection import EXTENSION

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    import httpx
    from starlette.types import ASGIApp, Message

    from tuco_mock.client.connector import Asked

HOST = "in-process.tuco-mock.invalid"
"""The host name of such a server, one that no name server will ever know."""

_GRACE_SECONDS = 5

Headers = list[tuple[bytes, bytes]]


class Call(NamedTuple):
    """A request; `target` is path and query as on the wire."""

    method: str
    target: bytes
    headers: Headers
    body: bytes


class Answer(NamedTuple):
    """What came of it."""

    status: int
    headers: Headers
    body: bytes


class ConnectionLost(Exception):
    """The connection was reset."""


class ProtocolBroken(Exception):
    """The connection was closed before the answer was whole."""


class _Asked(NamedTuple):
    """A call of the control plane that is under way."""

    outcome: concurrent.futures.Future[Answer]
    url: str
    seconds: float

    def answer(self) -> tuple[int, bytes]:
        """Wait for its answer."""
        try:
            answer = self.outcome.result(self.seconds)
        except TimeoutError as error:
            self.outcome.cancel()
            raise ServerUnreachable(self.url, f"no answer within {self.seconds:g} s") from error
        return answer.status, answer.body


class InProcess:
    """The way to an application that runs in this process; a context manager.

    Attributes:
        url: its base URL, which no other client can reach.
    """

    url = f"http://{HOST}"
    on_network = False

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._loop = asyncio.new_event_loop()
        self._exchanges: dict[asyncio.Task[None], _Exchange] = {}
        self._thread = threading.Thread(target=self._run, name="tuco-mock in process", daemon=True)

    def submit(self, call: Call) -> concurrent.futures.Future[Answer]:
        """Start a call, from any thread; cancelling the future hangs up.

        Raises:
            RuntimeError: the server has ended.
        """
        outcome: concurrent.futures.Future[Answer] = concurrent.futures.Future()
        self._loop.call_soon_threadsafe(self._begin, call, outcome)
        return outcome

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None, seconds: float) -> Asked:
        """Begin a call of the control plane."""
        sent = [(b"host", HOST.encode()), *((name.lower().encode(), text.encode()) for name, text in headers.items())]
        sent.append((b"content-length", str(len(body or b"")).encode()))
        try:
            outcome = self.submit(Call(method, path.encode(), sent, body or b""))
        except RuntimeError as error:
            raise ServerUnreachable(self.url, "the server has ended") from error
        return _Asked(outcome, self.url, seconds)

    def transport(self) -> httpx.BaseTransport:
        """For synchronous clients."""
        from tuco_mock.mock.transports import SyncTransport  # noqa: PLC0415 - httpx is for those who use it

        return SyncTransport(self)

    def async_transport(self) -> httpx.AsyncBaseTransport:
        """For asynchronous clients, in any event loop."""
        from tuco_mock.mock.transports import AsyncTransport  # noqa: PLC0415 - only who needs it pays for it

        return AsyncTransport(self)

    def close(self) -> None:
        """There are no connections to close."""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        getattr(self._app, "close", bool)()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
        finally:
            asyncio.set_event_loop(None)
            self._loop.close()

    def _begin(self, call: Call, outcome: concurrent.futures.Future[Answer]) -> None:
        exchange = _Exchange(call, outcome)
        task = self._loop.create_task(exchange.run(self._app))
        self._exchanges[task] = exchange
        task.add_done_callback(self._exchanges.pop)
        outcome.add_done_callback(lambda _: self._after(exchange))

    def _after(self, exchange: _Exchange) -> None:
        """The client has its answer, or wants none any more; either way there is nobody to talk to."""
        with contextlib.suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(exchange.hang_up)

    async def _end(self) -> None:
        stop_waiting = getattr(self._app, "stop_waiting", None)
        if stop_waiting is not None:
            stop_waiting()
        if self._exchanges:
            _, late = await asyncio.wait(list(self._exchanges), timeout=_GRACE_SECONDS)
            for task in late:
                self._exchanges[task].hang_up()
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        others = asyncio.all_tasks() - {asyncio.current_task()}  # deliveries, which are told already that it ends
        if others:
            _, late = await asyncio.wait(others, timeout=_GRACE_SECONDS)
            for each in late:
                each.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._loop.shutdown_asyncgens()
        await self._loop.shutdown_default_executor()


class _Exchange:
    """One request and its answer, as an ASGI server sees them; also the request's connection (`wire.connection`)."""

    def __init__(self, call: Call, outcome: concurrent.futures.Future[Answer]) -> None:
        self._call = call
        self._outcome = outcome
        self._read = False
        self._gone = asyncio.Event()
        self._head: tuple[int, Headers] | None = None
        self._body: list[bytes] = []
        self._raw: bytes | None = None

    async def run(self, app: ASGIApp) -> None:
        """Let the application answer."""
        try:
            await app(self._scope(), self._receive, self._send)
        except Exception:  # noqa: BLE001 - told as a server tells it
            self._give(Answer(500, [(b"content-type", b"text/plain; charset=utf-8")], b"Internal Server Error"))
        finally:
            self._fail(ProtocolBroken("Server disconnected without sending a response."))

    def hang_up(self) -> None:
        """The client is gone."""
        self._gone.set()

    def reset(self) -> None:
        """Break the connection."""
        self._fail(ConnectionLost(f"[Errno {errno.ECONNRESET}] {os.strerror(errno.ECONNRESET)}"))

    def send_raw(self, data: bytes) -> None:
        """Send bytes as they are."""
        self._raw = (self._raw or b"") + data

    def close(self) -> None:
        """Close the connection: what was sent until now is the whole answer."""
        try:
            self._give(_read_as_a_client(self._call, self._raw or b""))
        except h11.RemoteProtocolError as error:
            self._fail(ProtocolBroken(str(error)))

    def _scope(self) -> dict[str, Any]:
        path, _, query = self._call.target.partition(b"?")
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "scheme": "http",
            "method": self._call.method,
            "path": unquote_to_bytes(path).decode("utf-8", "replace"),
            "raw_path": path,
            "query_string": query,
            "root_path": "",
            "headers": self._call.headers,
            "client": ("127.0.0.1", 0),
            "server": (HOST, 80),
            "extensions": {EXTENSION: self},
        }

    async def _receive(self) -> Message:
        if not self._read:
            self._read = True
            return {"type": "http.request", "body": self._call.body, "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._head = (message["status"], [(bytes(name), bytes(text)) for name, text in message.get("headers", ())])
        elif message["type"] == "http.response.body" and self._head is not None:
            self._body.append(message.get("body", b""))
            if not message.get("more_body", False):
                status, headers = self._head
                self._give(Answer(status, headers, b"" if self._call.method == "HEAD" else b"".join(self._body)))

    def _give(self, answer: Answer) -> None:
        with contextlib.suppress(concurrent.futures.InvalidStateError):  # the client has hung up, or has it already
            self._outcome.set_result(answer)

    def _fail(self, error: Exception) -> None:
        with contextlib.suppress(concurrent.futures.InvalidStateError):
            self._outcome.set_exception(error)


def _read_as_a_client(call: Call, sent: bytes) -> Answer:
    """What a client makes of the bytes that were sent before the connection was closed.

    Raises:
        h11.RemoteProtocolError: they are no whole answer; the text is what httpx has for it.
    """
    if not sent:
        raise h11.RemoteProtocolError("Server disconnected without sending a response.")
    client = h11.Connection(h11.CLIENT)
    client.send(h11.Request(method=call.method, target=b"/", headers=[(b"host", HOST.encode())]))
    client.send(h11.EndOfMessage())
    client.receive_data(sent)
    client.receive_data(b"")
    head: h11.Response | None = None
    body: list[bytes] = []
    while True:
        event = client.next_event()
        if isinstance(event, h11.Response):
            head = event
        elif isinstance(event, h11.Data):
            body.append(bytes(event.data))
        elif head is not None:
            return Answer(head.status_code, list(head.headers), b"".join(body))
