"""GET /api/replies: parse, act, render (clauses R1 to R26)."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from tuco_mock.actions.list_replies import list_replies
from tuco_mock.api.errors import ApiError
from tuco_mock.api.query import parameters, whole_number
from tuco_mock.domain import addresses
from tuco_mock.domain.errors import NotFound
from tuco_mock.domain.ids import object_id
from tuco_mock.domain.replies import DEFAULT_LIMIT, MAX_LIMIT, MAX_PAGE, ReplyQuery
from tuco_mock.domain.timestamps import lower_bound, parse_iso, upper_bound
from tuco_mock.wire.answer import Answer

if TYPE_CHECKING:
    from datetime import datetime

    from tuco_mock.api.door import Call

_NOT_FOUND = {"lead": ("Lead not found or access denied", "R3"), "campaign": ("Campaign not found", "R4")}

_LONGEST_KEPT = 256
"""The longest query string of which is kept what it stands for, in bytes."""

_CLAUSES = {"leadId": "R3", "campaignId": "R4", "lineId": "R7", "dateFrom": "R9", "dateTo": "R9"}
"""The clause that speaks of each parameter."""


def handle(call: Call) -> Answer:
    """Show the leads who replied."""
    query = _asked(call)
    try:
        page = list_replies(call.store, call.workspace, query)
    except NotFound as error:
        text, clause = _NOT_FOUND[error.kind]
        raise ApiError(404, text, clause=clause) from error
    call.visit.lead = page.lead
    return Answer(
        200,
        {
            "replies": page.items,
            "total": page.total,
            "page": query.page,
            "limit": query.limit,
            "totalPages": -(-page.total // query.limit),
        },
    )


def lead_of(call: Call) -> str | None:
    """The lead that a call asks for: the one it names, or the first that has one of its addresses (R3, R6)."""
    query = _asked(call)
    known = [each for each in query.addresses if each is not None]
    return query.lead_id or call.store.leads.first_with(call.workspace.id, known)


def _asked(call: Call) -> ReplyQuery:
    """What a call asks for.

    Raises:
        ApiError: 400 for the first parameter that is malformed.
    """
    parse = _parse if len(call.query) <= _LONGEST_KEPT else _parse.__wrapped__
    return parse(call.query, call.workspace.country_code)


@lru_cache(maxsize=1_024)  # who waits for an answer asks the same again and again
def _parse(text: bytes, country_code: str) -> ReplyQuery:
    """The query that a query string stands for, its conditions checked in the documented order (R23).

    Raises:
        ApiError: 400 for the first parameter that is malformed.
    """
    given = parameters(text)
    ids = [_id(given, name) for name in ("leadId", "campaignId", "lineId")]
    since, until = (_moment(given, name) for name in ("dateFrom", "dateTo"))
    if since is not None and until is not None and since > until:
        raise ApiError(400, "dateFrom must be <= dateTo", clause="R9")
    return ReplyQuery(
        lead_id=ids[0],
        campaign_id=ids[1],
        line_id=ids[2],
        addresses=_addresses(given, country_code),
        since=None if since is None else lower_bound(since),
        until=None if until is None else upper_bound(until),
        page=whole_number(given.get("page"), 1, MAX_PAGE),
        limit=whole_number(given.get("limit"), DEFAULT_LIMIT, MAX_LIMIT),
    )


def _id(given: dict[str, str], name: str) -> str | None:
    text = given.get(name)
    if text is None:
        return None
    found = object_id(text)
    if found is None:
        raise ApiError(400, f"Invalid {name}", clause=_CLAUSES[name])
    return found


def _moment(given: dict[str, str], name: str) -> datetime | None:
    text = given.get(name)
    if text is None:
        return None
    found = parse_iso(text)
    if found is None:
        raise ApiError(400, f"Invalid {name}", clause=_CLAUSES[name], reason=f"{text!r} is no ISO 8601")
    return found


def _addresses(given: dict[str, str], country_code: str) -> tuple[str | None, ...]:
    """Index keys of the sender's addresses asked for; None for one that can't be an address (R26)."""
    wanted: list[str | None] = []
    phone, email = given.get("recipientPhone"), given.get("recipientEmail")
    if phone is not None:
        wanted.append(addresses.phone_key(addresses.phone_in_query(phone, country_code)))
    if email is not None:
        wanted.append(addresses.email_key(addresses.email(email)))
    return tuple(wanted)
