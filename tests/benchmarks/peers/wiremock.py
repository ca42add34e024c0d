"""WireMock with static stubs: as it comes, that is with a journal that grows without end, and without a journal.

The jar of the npm package is run by java itself, so that no node process stands between or is counted; heap and threads
are the runtime's and WireMock's own defaults.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from tests.benchmarks import processes
from tests.benchmarks.contestants import ANSWER, Contestant, stub_calls
from tests.benchmarks.peers.installed import NotInstalledError, package, runtime, runtime_version
from tests.benchmarks.processes import Running

NAMES = ("WireMock", "WireMock, no journal")
JSON = {"Content-Type": "application/json"}


def contestants(peers: Path) -> list[Contestant]:
    """WireMock twice."""
    folder, version = package(peers, "wiremock")
    java = runtime("java")
    version += f" ({runtime_version(java, '-version')})"
    options = ((), ("--no-request-journal",))
    return [
        Contestant(name, version, starting(folder, stubs(), *more), *stub_calls())
        for name, more in zip(NAMES, options, strict=True)
    ]


def starting(
    package_folder: Path, mappings: list[Any], *options: str
) -> Callable[[Path], AbstractContextManager[Running]]:
    """How WireMock is started with these stubs."""
    jar = next(package_folder.rglob("*.jar"), None)
    if jar is None:
        raise NotInstalledError(f"no jar in {package_folder}")

    def start(folder: Path) -> AbstractContextManager[Running]:
        (folder / "mappings").mkdir()
        (folder / "mappings" / "stubs.json").write_text(json.dumps({"mappings": mappings}))
        port = processes.free_port()
        command = [runtime("java"), "-jar", str(jar), "--bind-address", "127.0.0.1", "--port", str(port)]
        logs_off = ["--disable-banner", "--disable-request-logging"]
        return processes.peer([*command, "--root-dir", str(folder), *logs_off, *options], port, "/get", folder)

    return start


def stubs(count: int = 2) -> list[Any]:
    """GET /get and POST /post with the fixed answer, and GET /get/1, /get/2 and so on: `count` in all."""
    response = {"status": 200, "headers": JSON, "body": ANSWER}
    asked = [("GET", "/get"), ("POST", "/post"), *(("GET", f"/get/{number}") for number in range(1, count - 1))]
    return [{"request": {"method": method, "urlPath": path}, "response": response} for method, path in asked]
