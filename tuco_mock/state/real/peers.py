"""The other processes on the same engines: told what happens here, heard of what happens there, missed when they die.

===================  ======  ==================================================================================
``tuco:rings``       channel  ``<process> <kind> <workspace>``: something of a kind happened in a workspace
``tuco:processes``   zset    the processes, by the time of the Redis server in ms until which each lives for sure
===================  ======  ==================================================================================

One thread a process listens, and shows now and then that the process lives. A message can get lost, while the
connection is: once it is there again everybody looks as if all had been rung for (`on_gap`).
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal, cast
from uuid import uuid4

from tuco_mock.state.away import AWAY, first_line
from tuco_mock.state.real.gates import Gates
from tuco_mock.state.real.holdings import Held, Holdings
from tuco_mock.state.real.leases import LASTS, Leases

if TYPE_CHECKING:
    from redis.client import PubSub

    from tuco_mock.state.engines import Engines
    from tuco_mock.state.real.redis import SharedRedis

log = logging.getLogger("tuco_mock.peers")

Recovery = Callable[[Holdings, Sequence[Held]], None]
"""Puts back what is in the hands of a process that does not go on with it."""

Kind = Literal["happened", "due", "deliver", "forget", "free", "gate"]
"""happened: in a workspace, for who waits there. due: maybe, something. deliver: what waits to be sent. forget: what
is being sent. free: a lease. gate: it has opened, or the last one is out."""

_CHANNEL = "tuco:rings"
_PROCESSES = "tuco:processes"
_BEAT = LASTS / 4_000
"""How often a process shows that it lives, in seconds."""

_PATIENCE = 0.25
"""After how many seconds a Redis that is away is asked again."""

_SHOW_LIFE = """
-- Show that a process lives. KEYS: the processes. ARGV: it, for how many ms it is believed.
-- Gives the ones that have not for too long.
local at = redis.call('TIME')
local now = at[1] * 1000 + math.floor(at[2] / 1000)
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now)
"""


class Peers:
    """One process among the others.

    Attributes:
        process: its name, which no other one has or had.
        leases: what it has to itself.
        holdings: what it has in its hands.
        everybody: the Redis key of the processes that live.
    """

    everybody = _PROCESSES

    def __init__(self, redis: SharedRedis) -> None:
        self.process = uuid4().hex
        self.leases = Leases(redis)
        self.holdings = Holdings(redis, self.process)
        self._redis = redis
        self._show_life = redis.register_script(_SHOW_LIFE)
        self._heard: dict[Kind, list[Callable[[str], None]]] = {}
        self._gaps: list[Callable[[], None]] = []
        self._recoveries: list[Recovery] = []
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._burying: threading.Thread | None = None

    def hear(self, kind: Kind, listener: Callable[[str], None]) -> None:
        """Call `listener` with the workspace, in a thread of ours, when another process tells something of a kind."""
        self._heard.setdefault(kind, []).append(listener)
        self._start()

    def on_gap(self, listener: Callable[[], None]) -> None:
        """Call `listener` when something may have been missed."""
        self._gaps.append(listener)

    def on_recovery(self, recovery: Recovery) -> None:
        """Let `recovery` put back what a process held that has died, or left behind. Others may do so as well."""
        self._recoveries.append(recovery)

    def tell(self, kind: Kind, workspace: str) -> None:
        """Let the others know; one that can't be told finds out once it hears again."""
        with contextlib.suppress(*AWAY):
            self._redis.publish(_CHANNEL, f"{self.process} {kind} {workspace}")

    def gates(self, engines: Engines) -> Gates:
        """The gates of the workspaces on these engines."""
        return Gates(engines, self)

    def close(self) -> None:
        """Hear nothing more, and leave orderly: others need not wait for us to die."""
        if self._thread is None:
            return
        self._ended.set()
        with contextlib.suppress(*AWAY):
            self._recover(self.holdings, self.holdings.all())  # what was not brought to its end is for others
            self._redis.zrem(_PROCESSES, self.process)
            self._redis.publish(_CHANNEL, f"{self.process} happened ")  # which wakes our own thread
        self._thread.join()
        if self._burying is not None:
            self._burying.join()

    def _start(self) -> None:
        if self._thread is None:
            self._beat()  # nothing is held by a process that nobody has heard of
            self._thread = threading.Thread(target=self._listen, name="tuco-mock peers", daemon=True)
            self._thread.start()

    def _listen(self) -> None:
        """Listen until the end, however often Redis goes away and comes back."""
        again = False
        while not self._ended.is_set():
            ears = self._redis.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call] # as redis-py has it
            try:
                ears.subscribe(self._redis.prefix + _CHANNEL)
                self._beat()
                if again:
                    for missed in self._gaps:
                        missed()
                self._hear_all(ears)
            except AWAY as error:
                if not again:
                    log.warning("other processes can't be heard: %s", first_line(error))
                self._ended.wait(_PATIENCE)
            except Exception:
                if not self._ended.is_set():  # else the connections are closed under us
                    log.exception("listening to other processes failed; trying again")
                    self._ended.wait(1.0)
            finally:
                again = True
                with contextlib.suppress(Exception):
                    ears.close()

    def _hear_all(self, ears: PubSub) -> None:
        beats_at = time.monotonic() + _BEAT
        while not self._ended.is_set():
            message = cast("dict[str, Any] | None", ears.get_message(timeout=max(beats_at - time.monotonic(), 0.001)))
            if message is not None:
                process, kind, workspace = message["data"].split(" ", 2)
                if process != self.process:
                    for listener in self._heard.get(kind, ()):
                        listener(workspace)
            if time.monotonic() >= beats_at:
                self._beat()
                beats_at = time.monotonic() + _BEAT

    def _beat(self) -> None:
        dead = cast("list[str]", self._show_life(keys=[_PROCESSES], args=[self.process, LASTS]))
        self.leases.renew()
        is_needed = (dead or self.holdings.has_left) and self._recoveries
        if is_needed and (self._burying is None or not self._burying.is_alive()):
            self._burying = threading.Thread(target=self._bury, args=(dead,), name="tuco-mock recovery", daemon=True)
            self._burying.start()

    def _bury(self, dead: list[str]) -> None:
        """Put back what processes held that have died: one survivor does; should it die as well, the next one."""
        self._put_back_left()
        for each in dead:
            name = f"recovery-{each}"
            try:
                if self.leases.take(name).number is None:
                    continue
                try:
                    hands = self.holdings.of(each)
                    self._recover(hands, hands.all())
                    self._redis.zrem(_PROCESSES, each)
                finally:
                    self.leases.release(name)
            except AWAY as error:
                log.warning("what a dead process held is looked for again: %s", first_line(error))
            except Exception:
                log.exception("what a dead process held can't be put back; trying again")

    def _put_back_left(self) -> None:
        left: list[Held] = []
        try:
            left = self.holdings.left()
            while left:
                self._recover(self.holdings, left[-1:])
                left.pop()
        except AWAY as error:
            self.holdings.leave(*left)
            log.warning("what was being done when an engine went away is looked for again: %s", first_line(error))
        except Exception:
            log.exception("what was being done when an engine went away can't be put back")

    def _recover(self, hands: Holdings, held: Sequence[Held]) -> None:
        for recovery in self._recoveries:
            recovery(hands, held)
