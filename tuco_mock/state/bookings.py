"""What is booked on each line, beside the clock of its workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import msgspec

from tuco_mock.domain.bookings import Bookings
from tuco_mock.state.vitals import vitals_key

if TYPE_CHECKING:
    from redis import Redis

_FIELD = "booked:"

_decode = msgspec.json.Decoder(Bookings).decode
_encode = msgspec.json.Encoder().encode


class BookedLines:
    """The bookings of all lines, each a field of its workspace's hash, which snapshots copy whole."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def of(self, workspace: str, line_id: str) -> Bookings:
        """What is booked on a line."""
        kept = cast("str | None", self._redis.hget(vitals_key(workspace), _FIELD + line_id))
        return {} if kept is None else _decode(kept)

    def put(self, workspace: str, line_id: str, bookings: Bookings) -> None:
        """Put other bookings of a line in place."""
        self._redis.hset(vitals_key(workspace), _FIELD + line_id, _encode(bookings).decode())

    def all(self, workspace: str) -> dict[str, Bookings]:
        """The bookings of all lines that have any."""
        kept = cast("dict[str, str]", self._redis.hgetall(vitals_key(workspace)))
        found = {name.removeprefix(_FIELD): _decode(text) for name, text in kept.items() if name.startswith(_FIELD)}
        return dict(sorted(found.items()))
