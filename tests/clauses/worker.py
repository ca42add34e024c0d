"""What the clauses of the worker are shown with: a workspace with lines and leads, whose clock stands still."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support import Json, World

START = "2026-03-13T12:00:00.000Z"
"""A Friday, at noon."""

LINES = ["69ab427ac1feb77d7f4646a1", "69ab427ac1feb77d7f4646a2", "69ab427ac1feb77d7f4646a3"]

NO_IMESSAGE, FAILS, SLOW = "+15005550009", "+15005550001", "+15005550008"
STOPS, OPENS = "+15005550010", "+15005550012"
"""Phones that do something by themselves in every workspace."""


class Shop:
    """A workspace that sends.

    Attributes:
        world: it.
    """

    def __init__(self, make_world: Callable[..., World], *, lines: int = 1, **settings: Any) -> None:
        words = [{"id": each, "phone": f"+1646223000{number}"} for number, each in enumerate(LINES[:lines])]
        self.world = make_world(**{"clock": START, "lines": words, **settings})
        self._leads = 0

    def lead(self, **fields: Any) -> str:
        """A lead with a phone of its own, unless it is given addresses."""
        self._leads += 1
        return self.world.lead(**(fields or {"phone": f"+1415555{self._leads:04}"}))

    def send(self, lead: str | None = None, **fields: Any) -> str:
        """Queue a message, to a lead of its own unless told otherwise."""
        to = {} if "recipientPhone" in fields or "recipientEmail" in fields else {"leadId": lead or self.lead()}
        return self.world.message(**to, **fields)

    def run(self, **body: Any) -> Json:
        """Let the worker run the queue."""
        found: Json = self.world.control("POST", "/queue/run", body)
        return found

    def settle(self) -> Json:
        """Let all happen that is due."""
        found: Json = self.world.control("POST", "/settle")
        return found

    def turn(self, message: str, verb: str, **body: Any) -> Json:
        """`start`, `finish` or `fail` a message's job."""
        found: Json = self.world.control("POST", f"/queue/{message}/{verb}", body or None)
        return found

    def message(self, message: str) -> Json:
        """A message as it stands."""
        found = self.world.control("GET", "/messages")["messages"]
        return next(each for each in found if each["id"] == message)

    def status(self, *messages: str) -> list[str]:
        """The statuses of messages."""
        found = self.world.statuses()
        return [found[each] for each in messages]

    def line(self, number: int = 0) -> Json:
        """A line as it stands."""
        found: list[Json] = self.world.control("GET", "/lines")["lines"]
        return found[number]


def kinds(happened: Json) -> list[tuple[str, str]]:
    """What was done to which message, in order."""
    return [(each["kind"], each["messageId"]) for each in happened["happened"]]
