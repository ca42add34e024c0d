"""What a reset goes back to: the fixture the server started with, and the state each workspace was made with."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, cast

import msgspec

if TYPE_CHECKING:
    from redis import Redis

SERVER_START = "tuco:start"
"""The Redis key of what the whole server was started with: there as long as there is a server."""

_WORKSPACE = "tuco:start:"
_NOTHING = msgspec.Raw(b"null")
_WORTH_PACKING = 65_536
"""From so many bytes on a state is kept compressed; below, it costs more than it spares."""


class Start(msgspec.Struct, omit_defaults=True):
    """A workspace as it was made.

    Attributes:
        workspace: its id.
        origin: what the ids of things that give none are derived from.
        plain: the workspace in the fixture format, with its id and keys, as JSON;
        packed: the same of a large one, compressed: it says the same words over and over, and is kept for long.
    """

    workspace: str
    origin: str
    plain: msgspec.Raw = msgspec.field(name="state", default=_NOTHING)
    packed: bytes = b""

    @classmethod
    def of(cls, workspace: str, origin: str, state: bytes) -> Start:
        """What a workspace is reset to, given as JSON."""
        if len(state) < _WORTH_PACKING:
            return cls(workspace, origin, msgspec.Raw(state))
        return cls(workspace, origin, packed=zlib.compress(state, level=1))

    @property
    def state(self) -> bytes:
        """The workspace in the fixture format, as JSON."""
        return zlib.decompress(self.packed) if self.packed else bytes(self.plain)


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
