"""Addresses: one normal form for leads, messages, lookups and filters alike (N1 to N4)."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

DEFAULT_COUNTRY_CODE = "+1"
"""Calling code of numbers written without one (N2)."""

PHONE_FIELDS = ("phone", "altPhone1", "altPhone2", "altPhone3")
EMAIL_FIELDS = ("email", "altEmail1", "altEmail2", "altEmail3")

AVAILABILITY_ORDER = ("phone", "email", *PHONE_FIELDS[1:], *EMAIL_FIELDS[1:])
"""The order in which a lead's addresses are looked up for iMessage (V15)."""

_LONGEST_PHONE = 64
_PUNCTUATION = frozenset("+＋().-/[]‐‑‒–—―−·")  # noqa: RUF001 - what people type between digits

_OWN_FORM = re.compile(r"\+(?:1[2-9]|91[6-9])[0-9]{9}", re.ASCII)
"""Numbers that are their own E.164 form by the numbering plans of North America and, for mobiles, of India: those of
the documented examples, and most that tests use. What knows all plans takes a while to load, and longer to ask."""


def phone(text: str, country_code: str = DEFAULT_COUNTRY_CODE) -> str | None:
    """The E.164 form of a phone number, or None when the text can't be one (N2, N4).

    Args:
        text: the number in any usual notation.
        country_code: calling code for a number without one, as ``+1``.
    """
    if _OWN_FORM.fullmatch(text):
        return text
    return _phone(text, country_code) if len(text) <= _LONGEST_PHONE else None


@lru_cache(maxsize=65_536)
def _phone(text: str, country_code: str) -> str | None:
    if not all(map(_belongs_in_phone, text)):
        return None
    import phonenumbers  # noqa: PLC0415 - only who needs it pays for it

    try:
        number = phonenumbers.parse(text, phonenumbers.region_code_for_country_code(int(country_code)))
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _belongs_in_phone(character: str) -> bool:
    """Whether the character may stand in a phone number; letters and control characters may not."""
    return (
        character.isdigit()
        or character.isspace()
        or character in _PUNCTUATION
        or unicodedata.category(character) == "Cf"
    )


def phone_in_query(text: str, country_code: str = DEFAULT_COUNTRY_CODE) -> str | None:
    """As `phone`, for a query string, where a ``+`` that was not percent-encoded arrives as a space (N3)."""
    bare = text.lstrip(" ")
    if bare != text and bare[:1].isdigit():
        return phone("+" + bare, country_code)
    return phone(text, country_code)


def is_country_code(text: str) -> bool:
    """Whether the text is a calling code that is in use, as ``+44``."""
    if text == DEFAULT_COUNTRY_CODE:
        return True
    digits = text[1:]
    if not (text[:1] == "+" and digits.isascii() and digits.isdecimal() and len(digits) < 4 and digits[0] != "0"):
        return False
    import phonenumbers  # noqa: PLC0415 - only who needs it pays for it

    return int(digits) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE


def email(text: str) -> str | None:
    """The form of an email address used for comparison: trimmed and in lower case (N1); None when it is blank."""
    return text.strip().lower() or None


def phone_key(number: str | None) -> str | None:
    """How a normalised phone is kept in an index next to emails."""
    return None if number is None else "p:" + number


def email_key(address: str | None) -> str | None:
    """How a normalised email is kept in an index next to phones."""
    return None if address is None else "e:" + address


def keys(phones: Iterable[str | None], emails: Iterable[str | None], country_code: str) -> list[str]:
    """The index keys of addresses as they were written, without doubles; what is no address gives none (N4)."""
    found = [phone_key(phone(text, country_code)) for text in phones if text]
    found += [email_key(email(text)) for text in emails if text]
    return list(dict.fromkeys(key for key in found if key is not None))


def lead_keys(lead: Mapping[str, Any], country_code: str) -> list[str]:
    """The identity of a lead: all its primary and alternate addresses, normalised (C7)."""
    return keys(map(lead.get, PHONE_FIELDS), map(lead.get, EMAIL_FIELDS), country_code)


def any_key(text: str, country_code: str = DEFAULT_COUNTRY_CODE) -> str | None:
    """The index key of a text that may be a phone or, if an ``@`` is in it, an email; None when it is neither (N4)."""
    return email_key(email(text)) if "@" in text else phone_key(phone(text, country_code))


def keys_by_field(lead: Mapping[str, Any], country_code: str) -> dict[str, str]:
    """The index keys of a lead's addresses by their field, as far as they are addresses."""
    found = {name: phone_key(phone(text, country_code)) for name in PHONE_FIELDS if (text := lead.get(name))}
    found |= {name: email_key(email(text)) for name in EMAIL_FIELDS if (text := lead.get(name))}
    return {name: key for name, key in found.items() if key is not None}
