"""Odd characters, surrogates, ids and query strings: each is read as decided, never a 5xx, and changes nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.clauses.busy import (
    JANE,
    JANE_EMAIL,
    JANE_PHONE,
    JANES_WAITING,
    NOW,
    OMAR,
)
from tests.clauses.checks import (
    NOBODY,
    NOT_JSON,
    after_cancelling,
    cancelled,
    contents,
    held,
    invalid,
    who,
)
from tests.clauses.raw import exchange, request
from tests.support import REPLIES, World, error

if TYPE_CHECKING:
    from tuco_mock.server import BackgroundServer

pytestmark = pytest.mark.usefixtures("no_error_logged")

PHONE_OF_JANE = b'"recipientPhone":"%s"' % JANE_PHONE.encode()

CHARACTERS = {
    "null": "\x00",
    "bell": "\x07",
    "escape": "\x1b[31m",
    "delete": "\x7f",
    "C1 control": "\x9f",
    "right-to-left mark": "\u200f",
    "right-to-left override": "\u202e",
    "isolate": "\u2066",
    "combining accent": "\u0301",
    "combining keycap": "\u20e3",
    "zero-width joiner": "\u200d",
    "variation selector": "\ufe0f",
    "Hebrew letter": "א",
    "noncharacter": "\uffff",
    "private use": "\ue000",
    "tag": "\U000e0041",
    "last code point": "\U0010ffff",
}


@pytest.mark.clause("C4", "N1", "N4", "A10")
@pytest.mark.parametrize("character", CHARACTERS.values(), ids=CHARACTERS.keys())
def test_odd_characters_make_another_text(busy: World, character: str) -> None:
    """A control, invisible or combining character in an id makes it none, in an email another one."""
    before = held(busy)
    for id_ in (f"{JANE}{character}", f"{character}{JANE}", f"{JANE[:-1]}{character}"):
        assert error(busy.post_cancel({"leadId": id_})) == invalid("leadId")
        assert error(busy.get_replies(leadId=id_)) == invalid("leadId")
    for email in (f"jane{character}@example.com", f"{character}{JANE_EMAIL}", f"{JANE_EMAIL}{character}"):
        assert busy.cancel(recipientEmail=email) == cancelled(lead=None)
        assert busy.replies(recipientEmail=email) == NOBODY
    assert contents(busy) == {name: value for name, value in before.items() if name != "rateLimitBuckets"}


@pytest.mark.clause("N4")
@pytest.mark.parametrize(
    "character", ["\x00", "\x07", "\x7f", "\u0301", "\u20e3", "א", "\ue000", "\U0010ffff", "a"], ids=ascii
)
def test_odd_characters_make_a_phone_none(busy: World, character: str) -> None:
    """A phone with a control character, a letter or an accent among its digits is no phone."""
    before = held(busy)
    assert busy.cancel(recipientPhone=f"+1442{character}2640101") == cancelled(lead=None)
    assert held(busy) == before


@pytest.mark.clause("N1")
@pytest.mark.parametrize(
    "email",
    ["מרים@example.com", "jose\u0301@example.com", "\u202ejane@example.com", "İ@example.com", "ß@example.com"],
    ids=ascii,
)
def test_emails_in_other_scripts_find_what_is_the_same(world: World, email: str) -> None:
    """An email with right-to-left, combining or special letters finds the lead that was stored with it."""
    lead = world.lead(email=email)
    queued = world.message(lead)
    world.reply(lead, message="Stop")
    assert who(world, recipientEmail=email) == [lead]
    assert world.cancel(recipientEmail=email) == cancelled(queued, lead=lead)


SURROGATES = {
    "high": rb"\ud800",
    "low": rb"\udc00",
    "swapped": rb"\udc00\ud800",
    "high twice": rb"\ud83d\ud83d",
    "high and text": rb"\ud83dx",
    "high and escape": rb"\ud83d\n",
    "upper case": rb"\uD800",
    "raw high": b"\xed\xa0\x80",
    "raw low": b"\xed\xb0\x80",
    "raw pair": b"\xed\xa0\xbd\xed\xb8\x80",
}


@pytest.mark.clause("C3", "A10")
@pytest.mark.parametrize("surrogate", SURROGATES.values(), ids=SURROGATES.keys())
@pytest.mark.parametrize("name", ["leadId", "recipientPhone", "recipientEmail", "note"])
def test_lone_surrogates_are_malformed(busy: World, surrogate: bytes, name: str) -> None:
    """Half a surrogate pair, escaped or as bytes, stands for no character: the body is malformed."""
    before = held(busy)
    content = b'{%s,"%s":"%s"}' % (PHONE_OF_JANE, name.encode(), surrogate)
    assert error(busy.post_cancel(content=content)) == NOT_JSON
    content = b'{%s,"%s":1}' % (PHONE_OF_JANE, surrogate)
    assert error(busy.post_cancel(content=content)) == NOT_JSON
    assert held(busy) == before


@pytest.mark.clause("C3")
def test_whole_surrogate_pair_is_a_character(world: World) -> None:
    """A pair of escaped surrogates means the character that it stands for."""
    direct = world.message(recipientEmail="😀@example.com")
    answer = world.post_cancel(content=rb'{"recipientEmail":"\ud83d\uDE00@example.com"}')
    assert error(answer) == (200, cancelled(direct, lead=None))


@pytest.mark.clause("A5", "C4", "R3")
@pytest.mark.parametrize(
    ("lead_id", "good"),
    [
        (JANE, True),
        (JANE.upper(), True),
        (JANE[:-1], False),
        (f"{JANE}0", False),
        (f"{JANE} ", False),
        (JANE.replace("6", "\uff16"), False),
        (f"0x{JANE}", False),
    ],
)
def test_ids_have_24_hexadecimal_digits(busy: World, lead_id: str, *, good: bool) -> None:
    """Only 24 hexadecimal digits, in either case, are an id, in body and query alike."""
    before = held(busy)
    if good:
        assert who(busy, leadId=lead_id) == [JANE]
        assert busy.cancel(leadId=lead_id) == cancelled(*JANES_WAITING, lead=JANE, jobs=2)
        expected = after_cancelling(before, list(JANES_WAITING), NOW)
        left_out = {"sequence", "rateLimitBuckets"}
        assert {k: v for k, v in held(busy).items() if k not in left_out} == {
            k: v for k, v in expected.items() if k not in left_out
        }
    else:
        assert error(busy.post_cancel({"leadId": lead_id})) == invalid("leadId")
        assert held(busy) == before
        assert error(busy.get_replies(leadId=lead_id)) == invalid("leadId")


QUERY_STRINGS: dict[str, tuple[str, Any]] = {
    "repeated, first good": (f"leadId={JANE}&leadId=x", [JANE]),
    "repeated, first bad": (f"leadId=x&leadId={JANE}", invalid("leadId")),
    "repeated, first empty": ("leadId=&leadId=x", [OMAR, JANE]),
    "unencoded plus of a phone": ("recipientPhone=+14422640101", [JANE]),
    "unencoded plus of an email": ("recipientEmail=jane+x@example.com", []),
    "empty parameters": (
        "leadId=&campaignId=&lineId=&recipientPhone=&recipientEmail=&dateFrom=&dateTo=&page=&limit=",
        [OMAR, JANE],
    ),
    "names alone": ("leadId&campaignId&lineId&page&limit", [OMAR, JANE]),
    "separators only": ("&&&&", [OMAR, JANE]),
    "equals only": ("====", [OMAR, JANE]),
    "empty query": ("", [OMAR, JANE]),
    "question marks": ("?leadId=x", [OMAR, JANE]),
    "semicolons do not separate": ("limit=1;leadId=x", [OMAR, JANE]),
    "huge page": (f"page={'9' * 4000}", []),
    "page of 2^31": ("page=2147483648", []),
    "page of 2^63": ("page=9223372036854775808&limit=100", []),
    "page of 2^64": ("page=18446744073709551616&limit=100&dateTo=2027-01-01", []),
    "undecodable phone": ("recipientPhone=%ff", []),
    "undecodable name": ("%ff=%fe", [OMAR, JANE]),
    "undecodable id": ("leadId=%c3%28", invalid("leadId")),
    "no hexadecimal digits": ("recipientEmail=%zz", []),
    "no hexadecimal digits in a number": ("limit=%zz&page=%", [OMAR, JANE]),
    "cut escape": ("recipientEmail=%", []),
    "cut escape of an id": (f"leadId={JANE}%", invalid("leadId")),
    "null byte": ("recipientEmail=%00", []),
    "null byte in a number": ("limit=1%00", [OMAR, JANE]),
    "null byte in an id": (f"leadId={JANE}%00", invalid("leadId")),
    "null byte in a date": ("dateFrom=2026-03-12%00", invalid("dateFrom")),
    "encoded name": (f"%6ceadId={JANE}", [JANE]),
    "encoded digits": (f"leadId={''.join(f'%{ord(digit):02x}' for digit in JANE)}", [JANE]),
    "doubly encoded": ("recipientPhone=%252B14422640101", []),
    "encoded ampersand": (f"leadId={JANE}%26limit=1", invalid("leadId")),
    "UTF-16 escape": ("recipientEmail=%u0041", []),
    "overlong slash": ("recipientEmail=%c0%af", []),
    "surrogate": ("recipientEmail=%ed%a0%80", []),
    "line break": ("recipientEmail=jane@example.com%0d%0aX: 1", []),
    "line break encoded at the end": ("recipientEmail=jane@example.com%0d%0a", [JANE]),
    "ten thousand parameters": ("&".join(f"x{n}=1" for n in range(10_000))[:60_000], [OMAR, JANE]),
    "thousand repeated": ("&".join(["page=1"] * 5_000), [OMAR, JANE]),
}


@pytest.mark.clause("A15", "A17", "N3", "R10", "R13", "R25")
@pytest.mark.parametrize(("query", "expected"), QUERY_STRINGS.values(), ids=QUERY_STRINGS.keys())
def test_odd_query_strings(busy: World, server: BackgroundServer, query: str, expected: Any) -> None:
    """Repeated, empty, huge and undecodable parameters are each read as decided, and change nothing."""
    before = contents(busy)
    target = f"{REPLIES}?{query}".replace(" ", "%20")
    answer = exchange(server.url, request(f"GET {target}", f"Authorization: Bearer {busy.key}"))
    if isinstance(expected, list):
        status, page = answer.refusal
        assert (status, [item["leadId"] for item in page["replies"]]) == (200, expected)
    else:
        assert answer.refusal == expected
    assert contents(busy) == before
