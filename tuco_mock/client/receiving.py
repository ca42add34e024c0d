"""A small HTTP server in a thread of this process: takes webhooks, and answers as it is told to."""

from __future__ import annotations

import contextlib
import http.server
import socket
import struct
import threading
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_SLOWEST = 5.0
"""How long a request may take to arrive, in seconds."""


class Answer(NamedTuple):
    """How a webhook is answered.

    Attributes:
        status, body: of the answer.
        delay: how long it takes, in seconds.
        hang: never answer: the connection stays open until the receiver stops.
        reset: break the connection instead.
    """

    status: int = 200
    body: str = "OK"
    delay: float = 0.0
    hang: bool = False
    reset: bool = False


class Receiving(http.server.ThreadingHTTPServer):
    """The server, on a free port of 127.0.0.1, from now on.

    Attributes:
        url: where webhooks are to be sent.
    """

    daemon_threads = False  # it ends when all its threads have

    def __init__(self, handle: Callable[[Mapping[str, str], bytes], Answer]) -> None:
        super().__init__(("127.0.0.1", 0), _Exchange)
        self.url = f"http://127.0.0.1:{self.server_port}/webhooks"
        self.handle = handle
        self.stopped = threading.Event()
        self._thread = threading.Thread(target=self._accept, name="tuco webhooks", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop listening, let go who hangs, and wait until every thread has ended."""
        self.stopped.set()
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.server_port), _SLOWEST):
            pass  # that wakes who accepts
        self._thread.join()
        self.server_close()

    def handle_error(self, request: object, client_address: object) -> None:
        """Who hangs up while it is answered has said so; a test's output is no place for it."""

    def _accept(self) -> None:
        while True:
            try:
                request, address = self.get_request()
            except OSError:
                return
            if self.stopped.is_set():
                request.close()
                return
            self.process_request(request, address)


class _Exchange(http.server.BaseHTTPRequestHandler):
    """One request."""

    server: Receiving
    timeout = _SLOWEST

    def do_POST(self) -> None:
        """Take a webhook."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        answer = self.server.handle({name.lower(): text for name, text in self.headers.items()}, body)
        self.server.stopped.wait(None if answer.hang else answer.delay)
        if answer.hang:
            return
        if answer.reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            return
        content = answer.body.encode()
        self.send_response(answer.status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the standard library has it
        """Nobody wants it on stderr."""
