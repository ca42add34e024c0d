"""The workspace's clock: running with the real one, shifted or not, or frozen at a moment."""

from __future__ import annotations

import time
from contextvars import ContextVar, Token
from functools import lru_cache

from msgspec import Struct

from tuco_mock.domain.timestamps import MILLIS_MAX, MILLIS_MIN


class Clock(Struct, frozen=True):
    """A workspace's clock.

    Attributes:
        frozen: whether it stands still.
        millis: the moment it stands at when frozen; how far it is ahead of real time when running. Milliseconds.
    """

    frozen: bool = False
    millis: int = 0

    @property
    def mode(self) -> str:
        """``frozen`` or ``live``."""
        return "frozen" if self.frozen else "live"

    @staticmethod
    @lru_cache(maxsize=1024)
    def parse(text: str | None) -> Clock:
        """A clock from its `text`; a running one when there is none."""
        if text is None:
            return Clock()
        mode, _, shown = text.partition(":")
        return Clock(mode == "frozen", int(shown))

    @property
    def text(self) -> str:
        """How it is kept: ``live:1500`` or ``frozen:1773360000000``."""
        return f"{self.mode}:{self.millis}"

    def now(self) -> int:
        """The workspace's time, in milliseconds since 1970 UTC."""
        return self.at(real_millis())

    def at(self, real: int) -> int:
        """The workspace's time at a moment of real time."""
        return self.millis if self.frozen else _within(real + self.millis)

    def freeze(self, moment: int | None = None) -> Clock:
        """The clock standing still at a moment, or at its own present."""
        return Clock(True, _within(self.now() if moment is None else moment))

    def resume(self) -> Clock:
        """The clock running on from where it stands."""
        return Clock(False, self.millis - real_millis()) if self.frozen else self

    def set(self, moment: int) -> Clock:
        """The clock showing a moment, running or standing as before."""
        moment = _within(moment)
        return Clock(True, moment) if self.frozen else Clock(False, moment - real_millis())

    def advance(self, by: int) -> Clock:
        """The clock moved forwards by `by` milliseconds."""
        return self.set(self.now() + by)


_held: ContextVar[int | None] = ContextVar("moment", default=None)


def real_millis() -> int:
    """Real time in milliseconds since 1970 UTC: the only place of the house that reads it for a workspace.

    Within a call it is the call's moment, so that all it does happens at one time, and can be done again exactly.
    """
    moment = _held.get()
    return time.time_ns() // 1_000_000 if moment is None else moment


def hold_moment() -> Token[int | None]:
    """Let real time stand still for the present task, at this moment."""
    return _held.set(time.time_ns() // 1_000_000)


def release_moment(token: Token[int | None]) -> None:
    """Let it go on."""
    _held.reset(token)


def _within(moment: int) -> int:
    """The moment, kept within what a timestamp can say."""
    return moment if MILLIS_MIN <= moment <= MILLIS_MAX else min(max(moment, MILLIS_MIN), MILLIS_MAX)
