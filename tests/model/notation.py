"""The model's own reading of addresses and times, for the spellings that `strategies` produces (N1 to N4, R10)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

PLANS = {"+1": ("1", (10,)), "+44": ("0", (9, 10)), "+33": ("0", (9,))}
"""Per country code: what people put before a number within the country, and how many digits the rest has."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,6}))?)?(?:(Z)|([+-])(\d\d):(\d\d))?)?", re.ASCII
)
_RELATIVE = re.compile(r"([+-])(\d+)(ms|s|m|h|d)", re.ASCII)
_UNITS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}


def phone(text: str, country_code: str) -> str | None:
    """E.164, or None for what can't be a phone number."""
    if set(text) - set("0123456789+()-. "):
        return None
    digits = "".join(each for each in text if each.isdigit())
    if text.strip().startswith("+"):
        found = [code for code, (_, lengths) in PLANS.items() if _fits(digits, code[1:], lengths)]
        return "+" + digits if found else None
    trunk, lengths = PLANS[country_code]
    for prefix in (trunk, country_code[1:], ""):
        if _fits(digits, prefix, lengths):
            return country_code + digits.removeprefix(prefix)
    return None


def _fits(digits: str, prefix: str, lengths: tuple[int, ...]) -> bool:
    return digits.startswith(prefix) and len(digits) - len(prefix) in lengths


def phone_in_query(text: str, country_code: str) -> str | None:
    """The same, a leading space standing for a `+` that was not percent-encoded (N3)."""
    if text.startswith(" ") and text.lstrip(" ")[:1].isdigit():
        return phone("+" + text.lstrip(" "), country_code)
    return phone(text, country_code)


def national(number: str) -> str:
    """A number in E.164 as people write it within its country."""
    for code in PLANS:
        number = number.removeprefix(code)
    return number


def bare(number: str) -> str:
    """A number in E.164 without its plus."""
    return number.replace("+", "")


def with_space(number: str) -> str:
    """A number in E.164 as it arrives when its plus was not percent-encoded (N3)."""
    return number.replace("+", " ")


def email(text: str) -> str | None:
    """Trimmed and in lower case; None when nothing is left."""
    return text.strip().lower() or None


def iso(millis: int) -> str:
    """A time as the API writes it (A6)."""
    moment = _EPOCH + timedelta(milliseconds=millis)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{millis % 1000:03}Z"


def microseconds(text: str) -> int | None:
    """A time in ISO 8601, in microseconds since 1970 UTC; None for anything else."""
    match = _ISO.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, _, sign, hours, minutes = match.groups()
    try:
        moment = datetime(
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), tzinfo=UTC
        )
    except ValueError:
        return None
    offset = (int(hours) * 60 + int(minutes)) * 60_000_000 if sign else 0
    at = (moment - _EPOCH) // _MILLISECOND * 1000 + int((fraction or "0").ljust(6, "0"))
    return at - offset if sign == "+" else at + offset


def moment(text: str, now: int) -> str:
    """A time as a fixture gives it, absolute or relative to `now` (milliseconds), as the API writes it."""
    relative = _RELATIVE.fullmatch(text)
    if relative:
        sign, count, unit = relative.groups()
        return iso(now + int(sign + "1") * int(count) * _UNITS[unit])
    found = microseconds(text)
    assert found is not None, text
    return iso(found // 1000)


def millis(text: str) -> int:
    """The milliseconds of a time that `iso` wrote."""
    found = microseconds(text)
    assert found is not None, text
    return found // 1000


def written(at: int, form: str) -> str:
    """A time in microseconds since 1970 UTC, in one of the notations of ISO 8601."""
    whole = iso(at // 1000)
    precise = f"{whole[:-1]}{at % 1000:03}"
    if form == "offset":
        return f"{iso(at // 1000 + 19_800_000)[:-1]}{at % 1000:03}+05:30"
    if form == "no zone":
        return precise
    if form == "comma":
        return precise.replace(".", ",") + "Z"
    return whole if form == "plain" and at % 1000 == 0 else precise + "Z"
