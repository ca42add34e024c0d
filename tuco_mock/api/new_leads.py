"""The rows of POST /api/leads: what was sent, checked and made leads of (clauses L8 to L11)."""

from __future__ import annotations

from typing import Any, NamedTuple

from tuco_mock.api.errors import ApiError
from tuco_mock.domain import addresses
from tuco_mock.domain.errors import InvalidInput
from tuco_mock.domain.fixture.check import check_items
from tuco_mock.domain.fixture.model import Lead
from tuco_mock.domain.leads import DEFAULT_SOURCE

_TEXTS = (
    *("firstName", "lastName", *addresses.PHONE_FIELDS, *addresses.EMAIL_FIELDS),
    *("companyName", "jobTitle", "notes", "linkedinUrl", "contactOwnerEmail"),
)
"""The texts of a row that a lead keeps under the same name."""

INTEGRATIONS = {
    "ghlContactId": "ghlRecordId",
    "ghlLocationId": "ghlLocationId",
    "hsContactId": "hubspotRecordId",
    "hsPortalId": "hubspotPortalId",
}
"""The ids in other systems, by what a row calls them: what a lead calls them (L7)."""

_INT64 = 2**63


class Rows(NamedTuple):
    """The rows as they were sent, and the leads they say."""

    sent: list[dict[str, Any]]
    leads: list[Lead]


class Batch(NamedTuple):
    """What holds for all rows of a call (L7, L8, L9).

    Attributes:
        source: where the leads come from.
        country_code: calling code of phones written without one.
        ghl_location_id, contact_owner_email: for rows that give none of their own.
    """

    source: str
    country_code: str
    ghl_location_id: str | None
    contact_owner_email: str | None


def batch_of(body: dict[str, Any], country_code: str) -> Batch:
    """What a body says of all its rows.

    Args:
        body: the body.
        country_code: the workspace's own calling code.

    Raises:
        ApiError: 400, a field is no text, or no calling code (L10).
    """
    given = {
        name: text_of(body, name, name)
        for name in ("source", "defaultCountryCode", "ghlLocationId", "contactOwnerEmail")
    }
    code = given["defaultCountryCode"] or country_code
    if not addresses.is_country_code(code):
        raise _refused("defaultCountryCode: expected a calling code as `+1` or `+44`")
    return Batch(given["source"] or DEFAULT_SOURCE, code, given["ghlLocationId"], given["contactOwnerEmail"])


def rows_of(body: dict[str, Any], batch: Batch) -> Rows:
    """The rows of a body, under `leads`, or under `body` when that is not given (L10).

    Raises:
        ApiError: 400, there are none, or one can't be used; the error names the first.
    """
    name = "body" if body.get("leads") is None and body.get("body") is not None else "leads"
    sent = body.get(name)
    if not isinstance(sent, list) or not sent:
        raise _refused("leads must be a list with at least one lead")
    return Rows(sent, [lead_from(row, f"{name}[{position}]", batch) for position, row in enumerate(sent)])


def lead_from(row: object, path: str, batch: Batch) -> Lead:
    """A row as a lead.

    Raises:
        ApiError: 400, it can't be used; the error has its path (L10).
    """
    try:
        (lead,) = check_items("leads", [_words(row, path, batch)], None)
    except InvalidInput as error:
        where, message = error.mistakes[0]
        raise _refused(f"{path}.{where}: {message}" if where else f"{path}: {message}") from error
    found: Lead = lead
    return found


def _words(row: object, path: str, batch: Batch) -> dict[str, Any]:
    """A row in the words of the fixture format, whose checks are still to come."""
    if not isinstance(row, dict):
        raise _refused(f"{path}: expected an object")
    texts = {name: text_of(row, name, f"{path}.{name}") for name in _TEXTS}
    for name in addresses.PHONE_FIELDS:
        text = texts[name]
        texts[name] = text and (addresses.phone(text, batch.country_code) or text)
    outside = {kept: text_of(row, name, f"{path}.{name}") for name, kept in INTEGRATIONS.items()}
    outside["ghlLocationId"] = outside["ghlLocationId"] or batch.ghl_location_id
    texts["contactOwnerEmail"] = texts["contactOwnerEmail"] or batch.contact_owner_email
    found: dict[str, Any] = {name: text for name, text in texts.items() if text is not None}
    integrations = {name: text for name, text in outside.items() if text is not None}
    return {
        **found,
        **({"integrationIds": integrations} if integrations else {}),
        **({"customFields": _as_doubles(row["customFields"])} if row.get("customFields") is not None else {}),
        "source": batch.source,
    }


def text_of(given: dict[str, Any], name: str, path: str, clause: str = "L10") -> str | None:
    """A text, or None when it is not given: `null`, empty or blank (L8).

    Raises:
        ApiError: 400, it is something else; it follows from the clause.
    """
    value = given.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise ApiError(400, f"{path}: expected a text", clause=clause)
    return value if value.strip() else None


def _as_doubles(value: Any) -> Any:
    """The value, integers that no 64 bits hold as doubles, which all numbers of the vendor's are (L11)."""
    if isinstance(value, dict):
        return {name: _as_doubles(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_as_doubles(each) for each in value]
    if isinstance(value, int) and not -_INT64 <= value < _INT64:
        try:
            return float(value)
        except OverflowError:
            return value  # the check of the fixture format says that it can't be kept
    return value


def _refused(error: str) -> ApiError:
    return ApiError(400, error, clause="L10")
