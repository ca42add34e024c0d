"""Clauses L10, L11, L19 and A21: what an import or a removal refuses; nothing is changed, and nothing is a 5xx."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import phonenumbers
import pytest

from tests.clauses.busy import JANE, JANE_PHONE, OMAR, UNKNOWN
from tests.clauses.checks import (
    INACTIVE,
    LIMIT_BYTES,
    NO_LIST,
    NO_OBJECT,
    NOT_JSON,
    TOO_LARGE,
    UNAUTHORIZED,
    Refused,
    contents,
    held,
    invalid,
)
from tests.support import LEADS, World, error
from tuco_mock.contract.spec import load_spec

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.usefixtures("no_error_logged")

NO_LEADS: Refused = (400, {"error": "leads must be a list with at least one lead"})
NO_IDS: Refused = (400, {"error": "No ids provided"})
INVALID_IDS: Refused = (400, {"error": "Invalid lead id in ids array"})
READ_ONLY: Refused = (402, {"error": "READ_ONLY", "code": "READ_ONLY", "reason": "past_due"})
NO_ADDRESS = "a lead needs an address: `phone`, `altPhone1` to `3`, `email` or `altEmail1` to `3`"
GOOD = {"phone": "+14155550100"}
MEGABYTE = 1_000_000
OPERATORS: list[Any] = [{"$gt": ""}, {"$ne": None}, {"$where": "sleep(1000)"}, [{"$regex": ".*"}], True, 5, 1.5, []]


def refused(text: str) -> Refused:
    """A 400 with this text."""
    return 400, {"error": text}


@pytest.mark.clause("L10", "A10")
@pytest.mark.parametrize("body", [{}, {"leads": None}, {"leads": []}, {"body": []}, {"leads": [], "body": [GOOD]}])
def test_no_rows(busy: World, body: Any) -> None:
    """Without a row the call is answered 400; an empty `leads` is not made up for by `body`."""
    before = held(busy)
    assert error(busy.post_leads(body)) == NO_LEADS
    assert held(busy) == before


@pytest.mark.clause("L10")
@pytest.mark.parametrize("rows", [{"0": GOOD}, "leads", 5, True, {"$gt": ""}, GOOD], ids=str)
@pytest.mark.parametrize("name", ["leads", "body"])
def test_rows_that_are_no_list(busy: World, name: str, rows: Any) -> None:
    """Rows that are no list are as good as none."""
    before = held(busy)
    assert error(busy.post_leads({name: rows})) == NO_LEADS
    assert held(busy) == before


@pytest.mark.clause("L10")
def test_rows_under_their_other_name(world: World) -> None:
    """`body` holds the rows when `leads` doesn't, and is not looked at when it does."""
    assert world.post_leads({"leads": None, "body": [GOOD]}).status_code == 201
    assert world.post_leads({"leads": [{"phone": "+14155550101"}], "body": 5}).status_code == 201
    assert error(world.post_leads({"body": [GOOD, {"firstName": "A"}]})) == refused(f"body[1]: {NO_ADDRESS}")


@pytest.mark.clause("L10", "A10")
@pytest.mark.parametrize(
    ("row", "text"),
    [
        ({}, f": {NO_ADDRESS}"),
        ({"firstName": "A", "phone": " ", "email": None}, f": {NO_ADDRESS}"),
        (None, ": expected an object"),
        ("+14155550100", ": expected an object"),
        ([GOOD], ": expected an object"),
        *(
            ({**GOOD, name: value}, f".{name}: expected a text")
            for name in ("phone", "altPhone3", "email", "firstName", "notes", "contactOwnerEmail", "hsContactId")
            for value in (5, {"$gt": ""})
        ),
        *(({"email": value}, ".email: expected a text") for value in OPERATORS),
        *(({**GOOD, "customFields": value}, ".customFields: ") for value in ("x", [1], 5, True)),
        ({**GOOD, "customFields": {"a": {"b\0": 1}}}, ".customFields: "),
    ],
    ids=str,
)
def test_a_row_that_cannot_be_used_refuses_all(busy: World, row: Any, text: str) -> None:
    """One bad row is told of with its place, and the good ones make no leads either."""
    before = held(busy)
    status, body = error(busy.post_leads({"leads": [GOOD, row, GOOD]}))
    assert status == 400
    assert body["error"].startswith(f"leads[1]{text}")
    assert held(busy) == before


@pytest.mark.clause("L10")
@pytest.mark.parametrize("name", ["source", "defaultCountryCode", "ghlLocationId", "contactOwnerEmail"])
@pytest.mark.parametrize("value", OPERATORS, ids=str)
def test_fields_beside_the_rows_are_texts(world: World, name: str, value: Any) -> None:
    """A field of another type is told of by its name."""
    assert error(world.post_leads({"leads": [GOOD], name: value})) == refused(f"{name}: expected a text")


@pytest.mark.clause("L10")
@pytest.mark.parametrize("code", ["1", "+", "+0", "+999", "++1", "+1 ", "+01", "+1\n", "US", "+" + "9" * 5000])
def test_a_calling_code_that_is_none(world: World, code: str) -> None:
    """A default country code that is no calling code in use is refused."""
    answer = error(world.post_leads({"leads": [GOOD], "defaultCountryCode": code}))
    assert answer == refused("defaultCountryCode: expected a calling code as `+1` or `+44`")


@pytest.mark.clause("L10")
def test_the_description_knows_the_calling_codes() -> None:
    """The pattern of the description is that of the codes in use."""
    schema = load_spec()["components"]["schemas"]["CreateLeadsRequest"]["properties"]["defaultCountryCode"]
    pattern = schema["anyOf"][0]["pattern"]
    found = {code for code in range(1, 1000) if re.search(pattern, f"+{code}")}
    assert found == set(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)


@pytest.mark.clause("L10", "A1", "A4", "A21")
def test_the_checks_come_in_order(world: World) -> None:
    """Key, workspace, read-only, JSON, the body's own fields, rows one by one, list."""
    custom = {**GOOD, "customFields": 5}
    assert error(world.post_leads({"leads": [GOOD, {}, custom, {"phone": 5}]})) == refused(f"leads[1]: {NO_ADDRESS}")
    assert error(world.post_leads({"leads": [custom, {}]}))[1]["error"].startswith("leads[0].customFields: ")
    bad = {"leads": [{"phone": 5}], "source": 5, "listId": UNKNOWN}
    assert error(world.post_leads({**bad, "leads": []})) == refused("source: expected a text")
    assert error(world.post_leads({**bad, "source": "x"})) == refused("leads[0].phone: expected a text")
    assert error(world.post_leads({**bad, "source": "x", "leads": [{}]})) == refused(f"leads[0]: {NO_ADDRESS}")
    assert error(world.post_leads({**bad, "source": "x", "leads": [GOOD]})) == NO_LIST
    world.patch(readOnly=True)
    assert error(world.post_leads(content=b"{")) == READ_ONLY
    world.patch(active=False)
    assert error(world.post_leads(content=b"{")) == INACTIVE
    assert error(world.http.post(LEADS, content=b"{", headers={"Authorization": "Bearer nobody"})) == UNAUTHORIZED


@pytest.mark.clause("A21", "L23", "A10")
def test_a_read_only_workspace(busy: World) -> None:
    """No lead is made, with its clause in the journal; reading goes on, and what has no documented 402."""
    busy.patch(readOnly=True)
    before = held(busy)
    assert error(busy.post_leads({"leads": [GOOD]})) == READ_ONLY
    assert busy.requests()[-1]["clause"] == "A21"
    assert held(busy) == before
    assert busy.leads()["pagination"]["totalCount"] == 2
    assert busy.replies()["total"] == 2
    assert busy.cancel(leadId=JANE)["cancelledCount"] == 3
    assert busy.delete(JANE) == 1
    busy.patch(readOnly=False)
    assert busy.create(GOOD)["savedCount"] == 1


@pytest.mark.clause("L11")
def test_custom_fields_are_kept(world: World) -> None:
    """Plain values of any kind come back as they were; an integer that 64 bits can't hold, as a double."""
    plain: dict[str, Any] = {"a": [1, None, {"b": 1.5, "": ""}], "ü": True, "$gt": "", "x.y": -(2**63)}
    lead = world.create({**GOOD, "customFields": plain})["leadId"]
    big = world.create({"phone": "+14155550101", "customFields": {"n": [2**70]}})["leadId"]
    assert world.leads(id=lead)["lead"]["customFields"] == plain
    assert world.leads(id=big)["lead"]["customFields"] == {"n": [float(2**70)]}
    before = world.state()
    world.control("PUT", "/state", before)
    assert world.state() == before


@pytest.mark.clause("L11", "C3")
@pytest.mark.parametrize(("depth", "status"), [(31, 201), (32, 201), (33, 400), (60, 400), (61, 400), (1000, 400)])
def test_custom_fields_nest_32_levels(world: World, depth: int, status: int) -> None:
    """Beyond, they are refused; beyond what JSON may nest at all, as malformed."""
    content = b'{"leads":[{"phone":"+14155550100","customFields":%s%s}]}' % (
        b'{"a":' * (depth - 1) + b"{}",
        b"}" * (depth - 1),
    )
    answer = world.post_leads(content=content)
    assert answer.status_code == status, answer.text
    assert (error(answer) == NOT_JSON) == (depth > 61)


@pytest.mark.clause("C2", "C3", "A14", "A10")
@pytest.mark.parametrize(
    ("content", "of_import", "of_removal"),
    [
        (b"", NO_LEADS, NO_IDS),
        (b" \n", NO_LEADS, NO_IDS),
        (b"{", NOT_JSON, NOT_JSON),
        (b'{"leads":[NaN]}', NOT_JSON, NOT_JSON),
        (b'{"ids":["\xff"]}', NOT_JSON, NOT_JSON),
        (b'{"ids":["\\ud800"],"leads":[{"phone":"\\ud800"}]}', NOT_JSON, NOT_JSON),
        (b"[" * 100_000, NOT_JSON, NOT_JSON),
        (b'{"leads":' * 65 + b"1" + b"}" * 65, NOT_JSON, NOT_JSON),
        (b"[]", NO_OBJECT, NO_OBJECT),
        (b"null", NO_OBJECT, NO_OBJECT),
        (b'"x"', NO_OBJECT, NO_OBJECT),
        (b"[1]" + b" " * LIMIT_BYTES, TOO_LARGE, TOO_LARGE),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_bodies_that_cannot_be_used(busy: World, content: bytes, of_import: Refused, of_removal: Refused) -> None:
    """Both operations refuse what is no JSON object, and change nothing."""
    before = held(busy)
    assert error(busy.post_leads(content=content)) == of_import
    assert error(busy.delete_leads(content=content)) == of_removal
    assert held(busy) == before


@pytest.mark.clause("L10", "N4")
@pytest.mark.parametrize("text", ["4" * MEGABYTE, "+" * MEGABYTE, "\u0664" * (MEGABYTE // 2), "a" * MEGABYTE])
def test_very_long_texts_are_kept_as_they_are(world: World, text: str) -> None:
    """A megabyte in place of a phone is no phone, and of an email one that nobody else has."""
    content = json.dumps({"leads": [{"phone": text}]}, ensure_ascii=False).encode()
    assert world.post_leads(content=content).status_code == 201
    assert world.leads(search=text[:10])["leads"][0]["phone"] == text
    assert world.leads()["pagination"]["totalCount"] == 1


@pytest.mark.clause("L19", "A10")
@pytest.mark.parametrize("ids", [None, [], {}, "", JANE, 5, True, {"$ne": None}, {"0": JANE}], ids=str)
def test_no_ids(busy: World, ids: Any) -> None:
    """What is no list of at least one id removes nothing."""
    before = held(busy)
    assert error(busy.delete_leads({"ids": ids})) == NO_IDS
    assert error(busy.delete_leads({"leadIds": [JANE]})) == NO_IDS
    assert held(busy) == before


@pytest.mark.clause("L19", "A10")
@pytest.mark.parametrize(
    "bad", [None, "", "x", JANE[:-1], f" {JANE}", f"{JANE}\n", 5, [JANE], {"$gt": ""}, True, "*", ".*"], ids=str
)
def test_an_id_that_is_none(busy: World, bad: Any) -> None:
    """One malformed id refuses all, and the good ones stay."""
    before = held(busy)
    assert error(busy.delete_leads({"ids": [JANE, bad, OMAR]})) == INVALID_IDS
    assert busy.requests()[-1]["clause"] == "L19"
    assert held(busy) == before


@pytest.mark.clause("L14", "L15", "L17", "L18", "A17")
@pytest.mark.parametrize(
    "text", ['{"$gt": ""}', "[$ne]=1", "' || '1'=='1", "*", ".*", "%", "; DROP TABLE leads", "../../etc/passwd", "\0"]
)
def test_operators_in_a_query_are_plain_text(busy: World, text: str) -> None:
    """An operator or pattern is a text that is no id, no number, and stands in no lead."""
    before = contents(busy)
    assert error(busy.get_leads(id=text)) == invalid("lead id")
    assert busy.leads(listId=text)["leads"] == []
    assert busy.leads(search=text)["leads"] == []
    shown = busy.leads(page=text, limit=text)
    assert (len(shown["leads"]), shown["pagination"]["page"], shown["pagination"]["limit"]) == (2, 1, 50)
    assert contents(busy) == before


@pytest.mark.clause("A17", "L15")
def test_bytes_that_are_no_text_in_a_search(busy: World) -> None:
    """They are read as U+FFFD, and found where that stands."""
    odd = busy.lead(phone="+14155550100", firstName="a\ufffdb")
    answer = busy.http.get(f"{LEADS}?search=%ff", headers=busy.headers)
    assert [each["_id"] for each in answer.json()["leads"]] == [odd]


@pytest.mark.clause("A7", "L20")
def test_a_lead_of_another_workspace_stays(busy: World, make_world: Callable[..., World]) -> None:
    """Its id is passed over here."""
    other = make_world(leads=[{"id": "a" * 24, "phone": JANE_PHONE}])
    before = held(other)
    assert busy.delete("a" * 24, OMAR) == 1
    assert held(other) == before
