"""uvicorn in front or in a thread: the socket is bound here, so that port 0 is never lost to a race."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import signal
import socket
import struct
import threading
from typing import TYPE_CHECKING, Any, Self, cast

import msgspec
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from tuco_mock.wire.connection import EXTENSION
from tuco_mock.wire.sending import Cycle, JoinedWrites

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType, TracebackType

    from starlette.types import ASGIApp

KEEP_ALIVE_SECONDS = 75
"""How long an idle connection is kept: longer than clients keep theirs, so that they never meet a closed one."""

_GRACE_SECONDS = 5


class PortTaken(OSError):
    """The address can't be listened on; the message says which and why."""


def bind(host: str, port: int) -> socket.socket:
    """A socket bound to the address; port 0 picks a free one.

    Raises:
        PortTaken: something else listens there, or the address is none of this machine's.
    """
    if not 0 <= port <= 65535:
        raise PortTaken(f"can't listen on {host}:{port}: a port is a number from 0 to 65535")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise PortTaken(f"can't listen on {host}: {error.strerror or error}") from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(2048)
    except OSError as error:
        listener.close()
        hint = "; try --port 0" if error.errno == errno.EADDRINUSE else ""
        raise PortTaken(f"can't listen on {host}:{port}: {error.strerror or error}{hint}") from error
    return listener


def url_of(listener: socket.socket) -> str:
    """The base URL that reaches the socket from this machine."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104 - asked for, and not our choice
    return f"http://{host}:{port}"


class _Connection:
    """What a fault may do to the connection of a request (`tuco_mock.wire.connection`)."""

    def __init__(self, protocol: _Protocol) -> None:
        self._protocol = protocol

    def reset(self) -> None:
        """Break it: closing without lingering sends a reset instead of an orderly end."""
        transport = self._abandoned()
        own = transport.get_extra_info("socket")
        own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()

    def close(self) -> None:
        """Close it once what was sent is out."""
        self._abandoned().close()

    def send_raw(self, data: bytes) -> None:
        """Send bytes as they are."""
        self._abandoned().write(data)

    def _abandoned(self) -> asyncio.Transport:
        """The transport, on which uvicorn sends nothing more of its own."""
        self._protocol.answering.disconnected = True
        return self._protocol.transport


class _Protocol(HttpToolsProtocol):
    """uvicorn's protocol, which answers 400 itself when the bytes behind a request are no HTTP.

    Attributes:
        answering: the request that is being answered, or was last.
    """

    answering: RequestResponseCycle

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Start with a client."""
        super().connection_made(cast("asyncio.Transport", JoinedWrites(transport)))
        self._extensions: dict[str, Any] = {EXTENSION: _Connection(self)}

    def connection_lost(self, exc: Exception | None) -> None:
        """End with a client."""
        super().connection_lost(exc)
        if self.timeout_keep_alive_task is not None:
            self.timeout_keep_alive_task.cancel()

    def _unset_keepalive_if_required(self) -> None:
        self._idle_since: float | None = None  # the timer goes on: one a connection, not one a request

    def on_response_complete(self) -> None:
        """Go on with the next request that is there already, or wait for it."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
            return
        self._idle_since = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self._wake_after(self.timeout_keep_alive)

    def timeout_keep_alive_handler(self) -> None:
        """Hang up if nothing has come for long enough; else look again when that may be so."""
        self.timeout_keep_alive_task = None
        if self._idle_since is None:
            return
        left = self._idle_since + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self._wake_after(left)
        else:
            super().timeout_keep_alive_handler()

    def _wake_after(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(seconds, self.timeout_keep_alive_handler)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        cycle.__class__ = Cycle  # uvicorn names the class itself; this one has nothing more to begin with
        self.answering = cycle  # `self.cycle` is the newest, which may wait behind this one
        super()._start_asgi_task(cycle, app)

    def on_message_begin(self) -> None:
        """Offer the connection to the application."""
        super().on_message_begin()
        self.scope["extensions"] = self._extensions

    def send_400_response(self, msg: str) -> None:
        """Refuse what was read so far; a request in it that has no answer yet is not carried out (A10)."""
        if self.cycle is not None and not self.cycle.response_started:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        body = msgspec.json.encode({"error": msg.rstrip(".")})
        head = (
            f"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
            "connection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()


class _Server(uvicorn.Server):
    """uvicorn that tells when it answers, and for which a signal is an orderly end and not a failure."""

    def __init__(self, app: ASGIApp, on_started: Callable[[], None], on_ending: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=_Protocol,
                lifespan="off",
                ws="none",
                access_log=False,  # it alone costs 40 % of the throughput
                log_config=None,
                log_level="warning",
                server_header=False,
                proxy_headers=False,
                timeout_keep_alive=KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=_GRACE_SECONDS + 1,
            )
        )
        self._on_started = on_started
        self._on_ending = on_ending

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End: a request that gets complete in time is answered, one that doesn't is hung up on."""
        self._on_ending()
        hanging_up = asyncio.get_running_loop().call_later(_GRACE_SECONDS, self._hang_up)
        await super().shutdown(sockets)
        hanging_up.cancel()
        self._hang_up()
        await asyncio.gather(*self.server_state.tasks, return_exceptions=True)

    def _hang_up(self) -> None:
        for connection in list(self.server_state.connections):
            connection.transport.abort()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """End on SIGINT and SIGTERM without raising them again afterwards, as uvicorn would."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {each: signal.signal(each, self._end) for each in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)

    def _end(self, number: int, frame: FrameType | None) -> None:
        self.handle_exit(number, frame)


def _nothing() -> None:
    """What happens at the end of an application that keeps nobody waiting."""


def run(
    app: ASGIApp,
    listener: socket.socket,
    on_started: Callable[[], None],
    on_ending: Callable[[], None] = _nothing,
) -> None:
    """Serve until SIGINT or SIGTERM.

    Args:
        app: what answers.
        listener: where.
        on_started: called once it answers.
        on_ending: called when it is about to stop: ends what waits or delays.
    """
    _Server(app, on_started, on_ending).run(sockets=[listener])


class BackgroundServer:
    """A server in a thread of this process: a context manager, ready when it is entered, gone when it is left.

    What `app` has as `stop_waiting` is called when the server is about to stop, what it has as `close` afterwards.

    Attributes:
        app: the application it serves.
        url: its base URL, with the port that was picked.
    """

    def __init__(self, app: ASGIApp, host: str = "127.0.0.1", port: int = 0) -> None:
        self.app = app
        self._listener = bind(host, port)
        self.url = url_of(self._listener)
        self._ready = threading.Event()
        self._server = _Server(app, self._ready.set, getattr(app, "stop_waiting", _nothing))
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="tuco-mock", daemon=True)

    def _run(self) -> None:
        _leave_signals_to_others()
        try:
            self._server.run(sockets=[self._listener])
        except BaseException as error:  # noqa: BLE001 - handed to whoever waits for the start
            self._failure = error
        finally:
            self._listener.close()
            getattr(self.app, "close", _nothing)()
            self._ready.set()

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            raise RuntimeError("the server did not start") from self._failure
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join()


def _leave_signals_to_others() -> None:
    """Let the signals that end a program reach a thread that waits for them.

    One that this thread got would be noted for the main thread, without waking it from what it waits for.
    """
    if hasattr(signal, "pthread_sigmask"):  # where it isn't, signals come to the main thread alone
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
