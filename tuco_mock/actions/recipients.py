"""Whom a message goes to: its addresses in the order in which they are tried, and the text as that lead gets it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tuco_mock.domain import addresses

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.state.engines import Document


class Recipient(NamedTuple):
    """An address, as it is kept in an index and as it is written."""

    key: str
    text: str

    @property
    def is_phone(self) -> bool:
        """Whether it is a phone number."""
        return self.key.startswith("p:")

    @property
    def field(self) -> str:
        """The field of a message that names it."""
        return "recipientPhone" if self.is_phone else "recipientEmail"


def recipients(workspace: Workspace, message: Document, lead: Mapping[str, Any] | None) -> list[Recipient]:
    """The addresses of a message, in the order in which they are tried; each once (W12).

    What the message names itself comes first and stands in place of the lead's own phone or email; then follow the
    lead's addresses. An SMS goes to phones, an email to email addresses only.
    """
    phone, email, lead = message.get("recipientPhone"), message.get("recipientEmail"), lead or {}
    given = [(phone, "phone"), (email, "email")]
    named = [(name, text) for text, name in given if text]
    phones = [(name, lead.get(name)) for name in addresses.PHONE_FIELDS if not (phone and name == "phone")]
    emails = [(name, lead.get(name)) for name in addresses.EMAIL_FIELDS if not (email and name == "email")]
    kind = message.get("messageType", "imessage")
    found = _keyed([*named, *phones, *emails], workspace.country_code)
    return list({each.key: each for each in found if kind == "imessage" or each.is_phone == (kind == "sms")}.values())


def _keyed(named: list[tuple[str, str | None]], country_code: str) -> Iterator[Recipient]:
    for name, text in named:
        if not text:
            continue
        if name in addresses.PHONE_FIELDS:
            number = addresses.phone(text, country_code)
            key = addresses.phone_key(number)
        else:
            number, key = None, addresses.email_key(addresses.email(text))
        if key is not None:
            yield Recipient(key, number or text)
