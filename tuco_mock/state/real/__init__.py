"""Real engines: a MongoDB and a Redis at addresses, either of them or both; and what holds on them, and why.

Many processes on the same two are one server. None keeps anything that matters: what it remembers is a connection, a
socket, a timer. There is no transaction over both engines, and no lock around the world; this is what there is instead.

==================  ===================================================================================================
cancel              One conditional update: `cancellable still` and `cancelled, by this number` in one piece, so each
                    message is counted by one call (`state.messages.cancel`). Its job goes afterwards, and whoever
                    removes it from its set counts it. Whoever queues a job looks afterwards whether its message was
                    cancelled meanwhile (`Store.drop_jobs_of_cancelled`): one of the two finds the job.
send                The status moves by an update that names the statuses it may have (`state.messages.move`): once,
                    and never after a cancellation. A line counts first, if it has counted nothing since it was read
                    (`state.pace.count`): daily limits hold. A time is booked by compare-and-set (`state.bookings`).
take a job          A script takes it out of its set into the taker's hands (`state.real.holdings`). What is not in a
                    process's hands any more it can't finish or put off.
work in time        One process at a time has a workspace, by a lease of 5 s that it renews; its number is the fencing
                    token with which the clock is moved (`state.turns`, `state.real.leases`).
import              Unique indexes on id and address; of two who make the same, one is told, looks again, and finds it.
                    All documents of a kind are kept or none.
reset, PUT state,   Whoever replaces, removes or exports a whole state shuts the workspace's gate, waits for the calls
restore, DELETE     inside, and has it alone; calls come before or after (`state.real.gates`). What is being replaced is
                    marked until it is whole, and nobody let in. A workspace shows its keys when all is there.
reset of all        The same with the server's gate, which who makes or lists workspaces passes, then with all others.
                    Who finds no workspace of a key or id looks again inside the server's gate, and is refused then.
limits, faults      A token is taken by a script (`state.scripts`), one of a fault's times by a counter (`state.rules`).
journal, clock      One command, or a script that reads the clock and appends. The clock is a distance to real time.
running numbers     `HINCRBY`: none is given twice.
events, webhooks    A delivery is kept and queued by one script, taken by one process in order (a lease a workspace),
                    and put down by a script once. Before its attempt it is noted as begun: what had begun when a
                    process died is never sent again.
waiting             Redis's publish and subscribe wakes all processes (`state.real.peers`); after a gap all look again.
==================  ===================================================================================================

A process that dies is missed after 5 s (`state.real.peers`). What it had taken, made or was removing is noted in its
hands before it begins, and until all that follows is stored; others do what is missing (`actions.recovery`). A process
that lost an engine in the middle leaves it to that as well.

Replacing a whole state is done again from its note (`actions.redoing`): the state becomes what it was to be, and calls
wait for that; a workspace that was being made has never been there.

Where Redis has lost what it held, no gate lets a call in: each would be done by half.

Not covered: a process that sleeps for longer than its lease in the middle of a single call may still finish the writes
of that call that are conditional on nothing but the document, those of replacing a whole state among them. Of making a
workspace `instead` of others each step is whole, not all of them together.
"""

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
