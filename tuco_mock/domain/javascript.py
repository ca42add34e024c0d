"""JSON as JavaScript writes it: parsed and written again there, it is the same bytes (H13).

Receivers check a signature against the body that they parsed and wrote again, as often as against the bytes that came.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

_INDEX = re.compile(r"0|[1-9][0-9]{0,9}", re.ASCII)
_LAST_INDEX = 2**32 - 2
_EXACT = 2**53


def stringify(value: Any) -> bytes:
    """A value as ``JSON.stringify`` writes it: no spaces, nothing escaped that needs not be."""
    return msgspec.json.encode(_as_in_javascript(value))


def _as_in_javascript(value: Any) -> Any:
    if isinstance(value, dict):
        first = sorted((name for name in value if _is_index(name)), key=int)  # JavaScript moves those to the front
        names = [*first, *(name for name in value if not _is_index(name))] if first else value
        return {name: _as_in_javascript(value[name]) for name in names}
    if isinstance(value, (list, tuple)):
        return [_as_in_javascript(each) for each in value]
    if isinstance(value, float) or (isinstance(value, int) and not isinstance(value, bool) and abs(value) > _EXACT):
        return msgspec.Raw(_number(float(value)).encode())
    return value


def _is_index(name: str) -> bool:
    return name[:1].isdigit() and _INDEX.fullmatch(name) is not None and int(name) <= _LAST_INDEX


def _number(value: float) -> str:
    """A number as ECMAScript's ``Number::toString`` has it: the shortest digits, without exponent from 1e-6 to 1e21."""
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = f"{abs(value)!r}".partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0) if whole != "0" else int(exponent or 0) - len(fraction) + len(digits)
    digits = digits.rstrip("0")
    if 0 < point <= 21:
        if len(digits) <= point:
            return sign + digits.ljust(point, "0")
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    rest = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{rest}e{'+' if point > 0 else '-'}{abs(point - 1)}"
