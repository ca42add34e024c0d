"""The whole state of a workspace is replaced while others call: each call comes before or after, none in between."""

from __future__ import annotations

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from tests.support import CANCEL, LEADS, MESSAGES, REPLIES, World

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from tests.engines.fleet import Fleet
    from tests.support import Json

ROUNDS = 8
SIZE = 12
CLOCK = "2026-03-13T12:00:00Z"


@pytest.fixture(scope="module")
def fleet(start_fleet: Callable[[], Fleet]) -> Fleet:
    return start_fleet()


def state(name: str) -> Json:
    """One of two states that have nothing in common but the shape: so many leads, each with a reply and a message."""
    code = {"a": "415", "b": "646"}[name]
    leads = [{"id": f"69ab444ac1feb77d7f46{code}{n:x}", "phone": f"+1{code}55501{n:02}"} for n in range(SIZE)]
    return {
        "name": name,
        "clock": CLOCK,
        "worker": "manual",
        "rateLimits": {"replies": None, "messages": None},
        "lines": [{"phone": f"+1{code}2230920"}],
        "leads": leads,
        "replies": [{"leadId": each["id"], "message": name, "receivedAt": "2026-03-13T11:00:00Z"} for each in leads],
        "messages": [{"leadId": each["id"], "message": name, "status": "queued", "job": "waiting"} for each in leads],
    }


def is_one(whole: Json) -> None:
    """The state is one of the two, with what calls have added to it, and nothing of the other one."""
    name = whole["name"]
    code = {"a": "+1415", "b": "+1646"}[name]
    ours = {each["id"] for each in whole["leads"] if each["phone"].startswith(code)}
    assert len(ours) == SIZE
    assert {each["phone"][:5] for each in whole["leads"]} <= {code, "+1212"}
    assert len(whole["replies"]) == SIZE
    assert {each["leadId"] for each in whole["replies"]} == ours
    assert len({each["id"] for each in whole["messages"]}) == len(whole["messages"])
    told = [each for each in whole["messages"] if each["message"] in {"a", "b"}]
    assert [each["message"] for each in told] == [name] * SIZE
    for each in told:
        assert (each["status"], each.get("job")) in {("queued", None), ("cancelled", None)}, each  # both as expected


def test_replacing_a_state_while_others_call(fleet: Fleet) -> None:
    """By PUT, reset and restore, from several processes at once; every look at it sees one of the two states."""
    with fleet.clients() as clients, ThreadPoolExecutor(10) as pool:
        first, *others = clients.values()
        world = World(first, state=state("a"), id="whole")
        world.control("POST", "/snapshots", {"name": "a"}, status=201)
        below, ending = f"/_tuco/workspaces/{world.id}", threading.Event()
        whole: list[tuple[str, str, Any]] = [
            ("PUT", "/state", state("b")),
            ("POST", "/reset", None),
            ("PUT", "/state", state("a")),
            ("PUT", "/state", state("b")),
            ("POST", "/snapshots/a/restore", {}),
        ]

        def replace(client: httpx.Client, ways: list[tuple[str, str, Any]]) -> None:
            for method, path, body in itertools.islice(itertools.cycle(ways), ROUNDS):
                answer = client.request(method, below + path, json=body)
                assert answer.status_code == 200, answer.text

        def call(number: int) -> None:
            with fleet.client() as client:
                for round_ in itertools.count():
                    if ending.is_set():
                        break
                    check(client, calls(number, round_))

        def check(client: httpx.Client, asked: tuple[str, str, Any]) -> None:
            method, path, body = asked
            answer = client.request(method, path, json=body, headers=world.headers)
            assert answer.status_code < 300, answer.text
            found = answer.json()
            if path == REPLIES:
                assert len(found["replies"]) == SIZE
                assert len({each["leadId"][20:23] for each in found["replies"]}) == 1
            elif path == below + "/state":
                is_one(found)

        def calls(number: int, round_: int) -> tuple[str, str, Any]:
            phone = f"+12125{number:02}{round_ % 10_000:04}"
            return [
                ("GET", f"{below}/state", None),
                ("GET", REPLIES, None),
                ("POST", LEADS, {"leads": [{"phone": phone}]}),
                ("POST", MESSAGES, {"message": "Hi", "recipientPhone": phone}),
                ("POST", CANCEL, {"recipientPhone": f"+1{('415', '646')[round_ % 2]}55501{round_ % SIZE:02}"}),
            ][number % 5]

        calling = [pool.submit(call, number) for number in range(6)]
        replacing = [pool.submit(replace, each, whole[at:] + whole[:at]) for at, each in enumerate(others)]
        try:
            for each in replacing:
                each.result()
        finally:
            ending.set()
        for each in calling:
            each.result()
        is_one(world.state())
        jobs = world.jobs()
        waiting = {each for each, status in world.statuses().items() if status in {"queued", "pending", "scheduled"}}
        assert jobs.keys() == waiting
        world.drop()


def test_dropping_a_workspace_while_others_call(fleet: Fleet) -> None:
    """Nothing is left of it, and nothing of it is in the next one of its name; who calls is answered or refused."""
    with fleet.clients() as clients, ThreadPoolExecutor(8) as pool:
        first, *_ = clients.values()
        ending = threading.Event()

        def call(number: int) -> set[int]:
            statuses: set[int] = set()
            with fleet.client() as client:
                for round_ in itertools.count():
                    if ending.is_set():
                        return statuses
                    body = {"message": "Hi", "recipientPhone": f"+12125{number:02}{round_ % 10_000:04}"}
                    statuses.add(client.post(MESSAGES, json=body, headers={"Authorization": "Bearer k"}).status_code)
            return statuses

        calling = [pool.submit(call, number) for number in range(6)]
        try:
            for _ in range(ROUNDS):
                filled = {"rateLimits": {"messages": None}, "clock": CLOCK, "lines": [{"phone": "+16462230920"}]}
                world = World(first, id="gone", apiKeys=["k"], worker="auto", state=filled)
                is_whole(world)
                world.drop()
        finally:
            ending.set()
        assert {status for each in calling for status in each.result()} <= {201, 401}
        World(first, id="gone", apiKeys=["k"])
        world = World.existing(first, "gone")
        assert (world.statuses(), world.jobs(), world.control("GET", "/leads")["leads"]) == ({}, {}, [])
        world.drop()


def test_the_whole_server_is_reset_by_several_at_once(fleet: Fleet) -> None:
    """Each gets its turn; who calls meanwhile, or makes, resets and drops workspaces, comes before or after."""
    with fleet.clients() as clients, ThreadPoolExecutor(10) as pool:
        first, *_ = clients.values()
        before = first.post("/_tuco/reset").raise_for_status().json()
        start = World.existing(first, "default")
        whole, ending = outline(start), threading.Event()

        def call(number: int) -> set[tuple[str, int]]:
            seen: set[tuple[str, int]] = set()
            below = f"/_tuco/workspaces/{start.id}"
            made = {"id": f"made-{number % 2}", "state": {"leads": [{"phone": "+14155550101"}]}}
            ways: list[list[tuple[str, str, Any]]] = [
                [("GET", REPLIES, None), ("POST", LEADS, {"leads": [{"phone": f"+1212555010{number}"}]})],
                [("POST", "/_tuco/workspaces", made), ("DELETE", f"/_tuco/workspaces/{made['id']}", None)],
                [("POST", below + "/reset", None), ("GET", below, None), ("GET", "/_tuco/workspaces", None)],
            ]
            asked = ways[number % 3]
            with fleet.client() as client:
                for method, path, body in itertools.cycle(asked):
                    if ending.is_set():
                        return seen
                    answer = client.request(method, path, json=body, headers=start.headers)
                    seen.add((f"{method} {path}", answer.status_code))
                    assert path != "/_tuco/workspaces" or method == "POST" or start.id in answer.text
            return seen

        def reset(client: httpx.Client) -> None:
            for _ in range(2):
                answer = client.post("/_tuco/reset")
                assert (answer.status_code, answer.json()) == (200, before), answer.text

        calling = [pool.submit(call, number) for number in range(6)]
        try:
            for each in [pool.submit(reset, client) for client in clients.values()]:
                each.result()
        finally:
            ending.set()
        seen = {each for one in calling for each in one.result()}
        makings = {status for asked, status in seen if asked == "POST /_tuco/workspaces"}
        drops = {status for asked, status in seen if "made-" in asked}
        others = {status for asked, status in seen if "made-" not in asked and asked != "POST /_tuco/workspaces"}
        assert makings <= {201, 409}  # somebody else has made it just now
        assert drops <= {200, 404}
        assert others <= {200, 201, 429}
        assert first.post("/_tuco/reset").json() == before
        assert outline(World.existing(first, "default")) == whole


def outline(world: World) -> Json:
    """What a workspace holds, without the times, which are counted from when it was made."""
    state = world.state()
    return {
        "jobs": world.jobs(),
        "statuses": world.statuses(),
        **{kind: [each["id"] for each in state[kind]] for kind in ("lines", "leads", "campaigns", "replies")},
    }


def is_whole(world: World) -> None:
    """Each message has its lead, and all that wait have jobs."""
    found = world.state()
    leads = {each["id"] for each in found["leads"]}
    assert {each["leadId"] for each in found["messages"]} <= leads
