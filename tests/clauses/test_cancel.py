"""Clauses C5 to C7, C9 to C12, C15, C16 and C18: whose messages a cancellation means, and what it makes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.clauses.busy import (
    BUSY,
    JANE,
    JANE_PHONE,
    JANES_WAITING,
    NOW,
    OMAR_EMAIL,
    OMAR_PHONE,
    QUEUED,
    STRANGER_PHONE,
    STRANGERS,
    UNKNOWN,
)
from tests.clauses.checks import after_cancelling, cancelled, held, without_sequence

if TYPE_CHECKING:
    from tests.clauses.engines import OwnServer
    from tests.support import World

PHONE, EMAIL = "+14155550100", "lee@example.com"


@pytest.mark.clause("C5")
@pytest.mark.parametrize(
    "beside",
    [
        {"recipientPhone": OMAR_PHONE, "recipientEmail": OMAR_EMAIL},
        {"recipientPhone": STRANGER_PHONE},
        {"recipientPhone": "hello", "recipientEmail": ""},
        {"recipientPhone": {"$gt": ""}, "recipientEmail": [1]},
    ],
    ids=["another lead's", "a stranger's", "nonsense", "other types"],
)
def test_lead_id_is_used_as_it_is(busy: World, beside: dict[str, Any]) -> None:
    """With a `leadId` phone and email are ignored, whoever they belong to."""
    before = held(busy)
    assert busy.cancel(leadId=JANE, **beside) == cancelled(*JANES_WAITING, lead=JANE, jobs=2)
    assert without_sequence(held(busy)) == without_sequence(after_cancelling(before, list(JANES_WAITING), NOW))


@pytest.mark.clause("C6", "C15")
def test_unknown_lead_id_gives_zeros(busy: World) -> None:
    """A well-formed id that no lead has is answered 200 with zeros and the same id, and nothing changes."""
    before = held(busy)
    body = {"leadId": UNKNOWN, "recipientPhone": JANE_PHONE}
    assert busy.cancel(**body) == cancelled(lead=UNKNOWN)
    assert held(busy) == before


@pytest.mark.clause("C6")
def test_messages_that_carry_an_unknown_lead_id_are_cancelled(world: World) -> None:
    """Messages of a lead that does not exist are still cancelled and counted by its id."""
    first = world.message(UNKNOWN, recipientPhone=PHONE)
    second = world.message(UNKNOWN, recipientEmail=EMAIL, status="scheduled")
    other = world.message(recipientPhone=PHONE)
    assert world.cancel(leadId=UNKNOWN) == cancelled(first, second, lead=UNKNOWN)
    assert world.statuses() == {first: "cancelled", second: "cancelled", other: "queued"}


@pytest.mark.clause("C7")
@pytest.mark.parametrize("field", ["phone", "altPhone1", "altPhone2", "altPhone3"])
def test_finds_the_lead_by_any_of_its_phones(world: World, field: str) -> None:
    """A phone finds its lead as the primary one and as each of the three alternates."""
    lead = world.lead(**{"email": EMAIL, "phone": "+14155550999", field: PHONE})
    other = world.lead(phone="+14155550101")
    queued, others = world.message(lead), world.message(other)
    assert world.cancel(recipientPhone=PHONE) == cancelled(queued, lead=lead)
    assert world.statuses() == {queued: "cancelled", others: "queued"}


@pytest.mark.clause("C7")
@pytest.mark.parametrize("field", ["email", "altEmail1", "altEmail2", "altEmail3"])
def test_finds_the_lead_by_any_of_its_emails(world: World, field: str) -> None:
    """An email finds its lead as the primary one and as each of the three alternates."""
    lead = world.lead(**{"phone": PHONE, "email": "other@example.com", field: EMAIL})
    other = world.lead(email="someone@example.com")
    queued, others = world.message(lead), world.message(other)
    assert world.cancel(recipientEmail=EMAIL) == cancelled(queued, lead=lead)
    assert world.statuses() == {queued: "cancelled", others: "queued"}


@pytest.mark.clause("C9")
@pytest.mark.parametrize(
    "body", [{"leadId": JANE}, {"recipientPhone": PHONE}, {"recipientEmail": EMAIL}], ids=["id", "phone", "email"]
)
def test_means_all_messages_of_the_lead(world: World, body: dict[str, str]) -> None:
    """Every waiting message of the lead is cancelled, whatever address or channel it was to use."""
    world.lead(id=JANE, phone=PHONE, altPhone1="+14155550101", email=EMAIL)
    mine = [
        world.message(JANE, messageType=channel, **address)
        for channel in ("imessage", "sms", "email")
        for address in (
            {},
            {"recipientPhone": PHONE},
            {"recipientPhone": "+14155550101"},
            {"recipientPhone": "+14155550777"},
            {"recipientEmail": EMAIL},
            {"recipientEmail": "elsewhere@example.com"},
        )
    ]
    assert world.cancel(**body) == cancelled(*mine, lead=JANE)


@pytest.mark.clause("C9")
def test_leaves_messages_that_belong_to_nobody_when_a_lead_was_found(world: World) -> None:
    """A message to the lead's phone that belongs to no lead, or to another one, is not the lead's."""
    lead, other = world.lead(phone=PHONE), world.lead(email=EMAIL)
    queued = world.message(lead)
    nobodys = world.add("messages", leadId=None, recipientPhone=PHONE)["id"]
    others = world.message(other, recipientPhone=PHONE)
    assert world.cancel(recipientPhone=PHONE) == cancelled(queued, lead=lead)
    assert world.statuses() == {queued: "cancelled", nobodys: "queued", others: "queued"}


@pytest.mark.clause("C10")
@pytest.mark.parametrize(("field", "address"), [("recipientPhone", PHONE), ("recipientEmail", EMAIL)])
def test_without_a_lead_means_the_messages_to_the_address(busy: World, field: str, address: str) -> None:
    """When no lead has the address, its own messages are cancelled, another lead's too, and `leadId` is null."""
    first = busy.message(**{field: address}, createdAt="2026-03-12T12:00:00Z")
    janes = busy.message(JANE, **{field: address}, status="scheduled", createdAt="2026-03-12T12:00:01Z")
    busy.message(**{field: address}, status="sent", createdAt="2026-03-12T12:00:02Z")
    before = held(busy)
    assert busy.cancel(**{field: address}) == cancelled(first, janes, lead=None)
    assert without_sequence(held(busy)) == without_sequence(after_cancelling(before, [first, janes], NOW))


@pytest.mark.clause("C10")
def test_without_a_lead_either_address_will_do(world: World) -> None:
    """With both given and no lead found, messages to either are cancelled, one to both only once."""
    by_phone = world.message(recipientPhone=PHONE)
    by_both = world.message(recipientPhone=PHONE, recipientEmail=EMAIL)
    by_email = world.message(recipientEmail=EMAIL)
    other = world.message(recipientPhone="+14155550101", recipientEmail="other@example.com")
    body = {"recipientPhone": PHONE, "recipientEmail": EMAIL}
    assert world.cancel(**body) == cancelled(by_phone, by_both, by_email, lead=None)
    assert world.statuses()[other] == "queued"


@pytest.mark.clause("C10", "C15")
def test_address_that_nothing_goes_to_gives_zeros(busy: World) -> None:
    """An address of no lead and no message is answered 200 with zeros and a null `leadId`; nothing changes."""
    before = held(busy)
    assert busy.cancel(recipientPhone=PHONE) == cancelled(lead=None)
    assert busy.cancel(recipientEmail=EMAIL) == cancelled(lead=None)
    assert busy.cancel(recipientPhone=PHONE, recipientEmail=EMAIL) == cancelled(lead=None)
    assert held(busy) == before


STATUSES = ["queued", "pending", "scheduled", "sending", "sent", "delivered", "failed", "fallback", "cancelled"]


@pytest.mark.clause("C11")
@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("whose", ["lead", "address"])
def test_cancels_what_is_queued_pending_or_scheduled_only(world: World, status: str, whose: str) -> None:
    """Exactly three statuses become cancelled, and a message of any other is left as it is."""
    lead = world.lead(phone="+14155550101")
    message = world.message(lead if whose == "lead" else None, recipientPhone=PHONE, status=status)
    world.clock(advance="5m")
    before = held(world)
    done = world.cancel(leadId=lead) if whose == "lead" else world.cancel(recipientPhone=PHONE)
    waits = status in {"queued", "pending", "scheduled"}
    assert done == cancelled(*([message] if waits else []), lead=lead if whose == "lead" else None)
    expected = after_cancelling(before, [message] if waits else [], "2026-03-13T00:05:00.000Z")
    assert without_sequence(held(world)) == without_sequence(expected)


@pytest.mark.clause("C11")
def test_leaves_inbound_replies_alone(world: World) -> None:
    """Replies are messages too, but a cancellation does not touch them."""
    lead = world.lead(phone=PHONE)
    world.reply(lead, message="Stop")
    world.reply(recipientPhone="+14155550101", message="Stop")
    before = held(world)
    assert world.cancel(leadId=lead) == cancelled(lead=lead)
    assert world.cancel(recipientPhone="+14155550101") == cancelled(lead=None)
    assert held(world) == before


@pytest.mark.clause("C12")
def test_moves_updated_at_of_what_it_cancels(world: World) -> None:
    """`updatedAt` becomes the time of the workspace's clock, and nothing else about the message changes."""
    lead = world.lead(phone=PHONE)
    old = world.add("messages", leadId=lead, message="Hi", status="pending", updatedAt="2026-03-01T00:00:00Z")
    world.clock(set="2026-03-14T12:34:56.789Z")
    world.cancel(leadId=lead)
    (new,) = world.control("GET", "/messages")["messages"]
    assert new == {**old, "status": "cancelled", "updatedAt": "2026-03-14T12:34:56.789Z"}
    world.clock(advance="1h")
    world.cancel(leadId=lead)
    assert world.control("GET", "/messages")["messages"] == [new]


@pytest.mark.clause("C12")
def test_cancels_in_one_bulk_update(own: OwnServer) -> None:
    """However many messages there are, the messages are written to once."""
    world = own.world(state=BUSY)
    for _ in range(20):
        world.message(JANE)
    called: list[str] = []
    own.documents.watch = lambda collection, method: called.append(f"{collection}.{method}")
    assert world.cancel(leadId=JANE)["cancelledCount"] == 23
    own.documents.watch = None
    writes = [each for each in called if each.startswith("messages.") and "find" not in each]
    assert writes == ["messages.update_many"]


@pytest.mark.clause("C15")
def test_answer_tells_what_was_done(busy: World) -> None:
    """The answer is a JSON 200 with success, both counts, the lead and the messages."""
    answer = busy.post_cancel({"recipientPhone": JANE_PHONE})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {
        "success": True,
        "cancelledCount": 3,
        "jobsRemovedFromQueue": 2,
        "leadId": JANE,
        "messageIds": list(JANES_WAITING),
    }


@pytest.mark.clause("C15", "C10")
def test_answer_for_a_stranger_has_no_lead(busy: World) -> None:
    """A cancellation by address alone is the same answer with a null `leadId`."""
    assert busy.cancel(recipientPhone=STRANGER_PHONE) == cancelled(STRANGERS, lead=None)


@pytest.mark.clause("C16")
@pytest.mark.parametrize("by", ["leadId", "recipientPhone"])
def test_ids_come_oldest_first(world: World, by: str) -> None:
    """Ids are in order of creation, not of insertion, status, id or due time."""
    made = {
        "69dba0000000000000000009": ("queued", "2026-03-12T08:00:00.002Z"),
        "69dba0000000000000000005": ("scheduled", "2026-03-12T08:00:00.001Z"),
        "69dba0000000000000000007": ("pending", "2026-03-12T08:00:00.004Z"),
        "69dba0000000000000000001": ("queued", "2026-03-12T08:00:00.003Z"),
        "69dba0000000000000000003": ("scheduled", "2026-03-11T23:59:59.999Z"),
    }
    owner = {"leadId": JANE} if by == "leadId" else {"recipientPhone": PHONE}
    for each, (status, created) in made.items():
        world.message(id=each, status=status, createdAt=created, scheduledDate="2026-04-01", **owner)
    oldest_first = sorted(made, key=lambda each: made[each][1])
    lead = JANE if by == "leadId" else None
    assert world.cancel(**owner) == cancelled(*oldest_first, lead=lead)


@pytest.mark.clause("C16")
def test_ids_of_the_same_moment_come_as_they_were_made(world: World) -> None:
    """Messages created at the same moment are told in the order in which they were made, whatever their ids."""
    ids = [f"69dba000000000000000{n:04x}" for n in (9, 3, 7, 1, 8, 2)]
    statuses = ["scheduled", "queued", "pending"] * 2
    for each, status in zip(ids, statuses, strict=True):
        world.message(JANE, id=each, status=status)
    assert world.cancel(leadId=JANE) == cancelled(*ids, lead=JANE)


@pytest.mark.clause("C18")
def test_never_limits_the_rate(make_world: Any) -> None:
    """Many calls in no time are all answered 200, also while listings are limited, and they take no tokens."""
    limits = {"rateLimits": {"replies": 1}, "rateLimitBuckets": {"replies": {"tokens": 0, "at": NOW}}}
    world = make_world(state={**BUSY, **limits})
    assert world.get_replies().status_code == 429
    before = world.state()["rateLimitBuckets"]
    answers = [world.post_cancel({"leadId": JANE}) for _ in range(130)]
    assert {answer.status_code for answer in answers} == {200}
    assert QUEUED in answers[0].json()["messageIds"]
    assert answers[-1].json() == cancelled(lead=JANE)
    assert world.state()["rateLimitBuckets"] == before
