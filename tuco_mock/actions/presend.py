"""The checks before a message is sent: which line sends it, now or when (W4 to W11)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tuco_mock.domain import lines, pacing
from tuco_mock.domain.bookings import book, is_full, room, unbook
from tuco_mock.domain.pacing import Pause
from tuco_mock.domain.timestamps import iso
from tuco_mock.domain.windows import Window

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tuco_mock.domain.bookings import Bookings
    from tuco_mock.state.engines import Document
    from tuco_mock.state.store import Store

NO_LINE = "No active lines in workspace. Add and activate a line, or provide fromLineId."
"""The error of a message that no line can send."""

_ROUNDS = 100


class Turn(NamedTuple):
    """A line that is to send a message.

    Attributes:
        line: its document.
        first: whether the recipient never got a message from it.
        pause: why it can't send it now; None when it can.
        bookings: with a pause: what is booked on the line then.
        seen: with a pause: what was booked on it before.
    """

    line: Document
    first: bool
    pause: Pause | None = None
    bookings: Bookings | None = None
    seen: Bookings | None = None


def turn_of(store: Store, workspace: str, message: Document, now: int) -> Turn | None:
    """The line that sends a message now, or that which can soonest; None when there is no line.

    Lines take turns: asked first is the one that has sent nothing for the longest time (W4).
    """
    window = Window.of(*map(message.get, ("timezone", "sendWindowStart", "sendWindowEnd", "allowedDaysOfWeek")))
    best: Turn | None = None
    for line in candidates(store, workspace, message):
        turn = _turn(store, workspace, message, line, window, now)
        if turn.pause is None:
            return turn
        if best is None or best.pause is None or turn.pause.until < best.pause.until:
            best = turn
    return best


def candidates(store: Store, workspace: str, message: Document) -> Iterator[Document]:
    """The lines that may send a message: its own while that can be used, else all that can, in their turn (W4)."""
    own = message.get("fromLineId") and store.pace.line(workspace, message["fromLineId"])
    if own and lines.is_usable(own):
        yield own
    else:
        yield from filter(lines.is_usable, store.pace.in_turn(workspace))


def _turn(store: Store, workspace: str, message: Document, line: Document, window: Window | None, now: int) -> Turn:
    first = not store.pace.has_heard(workspace, message, line["id"])
    pause = _pause(line, window, now, first=first)
    if pause is None:
        return Turn(line, first)
    gap, seen = pacing.gap_of(first=first), store.bookings.of(workspace, line["id"])
    bookings = seen
    if "delayReason" in message:  # its time has come, and is passed over
        bookings = unbook(seen, message["scheduledDate"], first=first) or seen
    until = room(line, bookings, window, pause.until, gap, first=first)
    if not pause.long and is_full(line, bookings, days := (pause.until, until), first=first):
        by_total = is_full(line, bookings, days, first=False)
        pause = Pause(until, pacing.limit_reason(line, first=first and not by_total), True)
    booked = book(bookings, until, gap, iso(now)[:10], first=first)
    return Turn(line, first, pause._replace(until=until), booked, seen)


def _pause(line: Document, window: Window | None, moment: int, *, first: bool) -> Pause | None:
    """Until when all checks ask to wait, by the reason of the first that does; None when none does."""
    reason: Pause | None = None
    for _ in range(_ROUNDS):
        found = _first_pause(line, window, moment, first=first)
        if found is None:
            break
        reason, moment = reason or found, found.until
    return None if reason is None else reason._replace(until=moment)


def _first_pause(line: Document, window: Window | None, moment: int, *, first: bool) -> Pause | None:
    """The first of the checks, in the documented order, that asks to wait."""
    pause = pacing.limited(line, moment, first=first)
    if pause is None and window is not None and not window.in_hours(moment):
        pause = Pause(window.next(moment), "Outside the send window", True)
    if pause is None and window is not None and not window.in_days(moment):
        pause = Pause(window.next(moment), "Not on an allowed day of the week", True)
    pause = pause or pacing.device_gap(line, moment)
    return pause or (pacing.contact_gap(line, moment) if first else None)
