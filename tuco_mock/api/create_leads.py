"""POST /api/leads: parse, act, render (clauses L1 to L11)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from tuco_mock.actions.add_leads import Imported, add_leads
from tuco_mock.api.errors import ApiError
from tuco_mock.api.json_body import json_object
from tuco_mock.api.new_leads import Rows, batch_of, rows_of
from tuco_mock.domain import addresses
from tuco_mock.domain.errors import NotFound
from tuco_mock.domain.ids import object_id
from tuco_mock.domain.journal import Effect
from tuco_mock.domain.leads import brief, integration_ids
from tuco_mock.wire.answer import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tuco_mock.api.door import Call
    from tuco_mock.state.engines import Document

_NO_LIST = "List not found. The specified listId does not exist or is invalid. Omit listId to use the Quick Sends list."


class _Asked(NamedTuple):
    """What a call wants: rows as leads, beside what was sent, and the list they are to be in."""

    rows: Rows
    list_id: str | None


def handle(call: Call) -> Answer:
    """Import the leads that the body gives."""
    asked = _parse(call)
    try:
        done = add_leads(call.store, call.workspace, asked.rows.leads, asked.list_id)
    except NotFound as error:
        raise _no_list() from error
    call.visit.effects = tuple(_effects(done))
    first = done.leads[0] if done.leads else done.duplicates[0].lead
    call.visit.lead = first["id"]
    if done.leads:
        return Answer(201, _created(asked.rows, done, first))
    return Answer(200, _all_known(asked.rows, done, first))


def lead_of(call: Call) -> str | None:
    """The lead that a call is about: the one that has an address of its first row (L2), if there is one."""
    (first, *_) = _parse(call).rows.leads
    keys = addresses.lead_keys(msgspec.to_builtins(first), call.workspace.country_code)
    return call.store.leads.first_with(call.workspace.id, keys)


def _parse(call: Call) -> _Asked:
    """The rows and their list, checked in the order of L10.

    Raises:
        ApiError: 400, something can't be used; 404, the list's id is none.
    """
    body = json_object(call.body)
    rows = rows_of(body, batch_of(body, call.workspace.country_code))
    given = body.get("listId")
    if given is None or (isinstance(given, str) and not given.strip()):
        return _Asked(rows, None)
    list_id = object_id(given)
    if list_id is None:
        raise _no_list()
    return _Asked(rows, list_id)


def _no_list() -> ApiError:
    return ApiError(404, _NO_LIST, clause="L6")


def _effects(done: Imported) -> Iterator[Effect]:
    if done.new_list is not None:
        yield Effect("lists.added", ids=(done.new_list,))
    if done.leads:
        yield Effect("leads.added", ids=tuple(lead["id"] for lead in done.leads))


def _created(rows: Rows, done: Imported, first: Document) -> dict[str, Any]:
    """The answer when at least one lead is new (L1)."""
    return {
        "message": "Leads saved successfully",
        "savedCount": len(done.leads),
        "duplicateCount": len(done.duplicates),
        "totalProcessed": len(rows.leads),
        "listId": done.list_id,
        "leadId": first["id"],
        "leadIds": [lead["id"] for lead in done.leads],
        "leadListIds": [lead["listId"] for lead in done.leads],
        **({"duplicates": _duplicates(rows, done)} if done.duplicates else {}),
        **integration_ids(first),
    }


def _all_known(rows: Rows, done: Imported, first: Document) -> dict[str, Any]:
    """The answer when every row is a duplicate (L3)."""
    existing = list(dict.fromkeys(each.lead["id"] for each in done.duplicates))
    one = len(done.duplicates) == 1
    return {
        "message": "Lead was a duplicate; existing lead ID returned."
        if one
        else "Leads were duplicates; existing lead IDs returned.",
        "duplicateOnly": True,
        "duplicateCount": len(done.duplicates),
        "totalProcessed": len(rows.leads),
        "leadId": first["id"],
        "existingLeadIds": existing,
        "leadIds": existing,
        "duplicates": _duplicates(rows, done),
        **integration_ids(first),
    }


def _duplicates(rows: Rows, done: Imported) -> list[dict[str, Any]]:
    return [{"input": rows.sent[each.row], "existingLead": brief(each.lead)} for each in done.duplicates]
