"""Deliveries of webhooks, and the rules of the webhook lab: what goes wrong with which of them, how often."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Raw, Struct, field

from tuco_mock.domain.errors import InvalidInput, Mistake
from tuco_mock.domain.fixture.check import read
from tuco_mock.domain.fixture.model import WebhookEvent
from tuco_mock.domain.fixture.values import Duration, ObjectId, Said
from tuco_mock.domain.timestamps import iso

State = Literal["pending", "delivered", "failed", "lost", "delayed", "held", "dropped"]
"""pending: about to be sent, or on its way. delivered: answered with 2xx. failed: answered otherwise, or not at
all. lost: the lab let it vanish. delayed: it waits for the workspace's clock. held: it waits for the next one.
dropped: its webhook was removed while it waited."""

REMOVED = "The webhook was removed"
"""The error of a delivery that is dropped (H7)."""

UNKNOWN = "The process that sent it has died: whether it was received is not known"
"""The error of a delivery whose attempt nobody saw the end of; it is not sent again (H14)."""

LONGEST_RESPONSE = 8 * 1024
"""How much of a receiver's answer is kept, in bytes."""

Trick = Literal["lose", "duplicate", "delay", "reorder", "missign", "rotatedSecret"]
"""What the lab does to a delivery."""


class Delivery(Struct, omit_defaults=True, rename="camel", kw_only=True):
    """One POST to a webhook: what is sent, and what came of it.

    Attributes:
        id: its running number in the workspace.
        webhook_id, url: where it goes.
        event: what it tells.
        body: its very bytes, which are UTF-8.
        signature: of the body.
        timestamp: its moment on the workspace's clock, also of its header.
        lead_id, message_id: what it is about.
        state: how far it got.
        due: when a delayed one goes, in milliseconds of the workspace's clock.
        sent_at: when it was sent, on the workspace's clock.
        status, response: of the receiver's answer; `LONGEST_RESPONSE` of its body at most.
        error: why there was none.
        took: how long the attempt was, in milliseconds of real time.
        lab: the rules of the lab that it met.
        repeats: the delivery that this one repeats, by its id.
        after: the newest record of the workspace's log when it was done.
        is_test: whether it is a health check.
    """

    id: int = 0
    webhook_id: str
    url: str
    event: str
    body: str
    signature: str
    timestamp: str
    lead_id: str | None = None
    message_id: str | None = None
    state: State = "pending"
    due: int | None = None
    sent_at: str | None = None
    status: int | None = None
    response: str | None = None
    error: str | None = None
    took: float | None = None
    lab: tuple[str, ...] = ()
    repeats: int | None = None
    after: int = 0
    is_test: bool = False


class Outcome(Struct):
    """What came of an attempt.

    Attributes:
        status, response: of the receiver's answer, when there was one.
        error: why there was none; `TIMEOUT` when it took too long.
        reason: the phrase beside the status.
        took: how long it was, in milliseconds of real time.
    """

    status: int | None = None
    response: str = ""
    reason: str = ""
    error: str | None = None
    took: float = 0.0

    @property
    def is_success(self) -> bool:
        """Whether the receiver took it."""
        return self.status is not None and 200 <= self.status < 300


TIMEOUT = "The operation was aborted due to timeout"
"""The error of an attempt that took too long (H9)."""


class DeliveryTarget(Struct, rename="camel", forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Which deliveries a rule is for; what is left out, any."""

    event: Annotated[WebhookEvent | None, Meta(description="What they tell.")] = None
    webhook: Annotated[ObjectId | None, Meta(description="Where they go, by id.")] = None
    lead: Annotated[ObjectId | None, Meta(description="Whom they are about, by id.")] = None


class LabRule(Struct, rename="camel", forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Something that goes wrong with deliveries."""

    id: Annotated[
        Annotated[str, Meta(title="1 to 64 letters, digits, `_`, `.` or `-`", pattern=r"^[A-Za-z0-9_.-]{1,64}(?!\n)$")]
        | None,
        Meta(description="Its name; made up when left out."),
    ] = None
    match: DeliveryTarget = field(default_factory=DeliveryTarget)
    times: Annotated[
        Annotated[int, Meta(title="a whole number from 1", ge=1, le=2**31 - 1)] | None,
        Meta(description="How often; until it is removed when left out."),
    ] = None
    effect: Annotated[
        Trick,
        Meta(
            description="lose: it is never sent. duplicate: it is sent more than once. delay: it is sent later. "
            "reorder: it is sent behind the next one. missign: its signature fits nothing. rotatedSecret: it is signed "
            "with another secret than the webhook's."
        ),
    ]
    delay: Annotated[Duration | None, Meta(description="By how much, of the workspace's clock.")] = None
    copies: Annotated[
        Annotated[int, Meta(title="a whole number from 2 to 100", ge=2, le=100)] | None,
        Meta(description="How often a duplicated one is sent in all; twice when left out."),
    ] = None
    secret: Annotated[Said | None, Meta(description="What is signed with in place of the webhook's own.")] = None


_PARAMETERS = {"delay": "delay", "copies": "duplicate", "secret": "rotatedSecret"}


def check_rules(raw: object) -> list[LabRule]:
    """One rule, or a list of them.

    Raises:
        InvalidInput: with all mistakes, contradictions too; nothing is taken.
    """
    many = isinstance(raw, list)
    rules, mistakes = read(raw if many else [raw], list[LabRule])
    if not mistakes:
        for place, rule in enumerate(rules):
            mistakes += [
                Mistake(f"[{place}].{name}", f"belongs to the effect {effect}")
                for name, effect in _PARAMETERS.items()
                if getattr(rule, name) is not None and rule.effect != effect
            ]
            if rule.effect == "delay" and rule.delay is None:
                mistakes.append(Mistake(f"[{place}].delay", "says by how much; the effect delay needs it"))
        names = [rule.id for rule in rules if rule.id]
        twice = sorted({name for name in names if names.count(name) > 1})
        mistakes += [Mistake("", f"two rules have the id {name!r}") for name in twice]
    if mistakes:
        raise InvalidInput([each if many else _alone(each) for each in mistakes])
    return list(rules)


def _alone(mistake: Mistake) -> Mistake:
    return Mistake(mistake.path.removeprefix("[0]").removeprefix("."), mistake.message)


def is_meant(rule: LabRule, delivery: Delivery) -> bool:
    """Whether the rule is for this delivery, its number aside."""
    target = rule.match
    return (
        (target.event is None or target.event == delivery.event)
        and (target.webhook is None or target.webhook.lower() == delivery.webhook_id)
        and (target.lead is None or target.lead.lower() == delivery.lead_id)
    )


def shown(delivery: Delivery) -> dict[str, Any]:
    """A delivery as the control plane shows it."""
    return {
        "id": delivery.id,
        "webhookId": delivery.webhook_id,
        "url": delivery.url,
        "event": delivery.event,
        "state": delivery.state,
        "timestamp": delivery.timestamp,
        "body": Raw(delivery.body.encode()),
        "raw": delivery.body,
        "signature": delivery.signature,
        "leadId": delivery.lead_id,
        "messageId": delivery.message_id,
        "dueAt": None if delivery.due is None else iso(delivery.due),
        "sentAt": delivery.sent_at,
        "status": delivery.status,
        "response": delivery.response,
        "error": delivery.error,
        "durationMs": delivery.took,
        "lab": delivery.lab,
        "repeats": delivery.repeats,
        "isTest": delivery.is_test,
    }
