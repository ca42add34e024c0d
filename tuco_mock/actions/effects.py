"""What a call does besides what its handler tells: whoever does it notes it, the call's record has it."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tuco_mock.domain.journal import Effect

_gathered: ContextVar[list[Effect] | None] = ContextVar("effects", default=None)


def gather(effects: list[Effect]) -> None:
    """Let the present task note what it does in this list."""
    _gathered.set(effects)


def count() -> int:
    """How much the present task has noted."""
    return len(_gathered.get() or ())


def date(at: str, since: int, effect: Effect | None = None) -> None:
    """Give all that was noted since a moment of its own, and put an effect of that moment before it, if there is one.

    Args:
        at: the moment.
        since: what `count` said before.
        effect: what was done, where nothing of it has been noted.
    """
    gathered = _gathered.get()
    if gathered is None:
        return
    for each in gathered[since:]:
        each.at = at
    if effect is None:
        return
    effect.at = at
    before = gathered[since - 1] if since else None
    if before is not None and (before.kind, before.at) == (effect.kind, at) and before.message_ids:
        before.message_ids += effect.message_ids
    else:
        gathered.insert(since, effect)


def note(effect: Effect) -> None:
    """Note what was done; nothing where nobody gathers, as in a timer."""
    gathered = _gathered.get()
    if gathered is not None:
        gathered.append(effect)
