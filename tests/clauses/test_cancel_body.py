"""Clauses C1 to C4, C8 and C20: what the body of a cancellation must be."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.clauses.busy import (
    JANE,
    JANE_EMAIL,
    JANE_PHONE,
    JANES_WAITING,
    OMAR,
    OMAR_EMAIL,
    OMAR_PHONE,
    OMARS,
    STRANGER_PHONE,
    STRANGERS,
)
from tests.clauses.checks import NO_IDENTIFIER, NO_OBJECT, NOT_JSON, cancelled, held, invalid
from tests.support import World, error

IDENTIFIERS = {"leadId": JANE, "recipientPhone": JANE_PHONE, "recipientEmail": JANE_EMAIL}


@pytest.mark.clause("C1")
@pytest.mark.parametrize(
    "names",
    [
        ["leadId"],
        ["recipientPhone"],
        ["recipientEmail"],
        ["leadId", "recipientPhone"],
        ["leadId", "recipientEmail"],
        ["recipientPhone", "recipientEmail"],
        ["leadId", "recipientPhone", "recipientEmail"],
    ],
    ids="+".join,
)
def test_takes_any_of_the_three_identifiers(busy: World, names: list[str]) -> None:
    """Each identifier is enough by itself, and any of them may stand together."""
    body = {name: IDENTIFIERS[name] for name in names}
    assert busy.cancel(**body) == cancelled(*JANES_WAITING, lead=JANE, jobs=2)


@pytest.mark.clause("C1", "A10")
@pytest.mark.parametrize("body", [{}, {"phone": JANE_PHONE}, {"leadid": JANE}, {"lead": {"leadId": JANE}}], ids=str)
def test_refuses_a_body_without_an_identifier(busy: World, body: dict[str, Any]) -> None:
    """A body in which none of the three is given is answered 400, and nothing changes."""
    before = held(busy)
    assert error(busy.post_cancel(body)) == NO_IDENTIFIER
    assert held(busy) == before


BLANKS = {
    "null": None,
    "empty": "",
    "space": " ",
    "spaces": "     ",
    "tab and line ends": "\t\r\n\v\f",
    "separators": "\x1c\x1d\x1e\x1f",
    "next line": "\x85",
    "no-break space": "\u00a0",
    "ogham space": "\u1680",
    "em and hair space": "\u2003\u200a",
    "line and paragraph separator": "\u2028\u2029",
    "narrow and mathematical space": "\u202f\u205f",
    "ideographic space": "\u3000",
}


@pytest.mark.clause("C2", "C1")
@pytest.mark.parametrize("field", IDENTIFIERS)
@pytest.mark.parametrize("blank", BLANKS.values(), ids=BLANKS.keys())
def test_blank_identifier_counts_as_absent(busy: World, field: str, blank: str | None) -> None:
    """Null, an empty and a blank text are as if the field were not there."""
    before = held(busy)
    assert error(busy.post_cancel({field: blank})) == NO_IDENTIFIER
    assert error(busy.post_cancel(dict.fromkeys(IDENTIFIERS, blank))) == NO_IDENTIFIER
    assert held(busy) == before
    assert busy.cancel(**{**IDENTIFIERS, field: blank}) == cancelled(*JANES_WAITING, lead=JANE, jobs=2)


@pytest.mark.clause("C2")
@pytest.mark.parametrize("text", ["\u200b", "\u2060", "\ufeff", "\u180e", "\x00", "\x7f"], ids=ascii)
def test_invisible_characters_are_not_blank(busy: World, text: str) -> None:
    """Characters that are no white space, though nobody sees them, make a field a given one."""
    before = held(busy)
    assert error(busy.post_cancel({"leadId": text})) == invalid("leadId")
    assert busy.cancel(recipientPhone=text) == cancelled(lead=None)
    assert busy.cancel(recipientEmail=text) == cancelled(lead=None)
    assert held(busy) == before


@pytest.mark.clause("C2")
def test_empty_request_body_counts_as_an_empty_object(busy: World) -> None:
    """A request without a body lacks an identifier; it is not malformed."""
    before = held(busy)
    assert error(busy.post_cancel(content=b"")) == NO_IDENTIFIER
    assert error(busy.post_cancel(content=b"{}")) == NO_IDENTIFIER
    assert held(busy) == before


GOOD = b'{"leadId":"%s"}' % JANE.encode()
MALFORMED = {
    "cut off": GOOD[:-1],
    "cut off in a text": GOOD[:20],
    "opening brace only": b"{",
    "followed by more": GOOD + b"x",
    "two objects": GOOD + GOOD,
    "trailing comma": GOOD[:-1] + b",}",
    "single quotes": GOOD.replace(b'"', b"'"),
    "unquoted name": GOOD.replace(b'"leadId"', b"leadId"),
    "comment": GOOD + b"// yes",
    "line break in a text": b'{"leadId":"%s","note":"a\nb"}' % JANE.encode(),
    "control character in a text": b'{"leadId":"%s","note":"a\x01b"}' % JANE.encode(),
    "bad escape": b'{"leadId":"%s","note":"\\x41"}' % JANE.encode(),
    "short unicode escape": b'{"leadId":"%s","note":"\\u12"}' % JANE.encode(),
    "NaN": b'{"leadId":"%s","note":NaN}' % JANE.encode(),
    "Infinity": b'{"leadId":"%s","note":Infinity}' % JANE.encode(),
    "minus Infinity": b'{"leadId":"%s","note":-Infinity}' % JANE.encode(),
    "NaN alone": b"NaN",
    "number with leading zero": b'{"leadId":"%s","note":01}' % JANE.encode(),
    "hexadecimal number": b'{"leadId":"%s","note":0x10}' % JANE.encode(),
    "word": b"leadId",
    "Python's None": b'{"leadId":None}',
    "null byte": b"\x00",
    "null byte at the end": GOOD + b"\x00",
    "byte order mark": b"\xef\xbb\xbf" + GOOD,
    "UTF-16": GOOD.decode().encode("utf-16"),
    "UTF-16 without mark": GOOD.decode().encode("utf-16-le"),
    "UTF-32": GOOD.decode().encode("utf-32"),
    "Latin-1": b'{"leadId":"%s","note":"caf\xe9"}' % JANE.encode(),
    "Latin-1 in a name": b'{"leadId":"%s","caf\xe9":1}' % JANE.encode(),
    "overlong UTF-8": b'{"leadId":"%s","note":"\xc0\xaf"}' % JANE.encode(),
    "surrogate in UTF-8": b'{"leadId":"%s","note":"\xed\xa0\x80"}' % JANE.encode(),
    "cut UTF-8": b'{"leadId":"%s","note":"\xf0\x9f\x98"}' % JANE.encode(),
    "beyond Unicode": b'{"leadId":"%s","note":"\xf4\x90\x80\x80"}' % JANE.encode(),
    "XML": b"<leadId>%s</leadId>" % JANE.encode(),
    "YAML": b"leadId: %s" % JANE.encode(),
}


@pytest.mark.clause("C3", "A10")
@pytest.mark.parametrize("content", MALFORMED.values(), ids=MALFORMED.keys())
def test_refuses_a_body_that_is_no_json(busy: World, content: bytes) -> None:
    """Whatever is not JSON in UTF-8 is answered 400, and nothing changes though it names a lead."""
    before = held(busy)
    assert error(busy.post_cancel(content=content)) == NOT_JSON
    assert held(busy) == before


@pytest.mark.clause("C3", "A10")
@pytest.mark.parametrize(
    "value", [None, True, False, 0, -1.5, "", JANE, [], [{"leadId": JANE}], ["leadId", JANE]], ids=json.dumps
)
def test_refuses_json_that_is_no_object(busy: World, value: Any) -> None:
    """JSON of any other type is answered 400, and nothing changes though it names a lead."""
    before = held(busy)
    content = json.dumps(value).encode()
    assert error(busy.post_cancel(content=content)) == NO_OBJECT
    assert error(busy.post_cancel(content=b" \r\n\t" + content + b"\n")) == NO_OBJECT
    assert held(busy) == before


@pytest.mark.clause("C3")
@pytest.mark.parametrize("around", [b" \r\n\t%s \r\n\t", b"\n%s", b"%s\n"], ids=["both", "before", "after"])
def test_takes_white_space_around_the_object(busy: World, around: bytes) -> None:
    """JSON's own white space around the object is part of JSON."""
    answer = busy.post_cancel(content=around % GOOD)
    assert answer.json() == cancelled(*JANES_WAITING, lead=JANE, jobs=2)


NO_IDS: dict[str, Any] = {
    "23 digits": JANE[:-1],
    "25 digits": f"{JANE}0",
    "48 digits": JANE * 2,
    "no hexadecimal digit": f"{JANE[:-1]}g",
    "prefixed": f"0x{JANE[2:]}",
    "with dashes": f"{JANE[:8]}-{JANE[9:]}",
    "full-width digits": "\uff16" * 24,
    "Arabic digits": "\u0663" * 24,
    "a word": "jane",
    "ObjectId in text": f'ObjectId("{JANE}")',
    "its text in braces": f"{{{JANE}}}",
    "null in text": "null",
    "zero": 0,
    "a number": 123456789012345678901234,
    "a fraction": 1.5,
    "true": True,
    "false": False,
    "a list": [JANE],
    "an empty list": [],
    "an object": {"$oid": JANE},
    "an operator": {"$gt": ""},
    "an empty object": {},
}


@pytest.mark.clause("C4", "A10")
@pytest.mark.parametrize("lead_id", NO_IDS.values(), ids=NO_IDS.keys())
def test_refuses_an_invalid_lead_id(busy: World, lead_id: Any) -> None:
    """A `leadId` that is no ObjectId is answered 400, also beside a valid phone and email, and nothing changes."""
    before = held(busy)
    assert error(busy.post_cancel({"leadId": lead_id})) == invalid("leadId")
    assert error(busy.post_cancel({**IDENTIFIERS, "leadId": lead_id})) == invalid("leadId")
    assert held(busy) == before


@pytest.mark.clause("C8")
def test_tries_the_phone_first(busy: World) -> None:
    """Of a phone and an email that belong to two leads the phone decides."""
    body = {"recipientEmail": OMAR_EMAIL, "recipientPhone": JANE_PHONE}
    assert busy.cancel(**body) == cancelled(*JANES_WAITING, lead=JANE, jobs=2)
    assert busy.statuses()[OMARS] == "queued"
    body = {"recipientEmail": JANE_EMAIL, "recipientPhone": OMAR_PHONE}
    assert busy.cancel(**body) == cancelled(OMARS, lead=OMAR)


@pytest.mark.clause("C8")
def test_tries_the_email_when_no_lead_has_the_phone(busy: World) -> None:
    """A phone that no lead has leaves the email to find one, and messages to that phone alone stay."""
    body = {"recipientPhone": STRANGER_PHONE, "recipientEmail": OMAR_EMAIL}
    assert busy.cancel(**body) == cancelled(OMARS, lead=OMAR)
    assert busy.statuses()[STRANGERS] == "queued"


OTHER_TYPES: dict[str, Any] = {
    "a number": 14422640101,
    "zero": 0,
    "a fraction": 1.5,
    "true": True,
    "false": False,
    "a list": [JANE_PHONE],
    "an object": {"$gt": ""},
}


@pytest.mark.clause("C8", "C1")
@pytest.mark.parametrize("value", OTHER_TYPES.values(), ids=OTHER_TYPES.keys())
def test_phone_or_email_of_another_type_counts_as_absent(busy: World, value: Any) -> None:
    """A phone or email that is no text is as if it were not given."""
    before = held(busy)
    assert error(busy.post_cancel({"recipientPhone": value})) == NO_IDENTIFIER
    assert error(busy.post_cancel({"recipientEmail": value})) == NO_IDENTIFIER
    assert error(busy.post_cancel({"recipientPhone": value, "recipientEmail": value})) == NO_IDENTIFIER
    assert held(busy) == before
    assert busy.cancel(recipientPhone=value, recipientEmail=OMAR_EMAIL) == cancelled(OMARS, lead=OMAR)
    body = {"recipientPhone": JANE_PHONE, "recipientEmail": value}
    assert busy.cancel(**body) == cancelled(*JANES_WAITING, lead=JANE, jobs=2)


@pytest.mark.clause("C20", "C4")
@pytest.mark.parametrize(
    "around", [" {}", "{} ", "\t{}", "{}\n", "\u00a0{}", "{}\u3000", "\x1f{}", " {}\r\n"], ids=ascii
)
def test_lead_id_is_not_trimmed(busy: World, around: str) -> None:
    """White space around an id makes it invalid, and nothing changes."""
    before = held(busy)
    body = {**IDENTIFIERS, "leadId": around.format(JANE)}
    assert error(busy.post_cancel(body)) == invalid("leadId")
    assert held(busy) == before
