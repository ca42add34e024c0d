"""The request schemas: valid is what the API accepts, and nothing else, as far as JSON Schema can say it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.clauses.checking import CHECK, CHECK_ANY, CHECK_LEADS
from tests.support import LEADS, MESSAGES, World
from tuco_mock.contract.schemas import Schemas
from tuco_mock.contract.spec import load_spec, operations
from tuco_mock.domain import ids, timestamps

if TYPE_CHECKING:
    from collections.abc import Callable

DOCUMENT = load_spec()
SCHEMAS = Schemas(DOCUMENT)
OPERATIONS = {operation.id: operation for operation in operations(DOCUMENT)}

LEAD = "69b2c41d352a78479d2c623b"
BLANKS = "".join(character for character in map(chr, range(0x110000)) if character.isspace())


def parameter(name: str) -> Any:
    """The schema of a query parameter of getReplies, as a validator."""
    definitions = OPERATIONS["getReplies"].definition["parameters"]
    (index,) = [index for index, definition in enumerate(definitions) if definition["name"] == name]
    return SCHEMAS.validator(f"{OPERATIONS['getReplies'].pointer}/parameters/{index}/schema")


CANCEL_BODIES: list[tuple[Any, bool]] = [
    ({"leadId": LEAD}, True),
    ({"leadId": LEAD.upper()}, True),
    ({"recipientPhone": "+14422646782"}, True),
    ({"recipientPhone": "no phone at all"}, True),
    ({"recipientEmail": "goforbg@icloud.com"}, True),
    ({"recipientEmail": "\ufeff"}, True),
    ({"leadId": None, "recipientPhone": "4422646782"}, True),
    ({"leadId": " \t\u3000", "recipientPhone": "4422646782"}, True),
    ({"leadId": LEAD, "recipientPhone": 5, "recipientEmail": ["x"]}, True),
    ({"leadId": LEAD, "unknown": {"x": []}}, True),
    ({"recipientPhone": {}, "recipientEmail": "x"}, True),
    ({}, False),
    ({"unknown": 1}, False),
    ({"leadId": None}, False),
    ({"leadId": ""}, False),
    ({"leadId": BLANKS}, False),
    ({"recipientPhone": BLANKS}, False),
    ({"recipientEmail": BLANKS, "recipientPhone": ""}, False),
    ({"recipientPhone": 14422646782}, False),
    ({"recipientPhone": ["+14422646782"]}, False),
    ({"leadId": LEAD[:-1]}, False),
    ({"leadId": LEAD + "\n"}, False),
    ({"leadId": f" {LEAD}"}, False),
    ({"leadId": f"{LEAD} ", "recipientPhone": "4422646782"}, False),
    ({"leadId": "nonsense", "recipientPhone": "4422646782"}, False),
    ({"leadId": 5, "recipientPhone": "4422646782"}, False),
    ({"leadId": False, "recipientPhone": "4422646782"}, False),
    ({"leadId": {}, "recipientPhone": "4422646782"}, False),
    ({"leadId": [], "recipientPhone": "4422646782"}, False),
    (None, False),
    ([], False),
    ([{"leadId": LEAD}], False),
    (LEAD, False),
    (5, False),
]


@pytest.mark.parametrize(("body", "accepted"), CANCEL_BODIES, ids=lambda value: repr(value)[:60])
def test_cancel_schema_is_what_is_accepted(body: Any, accepted: bool) -> None:
    """Says of each body what C1, C2, C4, C8, C20 and A8 say."""
    assert SCHEMAS.validator("/components/schemas/CancelForLeadRequest").is_valid(body) == accepted


ROW = {"phone": "+14155550100"}
CREATE_BODIES: list[tuple[Any, bool]] = [
    ({"leads": [ROW]}, True),
    ({"body": [ROW]}, True),
    ({"leads": None, "body": [ROW]}, True),
    ({"leads": [ROW], "body": 5}, True),
    ({"leads": [{**ROW, "unknown": {"x": []}, "firstName": None, "notes": ""}], "more": 1}, True),
    ({"leads": [{"altEmail3": "x"}, {"altPhone2": "no phone at all", "phone": " "}]}, True),
    ({"leads": [{**ROW, "customFields": {"a": [1, {"b": None}], "": 2**70}}]}, True),
    ({"leads": [{**ROW, "customFields": None}], "listId": None, "source": None, "defaultCountryCode": ""}, True),
    ({"leads": [ROW], "listId": LEAD.upper(), "source": "x", "defaultCountryCode": "+44"}, True),
    ({}, False),
    ({"leads": []}, False),
    ({"leads": None}, False),
    ({"leads": [], "body": [ROW]}, False),
    ({"leads": ROW}, False),
    ({"leads": [ROW, {}]}, False),
    ({"leads": [ROW, None]}, False),
    ({"leads": [{"firstName": "A"}]}, False),
    ({"leads": [{"phone": BLANKS, "email": None}]}, False),
    ({"leads": [{"phone": 5}]}, False),
    ({"leads": [{**ROW, "email": ["x"]}]}, False),
    ({"leads": [{**ROW, "ghlContactId": 5}]}, False),
    ({"leads": [{**ROW, "customFields": []}]}, False),
    ({"leads": [{**ROW, "customFields": {"a": {"\0": 1}}}]}, False),
    ({"leads": [ROW], "source": 5}, False),
    ({"leads": [ROW], "defaultCountryCode": "+999"}, False),
    ({"leads": [ROW], "defaultCountryCode": "44"}, False),
    ({"leads": [ROW], "listId": "x"}, False),
    ([ROW], False),
    (None, False),
]
SEND = {"message": "Hi", "leadId": LEAD}
SEND_BODIES: list[tuple[Any, bool]] = [
    (SEND, True),
    ({**SEND, "leadId": LEAD.upper(), "unknown": {}}, True),
    ({"message": "Hi", "recipientPhone": "no phone at all"}, True),
    ({"message": "Hi", "recipientEmail": "x", "leadId": None, "altPhone1": None}, True),
    ({"attachmentUrls": ["x"], "leadId": LEAD, "message": " "}, True),
    ({**SEND, "attachmentUrls": " ", "messageType": "", "fromLineId": None, "scheduledDate": " "}, True),
    ({**SEND, "attachmentUrls": [], "messageType": "sms", "attachmentNames": []}, True),
    ({**SEND, "allowedDaysOfWeek": [0, 6, 6.0], "sendWindowStart": "00:00", "sendWindowEnd": "23:59"}, True),
    ({**SEND, "scheduledDate": "2026-06-01T05:30:00+05:30", "timezone": "Europe/Berlin"}, True),
    ({}, False),
    ({"message": "Hi"}, False),
    ({"leadId": LEAD}, False),
    ({**SEND, "message": BLANKS}, False),
    ({**SEND, "message": 5}, False),
    ({"message": "Hi", "recipientPhone": " ", "recipientEmail": None}, False),
    ({"message": "Hi", "leadId": 5, "recipientPhone": "x"}, False),
    ({"message": "Hi", "leadId": "x", "recipientPhone": "x"}, False),
    ({**SEND, "recipientName": []}, False),
    ({**SEND, "correlationId": 5}, False),
    ({**SEND, "messageType": "fax"}, False),
    ({**SEND, "attachmentUrls": "x"}, False),
    ({**SEND, "attachmentUrls": ["a", "b", "c"]}, False),
    ({**SEND, "attachmentUrls": ["a", " "]}, False),
    ({**SEND, "attachmentNames": [5]}, False),
    ({**SEND, "fromLineId": "x"}, False),
    ({**SEND, "scheduledDate": "soon"}, False),
    ({**SEND, "sendWindowStart": "9:00"}, False),
    ({**SEND, "sendWindowEnd": 9}, False),
    ({**SEND, "allowedDaysOfWeek": [7]}, False),
    ({**SEND, "allowedDaysOfWeek": [True]}, False),
    ({**SEND, "timezone": 5}, False),
    ({**SEND, "sendFallbackSmsOnFailed": "true"}, False),
    ([SEND], False),
]
ANN = {"firstName": "Ann", "email": "ann@example.com"}
ENROL_BODIES: list[tuple[Any, bool]] = [
    ({"leadId": LEAD}, True),
    ({"leadId": LEAD, "lead": 5}, True),
    ({"leadId": " ", "lead": ANN}, True),
    ({"lead": {**ANN, "contactOwnerId": 5, "unknown": [], "phone": None, "customFields": None}}, True),
    ({"lead": {"firstName": "Ann", "phone": "no phone at all", "customFields": {"a": [1]}}}, True),
    ({}, False),
    ({"lead": None}, False),
    ({"lead": []}, False),
    ({"lead": {"firstName": "Ann"}}, False),
    ({"lead": {"firstName": "Ann", "altPhone1": "+14155550100"}}, False),
    ({"lead": {**ANN, "firstName": BLANKS}}, False),
    ({"lead": {**ANN, "phone": 5}}, False),
    ({"lead": {**ANN, "customFields": "x"}}, False),
    ({"leadId": "x", "lead": ANN}, False),
    ({"leadId": 5}, False),
    ([{"leadId": LEAD}], False),
]
DELETE_BODIES: list[tuple[Any, bool]] = [
    ({"ids": [LEAD, LEAD.upper()], "unknown": 1}, True),
    ({}, False),
    ({"ids": []}, False),
    ({"ids": None}, False),
    ({"ids": LEAD}, False),
    ({"ids": [LEAD, LEAD[:-1]]}, False),
    ({"ids": [LEAD, None]}, False),
    ([LEAD], False),
]


@pytest.mark.parametrize(
    ("method", "schema", "body", "accepted"),
    [("POST", "CreateLeadsRequest", *each) for each in CREATE_BODIES]
    + [("DELETE", "DeleteLeadsRequest", *each) for each in DELETE_BODIES],
    ids=lambda value: repr(value)[:60],
)
def test_the_schemas_of_leads_are_what_is_accepted(
    world: World, method: str, schema: str, body: Any, accepted: bool
) -> None:
    """The description and the server say the same of each body; an unknown list is another matter (L6)."""
    assert SCHEMAS.validator(f"/components/schemas/{schema}").is_valid(body) == accepted
    world.add("lists", id=LEAD, name="Ours")
    answer = world.http.request(method, LEADS, headers=world.headers, json=body)
    assert (answer.status_code < 300) == accepted, answer.text


@pytest.mark.parametrize(
    ("path", "schema", "body", "accepted"),
    [(MESSAGES, "SendMessageRequest", *each) for each in SEND_BODIES]
    + [(f"/api/campaigns/{LEAD}/leads", "AddLeadToCampaignRequest", *each) for each in ENROL_BODIES],
    ids=lambda value: repr(value)[:60],
)
def test_the_schemas_of_sending_are_what_is_accepted(
    make_world: Callable[..., World], path: str, schema: str, body: Any, accepted: bool
) -> None:
    """The description and the server say the same of each body; lines and time zones are another matter (M7, M9)."""
    assert SCHEMAS.validator(f"/components/schemas/{schema}").is_valid(body) == accepted
    world = make_world(
        lines=[{"phone": "+16462230920"}],
        leads=[{"id": LEAD, "phone": "+14155550100"}],
        campaigns=[{"id": LEAD, "name": "Spring", "steps": [{"message": "Hi"}]}],
    )
    answer = world.http.post(path, headers=world.headers, json=body)
    assert (answer.status_code < 300) == accepted, answer.text


ADDRESSES_BODIES: list[tuple[Any, bool]] = [
    ({"address": "x"}, True),
    ({"address": "x", "addresses": 5}, True),
    ({"address": 5, "addresses": [""]}, True),
    ({"addresses": ["a@b"] * 70}, True),
    ({"addresses": ["x"] * 100}, True),
    ({"addresses": ["x"] * 101}, False),
    ({"addresses": []}, False),
    ({"addresses": ["x", None]}, False),
    ({"addresses": "x"}, False),
    ({"address": BLANKS}, False),
    ({"address": ["x"]}, False),
    ({}, False),
    (["x"], False),
]
CONTACT_BODIES: list[tuple[Any, bool]] = [
    ({"phones": ["x"]}, True),
    ({"emails": [None, 5, "x", ""], "phones": "x"}, True),
    ({"phones": [], "emails": []}, False),
    ({"phones": [BLANKS, 5, None]}, False),
    ({"phones": "x"}, False),
    ({}, False),
    ([], False),
]
LEADS_BODIES: list[tuple[Any, bool]] = [
    ({"address": "x", "leadIds": 5}, True),
    ({"leadIds": [LEAD]}, True),
    ({"leadIds": [None, LEAD.upper(), "x"], "address": BLANKS}, True),
    ({"leadIds": []}, False),
    ({"leadIds": LEAD}, False),
    ({"leadIds": [LEAD[:-1]]}, False),
    ({"listId": "x"}, False),
    ({"address": 5}, False),
    ({}, False),
]


@pytest.mark.parametrize(
    ("path", "schema", "body", "accepted"),
    [(CHECK, "CheckAddressesRequest", *each) for each in ADDRESSES_BODIES]
    + [(CHECK_ANY, "CheckContactRequest", *each) for each in CONTACT_BODIES]
    + [(CHECK_LEADS, "CheckLeadsRequest", *each) for each in LEADS_BODIES],
    ids=lambda value: repr(value)[:60],
)
def test_the_schemas_of_availability_are_what_is_accepted(
    world: World, path: str, schema: str, body: Any, accepted: bool
) -> None:
    """The description and the server say the same of each body."""
    assert SCHEMAS.validator(f"/components/schemas/{schema}").is_valid(body) == accepted
    world.add("lines", phone="+16462230920")
    world.add("leads", id=LEAD, phone="+14155550100")
    answer = world.http.post(path, headers=world.headers, json=body)
    assert (answer.status_code < 300) == accepted, answer.text


@given(st.text(alphabet=st.one_of(st.sampled_from(BLANKS), st.characters(exclude_categories=["Cs"]))))
def test_blank_is_what_python_trims(text: str) -> None:
    """The patterns list the characters, so that every dialect of regular expressions agrees (C2)."""
    blank = text.strip() == ""
    assert SCHEMAS.validator("/components/schemas/Blank").is_valid(text) == blank
    assert SCHEMAS.validator("/components/schemas/NotBlank").is_valid(text) != blank


@pytest.mark.parametrize("name", ["leadId", "campaignId", "lineId"])
@pytest.mark.parametrize(
    "text", [LEAD, LEAD.upper(), LEAD[:-1], LEAD + "0", f" {LEAD}", LEAD + "\n", " ", "x", "٣" * 24]
)
def test_id_filter_accepts_what_is_an_id(name: str, text: str) -> None:
    assert parameter(name).is_valid(text) == (ids.object_id(text) is not None)
    assert parameter(name).is_valid("")


MOMENTS = [
    "2026-06-01",
    "2024-02-29",
    "2000-02-29T00:00:00Z",
    "0001-01-01",
    "9999-12-31T23:59:59.999Z",
    "2026-06-01T00:00:00Z",
    "2026-06-01T00:00",
    "2026-06-01T00:00:00",
    "2026-06-01T00:00:00.5",
    "2026-06-01T00:00:00,123456",
    "2026-06-01T00:00:00.123456789Z",
    "2026-06-01T05:30:00+05:30",
    "2024-02-29T00:00-23:59",
]
NO_MOMENTS = [
    " ",
    "0000-01-01",
    "2026-02-29",
    "1900-02-29",
    "2026-04-31",
    "2026-13-01",
    "2026-00-10",
    "2026-01-00",
    "2026-06",
    "2026-6-1",
    "2026-06-01T",
    "2026-06-01T24:00:00",
    "2026-06-01T12:60",
    "2026-06-01T23:59:60Z",
    "2026-06-01 00:00:00",
    "2026-06-01T00:00:00 05:30",
    "2026-06-01Z",
    "06/01/2026",
    "1780272000",
    "now",
    "null",
    "\u0662\u0660\u0662\u0666-06-01",
    "2026-152",
]
ALSO_READ = [
    "20260301T120000Z",
    "2026-W09-7",
    "2026-06-01T12",
    "2026-06-01T12:00:00+02",
    "2026-06-01T12:00:00+0200",
    "2026-06-01T12:00:00+02:00:30",
    "0001-06-01T12:00:00+02:00",
]
"""Forms of ISO 8601 that are read, but that the description only mentions: nobody should need them."""


@pytest.mark.parametrize("name", ["dateFrom", "dateTo"])
def test_moment_filter_table(name: str) -> None:
    validator = parameter(name)
    assert [text for text in ["", *MOMENTS] if not validator.is_valid(text)] == []
    assert [text for text in NO_MOMENTS if validator.is_valid(text)] == []
    assert [text for text in ALSO_READ if validator.is_valid(text)] == []
    assert [text for text in [*MOMENTS, *ALSO_READ] if timestamps.parse_iso(text) is None] == []
    assert [text for text in NO_MOMENTS if timestamps.parse_iso(text) is not None] == []


def moment_patterns() -> list[str]:
    """The patterns of the alternatives, without the empty text."""
    return [one["pattern"] for one in DOCUMENT["components"]["schemas"]["MomentFilter"]["anyOf"] if "pattern" in one]


@given(st.one_of([st.from_regex(pattern) for pattern in moment_patterns()]))
def test_every_moment_of_the_schema_is_read(text: str) -> None:
    """A client that keeps to the description never meets 400 for its dates (R9, R10)."""
    text = text.removesuffix("\n")  # which Python's `$` lets by, but the dialect of JSON Schema does not
    assert parameter("dateFrom").is_valid(text)
    assert timestamps.parse_iso(text) is not None


@pytest.mark.parametrize("name", ["page", "limit"])
def test_page_and_limit_refuse_no_text(name: str) -> None:
    """Any text is accepted on the wire (R13), and the number the pages speak of is described."""
    assert [value for value in ["", "x", "0", "-1", "1e3", 1, 100, 101] if not parameter(name).is_valid(value)] == []
    (definition,) = [one for one in OPERATIONS["getReplies"].definition["parameters"] if one["name"] == name]
    assert definition["schema"]["default"] == {"page": 1, "limit": 50}[name]


@pytest.mark.parametrize("name", ["recipientPhone", "recipientEmail"])
@given(text=st.text())
def test_addresses_in_a_query_are_any_text(name: str, text: str) -> None:
    assert parameter(name).is_valid(text)
