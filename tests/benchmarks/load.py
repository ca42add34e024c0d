"""Two kinds of load: one client call after another with httpx, and several connections kept busy."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import cycle
from statistics import median
from typing import NamedTuple, cast

import httptools
import httpx
import uvloop

Call = tuple[str, str, dict[str, str], bytes | None]
"""Method, path with query, headers, body."""


PATIENCE = 60
"""Seconds that a server may be silent."""


class Latency(NamedTuple):
    """Milliseconds: the middle call, and the slowest of the fastest 99 %."""

    median: float
    p99: float


def spread(took: Sequence[float]) -> Latency:
    """Median and 99th percentile of what calls took, given in seconds."""
    return Latency(median(took) * 1e3, sorted(took)[int(len(took) * 0.99)] * 1e3)


def sequential(port: int, calls: Sequence[Call], count: int, seconds: float = 60) -> list[float]:
    """Seconds of `count` calls, one after another on a connection kept where the server keeps it; no more when
    `seconds` have passed.
    """
    took: list[float] = []
    end = time.perf_counter() + seconds
    plain = {"Accept-Encoding": "identity"}  # some compress what others send as it is
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, headers=plain, timeout=PATIENCE) as client:
        for _, (method, path, headers, body) in zip(range(count), cycle(calls), strict=False):
            begun = time.perf_counter()
            answer = client.request(method, path, headers=headers, content=body)
            took.append(time.perf_counter() - begun)
            assert answer.is_success, answer.text
            if begun > end:
                break
    return took


class _Drive:
    """What the connections of one measurement share: calls to be made, until enough were made or time is up."""

    def __init__(self, port: int, calls: Sequence[Call], count: int, seconds: float) -> None:
        self.requests: Iterator[bytes] = cycle([_raw(call) for call in calls])
        self.took: list[float] = []
        self.failed: list[str] = []
        self.connecting: set[asyncio.Task[object]] = set()
        self._port, self._left, self._end = port, count, time.perf_counter() + seconds
        self._patience = seconds + PATIENCE
        self._open = 0
        self._over = asyncio.Event()

    async def run(self, connections: int) -> float:
        """Calls a second."""
        begun = time.perf_counter()
        self._open = connections
        for _ in range(connections):
            self.connect()
        async with asyncio.timeout(self._patience):
            await self._over.wait()
        seconds = time.perf_counter() - begun
        assert not self.failed, self.failed[0]
        return len(self.took) / seconds

    def wants(self, now: float) -> bool:
        """Whether one more call is to be made; it is counted."""
        self._left -= 1
        return self._left >= 0 and now < self._end and not self.failed

    def connect(self) -> None:
        """Open a connection; what that takes is part of its first call."""
        begun = time.perf_counter()
        if not self.wants(begun):
            self.close()
            return
        loop = asyncio.get_running_loop()
        task: asyncio.Task[object] = asyncio.ensure_future(
            loop.create_connection(partial(_Connection, self, begun), "127.0.0.1", self._port)
        )
        self.connecting.add(task)
        task.add_done_callback(self._connected)

    def _connected(self, task: asyncio.Task[object]) -> None:
        self.connecting.discard(task)
        if error := task.exception():
            self.failed.append(f"no connection: {error}")
            self.close()

    def close(self) -> None:
        """One connection less."""
        self._open -= 1
        if self._open == 0:
            self._over.set()


class _Connection(asyncio.Protocol):
    """Keeps one connection busy: the next request as soon as the answer is complete, on a new one if it must be."""

    def __init__(self, drive: _Drive, begun: float) -> None:
        self._drive, self._begun, self._waiting = drive, begun, False
        self._parser = httptools.HttpResponseParser(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by inheritance
        self._ask()

    def _ask(self) -> None:
        self._waiting = True
        self._transport.write(next(self._drive.requests))

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        """An answer is there (httptools calls this)."""
        now = time.perf_counter()
        self._drive.took.append(now - self._begun)
        self._waiting = False
        if not 200 <= self._parser.get_status_code() < 300:
            self._drive.failed.append(f"answered {self._parser.get_status_code()}")
        if not self._parser.should_keep_alive():
            self._transport.close()
            self._drive.connect()
        elif self._drive.wants(now):
            self._begun = now
            self._ask()
        else:
            self._transport.close()
            self._drive.close()

    def connection_lost(self, error: Exception | None) -> None:
        if self._waiting:
            self._drive.failed.append(f"a connection was lost: {error}")
            self._drive.close()


def throughput(
    port: int, calls: Sequence[Call], count: int = 1 << 60, connections: int = 8, seconds: float = 600
) -> tuple[float, Latency]:
    """Calls a second over several connections, and their latency: `count` calls, or as many as `seconds` allow."""

    async def drive() -> tuple[float, Latency]:
        driven = _Drive(port, calls, count, seconds)
        rate = await driven.run(connections)
        return rate, spread(driven.took)

    return uvloop.run(drive())


def _raw(call: Call) -> bytes:
    method, path, headers, body = call
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers.items())]
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + (body or b"")
