"""What happens to a message that is sent to an address: the simulated world, one address at a time (V8, V9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from tuco_mock.domain.timestamps import parse_duration

if TYPE_CHECKING:
    from collections.abc import Mapping

REPLIES_AFTER = 60_000
"""How long after a message was sent its address answers by itself unless it says otherwise, in milliseconds."""


class Reach(NamedTuple):
    """What an address does.

    Attributes:
        imessage: whether it has iMessage.
        failure: the error that sending to it ends with; None when it doesn't fail.
        takes_ms: how long a message to it is ``sending``, in milliseconds.
        reply: what it answers by itself to each message; None when it doesn't.
        reply_after_ms: how long after the message was sent it answers, in milliseconds.
        opened_after_ms: how long after it was sent a message is opened, in milliseconds; None when it never is.
    """

    imessage: bool = True
    failure: str | None = None
    takes_ms: int = 0
    reply: str | None = None
    reply_after_ms: int = REPLIES_AFTER
    opened_after_ms: int | None = None


def reach_of(words: Mapping[str, Any], *, imessage: bool) -> Reach:
    """What an address does, from the fixture format's words for it.

    Args:
        words: of `fixture.model_world.Address`.
        imessage: whether it has iMessage when they don't say.
    """
    own = words.get("imessage")
    reply = words.get("replies") or {}
    return Reach(
        imessage=imessage if own is None else own,
        failure=words.get("fails"),
        takes_ms=_millis(words.get("takes")) or 0,
        reply=reply.get("message"),
        reply_after_ms=REPLIES_AFTER if (after := _millis(reply.get("after"))) is None else after,
        opened_after_ms=_millis(words.get("opens")),
    )


def _millis(text: str | None) -> int | None:
    return None if text is None else parse_duration(text)
