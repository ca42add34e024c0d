"""Clauses L19 to L23: what goes with a lead, and what stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.clauses.busy import (
    BUSY,
    CAMPAIGN,
    JANE,
    JANE_EMAIL,
    JANE_PHONE,
    OMAR,
    OMAR_EMAIL,
    OMAR_PHONE,
    OMARS,
    PENDING_HELD,
    QUEUED,
    SCHEDULED,
    SENT,
    STRANGERS,
    UNKNOWN,
)
from tests.clauses.checks import NO_LEAD, NOBODY, cancelled, error_of_finish, held, who, without_sequence
from tests.support import Json, World, error

if TYPE_CHECKING:
    from collections.abc import Callable

JANES = [QUEUED, PENDING_HELD, SCHEDULED, SENT]
KNOWN_AS = {JANE: [JANE_PHONE, "+14422640111", JANE_EMAIL], OMAR: [OMAR_PHONE, OMAR_EMAIL]}
LIST = "69a1fc43a00b806f643082df"


def without(state: Json, lead: str) -> Json:
    """What must be held when a lead and everything that hangs on it are gone: what it said is kept apart (P19)."""
    gone = [message["id"] for message in state["messages"] if message["leadId"] == lead]
    jobs = [job for job in state["queue"]["jobs"] if job["messageId"] not in gone]
    past = [{**each, "addresses": KNOWN_AS[lead]} for each in state["replies"] if each["leadId"] == lead]
    past = sorted([*state.get("pastReplies", []), *past], key=lambda each: (each["receivedAt"], each["id"]))
    counts = {name: sum(job["state"] == name for job in jobs) for name in ("waiting", "delayed", "active")}
    return {
        **state,
        "leads": [each for each in state["leads"] if each["id"] != lead],
        "messages": [each for each in state["messages"] if each["leadId"] != lead],
        "replies": [each for each in state["replies"] if each["leadId"] != lead],
        "campaigns": [{**each, "leads": [one for one in each["leads"] if one != lead]} for each in state["campaigns"]],
        "queue": {"counts": counts, "jobs": jobs},
        "pastReplies": past,
    }


@pytest.mark.clause("L19", "L21", "L22", "P19")
@pytest.mark.parametrize("lead", [JANE, OMAR])
def test_everything_that_hangs_on_a_lead_goes(busy: World, lead: str) -> None:
    """The lead, its messages with their jobs, held ones too, its replies and its enrolments; nothing else."""
    before = held(busy)
    answer = busy.delete_leads({"ids": [lead]})
    assert error(answer) == (200, {"deletedCount": 1})
    assert held(busy) == without(before, lead)


@pytest.mark.clause("L21")
def test_nothing_shows_a_lead_that_is_gone(busy: World) -> None:
    """Neither leads nor replies, in no scope; a state without it reads in and out as it is."""
    assert busy.delete(JANE) == 1
    assert error(busy.get_leads(id=JANE))[0] == 404
    assert [each["_id"] for each in busy.leads()["leads"]] == [OMAR]
    assert error(busy.get_replies(leadId=JANE)) == NO_LEAD
    assert who(busy) == [OMAR]
    assert busy.replies(campaignId=CAMPAIGN) == NOBODY
    assert busy.replies(lineId=BUSY["lines"][0]["id"]) == NOBODY
    assert busy.replies(recipientPhone=JANE_PHONE) == NOBODY
    assert busy.cancel(leadId=JANE) == cancelled(lead=JANE)
    before = held(busy)
    busy.control("PUT", "/state", busy.state())
    assert held(busy) == before


@pytest.mark.clause("L21")
def test_its_addresses_are_free(busy: World) -> None:
    """Another lead can have them, and is found by them; what was written to the one that is gone isn't its own."""
    busy.delete(JANE)
    new = busy.create({"phone": JANE_PHONE})["leadId"]
    assert new != JANE
    assert busy.cancel(recipientPhone=JANE_PHONE) == cancelled(lead=new)


@pytest.mark.clause("L22")
def test_a_worker_that_held_the_job_finds_it_gone(busy: World) -> None:
    """The held job is gone with its message, and the worker can't be done with it."""
    assert busy.jobs()[PENDING_HELD] == "active"
    busy.delete(JANE)
    assert busy.jobs() == {OMARS: "waiting", STRANGERS: "waiting"}
    assert error_of_finish(busy, PENDING_HELD) == 404


@pytest.mark.clause("L22")
def test_what_belongs_to_others_stays(busy: World) -> None:
    """Messages and replies of one of its addresses that belong to nobody, or to another lead."""
    nobodys = busy.add("messages", leadId=None, recipientPhone=JANE_PHONE)["id"]
    omars = busy.message(OMAR, recipientPhone=JANE_PHONE)
    busy.reply(OMAR, recipientPhone=JANE_PHONE, message="from her phone")
    reply = busy.add("replies", leadId=None, recipientPhone=JANE_PHONE, message="nobody's")["id"]
    busy.delete(JANE)
    assert busy.statuses().keys() == {OMARS, STRANGERS, nobodys, omars}
    replies = busy.state()["replies"]
    assert [each["message"] for each in replies] == ["Fine", "from her phone", "nobody's"]
    assert replies[-1]["id"] == reply


@pytest.mark.clause("L20", "L23", "A5")
def test_ids_that_nobody_has_are_passed_over(busy: World) -> None:
    """Unknown ids count nothing, one that is named twice counts once, and a second call finds nobody."""
    assert busy.delete(UNKNOWN) == 0
    assert busy.delete(UNKNOWN, JANE, JANE.upper(), JANE) == 1
    before = held(busy)
    assert busy.delete(JANE) == 0
    assert busy.delete(JANE, OMAR) == 1
    assert without_sequence(held(busy)) == without_sequence(without(before, OMAR))


@pytest.mark.clause("L20", "A7")
def test_a_twin_in_another_workspace_stays(make_world: Callable[..., World]) -> None:
    """Of two workspaces with the same ids the one whose key was used loses the lead."""
    mine, other = make_world(state=BUSY), make_world(state=BUSY)
    before = held(other)
    assert mine.delete(JANE, OMAR) == 2
    assert held(other) == before
    assert mine.state()["leads"] == []


@pytest.mark.clause("L21")
def test_many_at_once(world: World) -> None:
    """All of a list, with hundreds of messages, in one call."""
    world.add("lists", id=LIST, name="Ours")
    rows = [{"email": f"l{n}@example.com"} for n in range(300)]
    leads = world.create(*rows, listId=LIST)["leadIds"]
    world.control("POST", "/messages", [{"leadId": each, "status": "scheduled"} for each in leads * 2])
    assert world.leads()["lists"][0]["leadCount"] == 300
    assert world.delete(*leads[:299]) == 299
    assert world.leads()["lists"][0]["leadCount"] == 1
    assert len(world.jobs()) == len(world.statuses()) == 2


@pytest.mark.clause("L21", "L5")
def test_the_journal_tells_what_was_done(busy: World) -> None:
    """An import and a removal note their lead and all they did; one that does nothing has no effects."""
    made = busy.create({"phone": "+14155550100"}, {"phone": JANE_PHONE})
    busy.create({"phone": JANE_PHONE}, status=200)
    busy.delete(JANE, made["leadId"])
    busy.delete(UNKNOWN)
    busy.leads(id=OMAR)
    imported, again, removed, nothing, looked = busy.requests()[-5:]
    assert (imported["lead"], again["lead"], removed["lead"], looked["lead"]) == (made["leadId"], JANE, JANE, OMAR)
    assert imported["effects"] == [
        {"kind": "lists.added", "ids": [made["listId"]]},
        {"kind": "leads.added", "ids": [made["leadId"]]},
    ]
    assert again["effects"] == nothing["effects"] == looked["effects"] == []
    assert removed["effects"] == [
        {"kind": "leads.removed", "ids": [JANE, made["leadId"]]},
        {"kind": "messages.removed", "messageIds": JANES},
        {"kind": "jobs.removed", "count": 3},
        {"kind": "replies.removed", "ids": ["69b340dd6dae1d942ece0001", "69b340dd6dae1d942ece0002"]},
        {"kind": "enrolments.removed", "count": 1},
    ]


@pytest.mark.clause("L1", "L12", "L19")
def test_a_fault_for_a_lead_meets_calls_about_it(busy: World) -> None:
    """By its id, by the address of a row, and as the first to be removed; others are let through."""
    busy.fault({"status": 418}, match={"lead": JANE})
    assert busy.get_leads(id=JANE).status_code == 418
    assert busy.get_leads(id=OMAR).status_code == busy.get_leads().status_code == 200
    assert busy.post_leads({"leads": [{"phone": JANE_PHONE}]}).status_code == 418
    assert busy.post_leads({"leads": [{"phone": "+14155550100"}, {"phone": JANE_PHONE}]}).status_code == 201
    assert busy.delete_leads({"ids": [JANE]}).status_code == 418
    assert busy.delete_leads({"ids": [OMAR]}).status_code == 200
    assert busy.post_leads({"leads": []}).status_code == busy.delete_leads({}).status_code == 400
