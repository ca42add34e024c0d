"""The deliveries of all workspaces: those that are not done, and the last of those that are.

===================================  ====  =====================================================================
``tuco:deliveries:<ws>``             list  what is done, as JSON, a set number of them, in the order they got done
``tuco:deliveries:<ws>:open``        hash  id -> what is not done, as JSON
``tuco:deliveries:<ws>:waiting``     zset  ids of what is to be sent, in order
``tuco:deliveries:<ws>:delayed``     zset  ids of what waits for the workspace's clock, by its time in ms
``tuco:deliveries:<ws>:taken``       set   ids of what somebody is sending
``tuco:deliveries:<ws>:numbers``     hash  the running numbers of ids and of the order
===================================  ====  =====================================================================

They are no part of a workspace's state, as the journal is none: no snapshot keeps them and no export shows them.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any, Protocol, cast

import msgspec

from tuco_mock.domain.deliveries import REMOVED, UNKNOWN, Delivery
from tuco_mock.state.scripts import FINISH_DELIVERY, LET_GO_DELIVERY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tuco_mock.state.bell import Bell
    from tuco_mock.state.engines import Engines
    from tuco_mock.state.real.holdings import Held, Holdings
    from tuco_mock.state.webhooks import Webhooks

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Delivery).decode

DONE = frozenset({"delivered", "failed", "lost", "dropped"})
"""The states in which nothing becomes of a delivery any more."""


class Courier(Protocol):
    """Who sends what waits."""

    def wake(self, workspace: str) -> None:
        """Something in the workspace waits to be sent, or may have become due."""

    def forget(self, workspace: str) -> None:
        """What is being sent in the workspace is wanted no more."""


class Deliveries:
    """The deliveries.

    Attributes:
        courier: who sends them; None when nobody does.
        limit: how many that are done each workspace keeps.
    """

    def __init__(self, engines: Engines, bell: Bell, limit: int, webhooks: Webhooks) -> None:
        self.courier: Courier | None = None
        self.limit = limit
        self._engines = engines
        self._redis = engines.redis
        self._bell = bell
        self._webhooks = webhooks
        self._let_go = engines.redis.register_script(LET_GO_DELIVERY)
        self._finish = engines.redis.register_script(FINISH_DELIVERY)
        self._peers = engines.peers
        if self._peers is not None:
            self._peers.hear("deliver", self._wake_here)
            self._peers.hear("forget", self._stop_here)

    def begin(self, workspace: str, delivery: Delivery) -> Delivery:
        """Keep a delivery that the caller sends itself."""
        kept = msgspec.structs.replace(delivery, id=self._redis.hincrby(_numbers(workspace), "id", 1))
        if self._peers is not None:
            self._peers.holdings.hold_delivery(workspace, kept.id)
        self._redis.hset(_open(workspace), str(kept.id), _text(kept))
        self._redis.sadd(_taken(workspace), str(kept.id))
        return kept

    def add(self, workspace: str, delivery: Delivery) -> Delivery:
        """Keep a delivery, as its state says; who sends is told when it is to be sent."""
        number = self._redis.hincrby(_numbers(workspace), "id", 1)
        kept = msgspec.structs.replace(delivery, id=number)
        if kept.state in DONE:
            self._put_down(workspace, kept)
            return kept
        if kept.state == "pending":
            self._go(workspace, kept)
        elif kept.state == "delayed":
            pipe = self._redis.pipeline(transaction=True)
            pipe.hset(_open(workspace), str(number), _text(kept))
            pipe.zadd(_delayed(workspace), {str(number): kept.due or 0})
            pipe.execute()
            self.wake(workspace)
        else:
            self._redis.hset(_open(workspace), str(number), _text(kept))
        return kept

    def release_held(self, workspace: str, webhook_id: str | None = None) -> int:
        """Let go what is held back, of one webhook or of all; how many there were."""
        held = [each for each in self.waiting(workspace, webhook_id) if each.state == "held"]
        for each in held:
            self._release(workspace, each)
        return len(held)

    def release_due(self, workspace: str, now: int) -> int | None:
        """Let go what is due; when the next one is, in milliseconds, or None."""
        for name in cast("list[str]", self._redis.zrangebyscore(_delayed(workspace), "-inf", now)):
            text = cast("str | None", self._redis.hget(_open(workspace), name))
            if text is None:
                self._redis.zrem(_delayed(workspace), name)
            else:
                self._release(workspace, _decode(text))
        return self.next_delayed(workspace)

    def waiting(self, workspace: str, webhook_id: str | None = None) -> list[Delivery]:
        """What waits because of the lab, delayed or held, for one webhook or for all."""
        return [
            each
            for each in self._opened(workspace)
            if each.state in {"delayed", "held"} and webhook_id in {None, each.webhook_id}
        ]

    def drop(self, workspace: str, webhook_id: str) -> None:
        """Let nothing come any more of what waits because of the lab for a webhook that is gone (H7)."""
        for each in self.waiting(workspace, webhook_id):
            self._drop(workspace, each)

    def next_delayed(self, workspace: str) -> int | None:
        """When the first of those that wait for the clock is due, in milliseconds; None when none does."""
        rest = cast("list[tuple[str, float]]", self._redis.zrange(_delayed(workspace), 0, 0, withscores=True))
        return int(rest[0][1]) if rest else None

    def take(self, workspace: str) -> list[Delivery]:
        """Take all that waits, in order; nobody else gets any of it."""
        if self._peers is not None:
            hands = self._peers.holdings
            with hands.or_left("delivery", workspace, "*"):
                return self._read(workspace, hands.take_deliveries(workspace, _waiting(workspace), _taken(workspace)))
        names = cast("list[str]", self._redis.zrange(_waiting(workspace), 0, -1))
        if names:  # of one process, which looks once at a time: nobody else takes any meanwhile
            pipe = self._redis.pipeline(transaction=True)  # who counts what is pending finds each in one place or both
            pipe.sadd(_taken(workspace), *names)
            pipe.zrem(_waiting(workspace), *names)
            pipe.execute()
        return self._read(workspace, names)

    def waits(self, workspace: str) -> bool:
        """Whether anything waits to be sent at once."""
        return bool(self._redis.exists(_waiting(workspace)))

    def is_to_go(self, workspace: str, delivery: Delivery) -> bool:
        """Whether the caller, who has taken a delivery, sends it; False when others took it over meanwhile."""
        return self._peers is None or delivery.is_test or self._peers.holdings.begin(workspace, delivery.id)

    def put_back(self, holdings: Holdings, held: Held) -> None:
        """Go on with a delivery that a dead process held: once its attempt had begun, nobody knows what came of it."""
        here, name = held.workspace, held.name
        text = cast("str | None", self._redis.hget(_open(here), name))
        if text is not None and held.value != "sending":
            if holdings.put_back_delivery(held, _waiting(here), _taken(here)):
                self.wake(here)
        elif holdings.let_go(held.kind, here, name):
            self._redis.srem(_taken(here), name)
            if text is not None:
                self.finish(here, msgspec.structs.replace(_decode(text), state="failed", error=UNKNOWN))
            self._bell.ring(here)

    def _read(self, workspace: str, ours: list[str]) -> list[Delivery]:
        if not ours:
            return []
        texts = cast("list[str | None]", self._redis.hmget(_open(workspace), ours))
        return [_decode(text) for text in texts if text is not None]

    def finish(self, workspace: str, delivery: Delivery) -> bool:
        """Put a delivery down as done; False when it was forgotten meanwhile."""
        keys = [_open(workspace), _done(workspace), _taken(workspace)]
        args: list[Any] = [delivery.id, _text(delivery), self.limit]
        if self._peers is not None:
            keys.append(self._peers.holdings.key)
            args.append(self._peers.holdings.delivery(workspace, delivery.id))
        is_known = bool(self._finish(keys=keys, args=args))
        if is_known:
            self._bell.ring(workspace)
        return is_known

    def pending(self, workspace: str) -> int:
        """How many are to be sent or being sent; what is held or delayed is not among them."""
        pipe = self._redis.pipeline(transaction=True)
        pipe.zcard(_waiting(workspace))
        pipe.scard(_taken(workspace))
        return sum(cast("list[int]", pipe.execute()))

    async def settled(self, workspace: str, seconds: float) -> bool:
        """Wait until none is pending, for so many seconds of real time; whether none is then."""
        with contextlib.suppress(TimeoutError), self._bell.listen(workspace) as ringing:
            async with asyncio.timeout(seconds):
                while await self._engines.run(self.pending, workspace) and not self._bell.ended:
                    await ringing.wait()
                    ringing.clear()
        return not await self._engines.run(self.pending, workspace)

    def all(self, workspace: str) -> list[Delivery]:
        """All that are known, by their numbers."""
        done = [_decode(text) for text in cast("list[str]", self._redis.lrange(_done(workspace), 0, -1))]
        return sorted([*done, *self._opened(workspace)], key=lambda each: each.id)

    def get(self, workspace: str, number: int) -> Delivery | None:
        """The delivery of a number, or None."""
        return next((each for each in self.all(workspace) if each.id == number), None)

    def wake(self, workspace: str) -> None:
        """Tell who sends that something may be to be sent."""
        self._wake_here(workspace)
        if self._peers is not None:
            self._peers.tell("deliver", workspace)

    def clear(self, workspace: str) -> None:
        """Forget all of them; running numbers go on, so that what is on its way is told from what comes."""
        self.stop(workspace)
        self._redis.delete(*self.keys(workspace)[:-1])
        self._bell.ring(workspace)

    def stop(self, workspace: str) -> None:
        """Send nothing more of the workspace, which is about to go."""
        self._stop_here(workspace)
        if self._peers is not None:
            self._peers.tell("forget", workspace)

    def _wake_here(self, workspace: str) -> None:
        if self.courier is not None:
            self.courier.wake(workspace)

    def _stop_here(self, workspace: str) -> None:
        if self.courier is not None:
            self.courier.forget(workspace)
        if self._peers is not None:
            self._peers.holdings.forget("delivery", workspace)

    def keys(self, workspace: str) -> tuple[str, ...]:
        """The Redis keys that are the workspace's own."""
        names = (_done, _open, _waiting, _delayed, _taken, _numbers)
        return tuple(name(workspace) for name in names)

    def _drop(self, workspace: str, delivery: Delivery) -> None:
        keys = [_open(workspace), _done(workspace), _taken(workspace)]
        dropped = msgspec.structs.replace(delivery, state="dropped", error=REMOVED)
        self._finish(keys=keys, args=[delivery.id, _text(dropped), self.limit])
        self._redis.zrem(_delayed(workspace), str(delivery.id))

    def _release(self, workspace: str, delivery: Delivery) -> None:
        """Let it go; its webhook may be gone otherwise than by itself, with the state that another one replaced."""
        if self._webhooks.get(workspace, delivery.webhook_id) is None:
            self._drop(workspace, delivery)
        else:
            self._go(workspace, msgspec.structs.replace(delivery, state="pending"), _text(delivery))

    def _go(self, workspace: str, delivery: Delivery, *seen: str) -> None:
        keys = [_open(workspace), _waiting(workspace), _delayed(workspace), _numbers(workspace)]
        if self._let_go(keys=keys, args=[delivery.id, _text(delivery), *seen]):
            self.wake(workspace)

    def _put_down(self, workspace: str, delivery: Delivery) -> None:
        size = self._redis.rpush(_done(workspace), _text(delivery))
        if size > self.limit:
            self._redis.ltrim(_done(workspace), size - self.limit, -1)

    def _opened(self, workspace: str) -> Iterable[Delivery]:
        return [_decode(text) for text in cast("list[str]", self._redis.hvals(_open(workspace)))]


def _text(delivery: Delivery) -> str:
    return _encode(delivery).decode()


def _done(workspace: str) -> str:
    return f"tuco:deliveries:{workspace}"


def _open(workspace: str) -> str:
    return f"tuco:deliveries:{workspace}:open"


def _waiting(workspace: str) -> str:
    return f"tuco:deliveries:{workspace}:waiting"


def _delayed(workspace: str) -> str:
    return f"tuco:deliveries:{workspace}:delayed"


def _taken(workspace: str) -> str:
    return f"tuco:deliveries:{workspace}:taken"


def _numbers(workspace: str) -> str:
    return f"tuco:deliveries:{workspace}:numbers"
