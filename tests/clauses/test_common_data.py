"""Clauses A5 to A8 and A12: ids, times, workspaces apart from each other, unknown fields, the order of keys."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.clauses.busy import (
    BUSY,
    CAMPAIGN,
    JANE,
    JANE_EMAIL,
    JANE_PHONE,
    JANES_WAITING,
    LINE,
    NOW,
    OMAR,
    QUEUED,
)
from tests.clauses.checks import (
    NO_CAMPAIGN,
    NO_IDENTIFIER,
    NO_LEAD,
    NOBODY,
    after_cancelling,
    cancelled,
    held,
    page_of,
    pairs,
    who,
    without_sequence,
)
from tests.support import World, error

Worlds = Callable[..., World]


@pytest.mark.clause("A5")
@pytest.mark.parametrize("written", [str.lower, str.upper, str.title], ids=["lower", "upper", "mixed"])
def test_takes_ids_in_any_case_and_sends_them_in_lower_case(busy: World, written: Callable[[str], str]) -> None:
    """An id means the same in upper case, in body and query, and comes back in lower case."""
    assert who(busy, leadId=written(JANE), campaignId=written(CAMPAIGN), lineId=written(LINE)) == [JANE]
    assert busy.cancel(leadId=written(JANE)) == cancelled(*JANES_WAITING, lead=JANE, jobs=2)


@pytest.mark.clause("A5")
def test_sends_ids_in_lower_case_however_they_were_loaded(world: World) -> None:
    """Ids that a fixture wrote in upper case are sent as 24 lower-case digits."""
    world.add("leads", id=JANE.upper(), phone=JANE_PHONE)
    world.message(JANE, id=QUEUED.upper())
    world.reply(JANE.upper(), id="69B340DD6DAE1D942ECE0001", message="Stop")
    (item,) = world.replies()["replies"]
    assert (item["leadId"], item["messageId"]) == (JANE, "69b340dd6dae1d942ece0001")
    assert world.cancel(recipientPhone=JANE_PHONE) == cancelled(QUEUED, lead=JANE)


MOMENTS = {
    "2026-03-12T22:40:29.174Z": "2026-03-12T22:40:29.174Z",
    "2026-03-12T22:40:29Z": "2026-03-12T22:40:29.000Z",
    "2026-03-12T22:40:29.1Z": "2026-03-12T22:40:29.100Z",
    "2026-03-13T04:10:29.174+05:30": "2026-03-12T22:40:29.174Z",
    "2026-03-12T14:40:29.174-08:00": "2026-03-12T22:40:29.174Z",
    "2026-03-12": "2026-03-12T00:00:00.000Z",
    "-90m": "2026-03-12T22:30:00.000Z",
}


@pytest.mark.clause("A6")
@pytest.mark.parametrize(("written", "shown"), MOMENTS.items(), ids=MOMENTS.keys())
def test_sends_times_in_utc_with_three_decimals(world: World, written: str, shown: str) -> None:
    """However a time was written down, it is sent in UTC with three decimals and a `Z`."""
    lead = world.lead(phone=JANE_PHONE)
    world.reply(lead, message="Stop", receivedAt=written)
    world.message(lead, status="sent", sentAt=written)
    (item,) = world.replies()["replies"]
    times = (
        item["respondedAtUtc"],
        item["recentReplies"][0]["receivedAtUtc"],
        item["parentMessages"][0]["sentAtUtc"],
    )
    assert times == (shown, shown, shown)


@pytest.fixture
def twins(make_world: Worlds) -> tuple[World, World]:
    """Two workspaces that were loaded with the same ids, addresses and texts."""
    return make_world(state=BUSY), make_world(state=BUSY)


@pytest.mark.clause("A7")
@pytest.mark.parametrize(
    "body", [{"leadId": JANE}, {"recipientPhone": JANE_PHONE}, {"recipientEmail": JANE_EMAIL}], ids=str
)
def test_cancels_in_its_own_workspace_only(twins: tuple[World, World], body: dict[str, str]) -> None:
    """Of two workspaces with the same ids a cancellation changes the one whose key was used."""
    mine, other = twins
    before, others_before = held(mine), held(other)
    assert mine.cancel(**body) == cancelled(*JANES_WAITING, lead=JANE, jobs=2)
    assert without_sequence(held(mine)) == without_sequence(after_cancelling(before, list(JANES_WAITING), NOW))
    assert held(other) == others_before


@pytest.mark.clause("A7")
def test_lists_its_own_replies_only(twins: tuple[World, World]) -> None:
    """A reply that comes to one workspace does not show in another with the same lead."""
    mine, other = twins
    mine.reply(JANE, message="Only mine", receivedAt=NOW)
    assert mine.replies(leadId=JANE)["replies"][0]["message"] == "Only mine"
    shown = other.replies(leadId=JANE)["replies"][0]
    assert shown["message"] == "Stop"
    assert "Only mine" not in str(shown)


@pytest.mark.clause("A7")
def test_ids_of_another_workspace_are_unknown(busy: World, world: World) -> None:
    """The ids and addresses of another workspace's things are as good as unknown, and nothing there changes."""
    before = held(busy)
    assert error(world.get_replies(leadId=JANE)) == NO_LEAD
    assert error(world.get_replies(campaignId=CAMPAIGN)) == NO_CAMPAIGN
    assert world.replies(lineId=LINE) == NOBODY
    assert world.replies(recipientPhone=JANE_PHONE) == NOBODY
    assert world.replies() == NOBODY
    assert world.cancel(leadId=JANE) == cancelled(lead=JANE)
    assert world.cancel(recipientPhone=JANE_PHONE) == cancelled(lead=None)
    assert world.cancel(recipientEmail=JANE_EMAIL) == cancelled(lead=None)
    assert held(busy) == before


@pytest.mark.clause("A8")
@pytest.mark.parametrize(
    "unknown",
    [
        {"force": True},
        {"$where": "1"},
        {"__proto__": {"admin": True}},
        {"": None},
        {"LeadId": "x", "leadid": "x", "recipientphone": 1},
        {"messageIds": [QUEUED], "workspaceId": "other", "leadId ": "x"},
    ],
    ids=str,
)
def test_ignores_unknown_fields(busy: World, unknown: dict[str, Any]) -> None:
    """Fields that the operation does not know change nothing about its answer."""
    assert error(busy.post_cancel(unknown)) == NO_IDENTIFIER
    assert busy.cancel(**unknown, recipientPhone=JANE_PHONE) == cancelled(*JANES_WAITING, lead=JANE, jobs=2)


@pytest.mark.clause("A8")
@pytest.mark.parametrize(
    "unknown",
    ["sort=asc", "LeadId=x", "leadId%20=x", "leadId[]=x", "leadId[$ne]=", "workspaceId=other", "=x", "&&", "x"],
)
def test_ignores_unknown_query_parameters(busy: World, unknown: str) -> None:
    """Query parameters that the operation does not know change nothing about its answer."""
    assert who(busy, unknown) == [OMAR, JANE]
    assert who(busy, f"{unknown}&leadId={JANE}") == [JANE]


@pytest.mark.clause("A12")
def test_keys_come_in_the_documented_order(busy: World) -> None:
    """The keys of every object come in the order of the documented examples, whatever they hold."""
    campaign = busy.message(JANE, status="sent", sentAt=NOW, campaignId=CAMPAIGN, batchId="b1", stepIndex=2)
    stop = {"messageId": "69b340dd6dae1d942ece0002", "message": "Stop"}
    who_is = {"messageId": "69b340dd6dae1d942ece0001", "message": "Who is this?"}
    hello = {"messageId": "69dba0000000000000000004", "message": "Hello Jane"}
    item = {
        "leadId": JANE,
        **stop,
        "respondedAtUtc": "2026-03-12T10:00:00.000Z",
        "recipientPhone": JANE_PHONE,
        "recipientEmail": JANE_EMAIL,
        "name": "Jane Roe",
        "recentReplies": [
            {**stop, "receivedAtUtc": "2026-03-12T10:00:00.000Z"},
            {**who_is, "receivedAtUtc": "2026-03-12T09:00:00.000Z"},
        ],
        "parentMessages": [
            {"messageId": campaign, "message": "", "sentAtUtc": NOW, "batchId": "b1", "stepIndex": 2},
            {**hello, "sentAtUtc": "2026-03-12T08:00:04.000Z", "batchId": None, "stepIndex": None},
        ],
    }
    listed = busy.get_replies(leadId=JANE)
    assert pairs(listed.text) == pairs(json.dumps(page_of(item)))
    done = busy.post_cancel({"leadId": JANE})
    assert pairs(done.text) == pairs(json.dumps(cancelled(*JANES_WAITING, lead=JANE, jobs=2)))
