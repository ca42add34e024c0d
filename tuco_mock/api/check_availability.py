"""GET and POST /api/check-availability, and POST /api/check-availability-rr: which addresses have iMessage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tuco_mock.actions.availability import look_up, look_up_any
from tuco_mock.api.errors import ApiError, quota_exhausted
from tuco_mock.api.json_body import json_object
from tuco_mock.api.query import parameters
from tuco_mock.domain import addresses
from tuco_mock.domain.errors import QuotaExhausted
from tuco_mock.domain.journal import Effect
from tuco_mock.wire.answer import Answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tuco_mock.api.door import Call

MOST = 100
"""How many addresses a call may ask for (V12)."""

_NOT_AVAILABLE = "Contact not available on iMessage"
_QUOTA = "Daily availability check quota exhausted"


def handle_one(call: Call) -> Answer:
    """Look up the address of the query string (V11)."""
    address = _address(call)
    (available,) = available_at(call, [address])
    return Answer(200, {"success": True, "available": available, "address": address})


def lead_of_one(call: Call) -> str | None:
    """The lead that has the address."""
    return lead_at(call, [_address(call)])


def handle_many(call: Call) -> Answer:
    """Look up the address, or the addresses, of the body (V12)."""
    given = _addresses(call)
    found = available_at(call, given)
    results = [{"address": each, "available": available} for each, available in zip(given, found, strict=True)]
    return Answer(200, {"success": True, "results": results})


def lead_of_many(call: Call) -> str | None:
    """The lead that has the first of the addresses that anybody has."""
    return lead_at(call, _addresses(call))


def handle_any(call: Call) -> Answer:
    """Look up phones, then emails, up to the first that has iMessage (V13)."""
    keys = _contact(call)
    call.visit.lead = call.store.leads.first_with(call.workspace.id, keys)
    try:
        found = look_up_any(call.store, call.workspace, keys)
    except QuotaExhausted as error:
        raise quota_exhausted(str(error), {"available": False, "reason": _QUOTA}) from error
    note_checks(call, found.checks)
    return Answer(200, {"available": True} if found.available else {"available": False, "reason": _NOT_AVAILABLE})


def lead_of_any(call: Call) -> str | None:
    """The lead that has the first of the addresses that anybody has."""
    return call.store.leads.first_with(call.workspace.id, _contact(call))


def available_at(call: Call, given: Sequence[str]) -> list[bool]:
    """Whether each address, as it was written, has iMessage.

    Raises:
        ApiError: 429, the day's checks don't suffice (V21).
    """
    keys = _keys(call, given)
    call.visit.lead = lead_at(call, given)
    try:
        found = look_up(call.store, call.workspace, keys)
    except QuotaExhausted as error:
        raise quota_exhausted(str(error)) from error
    note_checks(call, sum(each is not None for each in keys))
    return found


def lead_at(call: Call, given: Sequence[str]) -> str | None:
    """The lead that has the first of the addresses that anybody has."""
    return call.store.leads.first_with(call.workspace.id, [each for each in _keys(call, given) if each is not None])


def note_checks(call: Call, count: int) -> None:
    """Let the journal tell how many addresses were looked up."""
    if count:
        call.visit.effects = (*call.visit.effects, Effect("availability.checked", count=count))


def _keys(call: Call, given: Sequence[str]) -> list[str | None]:
    return [addresses.any_key(each, call.workspace.country_code) for each in given]


def _address(call: Call) -> str:
    """The address of the query string, its ``+`` put back where it was lost on the way (N3).

    Raises:
        ApiError: 400, there is none.
    """
    text = parameters(call.query).get("address", "")
    bare = text.strip()
    if not bare:
        raise ApiError(400, "Address parameter is required (phone or email)", clause="V11")
    return "+" + bare if text[0] == " " and bare[0].isdigit() else bare


def _addresses(call: Call) -> list[str]:
    """The addresses of the body: `address`, or `addresses` when that is no text.

    Raises:
        ApiError: 400, there are none, too many, or one is no text.
    """
    body = json_object(call.body)
    given, one = body.get("addresses"), body.get("address")
    if isinstance(one, str) and one.strip():
        return [one]
    if not isinstance(given, list) or not given:
        raise ApiError(400, "addresses array is required and must not be empty", clause="V12")
    if len(given) > MOST:
        raise ApiError(400, f"Maximum {MOST} addresses per request", clause="V12")
    for position, each in enumerate(given):
        if not isinstance(each, str):
            raise ApiError(400, f"addresses[{position}]: expected a text", clause="V12")
    return given


def _contact(call: Call) -> list[str]:
    """The keys of the phones and emails of the body.

    Raises:
        ApiError: 400, there is nothing that could be an address.
    """
    body = json_object(call.body)
    phones, emails = _texts(body.get("phones")), _texts(body.get("emails"))
    if not phones and not emails:
        reason = "No phone or email addresses provided"
        raise ApiError(400, reason, clause="V13", body={"available": False, "reason": reason})
    return addresses.keys(phones, emails, call.workspace.country_code)


def _texts(value: Any) -> list[str]:
    """The texts of a list that are not blank."""
    return [each for each in value if isinstance(each, str) and each.strip()] if isinstance(value, list) else []
