"""Faults, as tests plan them."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, UnsetType

from tuco_mock.client.models import Words


class FaultMatch(Words, frozen=True, kw_only=True):
    """Which calls a fault is for; what is left out, any. In a path ``*`` stands for any characters."""

    method: str | None = None
    path: str | None = None
    group: str | None = None
    header: dict[str, str] | None = None
    lead: str | None = None


class FaultEffect(Words, frozen=True, kw_only=True):
    """What goes wrong: a status, headers, a delay or a lost answer.

    Attributes:
        status: forced status, 400 to 599.
        body: its body, any JSON; the documented one when left out.
        headers: over those of the answer, which is the real one when there is no status.
        retry_after: the `Retry-After` of the status, in seconds.
        delay, jitter: how long the answer takes and by how much that varies, as ``1500ms``.
        drop: how the answer is lost: reset, empty, truncated or garbage.
    """

    status: int | None = None
    body: Any | UnsetType = UNSET
    headers: dict[str, str] | None = None
    retry_after: int | None = None
    delay: str | None = None
    jitter: str | None = None
    drop: str | None = None


class Fault(Words, frozen=True, kw_only=True):
    """Something that goes wrong.

    Attributes:
        id: its name; made up when left out.
        times: how often; until it is removed when left out.
        probability: how likely at each call, above 0 and at most 1; drawn from the workspace's seed.
        phase: ``before``: nothing is done. ``after``: the change is made and the answer lost.
        fired, seen: how often it struck, and how many calls it was for.
    """

    effect: FaultEffect
    match: FaultMatch = FaultMatch()
    id: str | None = None
    times: int | None = None
    probability: float | None = None
    phase: str = "before"
    fired: int = 0
    seen: int = 0
