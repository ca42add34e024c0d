"""The bodies of the five events, to the letter: keys in the documented order (H11, H12)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tuco_mock.domain.leads import integration_ids
from tuco_mock.domain.leads import shown as shown_lead

if TYPE_CHECKING:
    from collections.abc import Mapping

    Document = Mapping[str, Any]

PARENTS = 2
"""How many outbound messages stand beside a reply (H12)."""

TEST_MESSAGE = "This is a health check test webhook from Tuco AI"
"""What a health check says (H8)."""

_MESSAGE = (
    *("message", "messageType", "status", "fromLineId", "fromLinePhone", "fromLineEmail"),
    *("recipientPhone", "recipientEmail", "recipientName", "leadId", "workspaceId", "campaignId", "batchId"),
    *("stepIndex", "scheduledDate", "attachmentUrls", "attachmentNames", "correlationId"),
    *("createdAt", "updatedAt", "sentAt", "deliveredAt", "readAt", "errorMessage", "externalMessageId"),
)


def whole_message(message: Document, line: Document | None) -> dict[str, Any]:
    """An outbound message with all there is of it, as an event shows it; what it doesn't have is left out."""
    known = {
        **message,
        "fromLinePhone": None if line is None else line.get("phone"),
        "fromLineEmail": None if line is None else line.get("email"),
        "errorMessage": message.get("errorMessage", message.get("error")),
    }
    return {"_id": message["id"], **{name: known[name] for name in _MESSAGE if known.get(name) is not None}}


def message_body(
    event: str,
    at: str,
    message: Document,
    *,
    line: Document | None,
    lead: Document | None,
    campaign: Document | None,
    data: Document,
) -> dict[str, Any]:
    """The body of an event about an outbound message (H11); without a lead nothing of one stands in it."""
    about = {} if lead is None else {"leadId": lead["id"], "lead": shown_lead(lead)}
    owner = {} if lead is None else {"contactOwnerEmail": lead.get("contactOwnerEmail"), **integration_ids(lead)}
    return {
        **_head(event, at, message["workspaceId"]),
        "messageId": message["id"],
        "message": whole_message(message, line),
        **about,
        **_campaign(message.get("campaignId"), campaign),
        **owner,
        "data": dict(data),
    }


def reply_body(
    at: str,
    reply: Document,
    *,
    lead: Document | None,
    campaign: Document | None,
    item: Document,
    parents: list[dict[str, Any]],
    original: Document | None,
    original_line: Document | None,
) -> dict[str, Any]:
    """The body of `message.reply` (H12); without a lead nothing of one stands in it.

    Args:
        at: the moment.
        reply: the stored reply.
        lead: who wrote it.
        campaign: which it answers.
        item: the lead as GET /api/replies shows it.
        parents: the last outbound messages, as that shows them.
        original: the outbound message that is answered, and the line it left from.
        original_line: that line.
    """
    first: dict[str, Any] = {}
    last: dict[str, Any] = {}
    if lead is not None:
        first = {
            "leadId": lead["id"],
            **{name: lead.get(name) for name in ("firstName", "lastName", "phone", "listId")},
        }
        last = {"lead": shown_lead(lead)}
    replied = reply["receivedAt"]
    return {
        **_head("message.reply", at, reply["workspaceId"]),
        "messageId": reply["id"],
        **first,
        **_campaign(reply.get("campaignId"), campaign),
        "fromLineId": reply.get("lineId"),
        "recipientName": item["name"] or None,
        "repliedAtUtc": replied,
        "parentMessages": parents,
        "message": reply["message"],
        "data": {"reply": dict(item), "repliedAtUtc": replied, "parentMessages": parents},
        "originalMessageId": None if original is None else original["id"],
        "originalMessage": None if original is None else whole_message(original, original_line),
        **last,
    }


def health_check_body(event: str, at: str, workspace: str) -> dict[str, Any]:
    """The body of a health check (H8)."""
    return {**_head(event, at, workspace), "data": {"test": True, "message": TEST_MESSAGE}}


def _head(event: str, at: str, workspace: str) -> dict[str, Any]:
    return {"event": event, "timestamp": at, "workspaceId": workspace}


def _campaign(campaign_id: str | None, campaign: Document | None) -> dict[str, Any]:
    return {"campaignId": campaign_id, "campaignName": None if campaign is None else campaign["name"]}
