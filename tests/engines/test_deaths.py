"""Processes of a server are killed while they work: others go on, and nothing is done twice, too late or not at all."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.cli.running import SOON
from tests.engines.fleet import WORKERS, process_of
from tests.support import CANCEL, MESSAGES, World
from tests.support_webhooks import Catcher, register

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.engines.fleet import Fleet

LEADS, LINES, KILLED = 30, 60, 3


@pytest.fixture(scope="module")
def fleet(start_fleet: Callable[[], Fleet]) -> Fleet:
    """A server whose processes are killed."""
    return start_fleet()


def kill(process: int) -> None:
    os.kill(process, signal.SIGKILL)


def until_all_are_there(fleet: Fleet, gone: set[int]) -> None:
    """Wait until as many processes answer as ever, none of them one that is gone."""
    with fleet.clients() as clients:
        assert gone.isdisjoint(clients)


class Crowd:
    """Clients that go on with what they do until they are told to end.

    Attributes:
        wrong: answers that none of them may get.
        lost: how many calls got no answer, since the process they talked to was killed.
    """

    def __init__(self, fleet: Fleet) -> None:
        self.wrong: list[str] = []
        self.lost = 0
        self._fleet = fleet
        self._end = threading.Event()

    def go_on(self, calls: Iterator[tuple[str, str, Any]], headers: dict[str, str]) -> list[tuple[Any, Any]]:
        """Make these calls one after the other; each body with its answer, None for one that got lost."""
        said: list[tuple[Any, Any]] = []
        with contextlib.ExitStack() as opened:
            client = opened.enter_context(self._fleet.client())
            for method, path, body in calls:
                if self._end.is_set():
                    break
                try:
                    answer = client.request(method, path, json=body, headers=headers)
                except httpx.TransportError:
                    self.lost += 1
                    said.append((body, None))
                    client = opened.enter_context(self._fleet.client())
                    continue
                if answer.status_code >= 500:
                    self.wrong.append(f"{method} {path}: {answer.status_code} {answer.text}")
                said.append((body, answer.json()))
        return said

    def end(self) -> None:
        """Let them end after what they are at."""
        self._end.set()


def test_a_process_that_dies_is_replaced(fleet: Fleet) -> None:
    """And ends with the others, orderly."""
    with fleet.clients() as clients:
        first = next(iter(clients))
    kill(first)
    until_all_are_there(fleet, {first})
    with fleet.client() as http:
        assert http.get("/_tuco/readyz").status_code == 200


def test_who_waits_for_its_turn_gets_it_when_the_one_before_dies(fleet: Fleet) -> None:
    """A process dies while it moves a clock, because a receiver keeps it waiting; another one moves it then."""
    from tests.support_webhooks import Answer  # noqa: PLC0415 - here alone

    with fleet.clients() as clients, Catcher(Answer(hang=True)) as catcher, ThreadPoolExecutor(1) as aside:
        (dying, one), (_, other) = list(clients.items())[:2]
        world = World(one, clock="2026-03-13T12:00:00Z", worker="auto")
        register(world, catcher.url, "message.sent")
        world.add("lines", phone="+16462230920")
        message = world.message(world.lead(phone="+14155550100"), job="waiting")
        moving = aside.submit(one.post, f"/_tuco/workspaces/{world.id}/clock", json={"advance": "1h"})
        catcher.wait(1, SOON)
        kill(dying)
        with pytest.raises(httpx.TransportError):
            moving.result(SOON)
        there = World.existing(other, world.id)
        there.clock(advance="1h")
        assert there.statuses() == {message: "delivered"}
        assert there.jobs() == {}
        [told] = there.control("GET", "/deliveries")["deliveries"]
        assert (told["event"], told["state"]) == ("message.sent", "failed")
        assert len(catcher.came) == 1
    until_all_are_there(fleet, {dying})


def test_nothing_is_done_twice_or_never_while_processes_die(fleet: Fleet) -> None:
    with fleet.client() as http, Catcher() as catcher:
        lines = [{"id": f"69ab427ac1feb77d7f46{n:04x}", "phone": f"+1646223{n:04}"} for n in range(LINES)]
        world = World(http, clock="2026-03-13T12:00:00Z", worker="auto", state=None) if False else World(
            http, state={"clock": "2026-03-13T12:00:00Z", "lines": lines, "settings": None}
        ) if False else _world(http, lines)
        register(world, catcher.url, "message.sent")
        leads = [world.lead(phone=f"+1415555{n:04}") for n in range(LEADS)]
        world.control("POST", "/messages", [{"leadId": each, "job": "delayed", "status": "scheduled",
            "scheduledDate": "2026-03-13T12:30:00.000Z"} for each in leads for _ in range(3)], status=201)
        crowd = Crowd(fleet)
        control = f"/_tuco/workspaces/{world.id}"
        cancelling = [("POST", CANCEL, {"leadId": each}) for each in leads for _ in range(2)]
        deeds = [
            iter([("POST", MESSAGES, {"leadId": each, "message": "Hi"}) for each in leads * 20]),
            iter([("POST", MESSAGES, {"leadId": each, "message": "Hi"}) for each in reversed(leads * 20)]),
            iter([("POST", f"{control}/clock", {"advance": "40s"})] * 1_000),
            iter([("POST", f"{control}/replies", {"leadId": each, "message": "Yes"}) for each in leads * 20]),
            iter([("GET", "/api/replies", None)] * 1_000),
            iter(cancelling[::2] * 20),
            iter(cancelling[::-2] * 20),
        ]
        with ThreadPoolExecutor(len(deeds)) as pool:
            going = [pool.submit(crowd.go_on, each, world.headers) for each in deeds]
            gone: set[int] = set()
            try:
                for _ in range(KILLED):
                    with fleet.client() as client:
                        gone.add(process := process_of(client))
                    kill(process)
                    until_all_are_there(fleet, gone)
            finally:
                crowd.end()
            said = [each.result(SOON) for each in going]
        world = World.existing(fleet.client(), world.id)
        assert crowd.wrong == []
        _is_whole(world, catcher, said[-2] + said[-1])


def _world(http: httpx.Client, lines: list[dict[str, str]]) -> World:
    world = World(http, worker="auto", rateLimits={"messages": None, "replies": None})
    world.control("PUT", "/state", {"clock": "2026-03-13T12:00:00Z", "lines": lines})
    return world
