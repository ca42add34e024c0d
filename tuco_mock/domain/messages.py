"""Messages: their statuses, and which job belongs to which status."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Mapping

Status = Literal["queued", "pending", "scheduled", "sending", "sent", "delivered", "failed", "fallback", "cancelled"]
"""Status of an outbound message."""

Channel = Literal["imessage", "sms", "email"]
"""What a message is sent by."""

JobState = Literal["waiting", "delayed", "active"]
"""State of a queue job: waiting for a worker, waiting for its time, or held by a worker."""

STATUSES: tuple[Status, ...] = get_args(Status)

CANCELLABLE: tuple[Status, ...] = ("queued", "pending", "scheduled")
"""What cancel-for-lead turns into `cancelled`; nothing else is touched (C11)."""

DELIVERED: tuple[Status, ...] = ("sent", "delivered")
"""What a lead has got from us: the statuses shown in `parentMessages` (R18)."""

Phase = Literal["waiting", "underway", "reached", "ended"]
"""What a status amounts to; kept beside it, so that one comparison finds what may be cancelled, or was received."""

_JOB_OF_STATUS: dict[str, JobState] = {"queued": "waiting", "pending": "waiting", "scheduled": "delayed"}


def job_of(status: Status) -> JobState | None:
    """The job state that follows from a status when a fixture names none."""
    return _JOB_OF_STATUS.get(status)


def phase_of(status: Status) -> Phase:
    """The phase of a status: waiting is what is cancellable, reached what the lead has got."""
    if status in CANCELLABLE:
        return "waiting"
    if status in DELIVERED:
        return "reached"
    return "underway" if status == "sending" else "ended"


_SHOWN = (
    *("fromLineId", "recipientPhone", "recipientEmail", "recipientName", "leadId", "workspaceId"),
    *("campaignId", "batchId", "stepIndex", "attachmentUrls", "attachmentNames", "scheduledDate", "timezone"),
    *("sendWindowStart", "sendWindowEnd", "allowedDaysOfWeek", "sendFallbackSmsOnFailed", "correlationId"),
    *("createdAt", "updatedAt", "sentAt", "deliveredAt", "readAt"),
)
"""The fields of a message that are shown when it has them, in their order."""


def shown(message: Mapping[str, Any]) -> dict[str, Any]:
    """An outbound message as the API shows it: what it doesn't have is left out (M22, A12)."""
    head = {
        "_id": message["id"],
        **{name: message[name] for name in ("message", "messageType", "status")},
        "direction": "sent",
    }
    error = message.get("error")
    return {
        **head,
        **{name: message[name] for name in _SHOWN if message.get(name) is not None},
        **({} if error is None else {"errorMessage": error}),
    }
