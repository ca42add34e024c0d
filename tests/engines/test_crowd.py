"""Sixty-four clients at once, while processes are killed again and again: each thing is done once, or not at all."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import threading
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NamedTuple

import httpx
import pytest

from tests.engines.fleet import process_of
from tests.support import CANCEL, MESSAGES, REPLIES, World
from tests.support_webhooks import Catcher, register
from tuco_mock.state.engines import open_engines
from tuco_mock.state.real.leases import LASTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.engines.fleet import Fleet
    from tests.engines.servers import MongoServer, RedisServer
    from tests.support import Json
    from tuco_mock.state.engines import Engines

LEADS, LINES, A_DAY = 40, 8, 9
"""How many of each, and how many messages a line may send in a day: fewer than are to be sent."""

KILLED = int(os.environ.get("TUCO_TEST_KILLS", "4"))
ROLES = {"send": 20, "later": 6, "cancel": 14, "reply": 6, "move": 2, "poll": 16}
"""How many clients do what: sixty-four."""

LONGEST_HELD = 2.5 * LASTS / 1000
"""For how many seconds a dead process may keep what it held: its lock, the time until that is seen, and some."""

_PATIENCE = 90.0
"""How long a client waits, in seconds: all of them write at once, and two cores may have to do it."""

Call = tuple[str, str, Any]


class Said(NamedTuple):
    """What a client asked for, and the answer; None when the process it talked to was killed."""

    body: Any
    status: int
    answer: Json | None


@pytest.fixture(scope="module")
def fleet(start_fleet: Callable[[], Fleet]) -> Fleet:
    """A server whose processes are killed."""
    return start_fleet()


class Crowd:
    """Clients that go on with what they do until they are told to end.

    Attributes:
        wrong: answers that none of them may get while all engines are there.
        answered: how many calls were answered otherwise.
    """

    def __init__(self, fleet: Fleet) -> None:
        self.wrong: list[str] = []
        self.answered = 0
        self._fleet = fleet
        self._end = threading.Event()

    def go_on(self, calls: Iterator[Call], headers: dict[str, str]) -> list[Said]:
        """Make these calls until the end; what came of each."""
        said: list[Said] = []
        with contextlib.ExitStack() as opened:
            client = opened.enter_context(self._fleet.client(_PATIENCE))
            while not self._end.is_set():
                method, path, body = next(calls)
                try:
                    answer = client.request(method, path, json=body, headers=headers)
                except httpx.TransportError:
                    said.append(Said(body, 0, None))
                    client = opened.enter_context(self._fleet.client(_PATIENCE))
                    continue
                is_wrong = answer.status_code >= 500
                if is_wrong:
                    self.wrong.append(f"{answer.status_code} {answer.text}")
                said.append(Said(body, answer.status_code, None if is_wrong else answer.json()))
                self.answered += not is_wrong
        return said

    def end(self) -> None:
        """Let them end after what they are at."""
        self._end.set()


def calls(role: str, world: World, leads: list[str]) -> Iterator[Call]:
    """What a client of a role does, one after the other."""
    control = f"/_tuco/workspaces/{world.id}"
    for number, lead in enumerate(itertools.cycle(leads)):
        if role == "send":
            yield "POST", MESSAGES, {"leadId": lead, "message": "Hi"}
        elif role == "later":
            yield "POST", MESSAGES, {"leadId": lead, "message": "Hi", "scheduledDate": "2026-03-13T12:30:00.000Z"}
        elif role == "cancel":
            yield "POST", CANCEL, {"leadId": lead}
        elif role == "reply":
            yield "POST", f"{control}/replies", {"leadId": lead, "message": f"Yes {number}"}
        elif role == "move":
            yield "POST", f"{control}/clock", {"advance": "20s"}
        else:
            yield "GET", REPLIES, None


def test_a_crowd_while_processes_die(fleet: Fleet) -> None:
    gone: set[int] = set()

    def hinder(_: Crowd) -> None:
        while len(gone) < KILLED:
            kill_one(fleet, gone)

    with Catcher() as catcher:
        wrong, said = among_a_crowd(fleet, catcher, hinder)
    assert wrong == [], fleet.serving.said
    assert any(each.answer is None for them in said.values() for each in them)


@pytest.mark.clause("A11", "C19")
@pytest.mark.parametrize("which", ["redis_server", "mongo_server"])
def test_a_crowd_while_an_engine_is_away(fleet: Fleet, which: str, request: pytest.FixtureRequest) -> None:
    """Calls are answered as documented meanwhile; once it is back all goes on, and nothing was lost or half done."""
    engine: RedisServer | MongoServer = request.getfixturevalue(which)

    def hinder(crowd: Crowd) -> None:
        until(lambda: crowd.answered > 200)
        engine.kill()
        try:
            until(lambda: len(crowd.wrong) > 20)
            with fleet.client() as client:
                assert client.get("/_tuco/livez").status_code == 200
                assert client.get("/_tuco/readyz").status_code == 503
        finally:
            engine.start()
        with fleet.clients() as clients:
            until(lambda: all(each.get("/_tuco/readyz").status_code == 200 for each in clients.values()))
        so_far = crowd.answered
        until(lambda: crowd.answered > so_far + 200)

    with Catcher() as catcher:
        wrong, _ = among_a_crowd(fleet, catcher, hinder)
    documented = {f'500 {{"error":"{text}"}}' for text in ("Internal server error", "Failed to fetch replies")}
    assert documented.intersection(wrong)
    assert {each for each in wrong if not each.startswith("503 ")} <= documented


def until(true: Callable[[], bool]) -> None:
    """Wait for something that comes true of itself."""
    deadline = time.monotonic() + _PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)  # the clients are threads of this process


def among_a_crowd(
    fleet: Fleet, catcher: Catcher, hinder: Callable[[Crowd], None]
) -> tuple[list[str], dict[str, list[Said]]]:
    """Let a crowd do what it does while it is hindered, and check what came of it; wrong answers, and all of them."""
    with fleet.client() as http:
        world, still, leads = worlds(http, catcher)
    crowd = Crowd(fleet)
    with ThreadPoolExecutor(sum(ROLES.values())) as pool:
        going = {
            role: [
                pool.submit(crowd.go_on, calls(role, world, leads[at:] + leads[:at]), headers) for at in range(count)
            ]
            for role, count in ROLES.items()
            for headers in [(still if role == "poll" else world).headers]
        }
        try:
            hinder(crowd)
        finally:
            crowd.end()
        last = time.monotonic()
        said = {role: [each for done in them for each in done.result(_PATIENCE)] for role, them in going.items()}
    with fleet.client() as client, contextlib.closing(open_engines(*fleet.engines)) as engines:
        there = World.existing(client, world.id)
        nothing_is_orphaned(engines, there, until=last + LONGEST_HELD)
        there.clock(advance="1h")
        there.control("POST", "/settle")
        limits_held(said, World.existing(client, still.id), there)
        cancelled_as_told(engines, there, said["cancel"])
        made_as_told(engines, there, said)
        told_as_done(engines, there, catcher)
    return crowd.wrong, said


def worlds(http: httpx.Client, catcher: Catcher) -> tuple[World, World, list[str]]:
    """One whose time is moved, one whose time stands still, and the leads of the first."""
    lines = [
        {"id": f"69ab427ac1feb77d7f46{n:04x}", "phone": f"+1646223{n:04}", "dailyTotalMessagesLimit": A_DAY}
        for n in range(LINES)
    ]
    state = {"clock": "2026-03-13T12:00:00Z", "lines": lines}
    world = World(http, worker="auto", rateLimits={"messages": None}, state=state)
    register(world, catcher.url, "message.sent", "message.reply")
    leads = [world.lead(phone=f"+1415555{n:04}") for n in range(LEADS)]
    return world, World(http, clock="2026-03-13T12:00:00Z"), leads


def kill_one(fleet: Fleet, gone: set[int]) -> None:
    """Kill a process that answers, and was not there from the start but for the first ones: so all of them die."""
    with fleet.client() as client:
        process = process_of(client)
    assert process not in gone
    gone.add(process)
    os.kill(process, signal.SIGKILL)


def documents(engines: Engines, kind: str, world: World) -> list[Json]:
    return list(engines.documents[kind].find({"workspaceId": world.id}))


def nothing_is_orphaned(engines: Engines, world: World, until: float) -> None:
    """Each message that is to be sent has a job, and no job is held, soon enough."""
    while True:
        states = {each["messageId"]: each["state"] for each in world.control("GET", "/queue")["jobs"]}
        waiting = {each["id"] for each in documents(engines, "messages", world) if each["phase"] == "waiting"}
        orphans = [*waiting - states.keys(), *(each for each, state in states.items() if state == "active")]
        if not orphans and states.keys() <= waiting:
            return
        assert time.monotonic() < until, f"{len(orphans)} of {len(waiting)} orphaned, {len(states)} jobs"


def limits_held(said: dict[str, list[Said]], still: World, world: World) -> None:
    """The two that there are: of calls in a minute, on a clock that stands still, and of what a line sends in a day."""
    polled = Counter(0 if each.answer is None else each.status for each in said["poll"])
    while still.get_replies().status_code == 200:
        polled[200] += 1
    assert set(polled) <= {0, 200, 429}
    assert 120 - polled[0] <= polled[200] <= 120
    for line in world.control("GET", "/lines?limit=1000")["lines"]:
        assert line["usage"]["totalMessagesCount"] <= A_DAY


def cancelled_as_told(engines: Engines, world: World, said: list[Said]) -> None:
    """Each cancelled message was told of in one answer, or belongs to one call whose answer got lost."""
    of_messages = {each["id"]: each for each in documents(engines, "messages", world) if "cancellation" in each}
    assert {each["status"] for each in of_messages.values()} <= {"cancelled"}
    told: Counter[str] = Counter()
    for each in said:
        if each.answer is not None:
            assert each.answer["cancelledCount"] == len(each.answer["messageIds"])
            told.update(each.answer["messageIds"])
    assert set(told.values()) <= {1}
    assert told.keys() <= of_messages.keys()
    lost = Counter(each.body["leadId"] for each in said if each.answer is None)
    untold: dict[str, set[int]] = defaultdict(set)
    for each in of_messages.keys() - told.keys():
        untold[of_messages[each]["leadId"]].add(of_messages[each]["cancellation"])
    assert all(len(calls) <= lost[lead] for lead, calls in untold.items()), (untold, lost)


def made_as_told(engines: Engines, world: World, said: dict[str, list[Said]]) -> None:
    """What was answered is there; what is there besides belongs to calls whose answers got lost."""
    for roles, kind in ((("send", "later"), "messages"), (("reply",), "replies")):
        them = [each for role in roles for each in said[role]]
        made = Counter(each["leadId"] for each in documents(engines, kind, world))
        answered = Counter(each.body["leadId"] for each in them if each.answer is not None)
        lost = Counter(each.body["leadId"] for each in them if each.answer is None)
        assert {each.status for each in them if each.answer is not None} <= {201}
        assert all(answered[lead] <= made[lead] <= answered[lead] + lost[lead] for lead in made | answered)
    threads = {each["leadId"] for each in documents(engines, "threads", world) if each["scope"] == "all"}
    assert threads == {each["leadId"] for each in documents(engines, "replies", world)}


def told_as_done(engines: Engines, world: World, catcher: Catcher) -> None:
    """Webhooks were told once of each message that was sent and of each reply, and of nothing else."""
    happened = {each["id"] for each in documents(engines, "replies", world)}
    used: Counter[str] = Counter()
    for each in documents(engines, "messages", world):
        if each["phase"] == "reached":
            happened.add(each["id"])
            used[each["fromLineId"]] += 1
        else:
            assert each["status"] in {"cancelled", "pending", "scheduled"}, each
    assert max(used.values()) <= A_DAY
    deliveries = world.control("GET", "/deliveries?limit=10000")["deliveries"]
    assert Counter(each["messageId"] for each in deliveries) == Counter(happened)
    assert {each["state"] for each in deliveries} <= {"delivered", "failed"}
    came = Counter(each.body.get("messageId") or each.body["replyId"] for each in catcher.came)
    assert max(came.values()) == 1
    assert set(came) <= happened
    assert len(happened) - len(came) <= sum(each["state"] == "failed" for each in deliveries)
