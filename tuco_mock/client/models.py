"""What a workspace holds, as tests see it: the words of the API in Python's spelling.

Times are texts as on the wire (``2026-03-12T22:40:29.174Z``, always UTC): they sort as texts and compare with answers
of the API. Fields that a later server adds are ignored.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field

from tuco_mock.client.models_world import AvailabilityChecks, HealthCheck, Usage


class Words(Struct, frozen=True, rename="camel", omit_defaults=True, repr_omit_defaults=True, kw_only=True):
    """camelCase outside, snake_case here."""


class Lead(Words, frozen=True, kw_only=True):
    """Somebody who is written to."""

    id: str
    first_name: str | None = None
    last_name: str | None = None
    phone: str | None = None
    alt_phone1: str | None = None
    alt_phone2: str | None = None
    alt_phone3: str | None = None
    email: str | None = None
    alt_email1: str | None = None
    alt_email2: str | None = None
    alt_email3: str | None = None
    company_name: str | None = None
    job_title: str | None = None
    notes: str | None = None
    linkedin_url: str | None = None
    custom_fields: dict[str, Any] = field(default_factory=dict)
    list_id: str | None = None
    source: str | None = None
    contact_owner_email: str | None = None
    integration_ids: dict[str, str] = field(default_factory=dict)
    availability_status: str | None = None
    created_at: str = ""
    updated_at: str = ""


class Message(Words, frozen=True, kw_only=True):
    """An outbound message.

    Attributes:
        job: the state of its job where that doesn't follow from the status, ``none`` when it has none; the queue has
            all.
    """

    id: str
    lead_id: str | None = None
    recipient_phone: str | None = None
    recipient_email: str | None = None
    recipient_name: str | None = None
    message: str = ""
    message_type: str = "imessage"
    status: str = "queued"
    job: str | None = None
    from_line_id: str | None = None
    campaign_id: str | None = None
    batch_id: str | None = None
    step_index: int | None = None
    scheduled_date: str | None = None
    sent_at: str | None = None
    delivered_at: str | None = None
    read_at: str | None = None
    attachment_urls: list[str] = field(default_factory=list)
    attachment_names: list[str] = field(default_factory=list)
    timezone: str | None = None
    send_window_start: str | None = None
    send_window_end: str | None = None
    allowed_days_of_week: list[int] = field(default_factory=list)
    send_fallback_sms_on_failed: bool = False
    correlation_id: str | None = None
    error: str | None = None
    fallback_reason: str | None = None
    fallback_of: str | None = None
    delay_reason: str | None = None
    sent_to: str | None = None
    checked_addresses: list[str] = field(default_factory=list)
    created_at: str = ""
    updated_at: str = ""


class Reply(Words, frozen=True, kw_only=True):
    """An inbound message."""

    id: str
    lead_id: str | None = None
    recipient_phone: str | None = None
    recipient_email: str | None = None
    message: str = ""
    received_at: str = ""
    line_id: str | None = None
    campaign_id: str | None = None


class PastReply(Reply, frozen=True, kw_only=True):
    """A reply of a lead that was removed since, with all addresses that the lead had."""

    addresses: list[str] = field(default_factory=list)


class Line(Words, frozen=True, kw_only=True):
    """A line that messages leave from and replies arrive on; what is None was not said, and is as by default."""

    id: str
    phone: str | None = None
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    is_active: bool = True
    provisioning_status: str | None = None
    line_type: str | None = None
    daily_new_conversations_limit: int | None = None
    daily_total_messages_limit: int | None = None
    usage: Usage | None = None
    health_check: HealthCheck | None = None
    last_sent_at: str | None = None
    last_first_contact_at: str | None = None
    availability_checks: AvailabilityChecks | None = None
    created_at: str = ""
    updated_at: str = ""


class LeadList(Words, frozen=True, kw_only=True):
    """A list that leads are kept in."""

    id: str
    name: str = ""
    description: str | None = None
    created_at: str = ""
    updated_at: str = ""


class Step(Words, frozen=True, kw_only=True):
    """One message of a campaign's sequence; `delay` is how long after the step before, as ``1d``."""

    message: str = ""
    delay: str | None = None


class Campaign(Words, frozen=True, kw_only=True):
    """A sequence of messages, and the ids of the leads enrolled in it."""

    id: str
    name: str = ""
    steps: list[Step] = field(default_factory=list)
    leads: list[str] = field(default_factory=list)
    created_at: str = ""
    updated_at: str = ""


class Job(Words, frozen=True, kw_only=True):
    """A job of the queue: `state` is waiting, delayed or active; `due_at` is when a delayed one becomes due."""

    message_id: str
    state: str
    due_at: str | None = None


class Counts(Words, frozen=True, kw_only=True):
    """How many jobs there are in each state."""

    waiting: int = 0
    delayed: int = 0
    active: int = 0


class Queue(Words, frozen=True, kw_only=True):
    """The queue: how many jobs in each state, and each of them in the order they are taken."""

    counts: Counts
    jobs: list[Job]


class Effect(Words, frozen=True, kw_only=True):
    """What a request did: `kind` is ``messages.cancelled``, ``jobs.removed``, ``leads.added``, …"""

    kind: str
    message_ids: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    count: int | None = None


class Struck(Words, frozen=True, kw_only=True):
    """The fault that a request met."""

    id: str
    phase: str = "before"
    effect: dict[str, Any] = field(default_factory=dict)


class Request(Words, frozen=True, kw_only=True):
    """A request that the simulated API got.

    Attributes:
        id: its running number in the workspace.
        at: when it was answered, on the workspace's clock.
        headers: by lower-case name; of the key only its end.
        body: as JSON where it is JSON, else as text; None when there was none. In part only if `body_truncated`.
        status: of the answer; None when the answer was dropped.
        duration_ms: from its arrival to its answer, in milliseconds of real time.
        fault: what went wrong on purpose.
        clause: the clause of the behaviour catalogue that a refusal follows from.
        reason, hint: why it was refused, and what was probably meant.
        lead: id of the lead that it was about.
        effects: what it did.
    """

    id: int
    at: str
    method: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    body_truncated: bool = False
    status: int | None = None
    answer: Any = None
    answer_headers: dict[str, str] = field(default_factory=dict)
    duration_ms: float = 0.0
    fault: Struck | None = None
    clause: str | None = None
    reason: str | None = None
    hint: str | None = None
    lead: str | None = None
    effects: list[Effect] = field(default_factory=list)


class Event(Words, frozen=True, kw_only=True):
    """Something that happened in a workspace.

    Attributes:
        cause: id of the event that it follows from.
        message_ids, ids: the messages, or other things, that it happened to.
    """

    id: str
    at: str
    kind: str
    text: str
    cause: str | None = None
    message_ids: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)


class Snapshot(Words, frozen=True, kw_only=True):
    """A named moment of a workspace; `changed` is how many things have changed since."""

    name: str
    taken_at: str
    changed: int = 0
