"""What is booked on each line, beside the clock of its workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import msgspec

from tuco_mock.domain.bookings import Bookings, unbook
from tuco_mock.state.scripts import REPLACE_FIELD
from tuco_mock.state.vitals import vitals_key

if TYPE_CHECKING:
    from tuco_mock.state.engines import Engines

_FIELD = "booked:"

_decode = msgspec.json.Decoder(Bookings).decode
_encode = msgspec.json.Encoder().encode


class BookedLines:
    """The bookings of all lines, each a field of its workspace's hash, which snapshots copy whole."""

    def __init__(self, engines: Engines) -> None:
        self._redis = engines.redis
        self._replace = None if engines.threads is None else engines.redis.register_script(REPLACE_FIELD)

    def of(self, workspace: str, line_id: str) -> Bookings:
        """What is booked on a line."""
        kept = cast("str | None", self._redis.hget(vitals_key(workspace), _FIELD + line_id))
        return {} if kept is None else _decode(kept)

    def put(self, workspace: str, line_id: str, bookings: Bookings) -> None:
        """Put other bookings of a line in place."""
        self._redis.hset(vitals_key(workspace), _FIELD + line_id, _encode(bookings).decode())

    def replace(self, workspace: str, line_id: str, seen: Bookings, bookings: Bookings) -> bool:
        """The same, if they are as they were seen; False when somebody else has booked or used up a time meanwhile."""
        if self._replace is None:  # there is one thread, and nobody else
            self.put(workspace, line_id, bookings)
            return True
        before = _encode(seen).decode() if seen else ""
        args = [_FIELD + line_id, before, _encode(bookings).decode()]
        return bool(self._replace(keys=[vitals_key(workspace)], args=args))

    def unbook(self, workspace: str, line_id: str, moment: str, *, first: bool) -> None:
        """Say that a time that was booked is used up, or of no use any more."""
        while (left := unbook(seen := self.of(workspace, line_id), moment, first=first)) is not None:
            if self.replace(workspace, line_id, seen, left):
                break

    def all(self, workspace: str) -> dict[str, Bookings]:
        """The bookings of all lines that have any."""
        kept = cast("dict[str, str]", self._redis.hgetall(vitals_key(workspace)))
        found = {name.removeprefix(_FIELD): _decode(text) for name, text in kept.items() if name.startswith(_FIELD)}
        return dict(sorted(found.items()))
