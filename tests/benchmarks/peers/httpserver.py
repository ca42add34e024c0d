"""pytest-httpserver as a server of its own: two expectations with the fixed answer, each for any number of requests.

As it comes: one thread, a new connection for each request (its werkzeug server keeps none), all requests remembered.
What it costs inside of a test run is measured in `tests.benchmarks.suites`.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from tests.benchmarks import processes
from tests.benchmarks.contestants import ANSWER, Contestant, stub_calls
from tests.benchmarks.peers.installed import distribution
from tests.benchmarks.processes import Running

NAMES = ("pytest-httpserver",)

SERVE = f"""
import sys
import threading

from pytest_httpserver import HTTPServer

server = HTTPServer(host="127.0.0.1", port=int(sys.argv[1]))
for method, path in (("GET", "/get"), ("POST", "/post")):
    server.expect_request(path, method=method).respond_with_data({ANSWER!r}, content_type="application/json")
server.start()
threading.Event().wait()
"""


def contestants(peers: Path) -> list[Contestant]:
    """The one."""
    interpreter, version = distribution(peers, "pytest-httpserver")

    def start(folder: Path) -> AbstractContextManager[Running]:
        port = processes.free_port()
        return processes.peer([str(interpreter), "-c", SERVE, str(port)], port, "/get", folder)

    return [Contestant(NAMES[0], version, start, *stub_calls())]
