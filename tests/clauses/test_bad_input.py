"""Bodies that nest, operators and huge texts: each has its answer, never a 5xx, and changes nothing it should not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.clauses.busy import (
    JANE,
    JANE_EMAIL,
    JANE_PHONE,
    JANES_WAITING,
)
from tests.clauses.checks import (
    LIMIT_BYTES,
    NO_IDENTIFIER,
    NO_OBJECT,
    NOBODY,
    NOT_JSON,
    TOO_LARGE,
    UNAUTHORIZED,
    ask,
    both_operations,
    cancelled,
    contents,
    held,
    invalid,
)
from tests.clauses.raw import exchange, request
from tests.support import REPLIES, World, error

if TYPE_CHECKING:
    from tuco_mock.server import BackgroundServer

pytestmark = pytest.mark.usefixtures("no_error_logged")

PHONE_OF_JANE = b'"recipientPhone":"%s"' % JANE_PHONE.encode()


def nested(depth: int, *, kind: str) -> bytes:
    """An object that names Jane, in which objects and arrays nest so deep, itself included."""
    opening, innermost, closing = (b"[", b"[]", b"]") if kind == "arrays" else (b'{"a":', b"{}", b"}")
    around = depth - 2
    return b'{%s,"note":%s}' % (PHONE_OF_JANE, opening * around + innermost + closing * around)


@pytest.mark.clause("C3")
@pytest.mark.parametrize("kind", ["arrays", "objects"])
@pytest.mark.parametrize("depth", [2, 10, 63, 64])
def test_reads_nesting_up_to_64_levels(busy: World, depth: int, kind: str) -> None:
    """A body that nests 64 levels deep, itself included, is read."""
    answer = busy.post_cancel(content=nested(depth, kind=kind))
    assert error(answer) == (200, cancelled(*JANES_WAITING, lead=JANE, jobs=2))


@pytest.mark.clause("C3", "A10")
@pytest.mark.parametrize("kind", ["arrays", "objects"])
@pytest.mark.parametrize("depth", [65, 66, 1000, 1024, 1025, 5000, 100_000])
def test_refuses_deeper_nesting(busy: World, depth: int, kind: str) -> None:
    """A body that nests deeper than the parser's limit is malformed, and nothing changes."""
    before = held(busy)
    assert error(busy.post_cancel(content=nested(depth, kind=kind))) == NOT_JSON
    assert held(busy) == before


@pytest.mark.clause("C3")
@pytest.mark.parametrize(
    "content",
    [b"[" * 100_000, b'{"a":' * 100_000, b"[" * 100_000 + b"]" * 100_000, b"[{" * 50_000],
    ids=["open arrays", "open objects", "closed arrays", "mixed"],
)
def test_refuses_nesting_without_end(busy: World, content: bytes) -> None:
    """A body of nothing but brackets is malformed."""
    before = held(busy)
    assert error(busy.post_cancel(content=content)) == NOT_JSON
    assert held(busy) == before


@pytest.mark.clause("C3")
def test_many_brackets_in_a_text_are_not_deep(busy: World) -> None:
    """Brackets inside a text, and many shallow arrays, do not count as nesting."""
    content = b'{%s,"note":"%s","list":[%s[]]}' % (PHONE_OF_JANE, b"[{" * 1000, b"[],{}," * 1000)
    answer = busy.post_cancel(content=content)
    assert error(answer) == (200, cancelled(*JANES_WAITING, lead=JANE, jobs=2))


OPERATORS: dict[str, Any] = {
    "$gt": {"$gt": ""},
    "$ne": {"$ne": None},
    "$regex": {"$regex": ".*"},
    "$in": {"$in": [JANE, JANE_PHONE, JANE_EMAIL]},
    "$exists": {"$exists": True},
    "$where": {"$where": "sleep(1000)"},
    "$oid": {"$oid": JANE},
    "in a list": [{"$gt": ""}],
    "__class__": {"__class__": "str"},
    "toString": {"toString": JANE},
}


@pytest.mark.clause("C4", "C8", "A10")
@pytest.mark.parametrize("operator", OPERATORS.values(), ids=OPERATORS.keys())
def test_operators_in_a_body_are_values_of_another_type(busy: World, operator: Any) -> None:
    """A database operator in place of a text is an invalid id, and no phone or email."""
    before = held(busy)
    assert error(busy.post_cancel({"leadId": operator})) == invalid("leadId")
    assert error(busy.post_cancel({"recipientPhone": operator})) == NO_IDENTIFIER
    assert error(busy.post_cancel({"recipientEmail": operator})) == NO_IDENTIFIER
    everywhere = dict.fromkeys(("leadId", "recipientPhone", "recipientEmail"), operator)
    assert error(busy.post_cancel(everywhere)) == invalid("leadId")
    assert busy.cancel(recipientEmail="nobody@example.com", recipientPhone=operator) == cancelled(lead=None)
    assert held(busy) == before


TEXT_OPERATORS = [
    '{"$gt": ""}',
    "[$ne]=1",
    "' || '1'=='1",
    "*",
    ".*",
    "%",
    "_",
    "; DROP TABLE leads",
    "../../etc/passwd",
]
FILTERS = ["recipientPhone", "recipientEmail"]


@pytest.mark.clause("R26", "R3", "R7")
@pytest.mark.parametrize("text", TEXT_OPERATORS)
def test_operators_in_a_query_are_plain_text(busy: World, text: str) -> None:
    """An operator or pattern in a filter is a text that is no id, no date and nobody's address."""
    before = contents(busy)
    for name in ("leadId", "campaignId", "lineId", "dateFrom", "dateTo"):
        assert error(busy.get_replies(**{name: text})) == invalid(name)
    for name in FILTERS:
        assert busy.replies(**{name: text}) == NOBODY
    assert busy.replies(page=text, limit=text)["total"] == 2
    assert contents(busy) == before


@pytest.mark.clause("A8")
@pytest.mark.parametrize("name", ["leadId", "campaignId", "lineId", "recipientPhone", "recipientEmail", "dateFrom"])
@pytest.mark.parametrize("suffix", ["[$gt]", "[]", "[0]", ".$ne", "%00", "%5B$ne%5D"])
def test_operators_in_a_name_make_an_unknown_parameter(
    busy: World, server: BackgroundServer, name: str, suffix: str
) -> None:
    """A parameter whose name has an operator is another, unknown one and is ignored."""
    asked = request(f"GET {REPLIES}?{name}{suffix}=x", f"Authorization: Bearer {busy.key}")
    assert exchange(server.url, asked).refusal == (200, busy.replies())


@pytest.mark.clause("A1", "A10")
@both_operations
@pytest.mark.parametrize("token", ['{"$gt":""}', "[object Object]", "*", "null", "undefined", "true", "a" * 60_000])
def test_operators_as_a_key_are_unknown_keys(busy: World, path: str, token: str) -> None:
    """A token that is an operator, a placeholder or very long is an unknown key."""
    before = held(busy)
    assert error(ask(busy, path, f"Bearer {token}", content=b'{"leadId":"%s"}' % JANE.encode())) == UNAUTHORIZED
    assert held(busy) == before


MEGABYTE = 1_000_000
LONG = {
    "digits": "4" * MEGABYTE,
    "E.164 and zeros": JANE_PHONE + "0" * MEGABYTE,
    "blanks around": " " * (MEGABYTE // 2) + JANE_PHONE + " " * (MEGABYTE // 2),
    "pluses": "+" * MEGABYTE,
    "brackets": "(" * MEGABYTE,
    "letters": "a" * MEGABYTE,
    "Arabic digits": "\u0664" * (MEGABYTE // 2),
    "emoji": "😀" * (MEGABYTE // 4),
}


@pytest.mark.clause("N4", "A10")
@pytest.mark.parametrize("text", LONG.values(), ids=LONG.keys())
def test_very_long_phone_matches_nothing(busy: World, text: str) -> None:
    """A megabyte of text in place of a phone is no phone, and nothing changes."""
    before = held(busy)
    content = json.dumps({"recipientPhone": text}, ensure_ascii=False).encode()
    assert error(busy.post_cancel(content=content)) == (200, cancelled(lead=None))
    assert held(busy) == before


@pytest.mark.clause("N1", "C4")
@pytest.mark.parametrize("text", ["a" * MEGABYTE, f"{'a' * MEGABYTE}@example.com", "😀" * (MEGABYTE // 4)])
def test_very_long_email_or_id_matches_nothing(busy: World, text: str) -> None:
    """A megabyte of text in place of an email is nobody's, and in place of an id it is none."""
    before = held(busy)
    content = json.dumps({"recipientEmail": text}, ensure_ascii=False).encode()
    assert error(busy.post_cancel(content=content)) == (200, cancelled(lead=None))
    content = json.dumps({"leadId": text}, ensure_ascii=False).encode()
    assert error(busy.post_cancel(content=content)) == invalid("leadId")
    assert held(busy) == before


@pytest.mark.clause("N1")
def test_email_with_a_megabyte_of_blanks_is_still_trimmed(busy: World) -> None:
    """Blanks around an email are cut off, however many there are."""
    blanks = " " * (MEGABYTE // 2)
    done = busy.cancel(recipientEmail=f"{blanks}{JANE_EMAIL.upper()}{blanks}")
    assert done == cancelled(*JANES_WAITING, lead=JANE, jobs=2)


@pytest.mark.clause("A14", "A10")
@pytest.mark.parametrize("filler", [b"x", b"[", b"\xff", b" "], ids=["letters", "brackets", "no UTF-8", "blanks"])
def test_huge_body_is_too_large_whatever_is_in_it(busy: World, filler: bytes) -> None:
    """A body over the limit is answered 413 before it is looked at."""
    before = held(busy)
    content = b'{"leadId":"%s"}' % JANE.encode() + filler * LIMIT_BYTES
    assert error(busy.post_cancel(content=content)) == TOO_LARGE
    assert held(busy) == before


@pytest.mark.clause("C3")
@pytest.mark.parametrize(
    "value", [[1] * 300_000, "x" * MEGABYTE, {str(n): n for n in range(50_000)}], ids=["list", "text", "names"]
)
def test_large_body_under_the_limit_is_judged_by_its_type(busy: World, value: Any) -> None:
    """A large list or text is no object, and a large object without an identifier lacks one."""
    before = held(busy)
    refused = NO_IDENTIFIER if isinstance(value, dict) else NO_OBJECT
    assert error(busy.post_cancel(value)) == refused
    assert held(busy) == before
