"""What one process of several has to itself for a while: leases in Redis, renewed while it lives, gone when it dies.

A lease is a key whose value is a number that grows with each lease that is ever given, the fencing token: what is
written under a lease is written by a script that compares it, so that a process that slept through its lease's end
changes nothing afterwards. Here alone real time and a Redis TTL are meant: processes die in real time.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, NamedTuple, cast

if TYPE_CHECKING:
    from redis import Redis

LASTS = 5_000
"""How long a lease lasts that nobody renews, in milliseconds; so long what a dead process held stays with it."""

_NUMBERS = "tuco:lease-numbers"

_TAKE = """
-- Take a lease that nobody has. KEYS: the lease, the numbers that were given. ARGV: for how many ms.
-- Gives its number, or how many ms the one who has it may keep it, below zero.
local left = redis.call('PTTL', KEYS[1])
if left > -1 then
    return -math.max(left, 1)
end
local number = redis.call('INCR', KEYS[2])
redis.call('SET', KEYS[1], string.format('%.0f', number), 'PX', ARGV[1])
return number
"""

_RENEW = """
-- Renew leases that are held still. KEYS: the leases. ARGV: for how many ms, the number of each.
-- Gives the places of those that are lost.
local lost = {}
for place = 1, #KEYS do
    if redis.call('GET', KEYS[place]) == ARGV[place + 1] then
        redis.call('PEXPIRE', KEYS[place], ARGV[1])
    else
        lost[#lost + 1] = place
    end
end
return lost
"""

_RELEASE = """
-- Give a lease back, if it is held still. KEYS: the lease. ARGV: its number.
if redis.call('GET', KEYS[1]) == ARGV[1] then
    return redis.call('DEL', KEYS[1])
end
return 0
"""

_WRITE = """
-- Set a field of a hash under a lease. KEYS: the lease, the hash. ARGV: its number, the field, its value.
-- Gives 1, or 0 when the lease is lost: then nothing was written.
if redis.call('GET', KEYS[1]) == ARGV[1] then
    redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
    return 1
end
return 0
"""


class Taken(NamedTuple):
    """What came of asking for a lease.

    Attributes:
        number: its fencing token; None when somebody else has it.
        seconds: for how long that one may keep it, unless it is renewed.
    """

    number: int | None
    seconds: float = 0.0


class Leases:
    """The leases of one process, in all of its threads."""

    def __init__(self, redis: Redis) -> None:
        self._take = redis.register_script(_TAKE)
        self._renew = redis.register_script(_RENEW)
        self._release = redis.register_script(_RELEASE)
        self._write = redis.register_script(_WRITE)
        self._changing = threading.Lock()
        self._held: dict[str, tuple[int, float]] = {}  # the number of each, and until when it is ours in any case

    def take(self, name: str) -> Taken:
        """Take a lease, unless somebody has it, this process included."""
        until = time.monotonic() + LASTS / 1000
        number = int(self._take(keys=[_key(name), _NUMBERS], args=[LASTS]))
        if number < 0:
            return Taken(None, -number / 1000)
        with self._changing:
            self._held[name] = (number, until)
        return Taken(number)

    def holds(self, name: str) -> bool:
        """Whether the lease is ours still, as far as this process can know without asking."""
        with self._changing:
            held = self._held.get(name)
        return held is not None and time.monotonic() < held[1]

    def release(self, name: str) -> None:
        """Give the lease back."""
        with self._changing:
            held = self._held.pop(name, None)
        if held is not None:
            self._release(keys=[_key(name)], args=[held[0]])

    def write(self, name: str, key: str, field: str, value: str) -> bool:
        """Set a field of a hash if the lease is ours; False when it is not, and nothing was written."""
        with self._changing:
            held = self._held.get(name)
        return held is not None and bool(self._write(keys=[_key(name), key], args=[held[0], field, value]))

    def renew(self) -> None:
        """Renew all that are held; those that are lost are held no more."""
        with self._changing:
            held = dict(self._held)
        if not held:
            return
        until = time.monotonic() + LASTS / 1000
        names = list(held)
        numbers = [number for number, _ in held.values()]
        lost = cast("list[int]", self._renew(keys=[_key(each) for each in names], args=[LASTS, *numbers]))
        with self._changing:
            for place, name in enumerate(names, 1):
                if self._held.get(name) != held[name]:
                    continue  # given back meanwhile
                if place in lost:
                    del self._held[name]
                else:
                    self._held[name] = (held[name][0], until)


def _key(name: str) -> str:
    return f"tuco:lease:{name}"
