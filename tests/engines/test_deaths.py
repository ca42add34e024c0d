"""Processes of a server are killed while they work: others go on, and nothing is done twice, too late or not at all."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.cli.running import SOON
from tests.engines.fleet import process_of
from tests.support import CANCEL, MESSAGES, World
from tests.support_webhooks import Catcher, register
from tuco_mock.client.receiving import Answer
from tuco_mock.domain.deliveries import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.engines.fleet import Fleet

LEADS, LINES, KILLED = 30, 60, 3

Calls = list[tuple[str, str, Any]]


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

    def go_on(self, calls: Calls, headers: dict[str, str]) -> list[tuple[Any, Any]]:
        """Make these calls again and again; each body with its answer, None for one that got lost."""
        said: list[tuple[Any, Any]] = []
        with contextlib.ExitStack() as opened:
            client = opened.enter_context(self._fleet.client())
            for method, path, body in itertools.cycle(calls):
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


def test_all_processes_die_while_time_is_moved(fleet: Fleet) -> None:
    """They wait for a receiver when they die. Others move the time; the message isn't sent again, nor told of."""
    with fleet.clients() as clients, Catcher(Answer(hang=True)) as catcher, ThreadPoolExecutor(1) as aside:
        one = next(iter(clients.values()))
        world = World(one, clock="2026-03-13T12:00:00Z", worker="auto")
        register(world, catcher.url, "message.sent")
        world.add("lines", phone="+16462230920")
        message = world.message(world.lead(phone="+14155550100"), job="waiting")
        moving = aside.submit(one.post, f"/_tuco/workspaces/{world.id}/clock", json={"advance": "1h"})
        catcher.wait(1, SOON)
        for each in clients:
            kill(each)
        with pytest.raises(httpx.TransportError):
            moving.result(SOON)
        until_all_are_there(fleet, set(clients))
        with fleet.client() as http:
            there = World.existing(http, world.id)
            there.clock(advance="1h")
            there.control("POST", "/deliveries/wait", {"timeout": "20s"})
            [told] = there.control("GET", "/deliveries")["deliveries"]
            assert (told["event"], told["state"], told["error"]) == ("message.sent", "failed", UNKNOWN)
            assert there.statuses() == {message: "delivered"}
            assert there.jobs() == {}
        assert len(catcher.came) == 1


def test_nothing_is_done_twice_or_never_while_processes_die(fleet: Fleet) -> None:
    with fleet.client() as http, Catcher() as catcher:
        lines = [{"id": f"69ab427ac1feb77d7f46{n:04x}", "phone": f"+1646223{n:04}"} for n in range(LINES)]
        state = {"clock": "2026-03-13T12:00:00Z", "lines": lines}
        world = World(http, worker="auto", rateLimits={"messages": None, "replies": None}, state=state)
        register(world, catcher.url, "message.sent")
        leads = [world.lead(phone=f"+1415555{n:04}") for n in range(LEADS)]
        later = {"job": "delayed", "status": "scheduled", "scheduledDate": "2026-03-13T12:10:00.000Z"}
        world.control("POST", "/messages", [{"leadId": each, **later} for each in leads * 3], status=201)
        crowd = Crowd(fleet)
        control = f"/_tuco/workspaces/{world.id}"
        cancelling: Calls = [("POST", CANCEL, {"leadId": each}) for each in leads]
        sending: Calls = [("POST", MESSAGES, {"leadId": each, "message": "Hi"}) for each in leads]
        replying: Calls = [("POST", f"{control}/replies", {"leadId": each, "message": "Yes"}) for each in leads]
        moving: Calls = [("POST", f"{control}/clock", {"advance": "40s"})]
        polling: Calls = [("GET", "/api/replies", None)]
        deeds = [sending, sending[::-1], replying, moving, polling, cancelling, cancelling[::-1]]
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
        assert crowd.wrong == []
        with fleet.client() as client:
            is_whole(World.existing(client, world.id), catcher, [each for part in said[-2:] for each in part])


def is_whole(world: World, catcher: Catcher, cancelled: list[tuple[Any, Any]]) -> None:
    """Everything was done once; of what nobody got an answer to, it is not known whether."""
    world.clock(advance="2d")
    world.control("POST", "/settle")
    statuses = world.statuses()
    assert world.jobs() == {}
    counted = Counter(each for _, answer in cancelled if answer is not None for each in answer["messageIds"])
    assert sum(answer["cancelledCount"] for _, answer in cancelled if answer is not None) == len(counted)
    are = {each for each, status in statuses.items() if status == "cancelled"}
    assert counted.keys() <= are
    unheard = {body["leadId"] for body, answer in cancelled if answer is None}
    leads = {each["id"]: each["leadId"] for each in world.control("GET", "/messages")["messages"]}
    assert {leads[each] for each in are - counted.keys()} <= unheard
    told = world.control("GET", "/deliveries")["deliveries"]
    sent = {each for each, status in statuses.items() if status in {"sent", "delivered"}}
    assert Counter(each["messageId"] for each in told) == Counter(sent)
    assert {each["state"] for each in told} <= {"delivered", "failed"}
    came = Counter(each.body["messageId"] for each in catcher.came)
    assert max(came.values()) == 1
    assert set(came) <= sent
    assert len(sent) - len(came) <= sum(each["state"] == "failed" for each in told)


def test_a_signal_ends_them_all(start_fleet: Callable[[], Fleet]) -> None:
    fleet = start_fleet()
    with fleet.clients() as clients:
        processes = set(clients)
    ended = fleet.serving.end(signal.SIGTERM)
    assert (ended.code, ended.err) == (0, "")
    for each in processes:
        with pytest.raises(ProcessLookupError):
            os.kill(each, 0)
    with pytest.raises(httpx.ConnectError), fleet.client() as http:
        http.get("/_tuco/livez")
