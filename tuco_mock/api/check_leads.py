"""GET and POST /api/leads/check-availability: which leads have iMessage (clauses V14 to V20)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tuco_mock.actions.availability import Checked, check_lead, check_leads
from tuco_mock.api.check_availability import available_at, lead_at, note_checks
from tuco_mock.api.errors import ApiError, quota_exhausted
from tuco_mock.api.json_body import json_object
from tuco_mock.api.query import parameters
from tuco_mock.domain.addresses import EMAIL_FIELDS, PHONE_FIELDS
from tuco_mock.domain.errors import QuotaExhausted
from tuco_mock.domain.ids import generated_id, object_id
from tuco_mock.domain.journal import Effect
from tuco_mock.domain.leads import integration_ids
from tuco_mock.wire.answer import Answer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tuco_mock.api.door import Call
    from tuco_mock.state.engines import Document

MOST_AT_ONCE = 100
"""How many leads are answered one by one; of more only a job is told (V19)."""

_ADDRESSES = (*PHONE_FIELDS, *EMAIL_FIELDS)


def handle_one(call: Call) -> Answer:
    """Look up the lead that `id` names."""
    lead = _lead(call)
    call.visit.lead = lead["id"]
    try:
        found = check_lead(call.store, call.workspace, lead)
    except QuotaExhausted as error:
        raise quota_exhausted(str(error)) from error
    call.visit.effects = (Effect("leads.checked", ids=(lead["id"],)),)
    note_checks(call, found.checks)
    return Answer(
        200,
        {
            "success": True,
            "leadId": lead["id"],
            "available": found.available,
            "status": "available" if found.available else "unavailable",
            **integration_ids(lead),
        },
    )


def lead_of_one(call: Call) -> str | None:
    """The lead that `id` names."""
    return object_id(parameters(call.query).get("id"))


def handle_many(call: Call) -> Answer:
    """Look up an address, or leads by their ids or by their list."""
    body = json_object(call.body)
    address = _address(body)
    if address is not None:
        (available,) = available_at(call, [address])
        return Answer(200, {"success": True, "available": available, "address": address})
    leads = list(_leads(call, body))
    if not leads:
        raise ApiError(404, "No leads found to check", clause="V18")
    call.visit.lead = leads[0]["id"]
    try:
        done = check_leads(call.store, call.workspace, leads)
    except QuotaExhausted as error:
        raise quota_exhausted(str(error)) from error
    call.visit.effects = (Effect("leads.checked", ids=tuple(done.statuses)),)
    note_checks(call, done.checks)
    return Answer(200, _told(done) if len(leads) <= MOST_AT_ONCE else _job(call, len(leads)))


def lead_of_many(call: Call) -> str | None:
    """The lead that has the address, or the first of those that are named."""
    body = json_object(call.body)
    address = _address(body)
    if address is not None:
        return lead_at(call, [address])
    return next((lead["id"] for lead in _leads(call, body)), None)


def _lead(call: Call) -> Document:
    """The lead that `id` names.

    Raises:
        ApiError: 400, it names none; 404, there is no such lead (V14).
    """
    text = parameters(call.query).get("id")
    if text is None:
        raise ApiError(400, "Lead ID is required", clause="V14")
    lead_id = object_id(text)
    lead = None if lead_id is None else call.store.leads.get(call.workspace.id, lead_id)
    if lead is None:
        raise ApiError(404, "Lead not found", clause="V14")
    return lead


def _address(body: dict[str, Any]) -> str | None:
    """The one address that a body asks for (V16)."""
    address = body.get("address")
    return address if isinstance(address, str) and address.strip() else None


def _leads(call: Call, body: dict[str, Any]) -> Iterable[Document]:
    """The leads of a body: those of `leadIds`, in their order, or when it has none those of its list, newest first."""
    here, given = call.workspace.id, body.get("leadIds")
    if isinstance(given, list) and given:
        known = (object_id(each) for each in given)
        return call.store.leads.of_ids(here, dict.fromkeys(each for each in known if each is not None))
    list_id = object_id(body.get("listId"))
    return () if list_id is None else call.store.leads.newest(here, list_id, _ADDRESSES)


def _told(done: Checked) -> dict[str, Any]:
    """What was found, lead by lead (V17)."""
    errors = sum(status == "error" for status in done.statuses.values())
    return {
        "success": True,
        "checked": len(done.statuses),
        "successful": len(done.statuses) - errors,
        "errors": errors,
        "results": [
            {"leadId": lead_id, "available": status == "available", "status": status}
            for lead_id, status in done.statuses.items()
        ],
        "processingMode": "synchronous",
    }


def _job(call: Call, count: int) -> dict[str, Any]:
    """What is told of many leads: that they are being checked; their statuses are there already (V19)."""
    here = call.workspace.id
    number, now = call.store.vitals.next_sequence(here), call.store.vitals.clock(here).now()
    return {
        "success": True,
        "message": f"Availability check started for {count} leads",
        "jobId": generated_id(call.workspace.seed or here, number, now),
        "checked": count,
        "processingMode": "background",
    }
