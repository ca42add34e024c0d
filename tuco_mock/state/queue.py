"""The job queue in the shape BullMQ gives it: one job a message, keys ``bull:messages-<workspace>:…``.

=================  ======  ================================================================================
``prioritized``    zset    jobs waiting for a worker, in order of creation
``delayed``        zset    jobs waiting for their time; the score is the due time in ms times 4096
``active``         list    jobs a worker holds
``<message id>``   hash    the job itself
=================  ======  ================================================================================

Waiting jobs carry BullMQ's priority 1, since taking one out of its plain waiting list costs the length of the list,
and out of the prioritized set the logarithm. Whoever removes a job from its set owns it: a worker and a cancellation
never both do (C13).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from redis import Redis
    from redis.client import Pipeline

    from tuco_mock.domain.messages import JobState

_PRIORITY = 1
_PRIORITY_STEP = 2**32
_DELAY_STEP = 4096
_CHUNK = 1_000


class Job(NamedTuple):
    """A job to be queued.

    Attributes:
        message_id: the message it is to send; also its own id.
        state: where it stands.
        due: when a delayed one is due, in milliseconds of the workspace's clock.
        order: the message's running number: jobs are taken oldest first.
        added: when it was queued, in milliseconds.
    """

    message_id: str
    state: JobState
    due: int | None
    order: int
    added: int


class QueuedJob(NamedTuple):
    """A job as it stands in the queue; `due` in milliseconds for a delayed one, else None."""

    message_id: str
    state: JobState
    due: int | None


class Queue:
    """The jobs of all workspaces."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def add(self, workspace: str, jobs: Sequence[Job]) -> None:
        """Queue the jobs, all or none in each thousand."""
        names = _Names(workspace)
        for start in range(0, len(jobs), _CHUNK):
            chunk = jobs[start : start + _CHUNK]
            pipe = self._redis.pipeline(transaction=True)
            for job in chunk:
                pipe.hset(names.job(job.message_id), items=_fields(workspace, job))
            waiting = {job.message_id: _waiting_score(job.order) for job in chunk if job.state == "waiting"}
            delayed = {job.message_id: _delayed_score(job) for job in chunk if job.state == "delayed"}
            active = [job.message_id for job in chunk if job.state == "active"]
            if waiting:
                pipe.zadd(names.waiting, waiting)
            if delayed:
                pipe.zadd(names.delayed, delayed)
            if active:
                pipe.lpush(names.active, *active)
            pipe.execute()

    def remove(self, workspace: str, message_ids: Sequence[str]) -> int:
        """Remove the messages' jobs, unless a worker holds them; the number really removed (C13)."""
        names = _Names(workspace)
        pipe = self._redis.pipeline(transaction=True)
        pipe.zrem(names.waiting, *message_ids)
        pipe.zrem(names.delayed, *message_ids)
        removed = sum(cast("list[int]", pipe.execute()))
        if removed:
            kept = set() if removed == len(message_ids) else set(self._active(names))
            self._redis.delete(*(names.job(each) for each in message_ids if each not in kept))
        return removed

    def start(self, workspace: str, message_id: str) -> bool:
        """Let a worker take the job, waiting or delayed; False when there is none to take."""
        names = _Names(workspace)

        def attempt(pipe: Pipeline) -> Any:
            here = [name for name in (names.waiting, names.delayed) if pipe.zscore(name, message_id) is not None]
            pipe.multi()
            for name in here:
                pipe.zrem(name, message_id)
                pipe.lpush(names.active, message_id)
            return bool(here)

        return cast("bool", self._redis.transaction(attempt, names.waiting, names.delayed, value_from_callable=True))

    def finish(self, workspace: str, message_id: str) -> bool:
        """Let the worker that holds the job be done with it; False when none holds it."""
        names = _Names(workspace)
        held = bool(self._redis.lrem(names.active, 1, message_id))
        if held:
            self._redis.delete(names.job(message_id))
        return held

    def is_held(self, workspace: str, message_id: str) -> bool:
        """Whether a worker holds the message's job."""
        return message_id in self._active(_Names(workspace))

    def jobs(self, workspace: str) -> list[QueuedJob]:
        """All jobs: active ones first, then those waiting, then those delayed, each in the order they are taken."""
        names = _Names(workspace)
        pipe = self._redis.pipeline(transaction=True)
        pipe.lrange(names.active, 0, -1)
        pipe.zrange(names.waiting, 0, -1)
        pipe.zrange(names.delayed, 0, -1, withscores=True)
        active, waiting, delayed = cast("tuple[list[str], list[str], list[tuple[str, float]]]", pipe.execute())
        found = [QueuedJob(each, "active", None) for each in reversed(active)]
        found += [QueuedJob(each, "waiting", None) for each in waiting]
        found += [QueuedJob(each, "delayed", int(score) // _DELAY_STEP) for each, score in delayed]
        return found

    def states(self, workspace: str, message_ids: Sequence[str]) -> dict[str, JobState]:
        """Where the jobs of these messages stand; a message without one is left out."""
        if not message_ids:
            return {}
        names = _Names(workspace)
        pipe = self._redis.pipeline(transaction=True)
        pipe.zmscore(names.waiting, list(message_ids))
        pipe.zmscore(names.delayed, list(message_ids))
        pipe.lrange(names.active, 0, -1)
        waiting, delayed, active = pipe.execute()
        held = set(active)
        found: dict[str, JobState] = {}
        for message_id, is_waiting, is_delayed in zip(message_ids, waiting, delayed, strict=True):
            if message_id in held:
                found[message_id] = "active"
            elif is_waiting is not None:
                found[message_id] = "waiting"
            elif is_delayed is not None:
                found[message_id] = "delayed"
        return found

    def drop(self, workspace: str) -> None:
        """Remove every job of the workspace, held ones too."""
        names = _Names(workspace)
        ids = [job.message_id for job in self.jobs(workspace)]
        for start in range(0, len(ids), _CHUNK):
            self._redis.delete(*map(names.job, ids[start : start + _CHUNK]))
        self._redis.delete(names.waiting, names.delayed, names.active)

    def _active(self, names: _Names) -> Iterable[str]:
        return cast("list[str]", self._redis.lrange(names.active, 0, -1))


class _Names:
    """The keys of one workspace's queue."""

    __slots__ = ("active", "delayed", "prefix", "waiting")

    def __init__(self, workspace: str) -> None:
        self.prefix = f"bull:messages-{workspace}:"
        self.waiting = self.prefix + "prioritized"
        self.delayed = self.prefix + "delayed"
        self.active = self.prefix + "active"

    def job(self, message_id: str) -> str:
        return self.prefix + message_id


def _fields(workspace: str, job: Job) -> list[str]:
    """Names and values of the job's hash, in turn."""
    delay = max(job.due - job.added, 0) if job.due is not None else 0
    fields = {
        "name": "send",
        "data": msgspec.json.encode({"workspaceId": workspace, "messageId": job.message_id}).decode(),
        "opts": f'{{"priority":{_PRIORITY},"delay":{delay}}}',
        "timestamp": str(job.added),
        "delay": str(delay),
        "priority": str(_PRIORITY),
    }
    return [text for field in fields.items() for text in field]


def _waiting_score(order: int) -> int:
    return _PRIORITY * _PRIORITY_STEP + order % _PRIORITY_STEP


def _delayed_score(job: Job) -> int:
    """BullMQ's score: the due time above twelve bits of order; exact to the millisecond up to the year 2255."""
    return (job.due or 0) * _DELAY_STEP + job.order % _DELAY_STEP
