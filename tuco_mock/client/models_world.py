"""What lines have done today, and what the addresses of the simulated world do, as tests see it; as in `models`."""

from __future__ import annotations

from msgspec import Struct


class Words(Struct, frozen=True, rename="camel", omit_defaults=True, repr_omit_defaults=True, kw_only=True):
    """camelCase outside, snake_case here."""


class Usage(Words, frozen=True, kw_only=True):
    """What a line sent on one day."""

    date: str = ""
    new_conversations_count: int = 0
    total_messages_count: int = 0


class AvailabilityChecks(Words, frozen=True, kw_only=True):
    """How many addresses a line looked up on one day."""

    date: str = ""
    count: int = 0


class HealthCheck(Words, frozen=True, kw_only=True):
    """How a line was when it was last looked at: ``healthy`` or ``down``."""

    status: str = "healthy"
    last_checked_at: str | None = None


class AutoReply(Words, frozen=True, kw_only=True):
    """What an address answers by itself, and how long after a message was sent, as ``2m``."""

    message: str
    after: str | None = None


class Address(Words, frozen=True, kw_only=True):
    """What an address of the simulated world does.

    Attributes:
        address: the phone, in E.164, or the email.
        imessage: whether it has iMessage; as the workspace says when None.
        fails: the error that sending to it ends with.
        takes, opens: how long sending takes, and after what time a message is opened, as ``5s``.
        replies: what it answers by itself.
    """

    address: str
    imessage: bool | None = None
    fails: str | None = None
    takes: str | None = None
    replies: AutoReply | None = None
    opens: str | None = None
