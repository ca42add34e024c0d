"""What a workspace's journal is asked, and what it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack

from msgspec import Struct, field

from tuco_mock.client.blocking import refuse_to_block_a_loop
from tuco_mock.client.control import PATIENCE
from tuco_mock.client.handle import Handle
from tuco_mock.client.models import Request, Words
from tuco_mock.client.questions import Question, Which, number_of, question

if TYPE_CHECKING:
    from tuco_mock.client.arguments import Patience


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


class Journal(Handle):
    """The requests that the simulated API got with a key of this workspace.

    Which requests are meant, in all of this and in `assert_called` and its kin: `method` and `path` (alone, without
    host and query; ``*`` stands for any characters), `query` and `headers` (those given must be there; keys are not
    kept), `json` (objects match when each member given matches, all else when it is equal), `status` of the answer,
    `lead` (it, its id or any of its addresses: requests about it, however they named it when they came) and `after`
    (later than this one). What can't be meant is a TucoError that says what to write.
    """

    def requests(self, after: Request | int | None = None) -> list[Request]:
        """All of them, oldest first."""
        found: _Requests = self._call("GET", "/requests", query={"after": number_of(after)}, answer=_Requests)
        return found.requests

    def find(self, method: str | None = None, path: str | None = None, **which: Unpack[Which]) -> list[Request]:
        """Those that are meant, oldest first."""
        return self._found("find", question("find", method, path, which)).requests

    def count(self, method: str | None = None, path: str | None = None, **which: Unpack[Which]) -> int:
        """How many are meant."""
        return self._found("count", question("count", method, path, which)).count

    def count_unclaimed(self) -> int:
        """How many requests came to the server with no key that any workspace has, since this one was made."""
        return self._found("count", Question()).unclaimed

    def clear_requests(self) -> None:
        """Forget all of them."""
        self._call("DELETE", "/requests")

    def _found(self, verb: str, asked: Question) -> Found:
        found: Found = self._call("POST", f"/requests/{verb}", asked.body, answer=Found)
        return found

    def _waited(self, asked: Question, times: int, patience: Patience) -> Found:
        """Wait for as many requests; the server answers as soon as they are there."""
        refuse_to_block_a_loop("wait_for_request", "tuco.async_wait_for_request")
        path, body = self._path("/requests/wait"), _awaited(asked, times, patience)
        found: Found = self._control.call("POST", path, body, answer=Found, seconds=patience.seconds + PATIENCE)
        return found

    async def _waited_async(self, asked: Question, times: int, patience: Patience) -> Found:
        path, body = self._path("/requests/wait"), _awaited(asked, times, patience)
        return await self._control.call_async("POST", path, body, answer=Found, seconds=patience.seconds + PATIENCE)


def _awaited(asked: Question, times: int, patience: Patience) -> dict[str, Any]:
    return {**asked.body, "times": times, "timeout": patience.sent}
