"""POST /api/messages/cancel-for-lead: parse, act, render (clauses C1 to C20)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tuco_mock.actions.cancel import cancel_for_lead
from tuco_mock.api.errors import ApiError
from tuco_mock.api.json_body import json_object
from tuco_mock.domain import addresses
from tuco_mock.domain.ids import object_id
from tuco_mock.domain.journal import Effect
from tuco_mock.wire.answer import Answer

if TYPE_CHECKING:
    from tuco_mock.api.door import Call


def handle(call: Call) -> Answer:
    """Cancel what is waiting for the lead that the body names."""
    lead_id, address_keys = _parse(json_object(call.body), call.workspace.country_code)
    cancelled = cancel_for_lead(call.store, call.workspace, lead_id, address_keys)
    call.visit.lead = cancelled.lead_id
    if cancelled.message_ids:
        call.visit.effects = (
            Effect("messages.cancelled", message_ids=tuple(cancelled.message_ids)),
            Effect("jobs.removed", count=cancelled.jobs_removed),
        )
    return Answer(
        200,
        {
            "success": True,
            "cancelledCount": len(cancelled.message_ids),
            "jobsRemovedFromQueue": cancelled.jobs_removed,
            "leadId": cancelled.lead_id,
            "messageIds": cancelled.message_ids,
        },
    )


def lead_of(call: Call) -> str | None:
    """The lead that a call is about: the one it names, or the first that has one of its addresses (C5, C7, C8)."""
    lead_id, address_keys = _parse(json_object(call.body), call.workspace.country_code)
    return lead_id or call.store.leads.first_with(call.workspace.id, address_keys)


def _parse(body: dict[str, Any], country_code: str) -> tuple[str | None, list[str]]:
    """The lead id, and the addresses to look up in their order: phone, then email (C8).

    Raises:
        ApiError: 400, the lead id is none (C4), or nothing identifies a lead (C1).
    """
    given = body.get("leadId")
    lead_id = None
    if not _is_absent(given):
        lead_id = object_id(given)
        if lead_id is None:
            raise ApiError(400, "Invalid leadId", clause="C4")
    phone, email = body.get("recipientPhone"), body.get("recipientEmail")
    phone = phone if isinstance(phone, str) and not _is_absent(phone) else None
    email = email if isinstance(email, str) and not _is_absent(email) else None
    if lead_id is None and phone is None and email is None:
        raise ApiError(400, "Either leadId, recipientPhone, or recipientEmail is required", clause="C1")
    return lead_id, addresses.keys((phone,), (email,), country_code)


def _is_absent(value: object) -> bool:
    """Whether a field counts as not given: null, empty or all blank (C2)."""
    return value is None or (isinstance(value, str) and not value.strip())
