"""Two kinds of load: one client call after another with httpx, and several connections kept busy."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import cycle
from statistics import median
from typing import NamedTuple, cast

import httpx
import uvloop

Call = tuple[str, str, dict[str, str], bytes | None]
"""Method, path with query, headers, body."""


class Latency(NamedTuple):
    """Milliseconds: the middle call, and the slowest of the fastest 99 %."""

    median: float
    p99: float


def sequential(port: int, calls: Sequence[Call], count: int) -> list[float]:
    """Seconds of `count` calls, one after another on one kept connection."""
    took = []
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        for _, (method, path, headers, body) in zip(range(count), cycle(calls), strict=False):
            begun = time.perf_counter()
            answer = client.request(method, path, headers=headers, content=body)
            took.append(time.perf_counter() - begun)
            assert answer.status_code == 200, answer.text
    return took


def paired(first: Callable[[], list[float]], second: Callable[[], list[float]], rounds: int) -> tuple[float, float]:
    """Medians of two measurements taken in turn, so that a drift of the machine hits both alike."""
    one: list[float] = []
    two: list[float] = []
    for _ in range(rounds):
        one += first()
        two += second()
    return median(one), median(two)


class _Connection(asyncio.Protocol):
    """Keeps one connection busy: the next request as soon as the answer is complete."""

    def __init__(self, requests: Iterator[bytes], took: list[float], budget: list[int], done: asyncio.Event) -> None:
        self._requests, self._took, self._budget, self._done = requests, took, budget, done
        self._missing = -1
        self._head = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by inheritance
        self._next()

    def _next(self) -> None:
        if self._budget[0] <= 0:
            self._transport.close()
            self._done.set()
            return
        self._budget[0] -= 1
        self._begun = time.perf_counter()
        self._transport.write(next(self._requests))

    def data_received(self, data: bytes) -> None:
        if self._missing < 0:
            self._head += data
            end = self._head.find(b"\r\n\r\n")
            if end < 0:
                return
            assert self._head.startswith(b"HTTP/1.1 200"), self._head[:200]
            at = self._head.index(b"content-length: ") + 16
            self._missing = int(self._head[at : self._head.index(b"\r", at)]) - (len(self._head) - end - 4)
            self._head = b""
        else:
            self._missing -= len(data)
        if self._missing <= 0:
            self._missing = -1
            self._took.append(time.perf_counter() - self._begun)
            self._next()


def throughput(port: int, calls: Sequence[Call], count: int, connections: int = 8) -> tuple[float, Latency]:
    """Calls a second over several connections, and their latency."""
    took: list[float] = []

    async def drive() -> float:
        loop = asyncio.get_running_loop()
        requests = cycle([_raw(call) for call in calls])
        budget, events = [count], [asyncio.Event() for _ in range(connections)]
        begun = time.perf_counter()
        for done in events:
            await loop.create_connection(
                partial(_Connection, requests, took, budget, done),
                "127.0.0.1",
                port,
            )
        for done in events:
            await done.wait()
        return time.perf_counter() - begun

    seconds = uvloop.run(drive())
    ordered = sorted(took)
    return count / seconds, Latency(median(ordered) * 1e3, ordered[int(len(ordered) * 0.99)] * 1e3)


def _raw(call: Call) -> bytes:
    method, path, headers, body = call
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers.items())]
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + (body or b"")
