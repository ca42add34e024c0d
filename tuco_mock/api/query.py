"""Query strings: the first of repeated parameters counts, and an empty one counts as absent (A15, R10)."""

from __future__ import annotations

from urllib.parse import parse_qsl


def parameters(query: bytes) -> dict[str, str]:
    """The parameters that are given, by name; bytes that are no UTF-8 become U+FFFD (A17)."""
    given: dict[str, str] = {}
    if query:
        for name, value in parse_qsl(query.decode("utf-8", "replace"), keep_blank_values=True, errors="replace"):
            given.setdefault(name, value)
    return {name: value for name, value in given.items() if value}


def whole_number(text: str | None, default: int, largest: int) -> int:
    """A number from 1 to `largest`: a larger one becomes `largest`, anything else the default (R13, R25)."""
    if text is None:
        return default
    if not (text.isascii() and text.isdecimal()):
        return default
    digits = text.lstrip("0")
    if len(digits) > len(str(largest)):
        return largest
    return min(int(digits), largest) if digits else default
