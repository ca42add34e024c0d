"""json-server: a GET of one row of about 1 KB, and a POST of an object of that size, which is answered with it.

Its log is off (``--quiet``). The POST takes the place of a single object, so that the file which json-server writes at
each POST stays as small as it is; what a POST costs that adds a row to many is measured apart (`ADD`).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from tests.benchmarks import data, processes
from tests.benchmarks.contestants import ANSWER, HEADERS, Contestant
from tests.benchmarks.load import Call
from tests.benchmarks.peers.installed import node_command
from tests.benchmarks.processes import Running

NAMES = ("json-server",)
GET: Call = ("GET", "/rows/1", HEADERS, None)
ROW = {"recipientPhone": data.phone(1), **json.loads(ANSWER)}
POST: Call = ("POST", "/single", HEADERS, json.dumps(ROW).encode())
ADD: Call = ("POST", "/rows", HEADERS, json.dumps(ROW).encode())


def contestants(peers: Path) -> list[Contestant]:
    """The one."""
    command, version = node_command(peers, "json-server", "json-server")
    return [Contestant(NAMES[0], version, starting(command, 1), [GET], [POST])]


def starting(command: list[str], rows: int) -> Callable[[Path], AbstractContextManager[Running]]:
    """How json-server is started with that many rows."""

    def start(folder: Path) -> AbstractContextManager[Running]:
        file = folder / "db.json"
        stored = [{"id": number, **ROW} for number in range(1, rows + 1)]
        file.write_text(json.dumps({"rows": stored, "single": ROW}))
        port = processes.free_port()
        serve = [*command, "--quiet", "--host", "127.0.0.1", "--port", str(port), str(file)]
        return processes.peer(serve, port, "/rows/1", folder)

    return start
