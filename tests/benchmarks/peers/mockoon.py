"""Mockoon's command line: two routes with the fixed answer, its templates switched off.

Its log goes to the standard output only (``--disable-log-to-file``) and is thrown away; the admin API stays, with its
memory of the last hundred calls, as tuco-mock's control plane and journal do.
"""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from tests.benchmarks import processes
from tests.benchmarks.contestants import ANSWER, Contestant, stub_calls
from tests.benchmarks.peers.installed import node_command
from tests.benchmarks.processes import Running

NAMES = ("Mockoon",)


def contestants(peers: Path) -> list[Contestant]:
    """The one."""
    command, version = node_command(peers, "@mockoon/cli", "mockoon-cli")

    def start(folder: Path) -> AbstractContextManager[Running]:
        port = processes.free_port()
        file = folder / "environment.json"
        routes = [_route("get", 1), _route("post", 2)]
        tree = [{"type": "route", "uuid": route["uuid"]} for route in routes]
        environment = {"uuid": _uuid(0), "name": "two routes", "port": port, "routes": routes, "rootChildren": tree}
        file.write_text(json.dumps(environment))
        serve = ["start", "--data", str(file), "--repair", "--hostname", "127.0.0.1", "--port", str(port)]
        return processes.peer([*command, *serve, "--disable-log-to-file"], port, "/get", folder)

    return [Contestant(NAMES[0], version, start, *stub_calls())]


def _route(method: str, number: int) -> dict[str, Any]:
    response = {
        "uuid": _uuid(10 + number),
        "body": ANSWER,
        "bodyType": "INLINE",
        "statusCode": 200,
        "headers": [{"key": "Content-Type", "value": "application/json"}],
        "disableTemplating": True,
        "default": True,
    }
    return {
        "uuid": _uuid(number),
        "type": "http",
        "method": method,
        "endpoint": method,
        "responses": [response],
    }


def _uuid(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012x}"
