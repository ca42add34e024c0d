"""Requests and unmet expectations in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import UNSET

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tuco_mock.client.journal import Found, Match
    from tuco_mock.client.models import Event, Request

_LONGEST = 300
_MOST = 10


def meant(match: Match) -> str:
    """Which requests are meant: ``POST /api/replies with json {"a": 1} and status 200``."""
    asked = [
        *(f"{name} {_json(value)}" for name, value in (("query", match.query), ("headers", match.headers)) if value),
        *([] if match.body is UNSET else [f"json {_json(match.body)}"]),
        *([] if match.status is None else [f"status {match.status}"]),
    ]
    line = " ".join(filter(None, (match.method, match.path))) or "request"
    return f"{line} with {' and '.join(asked)}" if asked else line


def request_line(request: Request) -> str:
    """A request and its answer in a line: ``#3 POST /api/replies {"a":1} -> 400``."""
    query = "?" + "&".join(f"{name}={value}" for name, value in request.query.items()) if request.query else ""
    body = "" if request.body is None else f" {_json(request.body)}"
    answer = "no answer" if request.status is None else str(request.status)
    fault = "" if request.fault is None else f" (fault {request.fault.id}: {_json(request.fault.effect)})"
    return f"#{request.id} {request.method} {request.path}{query}{body} -> {answer}{fault}"


def times(count: int) -> str:
    """Once, twice, …"""
    return {0: "never", 1: "once", 2: "twice"}.get(count, f"{count} times")


def came(count: int) -> str:
    """How often a request came."""
    return f"it came {times(count)}" if count else "it never came"


def unmet(expected: str, found: Found, *, seen: Sequence[Request] = ()) -> str:
    """Why an expectation is not met, with all that helps to see why.

    Args:
        expected: what was expected, and what was the case instead.
        found: what the journal answered.
        seen: requests that match, to be listed.
    """
    lines = [expected]
    if seen:
        lines += ["requests that match:", *_listed(seen)]
    if found.nearest:
        lines.append("nearest requests:")
        for each in found.nearest:
            lines += [f"  {request_line(each.request)}", *(f"      {text}" for text in each.differences)]
            lines += [f"      {text}" for text in (each.request.reason, each.request.hint) if text]
    elif not seen:
        lines.append("no other request came to this workspace")
    if found.hints:
        lines += ["hints:", *(f"  {hint}" for hint in found.hints)]
    return "\n".join(lines)


def timeline(events: Sequence[Event]) -> str:
    """Events a line each, what follows from another one indented under it."""
    return "\n".join(f"{each.at}  {'  ' if each.cause else ''}{each.text}" for each in events)


def _listed(requests: Sequence[Request]) -> list[str]:
    more = len(requests) - _MOST
    shown = [f"  {request_line(each)}" for each in requests[:_MOST]]
    return [*shown, f"  … and {more} more"] if more > 0 else shown


def _json(value: Any) -> str:
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
