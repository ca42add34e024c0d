"""Clauses N1 to N4: one normal form of addresses for leads, messages, lookups and filters."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.clauses.checks import NO_LEAD, NOBODY, after_cancelling, cancelled, held, who, without_sequence
from tests.clauses.raw import exchange, request
from tests.support import REPLIES, World, error

if TYPE_CHECKING:
    from tuco_mock.server import BackgroundServer

Worlds = Callable[..., World]

PHONE = "+14422646782"
NOTATIONS = [
    "+14422646782",
    "(442) 264-6782",
    "442-264-6782",
    "4422646782",
    "14422646782",
    "+1 442 264 6782",
    "1-442-264-6782",
    "442.264.6782",
    " +1 (442) 264-6782 ",
    "442 264 6782",
    "\t4422646782\n",
]
EMAIL = "jane@example.com"
SPELLINGS = [
    "jane@example.com",
    "JANE@EXAMPLE.COM",
    "Jane@Example.com",
    "  jane@example.com",
    "\tJANE@example.com \n",
]


@pytest.mark.clause("N1")
@pytest.mark.parametrize("stored", SPELLINGS[1:4], ids=repr)
@pytest.mark.parametrize("asked", SPELLINGS, ids=repr)
def test_compares_emails_trimmed_and_in_lower_case(world: World, stored: str, asked: str) -> None:
    """An email means the same in any case and with blanks around it, where it is kept and where it is asked for."""
    lead = world.lead(email=stored)
    other = world.lead(email="john@example.com")
    queued, others = world.message(lead), world.message(other)
    world.reply(lead, message="Stop")
    world.reply(other, message="Yes")
    assert who(world, recipientEmail=asked) == [lead]
    assert world.cancel(recipientEmail=asked) == cancelled(queued, lead=lead)
    assert world.statuses() == {queued: "cancelled", others: "queued"}


@pytest.mark.clause("N1")
@pytest.mark.parametrize("stored", SPELLINGS, ids=repr)
def test_compares_emails_of_messages_and_senders_too(world: World, stored: str) -> None:
    """The email of a message without a lead, and the email a reply came from, are compared the same way."""
    direct = world.message(recipientEmail=stored)
    lead = world.lead(phone="+14155550100")
    world.reply(lead, recipientEmail=stored, message="Stop")
    assert who(world, recipientEmail="jANE@example.com ") == [lead]
    assert world.cancel(recipientEmail=" JANE@example.COM") == cancelled(direct, lead=None)


@pytest.mark.clause("N1")
@pytest.mark.parametrize("stored", ["Jane@Example.com", " JANE@example.com "], ids=repr)
def test_finds_the_lead_of_a_message_or_reply_by_its_email(world: World, stored: str) -> None:
    """A message or reply that names an email only belongs to the lead that has it in another spelling."""
    lead = world.lead(altEmail2="jane@EXAMPLE.com")
    queued = world.message(recipientEmail=stored)
    world.reply(recipientEmail=stored, message="Stop")
    assert who(world) == [lead]
    assert world.cancel(leadId=lead) == cancelled(queued, lead=lead)


@pytest.mark.clause("N2")
@pytest.mark.parametrize("stored", NOTATIONS[:3], ids=repr)
@pytest.mark.parametrize("asked", NOTATIONS, ids=repr)
def test_compares_phones_in_e164(world: World, stored: str, asked: str) -> None:
    """A phone means the same in every usual notation, where it is kept and where it is asked for."""
    lead = world.lead(phone=stored)
    other = world.lead(phone="+14422646783")
    queued, others = world.message(lead), world.message(other)
    world.reply(lead, message="Stop")
    world.reply(other, message="Yes")
    assert [item["recipientPhone"] for item in world.replies(recipientPhone=asked)["replies"]] == [PHONE]
    assert world.cancel(recipientPhone=asked) == cancelled(queued, lead=lead)
    assert world.statuses() == {queued: "cancelled", others: "queued"}


@pytest.mark.clause("N2")
@pytest.mark.parametrize("stored", NOTATIONS, ids=repr)
def test_compares_phones_of_messages_and_senders_too(world: World, stored: str) -> None:
    """The phone of a message without a lead, and the phone a reply came from, are compared the same way."""
    direct = world.message(recipientPhone=stored)
    lead = world.lead(email=EMAIL)
    world.reply(lead, recipientPhone=stored, message="Stop")
    assert who(world, recipientPhone=PHONE) == [lead]
    assert world.cancel(recipientPhone=PHONE) == cancelled(direct, lead=None)


@pytest.mark.clause("N2")
@pytest.mark.parametrize("stored", NOTATIONS, ids=repr)
def test_finds_the_lead_of_a_message_or_reply_by_its_phone(world: World, stored: str) -> None:
    """A message or reply that names a phone only belongs to the lead that has it in another notation."""
    lead = world.lead(altPhone3="(442) 264-6782")
    queued = world.message(recipientPhone=stored)
    world.reply(recipientPhone=stored, message="Stop")
    assert who(world) == [lead]
    assert world.cancel(leadId=lead) == cancelled(queued, lead=lead)


@pytest.mark.clause("N2")
@pytest.mark.parametrize(
    ("country_code", "written", "e164"),
    [
        ("+44", "020 7946 0958", "+442079460958"),
        ("+44", "2079460958", "+442079460958"),
        ("+44", "+44 20 7946 0958", "+442079460958"),
        ("+44", "+1 442 264 6782", PHONE),
        ("+91", "90429 56129", "+919042956129"),
        ("+91", "09042956129", "+919042956129"),
        ("+91", "+14422646782", PHONE),
        ("+49", "030 901820", "+4930901820"),
        ("+1", "+919042956129", "+919042956129"),
    ],
)
def test_country_code_of_the_workspace_completes_a_number(
    make_world: Worlds, country_code: str, written: str, e164: str
) -> None:
    """A number without a country code gets the workspace's, one that has its own keeps it."""
    world = make_world(defaultCountryCode=country_code)
    lead = world.lead(phone=written)
    queued = world.message(lead)
    world.reply(lead, message="Stop")
    (item,) = world.replies(recipientPhone=written)["replies"]
    assert item["recipientPhone"] == e164
    assert who(world, recipientPhone=e164) == [lead]
    assert world.cancel(recipientPhone=written) == cancelled(queued, lead=lead)


@pytest.mark.clause("N2")
def test_same_digits_are_another_number_under_another_country_code(make_world: Worlds) -> None:
    """Digits without a country code do not match the number that they would be elsewhere."""
    world = make_world(defaultCountryCode="+91")
    lead = world.lead(phone="+19042956129")
    queued = world.message(lead)
    assert world.cancel(recipientPhone="9042956129") == cancelled(lead=None)
    assert world.cancel(recipientPhone="+19042956129") == cancelled(queued, lead=lead)


@pytest.mark.clause("N3")
@pytest.mark.parametrize("country_code", ["+1", "+44", "+91"])
@pytest.mark.parametrize(
    "value",
    ["+14422646782", "%2B14422646782", "%2014422646782", "+1+442+264+6782", "%201%20442%20264%206782"],
)
def test_unencoded_plus_of_a_phone_filter_is_understood(
    make_world: Worlds, server: BackgroundServer, country_code: str, value: str
) -> None:
    """A `+` that arrives as a space before the digits is taken as the `+` it was, under any country code."""
    world = make_world(defaultCountryCode=country_code)
    lead = world.lead(phone=PHONE)
    world.reply(lead, message="Stop")
    asked = request(f"GET {REPLIES}?recipientPhone={value}", f"Authorization: Bearer {world.key}")
    status, page = exchange(server.url, asked).refusal
    assert (status, [item["leadId"] for item in page["replies"]]) == (200, [lead])


NO_PHONES = {
    "a word": "hello",
    "a vanity number": "1-800-FLOWERS",
    "digits and letters": "4422646782x",
    "a country code only": "+1",
    "a plus": "+",
    "punctuation": "()-.",
    "one digit": "7",
    "too short": "264678",
    "too long": "+1442264678200000",
    "very long": "4" * 5000,
    "a zero country code": "+04422646782",
    "an email": "jane@example.com",
    "a null byte": "442264\x006782",
    "emoji": "📞",
    "two numbers": "+14422646782, +14422646783",
    "a fraction": "4422646782.5e1",
    "an object in text": '{"$gt": ""}',
    "a pattern": ".*",
}


@pytest.mark.clause("N4", "R26")
@pytest.mark.parametrize("text", NO_PHONES.values(), ids=NO_PHONES.keys())
def test_what_is_no_phone_matches_nothing(world: World, text: str) -> None:
    """A text that can't be a phone number is no error and finds neither a lead nor a message."""
    lead = world.lead(phone=PHONE)
    world.message(lead)
    world.message(recipientPhone="+14422646789")
    world.reply(lead, message="Stop")
    before = held(world)
    assert world.cancel(recipientPhone=text) == cancelled(lead=None)
    assert held(world) == before
    assert world.replies(recipientPhone=text) == NOBODY


@pytest.mark.clause("N4")
@pytest.mark.parametrize("text", ["hello", "1-800-FLOWERS", "7"])
def test_what_is_no_phone_does_not_match_itself(world: World, text: str) -> None:
    """A message whose phone is no number is not found by the same text."""
    world.message(recipientPhone=text)
    before = held(world)
    assert world.cancel(recipientPhone=text) == cancelled(lead=None)
    assert held(world) == before


@pytest.mark.clause("N4")
def test_what_is_no_phone_leaves_the_email_to_find_the_lead(world: World) -> None:
    """Beside a phone that is none, the email finds the lead; what else is wrong is told as ever."""
    lead = world.lead(email=EMAIL)
    queued = world.message(lead)
    before = held(world)
    assert world.cancel(recipientPhone="hello", recipientEmail=EMAIL) == cancelled(queued, lead=lead)
    now = "2026-03-13T00:00:00.000Z"
    assert without_sequence(held(world)) == without_sequence(after_cancelling(before, [queued], now))
    assert error(world.get_replies(recipientPhone="hello", leadId="69b2c41d352a78479d2cffff")) == NO_LEAD
