"""Clauses M1 and M13 to M22: POST /api/messages, to whom it goes and what is told."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.clauses.busy import JANE, JANE_EMAIL, JANE_PHONE, LINE, OMAR, OMAR_PHONE
from tests.clauses.checks import NO_LEAD, contents
from tests.support import Json, World, error

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = "2026-03-13T00:00:00.000Z"
NO_IDS = {"ghlContactId": None, "ghlLocationId": None, "hsPortalId": None, "hsContactId": None}


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    """A workspace with one line, on a frozen clock."""
    return make_world(clock=NOW, lines=[{"id": LINE, "phone": "+16462230920"}])


def lead_of(world: World, lead: str) -> Json:
    """A lead as the API shows it."""
    found: Json = world.leads(id=lead)["lead"]
    return found


def stored(world: World, message: str) -> Json:
    """A message as a fixture writes it."""
    (found,) = [each for each in world.control("GET", "/messages")["messages"] if each["id"] == message]
    return dict(found)


def done(world: World) -> list[str]:
    """What the last message did."""
    sent = [each for each in world.requests() if each["method"] == "POST"]
    return [effect["kind"] for effect in sent[-1]["effects"]]


@pytest.mark.clause("M1", "M20", "M22")
def test_the_documented_message(make_world: Callable[..., World]) -> None:
    """The published example comes out as it stands, with the lead's ids and what this sending is called."""
    lead = {"id": "69b2c41d352a78479d2c623b", "phone": "+919042956129"}
    line = {"id": "69ab427ac1feb77d7f46462e", "phone": "+16462230920"}
    world = make_world(clock="2026-03-12T22:57:02.892Z", lines=[line], leads=[lead])
    answer = world.post_message({"message": "Hi from Tuco.", "leadId": lead["id"]})
    told = answer.json()
    name = told["message"].pop("correlationId")
    assert (answer.status_code, answer.headers["x-correlation-id"]) == (201, name)
    assert list(told) == ["success", "status", "leadId", *NO_IDS, "message"]
    message_id = told["message"]["_id"]
    assert told["message"].pop("recipientPhone", lead["phone"]) == lead["phone"]  # where it went, once that is known
    assert told == {
        "success": True,
        "status": "sent",
        "leadId": lead["id"],
        **NO_IDS,
        "message": {
            "_id": message_id,
            "message": "Hi from Tuco.",
            "messageType": "imessage",
            "status": "sent",
            "direction": "sent",
            "fromLineId": line["id"],
            "leadId": lead["id"],
            "workspaceId": world.id,
            "createdAt": "2026-03-12T22:57:02.892Z",
            "updatedAt": "2026-03-12T22:57:02.892Z",
            "sentAt": "2026-03-12T22:57:02.892Z",
        },
    }
    assert world.statuses() == {message_id: "sent"}
    assert world.jobs() == {}
    assert world.requests()[-1]["lead"] == lead["id"]


@pytest.mark.clause("M13", "A5")
def test_a_named_lead_keeps_its_addresses(busy: World) -> None:
    """A recipient beside a leadId is that message's only; alternates are not looked at; ids may be in upper case."""
    before = lead_of(busy, JANE)
    told = busy.send(
        leadId=JANE.upper(), recipientPhone="(415) 555-0100", altPhone2="+14155550101", recipientName="X Y"
    )
    assert (told["leadId"], told["message"]["recipientPhone"]) == (JANE, "+14155550100")
    assert told["message"]["recipientName"] == "X Y"
    assert lead_of(busy, JANE) == before
    assert "recipientPhone" not in busy.send(leadId=JANE)["message"]


@pytest.mark.clause("M13", "A7", "A10")
@pytest.mark.parametrize("lead", ["f" * 24, "x", JANE[:-1], f" {JANE}", 5, True, [JANE], {"$ne": None}], ids=str)
def test_no_such_lead(busy: World, lead: Any) -> None:
    """A leadId that no lead has is answered 404, whoever the recipient is."""
    before = contents(busy)
    assert error(busy.post_message({"message": "Hi", "leadId": lead, "recipientPhone": OMAR_PHONE})) == NO_LEAD
    assert busy.requests()[-1]["clause"] == "M13"
    assert contents(busy) == before


@pytest.mark.clause("M13", "A7")
def test_leads_of_others_are_unknown(world: World, make_world: Callable[..., World]) -> None:
    lead = make_world().lead(phone="+14155550100")
    assert error(world.post_message({"message": "Hi", "leadId": lead})) == NO_LEAD


@pytest.mark.clause("M14", "N1", "N2")
@pytest.mark.parametrize(
    "recipient",
    [
        {"recipientPhone": "(442) 264-0101"},
        {"recipientPhone": "+14422640111"},
        {"recipientEmail": f" {JANE_EMAIL.upper()}"},
        {"recipientPhone": JANE_PHONE, "recipientEmail": "omar@example.com"},
        {"recipientPhone": "+14155550177", "recipientEmail": JANE_EMAIL},
        {"leadId": " ", "recipientPhone": JANE_PHONE},
    ],
    ids=str,
)
def test_a_lead_is_found_by_its_addresses(busy: World, recipient: Json) -> None:
    """By the phone, else the email, primary or alternate, and none is made."""
    before = busy.state()["leads"]
    assert busy.send(**recipient)["leadId"] == JANE
    assert busy.state()["leads"] == before


@pytest.mark.clause("M15")
def test_alternates_are_put_into_a_lead_that_was_found(busy: World) -> None:
    """Only those that are given, and that nobody has; the lead is found by them from then on."""
    before = lead_of(busy, JANE)
    told = busy.send(
        recipientPhone=JANE_PHONE,
        altPhone1="(415) 555-0101",
        altPhone2=OMAR_PHONE,
        altPhone3="no phone",
        altEmail1=" New@example.com ",
        altEmail2=JANE_EMAIL,
        recipientName="Other Name",
        contactOwnerEmail="own@example.com",
    )
    assert told["leadId"] == JANE
    after = lead_of(busy, JANE)
    assert after == {**before, "altPhone1": "+14155550101", "altEmail1": "New@example.com", "updatedAt": NOW}
    assert busy.send(recipientEmail="new@example.com")["leadId"] == JANE
    assert busy.cancel(recipientPhone="+14155550101")["leadId"] == JANE
    assert busy.cancel(recipientPhone="+14422640111")["leadId"] is None  # what it had there before
    state = busy.state()
    busy.control("PUT", "/state", state)
    assert busy.state() == state


@pytest.mark.clause("M15", "L5")
@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("Jane van Dyke", "Jane", "van Dyke"),
        (" Jane  Roe ", "Jane", "Roe"),
        ("Jane", "Jane", None),
        ("  ", None, None),
        (None, None, None),
    ],
)
def test_a_lead_is_made(world: World, name: str | None, first: str | None, last: str | None) -> None:
    """In Quick Sends, with what the call says of it."""
    told = world.send(
        recipientPhone="415 555 0100",
        recipientEmail="j@example.com",
        recipientName=name,
        altPhone2="+14155550102",
        contactOwnerEmail="own@example.com",
        ghlContactId="g",
        hsPortalId="p",
    )
    lead = lead_of(world, told["leadId"])
    (quick,) = world.state()["lists"]
    assert (quick["name"], lead["listId"]) == ("Quick Sends", quick["id"])
    assert (lead["firstName"], lead["lastName"], lead["source"]) == (first, last, "api")
    assert (lead["phone"], lead["email"], lead["altPhone2"]) == ("+14155550100", "j@example.com", "+14155550102")
    assert lead["contactOwnerEmail"] == "own@example.com"
    assert {name: told[name] for name in NO_IDS} == {**NO_IDS, "ghlContactId": "g", "hsPortalId": "p"}
    assert done(world)[:3] == ["lists.added", "leads.added", "messages.added"]
    assert world.send(recipientPhone="+14155550102")["leadId"] == lead["_id"]


@pytest.mark.clause("M16")
def test_the_duplicate_path(busy: World) -> None:
    """Nobody has the recipient's addresses, but Omar has an alternate that was given: it goes to him."""
    before = lead_of(busy, OMAR)
    told = busy.send(status=200, recipientPhone="+14155550100", altEmail3="OMAR@example.com", altPhone1="+14155550109")
    assert (told["leadId"], told["existingLeadIds"], told["leadIds"]) == (OMAR, [OMAR], [OMAR])
    assert told["duplicateOnly"] is True
    assert told["duplicateMessage"] == "Lead was duplicate; message sent using existing lead."
    assert told["message"]["recipientPhone"] == "+14155550100"
    assert lead_of(busy, OMAR) == before
    assert busy.leads()["pagination"]["totalCount"] == 2


@pytest.mark.clause("M17")
def test_missing_ids_are_filled_in(world: World) -> None:
    """An id that the lead has stays, in the answer too."""
    lead = world.lead(phone="+14155550100", integrationIds={"ghlRecordId": "mine"})
    ids: Json = {"ghlContactId": "other", "ghlLocationId": "here", "hsContactId": "120001", "hsPortalId": "991001"}
    told = world.send(leadId=lead, **ids)
    assert {name: told[name] for name in ids} == {**ids, "ghlContactId": "mine"}
    kept = {"ghlRecordId": "mine", "ghlLocationId": "here", "hubspotRecordId": "120001", "hubspotPortalId": "991001"}
    assert lead_of(world, lead)["integrationIds"] == kept
    assert "leads.changed" in done(world)
    world.send(leadId=lead, **ids)
    assert "leads.changed" not in done(world)
    state = world.state()
    world.control("PUT", "/state", state)
    assert world.state() == state


@pytest.mark.clause("M18")
def test_what_is_kept_with_a_message(world: World) -> None:
    """All that is given, until it is sent and after an export."""
    given: Json = {
        "message": "Hi {{firstName}}",
        "messageType": "email",
        "batchId": "b-1",
        "attachmentUrls": ["https://example.com/doc.pdf", "https://example.com/b.pdf"],
        "attachmentNames": ["doc", "b"],
        "recipientName": "Jane Roe",
        "recipientEmail": "Jane@example.com",
        "timezone": "America/New_York",
        "sendWindowStart": "09:00",
        "sendWindowEnd": "17:30",
    }
    told = world.send(**given, allowedDaysOfWeek=[5, 1, 1.0, 3], scheduledDate="2090-01-02")
    shown, kept = told["message"], stored(world, told["message"]["_id"])
    assert {**given, "allowedDaysOfWeek": [1, 3, 5]}.items() <= shown.items()
    assert {**given, "allowedDaysOfWeek": [1, 3, 5]}.items() <= kept.items()
    assert shown["direction"] == "sent"
    state = world.state()
    world.control("PUT", "/state", state)
    assert world.state() == state


@pytest.mark.clause("M18", "M4", "M11")
def test_attachments_alone(world: World) -> None:
    """No text is needed beside one, and a phone that can't be one counts as a recipient."""
    told = world.send(message=None, attachmentUrls=["https://example.com/a.png"], recipientPhone="call me")
    assert (told["message"]["message"], told["message"]["recipientPhone"]) == ("", "call me")


@pytest.mark.clause("M19")
@pytest.mark.parametrize(
    ("body", "header", "called"),
    [
        ("mine", None, "mine"),
        ("mine", "header", "mine"),
        (None, "header", "header"),
        (" ", "header", "header"),
        (" mine ", None, "mine"),
        ("x" * 128, None, "x" * 128),
        ("x" * 129, "header", "header"),
        ("ünlich", "header", "header"),
        ("two\nlines", None, None),
        (None, "x" * 200, None),
        (None, None, None),
    ],
)
def test_what_a_sending_is_called(world: World, body: str | None, header: str | None, called: str | None) -> None:
    """By the body, else by the header, else a new name; told in both places."""
    sent = {"message": "Hi", "recipientPhone": "+14155550100", "correlationId": body}
    answer = world.post_message(sent) if header is None else world.post_message(sent, x_correlation_id=header)
    name = answer.headers["x-correlation-id"]
    assert name == answer.json()["message"]["correlationId"]
    assert name == called if called is not None else re.fullmatch("app_[0-9a-f]{24}", name)


@pytest.mark.clause("M20", "M21")
def test_a_date_to_come(world: World) -> None:
    """It is scheduled with a delayed job, tells when, and can be cancelled."""
    told = world.send(recipientPhone="+14155550100", scheduledDate="2026-03-14T01:00:00.1239+01:00", fromLineId=LINE)
    message = told["message"]
    assert (told["success"], told["status"], message["status"]) == (True, "scheduled", "scheduled")
    assert told["scheduledDate"] == message["scheduledDate"] == "2026-03-14T00:00:00.123Z"
    assert message["fromLineId"] == LINE
    assert "sentAt" not in message
    (job,) = world.control("GET", "/queue")["jobs"]
    assert job == {"messageId": message["_id"], "state": "delayed", "dueAt": "2026-03-14T00:00:00.123Z"}
    assert world.cancel(leadId=told["leadId"])["messageIds"] == [message["_id"]]


@pytest.mark.clause("M21")
def test_the_message_says_the_same_as_the_answer(world: World) -> None:
    """To whom it goes well, where there is no iMessage, where it fails, on its way, and too soon after another."""
    told = []
    for phone, later in (("06", "1m"), ("09", "1m"), ("01", "1m"), ("08", "1s"), ("12", "1s")):
        told.append(world.send(recipientPhone=f"+150055500{phone}"))
        world.clock(advance=later)
    assert [each["status"] for each in told] == ["sent", "fallback", "failed", "pending", "pending"]
    assert "reason" in told[4]
    assert [each["message"]["status"] for each in told] == [each["status"] for each in told]


@pytest.mark.clause("M21", "C11")
def test_on_its_way_to_a_slow_address_it_was_accepted_as_pending(world: World) -> None:
    """Without a reason or a date, since no check has put it off; it is shown as sending, and can't be cancelled."""
    told = world.send(recipientPhone="+15005550008")
    assert (told["success"], told["status"], told["message"]["status"]) == (True, "pending", "pending")
    assert {"reason", "scheduledDate"}.isdisjoint(told)
    assert world.statuses() == {told["message"]["_id"]: "sending"}
    assert world.cancel(leadId=told["leadId"])["cancelledCount"] == 0


@pytest.mark.clause("M20")
@pytest.mark.parametrize("when", ["2026-03-13T00:00:00Z", "2026-03-12", "2020-01-01T00:00", " ", None])
def test_a_date_that_is_not_to_come(world: World, when: str | None) -> None:
    """The message is sent at once, and the date is not kept."""
    told = world.send(recipientPhone="+14155550100", scheduledDate=when)
    assert (told["status"], told["message"]["sentAt"]) == ("sent", NOW)
    assert "scheduledDate" not in told["message"]


@pytest.mark.clause("M1", "R16")
def test_what_was_sent_is_a_parent_message(world: World) -> None:
    """The next reply of the lead shows it."""
    told = world.send(recipientPhone="+14155550100", message="Hello", batchId="b")
    world.reply(told["leadId"], message="Who is this?")
    (item,) = world.replies()["replies"]
    (parent,) = item["parentMessages"]
    assert parent == {
        "messageId": told["message"]["_id"],
        "message": "Hello",
        "sentAtUtc": NOW,
        "batchId": "b",
        "stepIndex": None,
    }
