"""What a reset goes back to: the fixture the server started with, and the state each workspace was made with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import msgspec

if TYPE_CHECKING:
    from redis import Redis

_SERVER = "tuco:start"
_WORKSPACE = "tuco:start:"


class Starts:
    """Starting states, kept in the fixture format: relative times are counted anew at each reset."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def keep_server(self, fixture: dict[str, Any]) -> None:
        """Keep what the whole server is reset to."""
        self._redis.set(_SERVER, msgspec.json.encode(fixture))

    def server(self) -> dict[str, Any]:
        """What the whole server is reset to."""
        kept = cast("str | None", self._redis.get(_SERVER))
        return {"workspaces": []} if kept is None else cast("dict[str, Any]", msgspec.json.decode(kept))

    def keep(self, workspace: str, state: dict[str, Any]) -> None:
        """Keep what a workspace is reset to."""
        self._redis.set(_WORKSPACE + workspace, msgspec.json.encode(state))

    def of(self, workspace: str) -> dict[str, Any]:
        """What a workspace is reset to, in the fixture's words."""
        kept = cast("str | None", self._redis.get(_WORKSPACE + workspace))
        if kept is not None:
            return cast("dict[str, Any]", msgspec.json.decode(kept))
        return next((each for each in self.server()["workspaces"] if each.get("id") == workspace), {})

    def drop(self, workspace: str) -> None:
        """Forget what the workspace is reset to."""
        self._redis.delete(_WORKSPACE + workspace)
