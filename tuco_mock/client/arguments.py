"""Arguments of verbs, looked at before anything is sent: what can't be meant is told with what to write instead."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from difflib import get_close_matches
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from tuco_mock.client.errors import TucoError

_LONGEST_WAIT = 60.0
"""How long the server waits at most, in seconds."""

_EXAMPLES = {"query": '{"limit": 10}', "headers": '{"X-Trace": "7"}'}


class Patience(NamedTuple):
    """How long to wait.

    Attributes:
        sent: as the server takes it.
        told: in words.
        seconds: after so many the server has answered.
    """

    sent: str
    told: str
    seconds: float


def milliseconds(what: str, value: Any) -> int:
    """A timedelta or a number of seconds in milliseconds; `what` it is, for the error.

    Raises:
        TucoError: it is neither, or has no end.
    """
    try:
        seconds = math.nan if isinstance(value, bool) else float(_in_seconds(value))
    except (TypeError, ValueError, OverflowError):
        seconds = math.nan
    if not math.isfinite(seconds):
        raise TucoError(f"{what} is a text as '1500ms' or '5s', a timedelta, or a number of seconds; not {value!r}")
    return round(seconds * 1000)


def duration(value: Any, what: str = "a duration") -> str:
    """A duration as the server takes it: a text as it is, a number as seconds.

    Raises:
        TucoError: it is none.
    """
    return value if isinstance(value, str) else f"{milliseconds(what, value)}ms"


def patience(timeout: Any) -> Patience:
    """How long to wait: a text, which the server reads, a timedelta or a number of seconds.

    Raises:
        TucoError: nobody can wait so long.
    """
    if isinstance(timeout, str):
        return Patience(timeout, timeout, _LONGEST_WAIT)
    millis = milliseconds("timeout", timeout)
    if millis < 0:
        raise TucoError(f"timeout is a number of seconds from 0 to 60, not {timeout!r}")
    return Patience(f"{millis}ms", f"{millis / 1000:g} s", millis / 1000)


def number(what: str, value: Any, least: int) -> int:
    """How often something is meant to come.

    Raises:
        TucoError: it is no whole number, or too low.
    """
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise TucoError(f"{what} is a whole number from {least}, not {value!r}")
    return value


def mapping(what: str, value: Any) -> Mapping[str, Any] | None:
    """Parameters or headers by name, or None.

    Raises:
        TucoError: it is no mapping.
    """
    if value is None or isinstance(value, Mapping):
        return value
    raise TucoError(f"{what} is a mapping of names to values, as {_EXAMPLES[what]}, not {value!r}")


def headers_kept(value: Any) -> dict[str, Any] | None:
    """Headers that the journal can be asked for.

    Raises:
        TucoError: it is no mapping, or names the one that is not kept.
    """
    given = mapping("headers", value)
    if given is None:
        return None
    if any(str(name).lower() == "authorization" for name in given):
        raise TucoError(
            "the journal keeps of a key only its end, and every request in it carries this workspace's key anyway: "
            "leave Authorization out of headers"
        )
    return dict(given)


def known_alone(verb: str, given: Iterable[str], known: Collection[str]) -> None:
    """Refuse keyword arguments that a verb doesn't take: ``**`` would let them by.

    Raises:
        TypeError: there is one, as Python itself tells it.
    """
    for name in given:
        if name not in known:
            near = get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"besides its own there are {', '.join(sorted(known))}"
            raise TypeError(f"{verb}() got an unexpected keyword argument {name!r}; {hint}")


def text(what: str, value: Any) -> str | None:
    """A text, or None.

    Raises:
        TucoError: it is something else.
    """
    if value is None or isinstance(value, str):
        return value
    raise TucoError(f"{what} is a text, not {value!r}")


def path_alone(path: Any, *, has_query: bool = True) -> str | None:
    """A path as requests have it, or None; with `has_query` the verb takes `query`, too.

    Raises:
        TucoError: it is no text, a whole URL, or has a query.
    """
    path = text("path", path)
    if path is None or not ("?" in path or "://" in path):
        return path
    try:
        parts = urlsplit(path)
    except ValueError as error:
        raise TucoError(f"path is the path alone, as '/api/replies', not {path!r} ({error})") from None
    told = f"path is the path alone: write {parts.path or '/'!r}"
    asked = dict(parse_qsl(parts.query, keep_blank_values=True))
    if asked:
        told += f" and query={asked!r}" if has_query else " (a fault can't be for some parameters only)"
    raise TucoError(f"{told}, not {path!r}")


def _in_seconds(value: Any) -> Any:
    if isinstance(value, str):
        raise TypeError("a text is no number")
    return value.total_seconds() if isinstance(value, timedelta) else value
