"""The clock: look, freeze, advance, set, resume; never backwards unless set."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.control.described import refused
from tuco_mock.domain.timestamps import iso, millis

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from tests.support import World

START = "2026-03-13T00:00:00.000Z"


def real() -> int:
    """Real time, in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def shown(world: World) -> int:
    """What the workspace's clock shows, in milliseconds."""
    return millis(world.control("GET", "/clock")["now"])


@pytest.fixture
def live(make_world: Callable[..., World]) -> World:
    """A workspace whose clock runs with the real one."""
    return make_world()


def test_a_clock_runs_with_the_real_one_until_told_otherwise(live: World) -> None:
    before = real()
    found = live.control("GET", "/clock")
    assert before <= millis(found["now"]) <= real()
    assert found["mode"] == "live"
    assert datetime.fromisoformat(found["now"]).tzinfo == UTC


def test_freeze_stops_it_where_it_stands(live: World) -> None:
    before = real()
    found = live.control("POST", "/clock", {"freeze": True})
    assert before <= millis(found["now"]) <= real()
    assert found["mode"] == "frozen"
    assert [live.control("GET", "/clock") for _ in range(3)] == [found] * 3


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (START, START),  # the present is not the past
        ("2026-03-13T00:00:00.001Z", "2026-03-13T00:00:00.001Z"),
        ("+1d", "2026-03-14T00:00:00.000Z"),
        ("2026-03-14", "2026-03-14T00:00:00.000Z"),
        ("2026-03-13T02:00:00+01:00", "2026-03-13T01:00:00.000Z"),
        ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
    ],
)
def test_freeze_at_a_time_that_is_not_past(world: World, given: str, wanted: str) -> None:
    assert world.control("POST", "/clock", {"freeze": given}) == {"now": wanted, "mode": "frozen"}


@pytest.mark.parametrize("past", ["2026-03-12T23:59:59.999Z", "-1ms", "-2h", "1970-01-01", "0001-01-01T00:00:00Z"])
def test_it_never_runs_backwards_by_freezing(world: World, http: httpx.Client, past: str) -> None:
    answer = http.post(f"/_tuco/workspaces/{world.id}/clock", json={"freeze": past})
    refused(answer, 400, START, "{set: a time}")  # and says what does
    assert world.control("GET", "/clock") == {"now": START, "mode": "frozen"}


@pytest.mark.parametrize(
    ("duration", "seconds"),
    [
        ("90s", 90),
        ("5m", 300),
        ("PT5M", 300),
        ("1h30m", 5400),
        ("2d", 172_800),
        ("1w", 604_800),
        ("P1DT12H", 129_600),
        ("250ms", 0.25),
        ("1.5h", 5400),
        ("0s", 0),
    ],
)
def test_advance(world: World, duration: str, seconds: float) -> None:
    assert millis(world.clock(advance=duration)) - millis(START) == seconds * 1000
    assert world.control("GET", "/clock")["mode"] == "frozen"


def test_advancing_a_running_clock_keeps_it_running(live: World) -> None:
    before = real()
    live.clock(advance="10d")
    moved = shown(live)
    assert before <= moved - 864_000_000 <= real()
    assert live.control("GET", "/clock")["mode"] == "live"


def test_set_goes_where_it_is_told_also_back(world: World, live: World) -> None:
    for moment in ("2020-02-29T12:00:00.000Z", "2030-01-01T00:00:00.000Z", "0001-01-01T00:00:00.000Z"):
        assert world.control("POST", "/clock", {"set": moment}) == {"now": moment, "mode": "frozen"}
    world.clock(set=START)
    assert world.clock(set="-2h") == "2026-03-12T22:00:00.000Z"
    before = real()
    live.clock(set="2020-01-01T00:00:00Z")
    passed = shown(live) - millis("2020-01-01T00:00:00.000Z")
    assert 0 <= passed <= real() - before
    assert live.control("GET", "/clock")["mode"] == "live"


def test_resume_goes_on_from_where_it_stands(world: World) -> None:
    before = real()
    found = world.control("POST", "/clock", {"resume": True})
    passed = shown(world) - millis(START)
    assert 0 <= passed <= real() - before
    assert found["mode"] == "live"
    assert world.control("POST", "/clock", {"resume": True})["mode"] == "live"  # a running one runs on


def test_a_running_clock_stops_at_the_end_of_time(live: World) -> None:
    live.clock(set="9999-12-31T23:59:59.999Z")
    assert live.control("GET", "/clock")["now"] == "9999-12-31T23:59:59.999Z"
    lead = live.lead(phone="+14155550100")
    live.message(lead)
    assert live.cancel(leadId=lead)["cancelledCount"] == 1


def test_each_workspace_has_its_own(world: World, make_world: Callable[..., World]) -> None:
    other = make_world(clock=START)
    world.clock(advance="1d")
    assert other.control("GET", "/clock")["now"] == START


@pytest.mark.parametrize(
    "body",
    [
        None,
        {},
        [],
        "5m",
        17,
        {"advance": "5m", "freeze": True},
        {"rewind": "5m"},
        {"advance": "banana"},
        {"advance": ""},
        {"advance": "5"},
        {"advance": 5},
        {"advance": "-5m"},
        {"advance": "+5m"},
        {"advance": " 5m"},
        {"advance": None},
        {"advance": "\u0665m"},
        {"advance": "1" * 30 + "d"},
        {"advance": "9" * 400 + "d"},
        {"advance": "P" + "9" * 38 + "W"},
        {"advance": "2914000d"},
        {"advance": "PT"},
        {"freeze": False},
        {"freeze": None},
        {"freeze": 1_773_000_000},
        {"freeze": "tomorrow"},
        {"freeze": "+99999999d"},
        {"freeze": "10000-01-01"},
        {"freeze": "2026-02-30"},
        {"set": True},
        {"set": "2026-13-01"},
        {"set": "-99999999d"},
        {"set": "0000-01-01"},
        {"set": ""},
        {"set": "x" * 10_000},
        {"resume": False},
        {"resume": "now"},
        {"resume": 1},
    ],
    ids=lambda body: str(body)[:40],
)
def test_what_is_no_move_changes_nothing(world: World, http: httpx.Client, body: Any) -> None:
    refused(http.post(f"/_tuco/workspaces/{world.id}/clock", json=body), 400)
    assert world.control("GET", "/clock") == {"now": START, "mode": "frozen"}


def test_a_refusal_says_how_to_write_it(world: World, http: httpx.Client) -> None:
    path = f"/_tuco/workspaces/{world.id}/clock"
    refused(http.post(path, json={}), 400, "freeze", "advance", "set", "resume")
    refused(http.post(path, json={"advance": "soon"}), 400, "soon", "PT5M", "1h30m")
    refused(http.post(path, json={"set": "soon"}), 400, "soon", "2026-03-12T22:40:29.174Z", "-2h")


def test_what_is_made_then_has_that_time(world: World) -> None:
    world.clock(advance="1h")
    lead = world.lead(phone="+14155550100")
    message = world.message(lead, status="scheduled")
    assert world.state()["leads"][0]["createdAt"] == iso(millis(START) + 3_600_000)
    [job] = world.control("GET", "/queue")["jobs"]
    assert job == {"messageId": message, "state": "delayed", "dueAt": "2026-03-13T02:00:00.000Z"}
