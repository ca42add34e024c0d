"""Clauses V21 to V24: how many addresses a day, how many calls a minute."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.clauses.busy import BUSY, JANE, NOW, OMAR
from tests.clauses.checking import (
    CHECK,
    CHECK_ANY,
    CHECK_LEADS,
    CHECKS,
    LINE,
    QUOTA,
    SECOND_LINE,
    SOMEBODY,
    TOO_OFTEN,
    ask,
    checks,
    is_available,
    status_of,
    told,
)
from tests.clauses.checks import contents
from tests.support import Json, World, error

if TYPE_CHECKING:
    from collections.abc import Callable

every_check = pytest.mark.parametrize("operation", CHECKS)


def quota_of(operation: str) -> tuple[int, Json]:
    """What an operation answers when the day's checks are used up."""
    if operation == "checkContact":
        return 429, {"available": False, "reason": "Daily availability check quota exhausted"}
    return QUOTA


def used_up(world: World, but: int = 0) -> World:
    """The workspace, its one line having looked up all it can, but for so many."""
    state = world.state()
    state["lines"] = [{**LINE, "availabilityChecks": {"count": 70 - but}}]
    world.control("PUT", "/state", state)
    return world


@pytest.mark.clause("V21", "V22", "A10", "A3")
@every_check
def test_used_up(busy: World, operation: str) -> None:
    """70 a line and day: the last one is let through, the next call refused for an hour and without any effect."""
    used_up(busy, but=1)
    assert ask(busy, *CHECKS[operation]).status_code == 200
    before = contents(busy)
    answer = ask(busy, *CHECKS[operation])
    assert (error(answer), answer.headers["retry-after"]) == (quota_of(operation), "3600")
    assert contents(busy) == before
    assert (busy.requests()[-1]["clause"], "left today" in busy.requests()[-1]["reason"]) == ("V21", True)


@pytest.mark.clause("V21")
def test_seventy_by_hand(world: World) -> None:
    """Counted one by one, however they are asked for."""
    world.add("lines", **LINE)
    assert is_available(world, *[SOMEBODY] * 69) == [True] * 69
    refused = ask(world, "POST", CHECK, {"addresses": [SOMEBODY] * 2})
    assert error(refused) == QUOTA
    assert checks(world) == [69]
    assert is_available(world, SOMEBODY) == [True]
    assert error(ask(world, "GET", f"{CHECK}?address={SOMEBODY}")) == QUOTA


@pytest.mark.clause("V21", "V4")
@pytest.mark.parametrize("start", ["2026-03-13T00:00:00Z", "2024-02-28T23:00:00Z", "2026-12-31T12:00:00Z"])
def test_the_next_day_begins_at_midnight(make_world: Callable[..., World], start: str) -> None:
    """On the workspace's clock, in UTC: not an hour later, not a day later."""
    world = make_world(state={"clock": start, "lines": [LINE]})
    assert is_available(world, *[SOMEBODY] * 70) == [True] * 70
    world.clock(set=f"{start[:10]}T23:59:59.999Z")
    assert error(ask(world, "GET", f"{CHECK}?address=a@b")) == QUOTA
    world.clock(advance="1ms")
    assert is_available(world, SOMEBODY) == [True]
    assert checks(world) == [1]


@pytest.mark.clause("V21")
def test_each_line_has_its_own(make_world: Callable[..., World]) -> None:
    """Three lines are 210; the one that has most left is taken, the first made of equals."""
    third = {"phone": "+16462230922", "availabilityChecks": {"count": 68}}
    world = make_world(state={"clock": NOW, "lines": [LINE, SECOND_LINE, third]})
    assert is_available(world, *[SOMEBODY] * 5) == [True] * 5
    assert checks(world) == [3, 2, 68]
    assert is_available(world, *[SOMEBODY] * 100) == [True] * 100
    assert checks(world) == [53, 52, 68]
    assert is_available(world, *[SOMEBODY] * 37) == [True] * 37
    assert checks(world) == [70, 70, 70]
    assert error(ask(world, "GET", f"{CHECK}?address=a@b")) == QUOTA


@pytest.mark.clause("V21")
@pytest.mark.parametrize("lines", [[], [{**LINE, "isActive": False}], [{**LINE, "healthCheck": {"status": "down"}}]])
def test_without_a_line_that_can(world: World, lines: list[Json]) -> None:
    """Nothing can be looked up, and the journal says why."""
    world.control("POST", "/lines", lines)
    assert error(ask(world, "GET", f"{CHECK}?address=a@b")) == QUOTA
    assert "no active line" in world.requests()[-1]["reason"]
    assert is_available(world, "no address") == [False]


@pytest.mark.clause("V21")
def test_apart_from_sending(world: World) -> None:
    """What a line has sent takes nothing away, nor is anything sent by looking."""
    usage = {"newConversationsCount": 20, "totalMessagesCount": 50}
    world.add("lines", **LINE, usage=usage)
    assert is_available(world, *[SOMEBODY] * 70) == [True] * 70
    (line,) = world.control("GET", "/lines")["lines"]
    assert line["usage"] == {"date": "2026-03-13", **usage}


@pytest.mark.clause("V21", "V15", "A10")
def test_a_lead_that_needs_more_than_is_left(busy: World) -> None:
    """One alone is refused, and nothing is counted or kept; one that needs no more is not."""
    used_up(busy, but=1)
    busy.control("POST", "/addresses", {"address": "+14422640101", "imessage": False})
    before = contents(busy)
    assert error(ask(busy, "GET", f"{CHECK_LEADS}?id={JANE}")) == QUOTA
    assert error(ask(busy, "POST", CHECK_ANY, {"phones": ["+14422640101", SOMEBODY]})) == quota_of("checkContact")
    assert contents(busy) == before
    assert told(ask(busy, "GET", f"{CHECK_LEADS}?id={OMAR}"))["available"] is True


@pytest.mark.clause("V23")
def test_leads_that_no_check_is_left_for(busy: World) -> None:
    """They have the status `error`, told and kept; those that still fit are looked up; with nothing left it is 429."""
    used_up(busy, but=1)
    busy.control("POST", "/addresses", {"address": "+14422640101", "imessage": False})
    odd = busy.lead(phone="nobody")
    body = {"leadIds": [JANE, odd, OMAR]}
    found = told(ask(busy, "POST", CHECK_LEADS, body))
    assert found == {
        "success": True,
        "checked": 3,
        "successful": 2,
        "errors": 1,
        "results": [
            {"leadId": JANE, "available": False, "status": "error"},
            {"leadId": odd, "available": False, "status": "unavailable"},
            {"leadId": OMAR, "available": True, "status": "available"},
        ],
        "processingMode": "synchronous",
    }
    assert [status_of(busy, each) for each in (JANE, odd, OMAR)] == ["error", "unavailable", "available"]
    before = contents(busy)
    assert error(ask(busy, "POST", CHECK_LEADS, body)) == QUOTA
    assert contents(busy) == before
    busy.clock(advance="1d")
    assert told(ask(busy, "POST", CHECK_LEADS, body))["errors"] == 0
    assert status_of(busy, JANE) == "available"


@pytest.mark.clause("V23", "V19")
def test_a_job_does_what_the_day_allows(world: World) -> None:
    """Of 150 leads with one line 70 are looked up, and nobody is left without a status."""
    world.add("lines", **LINE)
    leads = world.create(*({"email": f"l{n}@example.com"} for n in range(150)))["leadIds"]
    assert told(ask(world, "POST", CHECK_LEADS, {"leadIds": leads}))["checked"] == 150
    kept = [each["availabilityStatus"] for each in world.state()["leads"]]
    assert kept == ["available"] * 70 + ["error"] * 80


@pytest.mark.clause("V24", "R21", "R22")
@every_check
def test_two_hundred_a_minute(make_world: Callable[..., World], operation: str) -> None:
    """All these operations together, refused calls too; other calls have nothing to do with it."""
    world = make_world(state=BUSY)
    world.control("PUT", "/rate-limits/availability", {"tokens": 2})
    assert error(ask(world, "POST", CHECK, {}))[0] == 400
    told(ask(world, "GET", f"{CHECK}?address=a@b"))
    before = contents(world)
    answer = ask(world, *CHECKS[operation])
    assert (error(answer), answer.headers["retry-after"]) == (TOO_OFTEN, "1")
    assert contents(world) == before
    assert world.get_replies().status_code == world.get_leads().status_code == 200
    world.clock(advance="1s")
    told(ask(world, *CHECKS[operation]))


@pytest.mark.clause("V24")
def test_the_bucket_holds_two_hundred(world: World) -> None:
    """On a clock that stands still 200 calls are let through; the limit can be changed and lifted."""
    statuses = [ask(world, "GET", CHECK).status_code for _ in range(201)]
    assert (statuses[:200], statuses[200]) == ([400] * 200, 429)
    world.patch(rateLimits={"availability": 1})
    assert [ask(world, "GET", CHECK).status_code for _ in range(2)] == [400, 429]
    world.patch(rateLimits={"availability": None})
    assert {ask(world, "GET", CHECK).status_code for _ in range(250)} == {400}


@pytest.mark.clause("V21", "V22", "V24", "A20")
@every_check
def test_both_refusals_can_be_had(busy: World, operation: str) -> None:
    """By `Prefer`, without doing anything."""
    before = contents(busy)
    method, path, body = CHECKS[operation]
    refused: dict[str, Any] = {"tooOften": TOO_OFTEN, "dailyQuota": quota_of(operation)}
    for example, expected in refused.items():
        answer = ask(busy, method, path, body, prefer=f"code=429, example={example}")
        assert error(answer) == expected
        assert int(answer.headers["retry-after"]) >= 1
    assert contents(busy) == before
