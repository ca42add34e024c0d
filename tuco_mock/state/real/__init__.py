"""Real engines: a MongoDB and a Redis at addresses, either of them or both."""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

from tuco_mock.state.engines import Engines, embedded
from tuco_mock.state.real.mongo import forget_documents, open_documents
from tuco_mock.state.real.peers import Peers
from tuco_mock.state.real.redis import open_redis
from tuco_mock.state.real.starting import Halves

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["THREADS", "open_real"]

THREADS = 32
"""How many calls wait for engines at once; each has a connection to either."""


def open_real(mongo_url: str | None, redis_url: str | None, namespace: str) -> Engines:
    """The engines at these addresses, of which there is one at least; the other one is embedded without.

    Raises:
        UnusableEngine: one is not there, too old, or not to be used by us.
    """
    inside = embedded()
    documents, documents_name = inside.documents, inside.documents_name
    redis, redis_name = inside.redis, inside.redis_name
    forgetting: list[Callable[[], None]] = []
    peers: Peers | None = None
    with contextlib.ExitStack() as opened:
        if mongo_url:
            documents, documents_name, close_documents = open_documents(mongo_url, namespace, THREADS)
            opened.callback(close_documents)
            forgetting.append(partial(forget_documents, documents))
        if redis_url:
            shared, redis_name = open_redis(redis_url, namespace, THREADS)
            redis = shared
            opened.callback(shared.close)
            forgetting.append(shared.forget)
        threads = ThreadPoolExecutor(THREADS, "tuco-mock engines")
        if mongo_url and redis_url:  # with one of them nobody else can work on the same
            peers = Peers(shared)
            opened.callback(peers.close)
        opened.callback(threads.shutdown, wait=True, cancel_futures=True)
        close: Callable[[], None] = opened.pop_all().close

    def forget() -> None:
        for each in forgetting:
            each()

    halves = Halves(
        (documents, documents_name) if mongo_url else None, (shared, redis_name) if redis_url else None, peers
    )
    return Engines(
        documents=documents,
        redis=redis,
        documents_name=documents_name,
        redis_name=redis_name,
        threads=threads,
        start=partial(halves.start, forget),
        trouble=halves.trouble,
        peers=peers,
        forget=forget,
        close=close,
    )
