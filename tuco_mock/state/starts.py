"""What a reset goes back to: the fixture the server started with, and the state each workspace was made with."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import msgspec

if TYPE_CHECKING:
    from redis import Redis

SERVER_START = "tuco:start"
"""The Redis key of what the whole server was started with: there as long as there is a server."""

_WORKSPACE = "tuco:start:"


class Start(msgspec.Struct):
    """A workspace as it was made.

    Attributes:
        workspace: its id.
        origin: what the ids of things that give none are derived from.
        state: the workspace in the fixture format, with its id and keys, as JSON.
    """

    workspace: str
    origin: str
    state: msgspec.Raw


class Starts:
    """Starting states, kept in the fixture format: relative times are counted anew at each reset."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def keep_server(self, starts: list[Start]) -> None:
        """Keep what the whole server is reset to."""
        self._redis.set(SERVER_START, msgspec.json.encode(starts))

    def exist(self) -> bool:
        """Whether the server has been started with something."""
        return bool(self._redis.exists(SERVER_START))

    def server(self) -> list[Start]:
        """What the whole server is reset to: its first workspaces, in their order."""
        kept = cast("str | None", self._redis.get(SERVER_START))
        return [] if kept is None else msgspec.json.decode(kept, type=list[Start])

    def of(self, workspace: str) -> Start:
        """What a workspace is reset to."""
        kept = cast("str | None", self._redis.get(_WORKSPACE + workspace))
        if kept is not None:
            return msgspec.json.decode(kept, type=Start)
        return next(each for each in self.server() if each.workspace == workspace)

    def keys(self, workspace: str) -> tuple[str, ...]:
        """The Redis keys that are the workspace's own; the server's own start stays."""
        return (_WORKSPACE + workspace,)
