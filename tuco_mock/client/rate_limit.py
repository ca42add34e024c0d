"""The rate limits of a workspace."""

from __future__ import annotations

from typing import Any

from tuco_mock.client.handle import Handle, part
from tuco_mock.client.models import Words


class Level(Words, frozen=True, kw_only=True):
    """A token bucket: what fits in a minute (None: no limit), and what is in it."""

    per_minute: int | None = None
    tokens: float | None = None


class RateLimit(Handle):
    """Calls a minute of each group of operations.

    ``replies`` is the group of `GET /api/replies`, ``messages`` of `POST /api/messages`, ``campaignLeads`` of
    `POST /api/campaigns/{id}/leads`.
    """

    def exhaust(self, group: str = "replies") -> None:
        """Empty the bucket: the next call is answered 429.

        Raises:
            ControlError: the group has no limit, or there is no such group.
        """
        self._put(group, 0)

    def refill(self, group: str = "replies") -> None:
        """Fill the bucket; nothing when the group has no limit."""
        level = self._levels().get(group, Level())
        if level.per_minute is not None:
            self._put(group, level.per_minute)

    def set(self, group: str, per_minute: int | None) -> None:
        """Change the limit, or lift it with None; every bucket is full afterwards."""
        limits: dict[str, Any] = {name: level.per_minute for name, level in self._levels().items()}
        self._call("PATCH", "", {"rateLimits": {**limits, group: per_minute}})

    def tokens(self, group: str = "replies") -> float | None:
        """How many calls are left now; None when the group has no limit."""
        return self._levels().get(group, Level()).tokens

    def _levels(self) -> dict[str, Level]:
        found: dict[str, Level] = self._call("GET", "/rate-limits", answer=dict[str, Level])
        return found

    def _put(self, group: str, tokens: int) -> None:
        self._call("PUT", f"/rate-limits/{part(group)}", {"tokens": tokens})
