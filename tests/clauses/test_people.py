"""Clauses P14 to P17: leads that answer, and open what they got."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.clauses.busy import BUSY, CAMPAIGN, JANE, JANE_PHONE, LINE, OMAR, QUEUED, SENT, STRANGER_PHONE, UNKNOWN
from tests.clauses.checks import contents
from tests.support import Json, World

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = "2026-03-13T00:00:00.000Z"
SECOND = "69ab427ac1feb77d7f460002"
OTHER = "69ab444ac1feb77d7f460002"


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    """A workspace with two lines, Jane and two campaigns, on a frozen clock."""
    lines = [{"id": LINE, "phone": "+16462230920"}, {"id": SECOND, "phone": "+16462230921"}]
    campaigns = [{"id": CAMPAIGN, "name": "Spring"}, {"id": OTHER, "name": "Autumn"}]
    leads = [{"id": JANE, "phone": JANE_PHONE, "altPhone1": "+14422640111", "email": "jane@example.com"}]
    return make_world(clock=NOW, lines=lines, campaigns=campaigns, leads=leads)


def got(world: World, **fields: Any) -> str:
    """A message that Jane got an hour ago, on the first line; its id."""
    given: Json = {"leadId": JANE, "status": "sent", "fromLineId": LINE, "sentAt": "-1h", **fields}
    return world.message(**given)


@pytest.mark.clause("P15", "P14", "R7")
@pytest.mark.parametrize(
    "who", [{"leadId": JANE}, {"recipientPhone": "442-264-0111"}, {"recipientEmail": "JANE@example.com"}]
)
def test_a_reply_arrives_on_the_line_last_used(world: World, who: Json) -> None:
    """By the time of sending, whatever the order in which the messages were made; then it is listed there."""
    got(world, fromLineId=SECOND, sentAt="-1m", status="delivered")
    got(world, sentAt="-2m")
    got(world, status="failed", sentAt="-1s")
    got(world, status="queued")
    reply = world.add("replies", message="Yes", **who)
    assert (reply["leadId"], reply["lineId"]) == (JANE, SECOND)
    assert [each["messageId"] for each in world.replies(lineId=SECOND)["replies"]] == [reply["id"]]
    assert world.replies(lineId=LINE)["total"] == 0


@pytest.mark.clause("P15")
def test_of_equal_times_the_greater_id_was_last(world: World) -> None:
    got(world, id="b" * 24, fromLineId=SECOND)
    got(world, id="a" * 24)
    assert world.add("replies", leadId=JANE, message="Yes")["lineId"] == SECOND


@pytest.mark.clause("P15")
def test_a_reply_says_its_line_and_campaign_itself(world: World) -> None:
    got(world, campaignId=CAMPAIGN)
    reply = world.add("replies", leadId=JANE, message="Yes", lineId=SECOND, campaignId=OTHER)
    assert (reply["lineId"], reply["campaignId"]) == (SECOND, OTHER)


@pytest.mark.clause("P15")
def test_a_reply_of_somebody_unknown(world: World) -> None:
    """The line last used with that address; nothing when there was none."""
    world.message(recipientPhone=STRANGER_PHONE, status="sent", fromLineId=SECOND)
    assert world.add("replies", recipientPhone=STRANGER_PHONE, message="Who?")["lineId"] == SECOND
    assert "lineId" not in world.add("replies", recipientPhone="+14155550199", message="Who?")
    assert "lineId" not in world.add("replies", leadId=JANE, message="Hm")


@pytest.mark.clause("P16", "P14", "C13", "C14")
def test_stop_on_reply(world: World) -> None:
    """What waits of the campaign is cancelled, with its jobs; what a worker has, goes on; the rest stays."""
    got(world, campaignId=CAMPAIGN)
    of = {"leadId": JANE, "campaignId": CAMPAIGN}
    waiting = [world.message(**of, status=status) for status in ("queued", "pending", "scheduled")]
    held = world.message(**of, status="queued", job="active")
    sending = world.message(**of, status="sending")
    others = [
        world.message(leadId=JANE, status="queued"),
        world.message(leadId=JANE, status="scheduled", campaignId=OTHER),
        world.message(recipientPhone=STRANGER_PHONE, status="queued", campaignId=CAMPAIGN),
    ]
    world.reply(recipientPhone="+14422640111", message="Who is this?")
    statuses = world.statuses()
    assert {statuses[each] for each in (*waiting, held)} == {"cancelled"}
    assert statuses[sending] == "sending"
    assert [statuses[each] for each in others] == ["queued", "scheduled", "queued"]
    assert set(world.jobs()) == {held, *others}
    (control,) = [each for each in world.control("GET", "/timeline")["events"] if '"Who is this?"' in each["text"]]
    effects = [each for each in world.control("GET", "/timeline")["events"] if each["cause"] == control["id"]]
    assert [each["kind"] for each in effects] == ["replies.added", "messages.cancelled", "jobs.removed"]
    assert effects[1]["messageIds"] == [*waiting, held]
    assert effects[2]["count"] == 3


@pytest.mark.clause("P16", "P15")
def test_a_reply_to_another_message_stops_no_campaign(world: World) -> None:
    """Its lead got something else last."""
    got(world, campaignId=CAMPAIGN, sentAt="-2h")
    got(world, sentAt="-1h")
    waiting = world.message(leadId=JANE, campaignId=CAMPAIGN, status="queued")
    world.reply(JANE, message="Stop")
    assert world.statuses()[waiting] == "queued"
    got(world, campaignId=CAMPAIGN, sentAt="-1m")
    world.reply(JANE, message="Stop")
    assert world.statuses()[waiting] == "cancelled"


@pytest.mark.clause("P16", "P10")
def test_a_whole_run_of_a_campaign(world: World) -> None:
    """Enrolled, written to by a worker, answered: the later steps don't come."""
    steps = [{"message": "a"}, {"message": "b", "delay": "1d"}, {"message": "c", "delay": "1d"}]
    campaign = world.add("campaigns", name="New", steps=steps)["id"]
    world.enrol(campaign, leadId=JANE)
    first, second, third = (each["id"] for each in world.control("GET", f"/messages?campaignId={campaign}")["messages"])
    world.control("POST", f"/queue/{first}/start")
    world.control("POST", f"/queue/{first}/finish")
    world.reply(JANE, message="No, thanks")
    assert world.statuses() == {first: "sent", second: "cancelled", third: "cancelled"}
    assert world.jobs() == {}
    assert world.replies(campaignId=campaign)["total"] == 1


@pytest.mark.clause("P14")
def test_a_state_is_there_without_consequences(make_world: Callable[..., World]) -> None:
    """A reply in a state cancels nothing, also when it is put back or read in again."""
    of = {"leadId": JANE, "campaignId": CAMPAIGN}
    messages = [{**of, "status": "sent", "fromLineId": LINE}, {**of, "status": "queued"}]
    state = {**BUSY, "messages": messages, "replies": [{"leadId": JANE, "message": "Stop", "campaignId": CAMPAIGN}]}
    world = make_world(state=state)
    assert sorted(world.statuses().values()) == ["queued", "sent"]
    assert "lineId" not in world.state()["replies"][0]
    world.control("POST", "/snapshots", {"name": "s"})
    world.control("POST", "/snapshots/s/restore")
    world.control("PUT", "/state", world.state())
    world.control("POST", "/reset")
    assert sorted(world.statuses().values()) == ["queued", "sent"]


@pytest.mark.clause("P14", "A10")
def test_several_replies_or_none(world: World) -> None:
    """They are put there together; one that can't be keeps all from happening."""
    got(world, campaignId=CAMPAIGN)
    waiting = world.message(leadId=JANE, campaignId=CAMPAIGN, status="queued")
    before = contents(world)
    bad = [{"leadId": JANE, "message": "a"}, {"leadId": UNKNOWN, "message": "b"}]
    refused = world.control("POST", "/replies", bad, status=422)
    assert [each["path"] for each in refused["errors"]] == ["[1].leadId"]
    assert contents(world) == before
    shown = world.control("POST", "/replies", [bad[0], {"recipientPhone": STRANGER_PHONE, "message": "c"}], status=201)
    assert [each["message"] for each in shown] == ["a", "c"]
    assert world.statuses()[waiting] == "cancelled"


@pytest.mark.clause("P17")
def test_opening(busy: World) -> None:
    """The first time leaves its moment, later ones nothing; the status stays."""
    opened = busy.control("POST", f"/messages/{SENT.upper()}/open")
    assert (opened["status"], opened["readAt"], opened["updatedAt"]) == ("sent", NOW, NOW)
    busy.clock(advance="1h")
    assert busy.control("POST", f"/messages/{SENT}/open") == opened
    events = busy.control("GET", "/timeline")["events"]
    assert [each["messageIds"] for each in events if each["kind"] == "messages.opened"] == [[SENT]]
    state = busy.state()
    busy.control("PUT", "/state", state)
    assert busy.state() == state


@pytest.mark.clause("P17", "A10")
def test_what_cannot_be_opened(busy: World) -> None:
    before = contents(busy)
    assert "only one that was sent" in busy.control("POST", f"/messages/{QUEUED}/open", status=409)["detail"]
    for unknown in (UNKNOWN, "x", OMAR):
        assert "has no message" in busy.control("POST", f"/messages/{unknown}/open", status=404)["detail"]
    assert contents(busy) == before
