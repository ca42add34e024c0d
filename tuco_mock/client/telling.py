"""Requests and unmet expectations in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import UNSET

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tuco_mock.client.journal import Found
    from tuco_mock.client.models import Event, Request
    from tuco_mock.client.questions import Match
    from tuco_mock.client.tuco import Tuco

_LONGEST = 300
_MOST = 10


def meant(match: Match) -> str:
    """Which requests are meant: ``POST /api/replies with json {"a": 1} and status 200``."""
    asked = [
        *(f"{name} {_json(value)}" for name, value in (("query", match.query), ("headers", match.headers)) if value),
        *([] if match.body is UNSET else [f"json {_json(match.body)}"]),
        *([] if match.status is None else [f"status {match.status}"]),
        *([] if match.lead is None else [f"lead {match.lead}"]),
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


def lost(dropped: int) -> str:
    """That the journal doesn't keep all that came, and what to do about it."""
    were = "1 older request was" if dropped == 1 else f"{dropped} older requests were"
    return (
        f"{were} dropped from the journal; serve with a higher --journal-limit (Settings(journal_limit=…)), "
        "or ask with after=…"
    )


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
    hints = [*found.hints, *([lost(found.dropped)] if found.dropped else [])]
    if hints:
        lines += ["hints:", *(f"  {hint}" for hint in hints)]
    return "\n".join(lines)


def timeline(events: Sequence[Event]) -> str:
    """Events a line each, what follows from another one indented under it."""
    return "\n".join(f"{each.at}  {'  ' if each.cause else ''}{each.text}" for each in events)


def seen(tuco: Tuco, most: int) -> str:
    """What a workspace saw: the newest events; why there are none, when they can't be had."""
    try:
        events = tuco.timeline(most)
        unclaimed = 0 if tuco.count() else tuco.count_unclaimed()
    except Exception as error:  # noqa: BLE001 - the report of a failed test must not fail itself
        return f"can't be had: {error}"
    told = timeline(events) if events else f"nothing happened in workspace {tuco.id}; its base URL is {tuco.base_url}"
    if not unclaimed:
        return told
    strays = "1 request" if unclaimed == 1 else f"{unclaimed} requests"
    return (
        f"{told}\nno request came with its key, but {strays} with no key of any workspace came meanwhile: "
        "does the code under test use tuco.api_key?"
    )


def _listed(requests: Sequence[Request]) -> list[str]:
    more = len(requests) - _MOST
    shown = [f"  {request_line(each)}" for each in requests[:_MOST]]
    return [*shown, f"  … and {more} more"] if more > 0 else shown


def _json(value: Any) -> str:
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
