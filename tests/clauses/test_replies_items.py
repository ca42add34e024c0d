"""Clauses R1 and R15 to R19: what is told of each lead who replied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.clauses.busy import NOW
from tests.clauses.checks import NOBODY, ids

if TYPE_CHECKING:
    from tests.support import Json, World

PHONE = "+14155550100"
ASTRAL = "😀"


@pytest.mark.clause("R1")
def test_one_item_for_each_lead_who_replied(busy: World) -> None:
    """Each lead with replies is listed once with its most recent one; those without are not listed."""
    silent = busy.lead(phone=PHONE)
    busy.message(silent, status="delivered")
    page = busy.replies()
    assert [(item["name"], item["message"]) for item in page["replies"]] == [
        ("Omar", "Fine"),
        ("Jane Roe", "Stop"),
    ]
    assert page["total"] == 2


@pytest.mark.clause("R1", "R17", "R18")
@pytest.mark.parametrize("count", [1, 9, 10, 11, 12])
def test_shows_ten_replies_and_ten_messages_at_most(world: World, count: int) -> None:
    """Of a long conversation the ten newest replies and the ten newest outbound messages are shown."""
    lead = world.lead(phone=PHONE)
    replies, sent = ids("aaaa", count), ids("bbbb", count)
    for n, (reply, message) in enumerate(zip(replies, sent, strict=True)):
        minute = f"2026-03-12T08:{n:02}:00Z"
        world.reply(lead, id=reply, message=f"reply {n}", receivedAt=minute)
        world.message(lead, id=message, message=f"message {n}", status="sent", sentAt=minute)
    (item,) = world.replies()["replies"]
    assert item["messageId"] == replies[-1]
    assert [each["messageId"] for each in item["recentReplies"]] == replies[::-1][:10]
    assert [each["messageId"] for each in item["parentMessages"]] == sent[::-1][:10]


@pytest.mark.clause("R15")
@pytest.mark.parametrize("text", ["", "Stop", "x" * 201, "Línea\nnueva\t\u202e\x00", ASTRAL * 1000, "y" * 20_000])
def test_item_has_the_whole_text_of_the_reply(world: World, text: str) -> None:
    """An item has nine fields, and its `message` is the whole reply, however long."""
    lead = world.lead(firstName="Lee", phone=PHONE, email="lee@example.com")
    stop = world.reply(lead, message=text)
    assert world.replies()["replies"] == [
        {
            "leadId": lead,
            "messageId": stop,
            "message": text,
            "respondedAtUtc": NOW,
            "recipientPhone": PHONE,
            "recipientEmail": "lee@example.com",
            "name": "Lee",
            "recentReplies": [{"messageId": stop, "message": text[:200], "receivedAtUtc": NOW}],
            "parentMessages": [],
        }
    ]


NAMES = {
    "both": ({"firstName": "Ann", "lastName": "Lee"}, "Ann Lee"),
    "first only": ({"firstName": "Ann"}, "Ann"),
    "last only": ({"lastName": "Lee"}, "Lee"),
    "neither": ({}, ""),
    "empty": ({"firstName": "", "lastName": ""}, ""),
    "empty first": ({"firstName": "", "lastName": "Lee"}, "Lee"),
    "empty last": ({"firstName": "Ann", "lastName": ""}, "Ann"),
    "blanks around": ({"firstName": " Ann", "lastName": "Lee  "}, "Ann Lee"),
    "two words each": ({"firstName": "Mary Ann", "lastName": "van Dyke"}, "Mary Ann van Dyke"),
    "other letters": ({"firstName": "José", "lastName": ASTRAL}, f"José {ASTRAL}"),
}


@pytest.mark.clause("R16")
@pytest.mark.parametrize(("fields", "name"), NAMES.values(), ids=NAMES.keys())
def test_name_is_first_and_last_name_trimmed(world: World, fields: Json, name: str) -> None:
    """First and last name are joined by a space and trimmed, empty when there is neither."""
    world.reply(world.lead(phone=PHONE, **fields), message="Stop")
    assert [item["name"] for item in world.replies()["replies"]] == [name]


@pytest.mark.clause("R16")
@pytest.mark.parametrize(
    ("fields", "phone", "email"),
    [
        ({"phone": PHONE}, PHONE, None),
        ({"email": "lee@example.com"}, None, "lee@example.com"),
        ({"altPhone1": PHONE}, None, None),
        ({"altEmail2": "lee@example.com"}, None, None),
        ({"phone": PHONE, "altPhone1": "+14155550101", "altEmail1": "lee@example.com"}, PHONE, None),
    ],
    ids=str,
)
def test_addresses_are_the_primary_ones_of_the_lead(
    world: World, fields: Json, phone: str | None, email: str | None
) -> None:
    """The item's addresses are the lead's primary ones, not the sender's, and null when it has none."""
    lead = world.lead(**fields)
    world.reply(lead, recipientPhone="+14155550777", recipientEmail="x@example.com", message="Stop")
    (item,) = world.replies()["replies"]
    assert (item["recipientPhone"], item["recipientEmail"]) == (phone, email)


CUT = {
    "199": ("x" * 199, "x" * 199),
    "200": ("x" * 200, "x" * 200),
    "201": ("x" * 201, "x" * 200),
    "200 astral": (ASTRAL * 200, ASTRAL * 200),
    "201 astral": (ASTRAL * 201, ASTRAL * 200),
    "astral at the edge": ("x" * 199 + ASTRAL + "y", "x" * 199 + ASTRAL),
    "astral behind the edge": ("x" * 200 + ASTRAL, "x" * 200),
    "astral in front": (ASTRAL + "x" * 200, ASTRAL + "x" * 199),
    "two bytes each": ("é" * 201, "é" * 200),
    "three bytes each": ("語" * 300, "語" * 200),
    "blanks at the edge": ("x" * 198 + "   y", "x" * 198 + "  "),
    "empty": ("", ""),
}


@pytest.mark.clause("R17", "R18")
@pytest.mark.parametrize(("text", "cut"), CUT.values(), ids=CUT.keys())
def test_context_is_cut_at_200_characters(world: World, text: str, cut: str) -> None:
    """Replies and messages shown as context have 200 characters at most, and no character is cut in two."""
    lead = world.lead(phone=PHONE)
    stop = world.reply(lead, message=text)
    sent = world.message(lead, message=text, status="sent")
    (item,) = world.replies()["replies"]
    assert item["message"] == text
    assert item["recentReplies"] == [{"messageId": stop, "message": cut, "receivedAtUtc": NOW}]
    assert item["parentMessages"] == [
        {"messageId": sent, "message": cut, "sentAtUtc": NOW, "batchId": None, "stepIndex": None}
    ]


@pytest.mark.clause("R17")
def test_recent_replies_are_the_leads_own_newest_first(busy: World) -> None:
    """Recent replies are in order of arrival, newest first, and nobody else's are among them."""
    jane = "69b2c41d352a78479d2c0001"
    late = busy.reply(jane, message="Early", receivedAt="2026-03-12T09:30:00Z")
    (item,) = busy.replies(leadId=jane)["replies"]
    assert [each["message"] for each in item["recentReplies"]] == ["Stop", "Early", "Who is this?"]
    assert item["recentReplies"][1] == {
        "messageId": late,
        "message": "Early",
        "receivedAtUtc": "2026-03-12T09:30:00.000Z",
    }


@pytest.mark.clause("R18")
@pytest.mark.parametrize(
    ("status", "shown"),
    [
        ("queued", False),
        ("pending", False),
        ("scheduled", False),
        ("sending", False),
        ("sent", True),
        ("delivered", True),
        ("failed", False),
        ("fallback", False),
        ("cancelled", False),
    ],
)
def test_parent_messages_were_sent_or_delivered(world: World, status: str, *, shown: bool) -> None:
    """Only what was sent or delivered is shown, though others have a time of sending as well."""
    lead, other = world.lead(phone=PHONE), world.lead(phone="+14155550101")
    world.reply(lead, message="Stop")
    message = world.message(lead, status=status, sentAt="2026-03-12T08:00:00Z")
    world.message(other, status="sent")
    world.message(recipientPhone="+14155550102", status="sent")
    (item,) = world.replies()["replies"]
    assert [each["messageId"] for each in item["parentMessages"]] == ([message] if shown else [])


@pytest.mark.clause("R18")
def test_parent_messages_come_by_the_time_they_were_sent(world: World) -> None:
    """Outbound messages are in order of sending, not of creation, and may be later than the reply."""
    lead = world.lead(phone=PHONE)
    world.reply(lead, message="Stop", receivedAt="2026-03-12T10:00:00Z")
    sent = ["2026-03-12T12:00:00Z", "2026-03-12T08:00:00Z", "2026-03-12T11:00:00Z", "2026-03-12T09:00:00Z"]
    for n, moment in enumerate(sent):
        world.message(lead, message=str(n), status="delivered", sentAt=moment, createdAt=f"2026-03-1{n}")
    (item,) = world.replies()["replies"]
    assert [each["message"] for each in item["parentMessages"]] == ["0", "2", "3", "1"]


@pytest.mark.clause("R18")
def test_parent_message_of_a_campaign_has_batch_and_step(busy: World) -> None:
    """Batch and step are told of a message that has them, the first step being 0, and null of one without."""
    jane, campaign = "69b2c41d352a78479d2c0001", "69ab444ac1feb77d7f460001"
    busy.message(jane, status="sent", campaignId=campaign, batchId="batch-7", stepIndex=0)
    (item,) = busy.replies(leadId=jane)["replies"]
    told = [(each["batchId"], each["stepIndex"]) for each in item["parentMessages"]]
    assert told == [("batch-7", 0), (None, None)]


@pytest.mark.clause("R19")
@pytest.mark.parametrize(
    "sender",
    [{"recipientPhone": "+14155550102"}, {"recipientPhone": PHONE, "leadId": None}],
    ids=["a stranger", "nobody by decree"],
)
def test_reply_that_belongs_to_no_lead_is_in_no_item(world: World, sender: dict[str, Any]) -> None:
    """An inbound message without a lead is neither listed nor counted nor shown as context."""
    lead = world.lead(phone=PHONE)
    world.reply(**sender, message="Lost")
    assert world.replies() == NOBODY
    assert world.replies(recipientPhone=sender["recipientPhone"]) == NOBODY
    assert world.replies(dateTo=NOW) == NOBODY
    world.reply(lead, message="Stop")
    page = world.replies()
    assert (page["total"], "Lost" in str(page)) == (1, False)
