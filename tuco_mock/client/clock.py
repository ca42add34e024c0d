"""The clock of a workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tuco_mock.client.arguments import duration
from tuco_mock.client.control import LONG_PATIENCE
from tuco_mock.client.handle import Handle

if TYPE_CHECKING:
    from datetime import datetime, timedelta


class Clock(Handle):
    """The workspace's time: it runs as outside until it is frozen, advanced or set. All answers are the time then."""

    def now(self) -> str:
        """What it shows."""
        return self._now(self._call("GET", "/clock"))

    def freeze(self, at: str | datetime | None = None) -> str:
        """Stop it, now or at a time that is not past."""
        return self._change("freeze", True if at is None else at)

    def advance(self, by: str | timedelta | float) -> str:
        """Move it forwards by ``90s``, ``5m``, ``1h30m``, ``2d``, a timedelta or a number of seconds.

        With ``worker="auto"`` all that is due on the way is done, and webhooks have answered to it afterwards. They
        can't when they come to an event loop that runs in this thread: use ``asyncio.to_thread`` there.

        Raises:
            TucoError: it is no duration.
        """
        return self._change("advance", duration(by))

    def set(self, at: str | datetime) -> str:
        """Move it to a time, also to an earlier one."""
        return self._change("set", at)

    def resume(self) -> str:
        """Let it run on from where it stands."""
        return self._change("resume", True)

    def _change(self, way: str, value: Any) -> str:
        return self._now(self._call("POST", "/clock", {way: value}, seconds=LONG_PATIENCE))

    @staticmethod
    def _now(shown: dict[str, Any]) -> str:
        return str(shown["now"])
