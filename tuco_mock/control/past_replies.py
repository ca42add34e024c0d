"""What removed leads had said: look (P19)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tuco_mock.domain.fixture.past import past_words

if TYPE_CHECKING:
    from tuco_mock.control.door import ControlCall


def look(call: ControlCall) -> dict[str, Any]:
    """The replies of leads that are gone, oldest first."""
    return {"pastReplies": [past_words(each) for each in call.store.past_replies.all(call.workspace().id)]}
