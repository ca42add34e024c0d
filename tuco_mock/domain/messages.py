"""Messages: their statuses, and which job belongs to which status."""

from __future__ import annotations

from typing import Literal, get_args

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
