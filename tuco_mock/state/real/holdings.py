"""What a process has in its hands, so that others can take it over when it dies: jobs, acts, deliveries.

``tuco:process:<process>`` is a hash:

===========================  =========================================================================================
``job <ws> <message id>``    a job that was taken
``act <ws> <member>``        an act that was taken; its value is when it was due
``delivery <ws> <number>``   ``taken``, or ``sending`` once its attempt has begun
``queue <ws> <message id>``  a message that is being made, and is to get a job then: its state, and when it is due
``send <ws> <message id>``   one that is being made and sent at once, without a job
``reply <ws> <reply id>``    a reply that is being made, of which webhooks are to be told
``cancel <ws> <number>``     a cancellation whose jobs are being removed
``remove <ws> <lead id>``    a lead that is being removed, with all that hangs on it
``enrol <ws> <c>/<lead id>`` a lead that is being added to a campaign
``replace <ws> whole``       a state that is being replaced, and by what, as JSON (`state.real.gates`)
===========================  =========================================================================================

Jobs, acts and deliveries get into these hands and out of them in one piece with what it means: a script takes it off
its queue and notes it. What is not noted any more was taken over by others; a process that comes back from the dead
can't be done with it. What is made is noted before it is stored, and until all that follows is stored as well.

A process that lives, but lost an engine in the middle, leaves behind what it was at (`left`): once the engines answer
again it is put back as if the process had died.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from tuco_mock.state.away import AWAY

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from redis import Redis

_TAKE = """
-- Take a member out of the first sorted set that has it. KEYS: the hands, a list it goes to (or the hands again: to
-- none), the sets. ARGV: what is noted, with what value, the member. Gives 1, or 0 when somebody else was quicker.
for place = 3, #KEYS do
    if redis.call('ZREM', KEYS[place], ARGV[3]) == 1 then
        redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
        if KEYS[2] ~= KEYS[1] then
            redis.call('LPUSH', KEYS[2], ARGV[3])
        end
        return 1
    end
end
return 0
"""

_FINISH_JOB = """
-- Be done with a job that is in these hands. KEYS: the hands, the held jobs, the job. ARGV: what is noted, its id.
if redis.call('HDEL', KEYS[1], ARGV[1]) == 0 then
    return 0
end
local held = redis.call('LREM', KEYS[2], 1, ARGV[2])
if held == 1 then
    redis.call('DEL', KEYS[3])
end
return held
"""

_PUT_BACK_JOB = """
-- Let a job that is in these hands wait again. KEYS: the hands, the held jobs, the job, the set it goes to.
-- ARGV: what is noted, its id, a field of the job, its value, its score. Gives 0 when it is in these hands no more.
if redis.call('HDEL', KEYS[1], ARGV[1]) == 0 or redis.call('LREM', KEYS[2], 1, ARGV[2]) == 0 then
    return 0
end
redis.call('HSET', KEYS[3], ARGV[3], ARGV[4])
redis.call('ZADD', KEYS[4], ARGV[5], ARGV[2])
return 1
"""

_PUT_BACK = """
-- Let something that is in these hands wait again. KEYS: the hands, the sorted set it goes to, a set it leaves.
-- ARGV: what is noted, its score, the member. Gives 0 when it is in these hands no more.
if redis.call('HDEL', KEYS[1], ARGV[1]) == 0 then
    return 0
end
if KEYS[3] then
    redis.call('SREM', KEYS[3], ARGV[3])
end
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[3])
return 1
"""

_TAKE_ALL = """
-- Take all members of a sorted set, in order. KEYS: the hands, the sorted set, the set they go to.
-- ARGV: what is noted before each, with what value.
local members = redis.call('ZRANGE', KEYS[2], 0, -1)
for _, member in ipairs(members) do
    redis.call('SADD', KEYS[3], member)
    redis.call('HSET', KEYS[1], ARGV[1] .. member, ARGV[2])
end
redis.call('DEL', KEYS[2])
return members
"""

_BEGIN = """
-- Note that what is in these hands begins. KEYS: the hands. ARGV: what it is noted as, with what value.
-- Gives 0 when it is in these hands no more.
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then
    return 0
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1
"""


class Held(NamedTuple):
    """Something in a process's hands.

    Attributes:
        kind: the first word of what it is noted as.
        workspace: whose.
        name: which.
        value: what is noted with it.
    """

    kind: str
    workspace: str
    name: str
    value: str

    @property
    def note(self) -> str:
        """What it is noted as."""
        return f"{self.kind} {self.workspace} {self.name}"


def _is_among(notes: Collection[str], held: Held) -> bool:
    return held.note in notes or (held.value == "taken" and held._replace(name="*").note in notes)


class Holdings:
    """What is in the hands of one process.

    Attributes:
        key: the Redis key of their hash.
    """

    def __init__(self, redis: Redis, process: str) -> None:
        self._redis = redis
        self._left: set[str] = set()
        self.key = f"tuco:process:{process}"
        self._take = redis.register_script(_TAKE)
        self._finish_job = redis.register_script(_FINISH_JOB)
        self._put_back_job = redis.register_script(_PUT_BACK_JOB)
        self._put_back = redis.register_script(_PUT_BACK)
        self._begin = redis.register_script(_BEGIN)
        self._take_all = redis.register_script(_TAKE_ALL)

    def of(self, process: str) -> Holdings:
        """What is in the hands of another process."""
        return Holdings(self._redis, process)

    def all(self) -> list[Held]:
        """Everything."""
        found = cast("dict[str, str]", self._redis.hgetall(self.key))
        return [Held(*name.split(" ", 2), value) for name, value in found.items()]  # type: ignore[call-arg] # three parts

    def left(self) -> list[Held]:
        """What this process is not at any more, since an engine went away; each is given once."""
        notes = {self._left.pop() for _ in range(len(self._left))}
        try:
            return [each for each in self.all() if _is_among(notes, each)] if notes else []
        except AWAY:
            self._left |= notes
            raise

    @property
    def has_left(self) -> bool:
        """Whether there may be any of that."""
        return bool(self._left)

    def leave(self, *held: Held) -> None:
        """Leave things to whoever looks once the engines answer again."""
        self._left.update(each.note for each in held)

    @contextlib.contextmanager
    def or_left(self, kind: str, workspace: str, name: str) -> Iterator[None]:
        """Do something with a thing that is in these hands; if an engine goes away meanwhile, it is left behind.

        With the name ``*`` it is about all deliveries that were taken, and are not being sent.
        """
        self._left.discard(f"{kind} {workspace} {name}")
        try:
            yield
        except AWAY:
            self.leave(Held(kind, workspace, name, ""))
            raise

    def take_job(self, workspace: str, message_id: str, active: str, sets: Sequence[str]) -> bool:
        """Take a job out of the set it stands in; False when it stands in none."""
        keys = [self.key, active, *sets]
        return bool(self._take(keys=keys, args=[f"job {workspace} {message_id}", "1", message_id]))

    def finish_job(self, workspace: str, message_id: str, active: str, job: str) -> bool:
        """Be done with a job; False when it is in other hands."""
        args = [f"job {workspace} {message_id}", message_id]
        return bool(self._finish_job(keys=[self.key, active, job], args=args))

    def put_back_job(
        self, workspace: str, message_id: str, keys: Sequence[str], field: tuple[str, Any], score: int
    ) -> bool:
        """Let a job wait; False when it is in other hands."""
        args: list[Any] = [f"job {workspace} {message_id}", message_id, *field, score]
        return bool(self._put_back_job(keys=[self.key, *keys], args=args))

    @contextlib.contextmanager
    def making(self, workspace: str, kind: str, values: Mapping[str, str], *, keep: bool = False) -> Iterator[None]:
        """Note things that are made, or sent at once, until all that follows is done, or, to `keep` them, longer."""
        if not values:
            yield
            return
        held = [Held(kind, workspace, name, value) for name, value in values.items()]
        try:
            self._redis.hset(self.key, mapping={each.note: each.value for each in held})
            yield
            if not keep:
                self._drop(held)
        except AWAY:
            self.leave(*held)
            raise
        except BaseException:
            self._drop(held)
            raise

    def _drop(self, held: Iterable[Held]) -> None:
        self._redis.hdel(self.key, *(each.note for each in held))

    def take_act(self, workspace: str, member: str, due: int, agenda: str) -> bool:
        """Take an act off its agenda; False when it is not on it."""
        keys = [self.key, self.key, agenda]
        return bool(self._take(keys=keys, args=[f"act {workspace} {member}", due, member]))

    def put_back_act(self, held: Held, agenda: str) -> bool:
        """Put an act on its agenda again; False when it is in other hands."""
        return bool(self._put_back(keys=[self.key, agenda], args=[held.note, held.value, held.name]))

    def take_deliveries(self, workspace: str, waiting: str, taken: str) -> list[str]:
        """Take all deliveries that wait, in order."""
        found = self._take_all(keys=[self.key, waiting, taken], args=[f"delivery {workspace} ", "taken"])
        return cast("list[str]", found)

    def put_back_delivery(self, held: Held, waiting: str, taken: str) -> bool:
        """Let a delivery wait, before all that came later; False when it is in other hands."""
        score = int(held.name) - 2**40
        return bool(self._put_back(keys=[self.key, waiting, taken], args=[held.note, score, held.name]))

    def begin(self, workspace: str, number: int) -> bool:
        """Note that an attempt to deliver begins; False when the delivery is in other hands."""
        return bool(self._begin(keys=[self.key], args=[self.delivery(workspace, number), "sending"]))

    def hold_delivery(self, workspace: str, number: int) -> None:
        """Note that a delivery is in these hands and on its way."""
        self._redis.hset(self.key, self.delivery(workspace, number), "sending")

    def delivery(self, workspace: str, number: int) -> str:
        """What a delivery is noted as."""
        return f"delivery {workspace} {number}"

    def forget(self, kind: str, workspace: str) -> None:
        """Have nothing of a kind and workspace in these hands any more."""
        gone = [each.note for each in self.all() if (each.kind, each.workspace) == (kind, workspace)]
        if gone:
            self._redis.hdel(self.key, *gone)

    def let_go(self, kind: str, workspace: str, name: str) -> bool:
        """Have something in these hands no more; False when it was not."""
        return bool(self._redis.hdel(self.key, f"{kind} {workspace} {name}"))
