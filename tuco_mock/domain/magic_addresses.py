"""Addresses that do something by themselves in every workspace, as testers know them from Twilio's test numbers (V9).

The phones are in the range that Twilio keeps for tests, and mean there what they mean here where Twilio has it; nobody
has them, and nobody can have an email address of the domain ``tuco.test``.
"""

from __future__ import annotations

from typing import NamedTuple

from tuco_mock.domain.reaches import Reach

_MINUTE = 60_000


class Magic(NamedTuple):
    """One behaviour and the addresses that have it.

    Attributes:
        phone: the number, in E.164.
        email: the email address.
        what: what they do, in words.
        reach: the same, as the simulated world has it.
    """

    phone: str
    email: str
    what: str
    reach: Reach


TABLE = (
    Magic("+15005550006", "fine@tuco.test", "everything goes well", Reach()),
    Magic("+15005550009", "no-imessage@tuco.test", "has no iMessage", Reach(imessage=False)),
    Magic("+15005550001", "fails@tuco.test", "sending fails", Reach(failure="The address is not valid")),
    Magic("+15005550008", "slow@tuco.test", "sending takes 30 seconds", Reach(takes_ms=30_000)),
    Magic("+15005550010", "stop@tuco.test", "replies `Stop` after a minute", Reach(reply="Stop")),
    Magic(
        "+15005550011",
        "friendly@tuco.test",
        "replies `Sounds good, tell me more!` after a minute",
        Reach(reply="Sounds good, tell me more!"),
    ),
    Magic("+15005550012", "opens@tuco.test", "opens a message after a minute", Reach(opened_after_ms=_MINUTE)),
)
"""All of them. Each has iMessage, whatever the workspace's setting is, but for the one that has none."""

BY_KEY: dict[str, Reach] = {key: magic.reach for magic in TABLE for key in ("p:" + magic.phone, "e:" + magic.email)}
"""What each does, by its index key (`addresses.phone_key`, `email_key`)."""
