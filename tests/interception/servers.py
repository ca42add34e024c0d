"""A web server that tells what it got, and breaks off where it is asked to."""

from __future__ import annotations

import json
import socket
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

TUCO = "https://app.tuco.ai"


class Handler(BaseHTTPRequestHandler):
    """Answers with the request itself as JSON, unless the path asks for something else."""

    protocol_version = "HTTP/1.1"
    server: Server

    def answer(self) -> None:
        """Answer any method."""
        length = int(self.headers.get("Content-Length") or 0)
        body = self.chunks() if self.headers.get("Transfer-Encoding") == "chunked" else self.rfile.read(length)
        asked = self.path.partition("?")[0].removeprefix("/").replace("-", "_")
        self.body = body.decode()
        getattr(self, f"path_{asked}", self.echo)()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self.answer
        raise AttributeError(name)

    def chunks(self) -> bytes:
        """A chunked body."""
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def send(self, status: int, body: bytes, **headers: str) -> None:
        """A whole answer."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def echo(self) -> None:
        """The request, and who got it."""
        headers = [[name.lower(), value] for name, value in self.headers.items()]
        told = {
            "server": self.server.name,
            "peer": self.client_address[1],
            "method": self.command,
            "target": self.path,
            "headers": headers,
            "body": self.body,
        }
        status = 418 if "teapot" in self.path else 200
        kind = "application/json"
        self.send(status, json.dumps(told).encode(), X_Answered_By=self.server.name, Content_Type=kind)

    def path_near(self) -> None:
        """A redirect to a path."""
        self.send(307, b"", Location="/arrived?from=near")

    def path_far(self) -> None:
        """A redirect to the whole address of the real service."""
        self.send(307, b"", Location=f"{TUCO}/arrived?from=far")

    def path_away(self) -> None:
        """A redirect to another host."""
        self.send(307, b"", Location=self.server.away)

    def path_cookie(self) -> None:
        """A cookie."""
        self.send(200, b"{}", Set_Cookie="crumb=1; Path=/; Secure")

    def path_two_parts(self) -> None:
        """Two lines, the second one not before the client has seen the first."""
        self.send_response(200)
        self.send_header("Content-Length", "8")
        self.end_headers()
        self.wfile.write(b"one\n")
        assert self.server.first_part_seen.wait(30)
        self.wfile.write(b"two\n")

    def path_hang(self) -> None:
        """No answer before the server ends."""
        self.server.ending.wait(30)
        self.close_connection = True

    def path_empty(self) -> None:
        """The connection ends without an answer."""
        self.close_connection = True

    def path_reset(self) -> None:
        """The connection is reset without an answer."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def path_truncated(self) -> None:
        """Half of a body."""
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b'{"half": ')
        self.close_connection = True

    def handle(self) -> None:
        """Serve a connection; a reset one has nothing to be flushed to."""
        try:
            super().handle()
        except (OSError, ValueError):
            self.close_connection = True

    def finish(self) -> None:
        """End a connection."""
        try:
            super().finish()
        except (OSError, ValueError):
            return

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """The server: a context manager, serving from where it is entered to where it is left."""

    daemon_threads = True

    def __init__(self, name: str, away: str = "") -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.name = name
        self.away = away
        self.port: int = self.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.first_part_seen = threading.Event()
        self.ending = threading.Event()

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ending.set()
        self.shutdown()
        self.server_close()
