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


class Waiting(Words, frozen=True, kw_only=True):
    """Deliveries that the webhook lab keeps.

    Attributes:
        delayed: how many it delays.
        until: when the first of those is due, on the workspace's clock.
        held: how many it holds back, each until its webhook is told something else, or the lab is cleared.
    """

    delayed: int = 0
    until: str | None = None
    held: int = 0


class Settled(Words, frozen=True, kw_only=True):
    """What happened: how much of each kind, and each thing in its order.

    Attributes:
        now: what the clock shows.
        counts, happened: what was done.
        deliveries: how many were waited for; `waiting` tells of those that were not.
        next_due: when the next thing is due, a delayed delivery too, if any is.
    """

    now: str
    counts: dict[str, int] = field(default_factory=dict)
    happened: list[Happened] = field(default_factory=list)
    deliveries: int = 0
    waiting: Waiting = Waiting()
    next_due: str | None = None
