"""What a worker did, as tests see it."""

from __future__ import annotations

from msgspec import field

from tuco_mock.client.models import Words


class Happened(Words, frozen=True, kw_only=True):
    """Something that the worker did, or that happened by itself.

    Attributes:
        at: when, on the workspace's clock.
        kind: ``sent``, ``delivered``, ``failed``, ``fallback``, ``pending``, ``scheduled``, ``reply``, ``opened``, ….
        message_id: the message that it was about.
        reply_id: of a reply, the id.
    """

    at: str
    kind: str
    message_id: str | None = None
    reply_id: str | None = None


class Settled(Words, frozen=True, kw_only=True):
    """What happened: how much of each kind, and each thing in its order; when the next thing is due, if any is."""

    now: str
    counts: dict[str, int] = field(default_factory=dict)
    happened: list[Happened] = field(default_factory=list)
    deliveries: int = 0
    next_due: str | None = None
