"""POST /api/messages: parse, act, render (clauses M1 to M24)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from tuco_mock.actions.send import Outgoing, Sent, recipient_of, send
from tuco_mock.api.errors import ApiError, no_lead
from tuco_mock.api.json_body import json_object
from tuco_mock.api.new_message import Body, read_body
from tuco_mock.domain.ids import object_id
from tuco_mock.domain.journal import Effect
from tuco_mock.domain.leads import integration_ids
from tuco_mock.domain.messages import shown
from tuco_mock.wire.answer import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tuco_mock.api.door import Call
    from tuco_mock.state.engines import Document

_TOLD = {"delivered": "sent", "queued": "pending", "sending": "pending", "cancelled": "failed"}
"""What an answer calls a status that it has no word for; one that is being sent, as it was accepted (M21)."""


class _Asked(NamedTuple):
    """What a call wants: the message, and the lead it is to, when there is one already."""

    outgoing: Outgoing
    lead: Document | None


def handle(call: Call) -> Answer:
    """Send the message that the body says, now or when it says."""
    asked = _parse(call)
    sent = send(call.store, call.workspace, asked.outgoing, asked.lead)
    call.visit.lead = sent.lead["id"]
    call.visit.effects = tuple(_effects(sent))
    echoed = ((b"x-correlation-id", sent.message["correlationId"].encode()),)
    return Answer(200 if sent.known == "duplicate" else 201, _body(sent), echoed)


def lead_of(call: Call) -> str | None:
    """The lead that a call is about: the one it names, or the one that has the recipient's address."""
    lead = _parse(call).lead
    return None if lead is None else str(lead["id"])


def _parse(call: Call) -> _Asked:
    """What the call wants, checked in the order of M2.

    Raises:
        ApiError: 400, something can't be used; 403, an attachment is another organisation's; 404, no such lead.
    """
    body = read_body(json_object(call.body), call)
    if body.foreign is not None:
        raise ApiError(
            403,
            "Attachment URL does not belong to this organization",
            clause="M10",
            reason=f"{body.foreign} is another's",
        )
    lead = _lead(call, body)
    if lead is None and not (body.outgoing.message.recipient_phone or body.outgoing.message.recipient_email):
        raise ApiError(
            400,
            "Either recipientEmail or recipientPhone is required (in body or on the lead when leadId is provided).",
            clause="M11",
        )
    if body.wants_fallback and not call.workspace.fallback_configured:
        raise _no_fallback()
    return _Asked(body.outgoing, lead)


def _no_fallback() -> ApiError:
    return ApiError(
        400,
        "sendFallbackSmsOnFailed is true but fallback SMS is not configured. Configure fallback in workspace settings "
        "(Settings → Fallback) or set sendFallbackSmsOnFailed to false.",
        clause="M12",
        more={"code": "FALLBACK_NOT_CONFIGURED"},
    )


def _lead(call: Call, body: Body) -> Document | None:
    """The lead that the message is to: the one that the call names (M13), else the one with the address (M14)."""
    if not body.outgoing.is_named:
        return recipient_of(call.store, call.workspace, body.outgoing.message)
    lead_id = object_id(body.lead_id)
    lead = None if lead_id is None else call.store.leads.get(call.workspace.id, lead_id)
    if lead is None:
        raise no_lead("M13")
    return lead


def _effects(sent: Sent) -> Iterator[Effect]:
    if sent.new_list is not None:
        yield Effect("lists.added", ids=(sent.new_list,))
    if sent.known == "new":
        yield Effect("leads.added", ids=(sent.lead["id"],))
    if sent.lead_changed:
        yield Effect("leads.changed", ids=(sent.lead["id"],))
    yield Effect("messages.added", ids=(sent.message["id"],))
    yield Effect(f"messages.{sent.message['status']}", message_ids=(sent.message["id"],))


def _body(sent: Sent) -> dict[str, Any]:
    """The answer: what became of the message, the ids of its lead, and the message (M1, M16, M21)."""
    message, lead_id = sent.message, sent.lead["id"]
    status = _TOLD.get(message["status"], message["status"])
    why = {"reason": message.get("fallbackReason") or message.get("delayReason"), "error": message.get("error")}
    when = {"scheduledDate": message.get("scheduledDate")} if status in {"pending", "scheduled"} else {}
    duplicate = {
        "duplicateOnly": True,
        "existingLeadIds": [lead_id],
        "leadIds": [lead_id],
        "duplicateMessage": "Lead was duplicate; message sent using existing lead.",
    }
    return {
        "success": status != "failed",
        "status": status,
        **{name: each for name, each in {**why, **when}.items() if each is not None},
        "leadId": lead_id,
        **integration_ids(sent.lead),
        **(duplicate if sent.known == "duplicate" else {}),
        "message": shown({**message, "status": status}),
    }
