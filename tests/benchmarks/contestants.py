"""Who is measured, and what each is asked: the floor and tuco-mock here, the peers in ``peers/``.

All are asked the same way: a GET and a POST with a small JSON body, each answered with about 1 KB of JSON; logs off
where there is a switch for it, thrown away where there is none; one process on its defaults otherwise. What else a
server does for its answer is its own affair: tuco-mock looks leads up, cancels, counts limits, keeps its journal and
answers as the vendor does (the sizes are in the report); the floor and the stubs of most peers hand out a fixed text.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from typing import NamedTuple
from urllib.parse import quote

from tests.benchmarks import data, floor, processes
from tests.benchmarks.load import Call
from tests.benchmarks.processes import Running
from tuco_mock import __version__

FLOOR = "floor"
OURS = "tuco-mock"
HEADERS = {"Authorization": f"Bearer {data.KEY}", "Content-Type": "application/json"}
ANSWER = floor.BODY.decode()
"""The fixed answer, for peers that are given one."""

MESSAGES = 1_000
"""How many messages tuco-mock holds where nothing else is said."""


class Contestant(NamedTuple):
    """A server that is measured. `start` is given a folder and keeps its files there."""

    name: str
    version: str
    start: Callable[[Path], AbstractContextManager[Running]]
    get: Sequence[Call]
    post: Sequence[Call]
    send: Sequence[Call] = ()
    """What else than any POST tuco-mock is asked: to send."""


def stub_calls() -> tuple[list[Call], list[Call]]:
    """GET and POST as the floor and the peers with fixed answers are asked."""
    body = json.dumps({"recipientPhone": data.phone(1)}).encode()
    return [("GET", "/get", HEADERS, None)], [("POST", "/post", HEADERS, body)]


def the_floor() -> Contestant:
    """A bare Starlette app on uvicorn with uvloop and httptools, without an access log: what this stack can do."""
    running = f"Starlette {version('starlette')}, uvicorn {version('uvicorn')}, Python {python_version()}"
    return Contestant(FLOOR, running, lambda _: processes.floor(), *stub_calls())


def ours() -> Contestant:
    """tuco-mock on its embedded engines, limits and journal on, with `MESSAGES` messages in its workspace."""

    def start(folder: Path) -> AbstractContextManager[Running]:
        return processes.mock(data.write(folder / "fixture.json", MESSAGES, 0))

    running = f"{__version__}, Python {python_version()}"
    leads = MESSAGES // 10
    return Contestant(OURS, running, start, replies_calls(leads), cancel_calls(leads), send_calls(leads))


def replies_calls(leads: int) -> list[Call]:
    """GET /api/replies by phone, of leads that replied, by primary and alternate address in turn."""
    numbers = [number + shift for number in range(0, min(leads, 200), 2) for shift in (0, 500_000)]
    return [
        ("GET", f"/api/replies?recipientPhone={quote(data.phone(number))}&limit=10", HEADERS, None)
        for number in numbers
    ]


def cancel_calls(leads: int, first: int = 0, count: int = 200) -> list[Call]:
    """POST cancel-for-lead by phone; the first call of each lead finds something to cancel, later ones nothing."""
    return [
        ("POST", "/api/messages/cancel-for-lead", HEADERS, json.dumps({"recipientPhone": data.phone(number)}).encode())
        for number in range(first, min(leads, first + count))
    ]


def send_calls(leads: int) -> list[Call]:
    """POST /api/messages to leads in turn, found by phone: each stores a message and puts its job into the queue."""
    text = "Hello, it is nice to write to you."
    return [
        ("POST", "/api/messages", HEADERS, json.dumps({"recipientPhone": data.phone(number), "message": text}).encode())
        for number in range(min(leads, 200))
    ]
