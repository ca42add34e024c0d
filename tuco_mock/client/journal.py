"""What a workspace's journal is asked, and what it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import UNSET, Struct, UnsetType, field

from tuco_mock.client.arguments import headers_kept, mapping, path_alone, text
from tuco_mock.client.blocking import refuse_to_block_a_loop
from tuco_mock.client.control import PATIENCE
from tuco_mock.client.errors import TucoError
from tuco_mock.client.handle import Handle
from tuco_mock.client.models import Request, Words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tuco_mock.client.arguments import Patience


class Match(Words, frozen=True, kw_only=True):
    """Which requests are meant; what is left out, any."""

    method: str | None = None
    path: str | None = None
    query: dict[str, str] | None = None
    headers: dict[str, str] | None = None
    body: Any | UnsetType = UNSET
    status: int | None = None


class Nearest(Words, frozen=True, kw_only=True):
    """A request that is not the one that was meant, and why."""

    request: Request
    differences: list[str] = field(default_factory=list)


class Found(Words, frozen=True, kw_only=True):
    """What the journal answers.

    Attributes:
        matched: enough requests are there.
        count: how many match.
        requests: those, oldest first.
        nearest: where none matches, those that come nearest.
        hints: what may be behind it, in the domain's terms.
        unclaimed: how many requests came to the server with no key that anybody has.
        dropped: how many older requests of those that were asked about the journal keeps no more.
        stopped: whether the server stopped while it waited.
    """

    matched: bool
    count: int
    requests: list[Request] = field(default_factory=list)
    nearest: list[Nearest] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    unclaimed: int = 0
    dropped: int = 0
    stopped: bool = False


class _Requests(Struct):
    requests: list[Request]


def match_of(
    method: str | None,
    path: str | None,
    query: Mapping[str, Any] | None = None,
    json: Any = None,
    headers: Mapping[str, str] | None = None,
    status: int | None = None,
) -> Match:
    """What a verb's arguments ask for; values of query parameters are written as clients write them.

    Raises:
        TucoError: no request can ever be the one that is meant.
    """
    asked = mapping("query", query)
    return Match(
        method=text("method", method),
        path=path_alone(path),
        query=None if asked is None else {name: _written(value) for name, value in asked.items()},
        headers=headers_kept(headers),
        body=UNSET if json is None else json,
        status=status,
    )


class Journal(Handle):
    """The requests that the simulated API got with a key of this workspace.

    Which requests are meant, in all of this and in `assert_called` and its kin: `method` and `path` (alone, without
    host and query; ``*`` stands for any characters), `query` and `headers` (those given must be there; keys are not
    kept), `json` (objects match when each member given matches, all else when it is equal), `status` of the answer,
    and `after` (later than this one). What can't be meant is a TucoError that says what to write.
    """

    def requests(self, after: Request | int | None = None) -> list[Request]:
        """All of them, oldest first."""
        found: _Requests = self._call("GET", "/requests", query={"after": _number(after)}, answer=_Requests)
        return found.requests

    def find(
        self,
        method: str | None = None,
        path: str | None = None,
        *,
        query: Mapping[str, Any] | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        status: int | None = None,
        after: Request | int | None = None,
    ) -> list[Request]:
        """Those that are meant, oldest first."""
        return self._found("find", match_of(method, path, query, json, headers, status), after).requests

    def count(
        self,
        method: str | None = None,
        path: str | None = None,
        *,
        query: Mapping[str, Any] | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        status: int | None = None,
        after: Request | int | None = None,
    ) -> int:
        """How many are meant."""
        return self._found("count", match_of(method, path, query, json, headers, status), after).count

    def count_unclaimed(self) -> int:
        """How many requests came to the server with no key that any workspace has, since this one was made."""
        return self._found("count", Match(), None).unclaimed

    def clear_requests(self) -> None:
        """Forget all of them."""
        self._call("DELETE", "/requests")

    def _found(self, verb: str, match: Match, after: Request | int | None) -> Found:
        found: Found = self._call("POST", f"/requests/{verb}", _asked(match, after), answer=Found)
        return found

    def _waited(self, match: Match, after: Request | int | None, times: int, patience: Patience) -> Found:
        """Wait for as many requests; the server answers as soon as they are there."""
        refuse_to_block_a_loop("wait_for_request", "tuco.async_wait_for_request")
        path, body = self._path("/requests/wait"), _awaited(match, after, times, patience)
        found: Found = self._control.call("POST", path, body, answer=Found, seconds=patience.seconds + PATIENCE)
        return found

    async def _waited_async(self, match: Match, after: Request | int | None, times: int, patience: Patience) -> Found:
        path, body = self._path("/requests/wait"), _awaited(match, after, times, patience)
        return await self._control.call_async("POST", path, body, answer=Found, seconds=patience.seconds + PATIENCE)


def _asked(match: Match, after: Request | int | None) -> dict[str, Any]:
    last = _number(after)
    return {"match": match} if last is None else {"match": match, "after": last}


def _awaited(match: Match, after: Request | int | None, times: int, patience: Patience) -> dict[str, Any]:
    return {**_asked(match, after), "times": times, "timeout": patience.sent}


def _number(after: Request | int | None) -> int | None:
    """The running number of a request.

    Raises:
        TucoError: it is neither a request nor its number.
    """
    number = after.id if isinstance(after, Request) else after
    if number is None or (isinstance(number, int) and not isinstance(number, bool)):
        return number
    raise TucoError(f"after is a request, as `requests`, `find` and `assert_called` give it, or its id; not {after!r}")


def _written(value: Any) -> str:
    """A value as httpx and requests put it into a query string."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
