"""Query strings: the first of repeated parameters counts, and an empty one counts as absent (A15, R10)."""

from __future__ import annotations

from urllib.parse import unquote_to_bytes


def parameters(query: bytes) -> dict[str, str]:
    """The parameters that are given, by name; bytes that are no UTF-8 become U+FFFD (A17)."""
    given: dict[str, str] = {}
    for pair in query.split(b"&"):
        name, _, value = pair.partition(b"=")
        given.setdefault(_decoded(name), _decoded(value))
    return {name: value for name, value in given.items() if value}


def _decoded(text: bytes) -> str:
    if b"%" in text or b"+" in text:
        text = unquote_to_bytes(text.replace(b"+", b" "))
    return text.decode("utf-8", "replace")


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
