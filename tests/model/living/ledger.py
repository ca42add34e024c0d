"""What has happened in a workspace, as it shows in what it was before a step and after it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from tests.model import notation
from tests.model.living import town

if TYPE_CHECKING:
    from tests.model.living.wire import View
    from tests.model.model import Thing

UNDER_WAY = ("sending", "sent", "delivered")


class Left(NamedTuple):
    """A message that has left from a line.

    Attributes:
        message_id, line, lead: which, from where, to whom.
        at: when, in milliseconds.
        is_first: whether the lead never got one from the line.
        by_hand: whether a test, and no worker, said that it was sent.
    """

    message_id: str
    line: str
    lead: str | None
    at: int
    is_first: bool
    by_hand: bool

    @property
    def day(self) -> str:
        """The UTC day."""
        return notation.iso(self.at)[:10]


class Event(NamedTuple):
    """Something that webhooks are told."""

    name: str
    about: str
    at: str


class Ledger:
    """A workspace's history.

    Attributes:
        left: what has left, by message, in the order in which it did.
        now: what left in the last step.
        events: what webhooks were to be told in the last step.
    """

    def __init__(self) -> None:
        self.left: dict[str, Left] = {}
        self.now: list[Left] = []
        self.events: list[Event] = []

    def copy(self) -> Ledger:
        """The same history, which goes on by itself."""
        found = Ledger()
        found.left = dict(self.left)
        return found

    def follow(self, before: View, after: View, by_hand: str | None) -> None:
        """Note what a step did; `by_hand` is the message that it said was sent."""
        self.events = list(_events(before, after))
        new = [
            (_left_at(each, is_by_hand=each["id"] == by_hand), each)
            for each in after.state["messages"]
            if each["status"] in UNDER_WAY and each.get("fromLineId") and each["id"] not in self.left
        ]
        self.now = []
        for at, message in sorted(new, key=lambda found: found[0]):
            line, lead = message["fromLineId"], message["leadId"]
            self.now.append(
                Left(message["id"], line, lead, at, not self._has_heard(after, line, lead), message["id"] == by_hand)
            )
            self.left[message["id"]] = self.now[-1]

    def of(self, line: str, day: str) -> list[Left]:
        """What left from a line on a day."""
        return [each for each in self.left.values() if (each.line, each.day) == (line, day)]

    def _has_heard(self, after: View, line: str, lead: str | None) -> bool:
        return any(
            (each.line, each.lead) == (line, lead)
            and each.message_id in after.messages
            and after.messages[each.message_id]["status"] in UNDER_WAY
            for each in self.left.values()
        )


def _left_at(message: Thing, *, is_by_hand: bool) -> int:
    """When it left; to a slow address it is sent some time later."""
    if message["status"] == "sending":
        return notation.millis(message["updatedAt"])
    taken = timedelta() if is_by_hand else town.TAKES.get(message.get("sentTo") or "", timedelta())
    return notation.millis(message["sentAt"]) - taken // timedelta(milliseconds=1)


def _events(before: View, after: View) -> list[Event]:
    """What became of messages, and which replies came."""
    found: list[Event] = []
    for message in after.state["messages"]:
        was = before.messages.get(message["id"], {})
        for name, event in (("sentAt", "message.sent"), ("readAt", "message.opened")):
            if name in message and name not in was:
                found.append(Event(event, message["id"], message[name]))
        if message["status"] in {"failed", "fallback"} and was.get("status") != message["status"]:
            found.append(Event(f"message.{message['status']}", message["id"], message["updatedAt"]))
    known = set(before.ids("replies"))
    found += [
        Event("message.reply", each["id"], each["receivedAt"])
        for each in after.state["replies"]
        if each["id"] not in known
    ]
    return found
