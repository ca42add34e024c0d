"""The two engines everything is kept in, handed in from outside.

Documents are reached through the pymongo API, all that is fast or ordered through the redis-py API. Nothing above
this line knows which implementation stands behind; the embedded default needs no server.

Embedded engines answer at once, in the thread that asks. A real one is waited for, and the event loop must not wait:
who runs on it hands what asks engines to `Engines.run` or `Engines.call`, which do it on the spot or in a thread.
"""

from __future__ import annotations

import asyncio
import contextvars
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, overload

from tuco_mock.state.questions import Question

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Executor
    from contextlib import AbstractContextManager

    from pymongo.database import Database
    from redis import Redis

    from tuco_mock.state.real.peers import Peers

    Fields = Sequence[str]
    Wanted = Mapping[str, int] | None
    Sort = Sequence[tuple[str, int]]

Document = dict[str, Any]
"""A stored document."""

T = TypeVar("T")


class UnusableEngine(Exception):
    """An engine can't be used; the text says which, where it is and why, in one line."""


def _nothing() -> None:
    """What there is to forget in fresh embedded engines, and to close; and what is wrong with what they hold."""


def _anew(_: bool) -> AbstractContextManager[bool]:
    """Embedded engines hold nothing of a server before."""
    return nullcontext(False)


@dataclass(frozen=True, slots=True)
class Engines:
    """The two engines of one server.

    Attributes:
        documents: a MongoDB database, real or embedded.
        redis: a Redis client that decodes answers to text, real or embedded.
        documents_name: what stands behind `documents`, for people.
        redis_name: what stands behind `redis`, for people.
        threads: where real engines are waited for; None when both are embedded.
        start: to be entered with whether all is to begin anew, before anything is read or written; gives whether what
            they hold of a server before is gone on with. Else nothing of it is left.
        trouble: tells why what they hold is no server's any more; None when it is.
        peers: other processes that may work on the same; None when there can be none.
        forget: removes all that real engines hold of ours.
        close: gives back connections and threads.
        question: makes a `Question` to a collection, in the way that suits the engine.
    """

    documents: Database[Document]
    redis: Redis
    documents_name: str
    redis_name: str
    threads: Executor | None = None
    start: Callable[[bool], AbstractContextManager[bool]] = _anew
    trouble: Callable[[], str | None] = _nothing
    peers: Peers | None = None
    forget: Callable[[], None] = _nothing
    close: Callable[[], None] = _nothing
    question: Callable[..., Question[Any]] = Question

    @overload
    def ask(self, name: str, fields: Fields, wanted: Wanted = None, sort: Sort = ()) -> Question[Document]: ...
    @overload
    def ask(
        self, name: str, fields: Fields, wanted: Wanted = None, sort: Sort = (), *, read: Callable[[Document], T]
    ) -> Question[T]: ...
    def ask(
        self, name: str, fields: Fields, wanted: Wanted = None, sort: Sort = (), *, read: Any = None
    ) -> Question[Any]:
        """A question to the collection of a name (see `Question`)."""
        return self.question(self.documents[name], fields, wanted, sort, read)

    async def run(self, work: Callable[..., T], *args: Any) -> T:
        """Do what asks engines, and give its result: at once, or in a thread while the event loop goes on.

        Once begun it is done to its end, also when the task that waits for it is cancelled.
        """
        if self.threads is None:
            return work(*args)
        inside = contextvars.copy_context().run
        return await asyncio.get_running_loop().run_in_executor(self.threads, inside, work, *args)

    def call(self, work: Callable[[], T], then: Callable[[T], None], failed: Callable[[BaseException], None]) -> None:
        """The same for who has no task: `then` gets the result on the event loop, `failed` what it raised."""
        if self.threads is None:
            return then(work())
        inside = contextvars.copy_context()
        doing = asyncio.get_running_loop().run_in_executor(self.threads, inside.run, work)

        def ended(done: asyncio.Future[T]) -> None:
            if done.cancelled():
                return
            error = done.exception()
            if error is None:
                then(done.result())
            else:
                failed(error)

        doing.add_done_callback(ended, context=inside)
        return None


def embedded() -> Engines:
    """Fresh engines inside this process: mongomock and fakeredis."""
    # imported here: whoever brings real engines does not pay for the fakes
    from tuco_mock.state.embedded.documents import open_documents, question  # noqa: PLC0415 - only who needs it pays for it
    from tuco_mock.state.embedded.redis import open_redis  # noqa: PLC0415 - only who needs it pays for it

    names = ("embedded (mongomock)", "embedded (fakeredis)")
    return Engines(open_documents(), open_redis(), *names, question=question)


def open_engines(mongo_url: str | None = None, redis_url: str | None = None, namespace: str = "") -> Engines:
    """The engines at these addresses; embedded ones where there is none.

    Args:
        mongo_url: a ``mongodb://`` address; its database, or else ``tuco``, is used.
        redis_url: a ``redis://``, ``rediss://`` or ``unix://`` address.
        namespace: stands before all names in them, so that several installations can share engines.

    Raises:
        UnusableEngine: one is not there, too old, or not to be used by us.
    """
    if not mongo_url and not redis_url:
        return embedded()
    from tuco_mock.state.real import open_real  # noqa: PLC0415 - only who needs it pays for it

    return open_real(mongo_url, redis_url, namespace)
