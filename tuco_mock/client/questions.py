"""Which requests are meant: what all verbs that ask the journal take, and the question that comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, TypedDict

from msgspec import UNSET, UnsetType

from tuco_mock.client.arguments import headers_kept, known_alone, mapping, path_alone, text
from tuco_mock.client.errors import TucoError
from tuco_mock.client.models import Lead, Request, Words


class Which(TypedDict, total=False):
    """Which requests are meant, beside their method and path; what is left out, any.

    Attributes:
        query: parameters that are there; values are written as clients write them.
        json: of the body: objects match when each member given matches, all else when it is equal.
        headers: those that are there; keys are not kept.
        status: of the answer.
        lead: the lead that they are about, it or its id or any of its addresses, however they name it.
        after: later than this one.
    """

    query: Mapping[str, Any] | None
    json: Any
    headers: Mapping[str, str] | None
    status: int | None
    lead: Lead | str | None
    after: Request | int | None


class Match(Words, frozen=True, kw_only=True):
    """Which requests are meant, in the words of the control plane; what is left out, any."""

    method: str | None = None
    path: str | None = None
    query: dict[str, str] | None = None
    headers: dict[str, str] | None = None
    body: Any | UnsetType = UNSET
    status: int | None = None
    lead: str | None = None


class Question(NamedTuple):
    """What the journal is asked.

    Attributes:
        match: which requests are meant.
        after: only those with a higher number.
    """

    match: Match = Match()
    after: int | None = None

    @property
    def body(self) -> dict[str, Any]:
        """As it is sent."""
        return {"match": self.match} if self.after is None else {"match": self.match, "after": self.after}


def question(verb: str, method: str | None, path: str | None, which: Which) -> Question:
    """What a verb's arguments ask for.

    Raises:
        TypeError: the verb takes no such argument.
        TucoError: no request can ever be the one that is meant.
    """
    known_alone(verb, which, Which.__optional_keys__)
    asked, json = mapping("query", which.get("query")), which.get("json")
    match = Match(
        method=text("method", method),
        path=path_alone(path),
        query=None if asked is None else {name: _written(value) for name, value in asked.items()},
        headers=headers_kept(which.get("headers")),
        body=UNSET if json is None else json,
        status=which.get("status"),
        lead=_lead(which.get("lead")),
    )
    return Question(match, number_of(which.get("after")))


def number_of(after: Request | int | None) -> int | None:
    """The running number of a request.

    Raises:
        TucoError: it is neither a request nor its number.
    """
    number = after.id if isinstance(after, Request) else after
    if number is None or (isinstance(number, int) and not isinstance(number, bool)):
        return number
    raise TucoError(f"after is a request, as `requests`, `find` and `assert_called` give it, or its id; not {after!r}")


def _lead(value: Lead | str | None) -> str | None:
    named = value.id if isinstance(value, Lead) else value
    if named is None or isinstance(named, str):
        return named
    raise TucoError(f"lead is a lead, as `add_lead` gives it, its id, phone or email; not {value!r}")


def _written(value: Any) -> str:
    """A value as httpx and requests put it into a query string."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
