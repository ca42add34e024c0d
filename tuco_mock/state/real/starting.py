"""The start of a server on real engines: go on with what they hold, or begin anew; one server at a time.

A server on two real engines marks both with the same number once its fixture is there. Only halves that bear the same
number belong together; where they don't, nothing is dropped unasked.
"""

from __future__ import annotations

import contextlib
import threading
import time
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

from redis.exceptions import LockError

from tuco_mock.state.engines import UnusableEngine
from tuco_mock.state.real.leases import LASTS
from tuco_mock.state.real.mongo import MARKS
from tuco_mock.state.real.redis import STARTING, lost
from tuco_mock.state.starts import Starts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pymongo.database import Database
    from redis.lock import Lock

    from tuco_mock.state.engines import Document
    from tuco_mock.state.real.peers import Peers
    from tuco_mock.state.real.redis import SharedRedis

_MARK = "tuco:installation"
_BOTH = "give the addresses that belong together, or --fresh, which drops what is there and begins anew"


class Halves:
    """What two engines, of which one may be embedded, hold of a server before.

    Args:
        documents: the real documents engine and what it is for people, or None.
        redis: the same of the queue engine.
        peers: the other processes, where both are real.
    """

    def __init__(
        self,
        documents: tuple[Database[Document], str] | None,
        redis: tuple[SharedRedis, str] | None,
        peers: Peers | None,
    ) -> None:
        self._documents = documents
        self._redis = redis
        self._peers = peers

    @contextlib.contextmanager
    def start(self, forget: Callable[[], None], fresh: bool) -> Iterator[bool]:
        """Begin or go on: gives whether what is there is gone on with; else all of it is forgotten before.

        Raises:
            UnusableEngine: what is there belongs to another installation, or somebody works on what is to be dropped.
        """
        if self._documents is None or self._redis is None or self._peers is None:
            if not fresh:
                self._check_alone()
            forget()
            yield False
            return
        with _alone(self._redis[0]):
            goes_on = not fresh and self._goes_on(self._redis[0])
            if not goes_on:
                if fresh:
                    self._check_idle(self._peers)
                forget()
            yield goes_on
            if not goes_on:
                self._mark(self._documents[0], self._redis[0])

    def trouble(self) -> str | None:
        """Why these halves are no server's any more, or None."""
        marks = (self._of_documents(), self._of_redis())
        if marks[0] == marks[1] or self._documents is None or self._redis is None:
            return None
        if marks[0] is None or marks[1] is None:
            return lost(self._documents[1] if marks[0] is None else self._redis[1])
        return f"{self._documents[1]} and {self._redis[1]} are of different installations by now"

    def _goes_on(self, redis: SharedRedis) -> bool:
        """Whether both hold the halves of one server.

        Raises:
            UnusableEngine: they hold something else.
        """
        assert self._documents is not None
        assert self._redis is not None
        of_documents, of_redis = self._of_documents(), self._of_redis()
        if of_documents == of_redis:
            return of_redis is not None and Starts(redis).exist()
        if of_documents is None or of_redis is None:
            (_, empty), (_, full) = (
                (self._documents, self._redis) if of_documents is None else (self._redis, self._documents)
            )
            raise UnusableEngine(f"{empty} holds nothing of what {full} holds the other half of: {_BOTH}")
        raise UnusableEngine(f"{self._documents[1]} and {self._redis[1]} hold halves of different servers: {_BOTH}")

    def _check_alone(self) -> None:
        """Refuse to drop one half of what a server on two engines has."""
        for engine, mark in ((self._documents, self._of_documents()), (self._redis, self._of_redis())):
            if engine is not None and mark is not None:
                raise UnusableEngine(
                    f"{engine[1]} holds one half of a server on two engines: give the address of the other one too, "
                    "another --namespace, or --fresh, which drops what is there"
                )

    def _check_idle(self, peers: Peers) -> None:
        """Wait until no process works on what is to be dropped: one that was killed is believed alive for a while.

        Raises:
            UnusableEngine: some still do.
        """
        until = time.monotonic() + LASTS / 1000 + 1
        while others := peers.others():
            if time.monotonic() > until:
                raise UnusableEngine(
                    f"{others} process{'' if others == 1 else 'es'} of another server work{'s' if others == 1 else ''} "
                    "on what --fresh would drop: stop it first, or give another --namespace"
                )
            time.sleep(0.1)

    def _of_documents(self) -> str | None:
        if self._documents is None:
            return None
        found = self._documents[0][MARKS].find_one({"_id": MARKS})
        return None if found is None else str(found["mark"])

    def _of_redis(self) -> str | None:
        return None if self._redis is None else cast("str | None", self._redis[0].get(_MARK))

    def _mark(self, documents: Database[Document], redis: SharedRedis) -> None:
        mark = uuid4().hex
        documents[MARKS].update_one({"_id": MARKS}, {"$set": {"mark": mark}}, upsert=True)
        redis.set(_MARK, mark)


@contextlib.contextmanager
def _alone(redis: SharedRedis) -> Iterator[None]:
    """Keep other starts out; free some seconds after who has it has died."""
    lock: Lock = cast("Any", redis).lock(STARTING, timeout=LASTS / 1000, sleep=0.02, thread_local=False)
    lock.acquire()
    ended = threading.Event()

    def keep() -> None:
        while not ended.wait(LASTS / 4_000):
            with contextlib.suppress(LockError):
                lock.reacquire()

    keeping = threading.Thread(target=keep, name="tuco-mock start", daemon=True)
    keeping.start()
    try:
        yield
    finally:
        ended.set()
        keeping.join()
        with contextlib.suppress(LockError):
            lock.release()
