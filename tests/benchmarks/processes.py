"""Servers as processes of their own, started and stopped, with the memory of all that they start themselves."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

PATIENCE = 120
"""Seconds that a server may take until its first answer."""


class Running(NamedTuple):
    """A server process, its port, and how long it took from its start to its first answer, in seconds."""

    process: subprocess.Popen[str]
    port: int
    cold_start: float

    def resident(self) -> float:
        """Resident memory in MB of the process and all its descendants."""
        return sum(_resident_kb(pid) for pid in _tree(self.process.pid)) / 1024


def _tree(pid: int) -> Iterator[int]:
    """A process and its descendants."""
    yield pid
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in listed.read_text().split():
            yield from _tree(int(child))


def _resident_kb(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:  # ended meanwhile
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")), 0)


@contextlib.contextmanager
def floor() -> Iterator[Running]:
    """The bare application."""
    with _telling([sys.executable, "-m", "tests.benchmarks.floor"], "/get") as running:
        yield running


@contextlib.contextmanager
def mock(fixture: Path | None = None) -> Iterator[Running]:
    """tuco-mock with a fixture, or with its default."""
    command = [sys.executable, "-m", "tuco_mock.cli", "serve", "--port", "0", "--log-format", "json"]
    with _telling(command + (["--fixture", str(fixture)] if fixture else []), "/_tuco/livez") as running:
        yield running


@contextlib.contextmanager
def peer(command: Sequence[str], port: int, first: str, folder: Path) -> Iterator[Running]:
    """A server that listens where it is told to, run in a folder; what it writes is thrown away."""
    begun = time.perf_counter()
    with _process(command, subprocess.DEVNULL, folder) as process:
        while not _answers(port, first):
            waited = time.perf_counter() - begun
            if process.poll() is not None or waited > PATIENCE:
                raise RuntimeError(f"no answer after {waited:.0f} s (exit code {process.returncode}): {command}")
            time.sleep(0.002)
        yield Running(process, port, time.perf_counter() - begun)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextlib.contextmanager
def _telling(command: Sequence[str], first: str) -> Iterator[Running]:
    """A server that picks a free port and tells it on its first line."""
    begun = time.perf_counter()
    with _process(command, subprocess.PIPE) as process:
        assert process.stdout is not None
        with process.stdout as told:
            line = told.readline().strip()
            port = int(line) if line.isdecimal() else int(json.loads(line)["url"].rpartition(":")[2])
            assert _answers(port, first), f"no answer: {command}"
            yield Running(process, port, time.perf_counter() - begun)


@contextlib.contextmanager
def _process(command: Sequence[str], stdout: int, folder: Path | None = None) -> Iterator[subprocess.Popen[str]]:
    """A process in a group of its own, which ends with the block, all of it."""
    errors = subprocess.DEVNULL if stdout == subprocess.DEVNULL else None
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=errors, cwd=folder, text=True, start_new_session=True
    )
    try:
        yield process
    finally:
        _end(process, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        _end(process, signal.SIGKILL)
        process.wait()


def _end(process: subprocess.Popen[str], how: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, how)


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
