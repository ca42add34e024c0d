"""Placeholders in a message's text, filled from its lead when it is sent.

==========================  ============================================================================
``{{firstName}}``           the lead's field of that name, or the one of its custom fields; nothing when
                            it has none
``{{firstName|there}}``     the same, `there` when it has none; also written ``{firstName|there}``
``{firstName}``             the same when the lead has it; else it stays as it is, since it may be
                            anything
==========================  ============================================================================

What was filled in is not looked at again: a lead's name can't hold a placeholder.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAME = r"\s*([A-Za-z_][\w.-]*)\s*"
_PLACEHOLDER = re.compile(rf"\{{\{{{_NAME}(?:\|([^{{}}]*))?\}}\}}|\{{{_NAME}(?:\|([^{{}}]*))?\}}")

_HIDDEN = frozenset({"_id", "workspaceId", "id", "seq", "identity", "customFields", "integrationIds"})


def fill(text: str, lead: Mapping[str, Any] | None, recipient_name: str | None = None) -> str:
    """The text as it is sent.

    Args:
        text: with placeholders or without.
        lead: whom it goes to; None when nobody has the address.
        recipient_name: what the message calls its recipient; first and last name where there is no lead.
    """
    if "{" not in text:
        return text
    known = dict(lead) if lead is not None else _named(recipient_name)

    def value(match: re.Match[str]) -> str:
        twice, its_fallback, once, fallback = match.groups()
        found = _value(known, twice or once)
        if found:
            return found
        fallback = its_fallback if twice else fallback
        if fallback is not None:
            return fallback.strip()
        return "" if twice else match[0]

    return _PLACEHOLDER.sub(value, text)


def _named(name: str | None) -> dict[str, Any]:
    first, _, last = (name or "").strip().partition(" ")
    return {"firstName": first, "lastName": last.strip()}


def _value(lead: Mapping[str, Any], name: str) -> str:
    """A field as text; nothing when there is none, or it is no single value."""
    custom = lead.get("customFields") or {}
    found = lead.get(name) if name not in _HIDDEN else None
    if found is None:
        found = custom.get(name.removeprefix("customFields."))
    if isinstance(found, bool):
        return str(found).lower()
    if isinstance(found, str):
        return found.strip()
    return str(found) if isinstance(found, int | float) else ""
