"""Servers as processes of their own, started and stopped, with their memory."""

from __future__ import annotations

import contextlib
import http.client
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple


class Running(NamedTuple):
    """A server process, its port, and how long it took from its start to its first answer, in seconds."""

    process: subprocess.Popen[str]
    port: int
    cold_start: float

    def resident(self) -> float:
        """Resident memory in MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024


@contextlib.contextmanager
def floor() -> Iterator[Running]:
    """The bare application."""
    with _started([sys.executable, "-m", "tests.benchmarks.floor"], "/get") as running:
        yield running


@contextlib.contextmanager
def mock(fixture: Path | None = None) -> Iterator[Running]:
    """tuco-mock with a fixture, or with its default."""
    command = [sys.executable, "-m", "tuco_mock.cli", "serve", "--port", "0", "--log-format", "json"]
    with _started(command + (["--fixture", str(fixture)] if fixture else []), "/_tuco/livez") as running:
        yield running


@contextlib.contextmanager
def _started(command: list[str], first: str) -> Iterator[Running]:
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        line = process.stdout.readline().strip()
        port = int(line) if line.isdecimal() else int(json.loads(line)["url"].rpartition(":")[2])
        connection = http.client.HTTPConnection("127.0.0.1", port)
        connection.request("GET", first)
        assert connection.getresponse().status == 200
        connection.close()
        yield Running(process, port, time.perf_counter() - begun)
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()
