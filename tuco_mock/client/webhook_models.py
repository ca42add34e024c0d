"""Webhooks, what they are told, and what goes wrong with that, as tests see them; see `models`."""

from __future__ import annotations

from typing import Any

from msgspec import field

from tuco_mock.client.models import Words


class Webhook(Words, frozen=True, kw_only=True):
    """Where to tell what happens."""

    id: str
    url: str
    events: list[str] = field(default_factory=list)
    name: str = ""
    secret: str | None = None
    description: str | None = None
    is_active: bool = True
    last_triggered_at: str | None = None
    last_success_at: str | None = None
    last_failure_at: str | None = None
    failure_count: int = 0
    created_at: str = ""
    updated_at: str = ""


class Delivery(Words, frozen=True, kw_only=True):
    """One POST to a webhook: what was sent, and what came of it.

    Attributes:
        id: its running number in the workspace.
        state: pending, delivered, failed, lost, delayed, held or dropped.
        timestamp: of the event; also the header `X-Tuco-Timestamp`.
        body: what was sent; `raw` is the very text.
        due_at, sent_at: on the workspace's clock.
        status, response: of the receiver's answer.
        error: why there was none.
        duration_ms: how long the attempt took, in milliseconds of real time.
        lab: the rules of the webhook lab that it met.
        repeats: the id of the delivery that it repeats.
        is_test: whether it is a health check.
    """

    id: int
    webhook_id: str
    url: str
    event: str
    state: str
    timestamp: str
    body: dict[str, Any] = field(default_factory=dict)
    raw: str = ""
    signature: str = ""
    lead_id: str | None = None
    message_id: str | None = None
    due_at: str | None = None
    sent_at: str | None = None
    status: int | None = None
    response: str | None = None
    error: str | None = None
    duration_ms: float | None = None
    lab: list[str] = field(default_factory=list)
    repeats: int | None = None
    is_test: bool = False


class LabRule(Words, frozen=True, kw_only=True):
    """Something that goes wrong with deliveries of webhooks.

    Attributes:
        effect: lose, duplicate, delay, reorder, missign or rotatedSecret.
        match: which deliveries it is for: `event`, `webhook`, `lead`; what is left out, any.
        times: how often; until it is removed when left out.
        delay, copies, secret: by how much, how often in all, signed with what.
        fired, seen: how often it struck, and how many deliveries it was for.
    """

    effect: str
    match: dict[str, str] = field(default_factory=dict)
    id: str | None = None
    times: int | None = None
    delay: str | None = None
    copies: int | None = None
    secret: str | None = None
    fired: int = 0
    seen: int = 0
