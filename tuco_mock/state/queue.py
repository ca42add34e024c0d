"""The job queue in the shape BullMQ gives it: one job a message, keys ``bull:messages-<workspace>:…``.

=================  ======  ================================================================================
``prioritized``    zset    jobs waiting for a worker, in order of creation
``delayed``        zset    jobs waiting for their time; the score is the due time in ms times 4096
``active``         list    jobs a worker holds
``<message id>``   hash    the job itself
=================  ======  ================================================================================

Waiting jobs carry BullMQ's priority 1, since taking one out of its plain waiting list costs the length of the list,
and out of the prioritized set the logarithm. Whoever removes a job from its set owns it: a worker and a cancellation
never both do (C13). As with documents (`state.documents`), what is about to be written is noted in the workspace's
snapshots: each job by its message's id, the jobs that workers hold all together under ``active``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from tuco_mock.state.jobs import (
    DELAY_STEP,
    Job,
    Names,
    QueuedJob,
    delayed_score,
    fields_of,
    put_back,
    waiting_score,
)
from tuco_mock.state.scripts import DELAY_JOB, FINISH_JOB, TAKE_JOB
from tuco_mock.state.snapshots import place_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from redis import Redis

    from tuco_mock.domain.messages import JobState
    from tuco_mock.state.alarm import Alarm
    from tuco_mock.state.real.holdings import Held, Holdings
    from tuco_mock.state.snapshots import Image, Snapshots

__all__ = ["KIND", "Job", "Queue", "QueuedJob"]

KIND = "jobs"
"""What jobs are called in snapshots, beside the collections of documents."""

STALLED = "stc"
"""The field in which BullMQ counts how often a job was taken from a worker that had died."""

_ACTIVE = "active"
_CHUNK = 1_000


class Queue:
    """The jobs of all workspaces."""

    def __init__(self, redis: Redis, snapshots: Snapshots, alarm: Alarm, holdings: Holdings | None = None) -> None:
        self._redis = redis
        self._holdings = holdings
        self._alarm = alarm
        self._snapshots = snapshots
        self._take = redis.register_script(TAKE_JOB)
        self._finish = redis.register_script(FINISH_JOB)
        self._delay = redis.register_script(DELAY_JOB)

    def add(self, workspace: str, jobs: Sequence[Job]) -> None:
        """Queue the jobs, all or none in each thousand."""
        names = _names(workspace)
        if jobs:
            held = any(job.state == "active" for job in jobs)
            self._snapshots.note(workspace, self._images(names, [job.message_id for job in jobs], held=held))
        for start in range(0, len(jobs), _CHUNK):
            chunk = jobs[start : start + _CHUNK]
            pipe = self._redis.pipeline(transaction=True)
            for job in chunk:
                pipe.hset(names.job(job.message_id), items=fields_of(workspace, job))
            waiting = {job.message_id: waiting_score(job.order) for job in chunk if job.state == "waiting"}
            delayed = {job.message_id: delayed_score(job) for job in chunk if job.state == "delayed"}
            active = [job.message_id for job in chunk if job.state == "active"]
            if waiting:
                pipe.zadd(names.waiting, waiting)
            if delayed:
                pipe.zadd(names.delayed, delayed)
            if active:
                pipe.lpush(names.active, *active)
            pipe.execute()
        if jobs:
            self._alarm.ring(workspace)

    def remove(self, workspace: str, message_ids: Sequence[str]) -> int:
        """Remove the messages' jobs, unless a worker holds them; the number really removed (C13)."""
        names = _names(workspace)
        self._snapshots.note(workspace, self._images_to_remove(names, message_ids))
        pipe = self._redis.pipeline(transaction=True)
        pipe.zrem(names.waiting, *message_ids)
        pipe.zrem(names.delayed, *message_ids)
        removed = sum(cast("list[int]", pipe.execute()))
        if removed:
            kept = set() if removed == len(message_ids) else set(self._active(names))
            self._redis.delete(*(names.job(each) for each in message_ids if each not in kept))
        return removed

    def discard(self, workspace: str, message_ids: Sequence[str]) -> int:
        """Remove the jobs of messages that are gone, also those that workers hold; the number removed."""
        names = _names(workspace)
        held = set(self._active(names)).intersection(message_ids)
        images = self._images(names, message_ids, held=bool(held))
        self._snapshots.note(workspace, (each for each in images if each[1] is not None))
        pipe = self._redis.pipeline(transaction=True)
        pipe.zrem(names.waiting, *message_ids)
        pipe.zrem(names.delayed, *message_ids)
        for each in sorted(held):
            pipe.lrem(names.active, 1, each)
        removed = sum(cast("list[int]", pipe.execute()))
        self._redis.delete(*map(names.job, message_ids))
        return removed

    def start(self, workspace: str, message_id: str, *, by_hand: bool = False) -> bool:
        """Let a worker take the job, waiting or delayed; False when there is none to take.

        What is taken by hand is held until somebody says otherwise; what a process took, until it dies.
        """
        names = _names(workspace)
        sets = [names.waiting, names.delayed]
        pipe = self._redis.pipeline(transaction=False)
        pipe.zscore(names.waiting, message_id)
        pipe.zscore(names.delayed, message_id)
        if pipe.execute() == [None, None]:
            return False
        self._snapshots.note(workspace, self._images(names, [message_id], held=True))
        if self._holdings is not None and not by_hand:
            return self._holdings.take_job(workspace, message_id, names.active, sets)
        return bool(self._take(keys=[names.active, *sets], args=[message_id]))

    def end(self, workspace: str, message_id: str) -> bool:
        """Let a held job be done, whoever holds it: by hand, or because its time has come; False when none does."""
        names = _names(workspace)
        self._snapshots.note(workspace, self._images(names, [message_id], held=True))
        return bool(self._finish(keys=[names.active, names.job(message_id)], args=[message_id]))

    def finish(self, workspace: str, message_id: str) -> bool:
        """Let the worker that has taken the job be done with it; False when it holds it no more."""
        names = _names(workspace)
        self._snapshots.note(workspace, self._images(names, [message_id], held=True))
        if self._holdings is None:
            return bool(self._finish(keys=[names.active, names.job(message_id)], args=[message_id]))
        return self._holdings.finish_job(workspace, message_id, names.active, names.job(message_id))

    def leave(self, workspace: str, message_id: str) -> None:
        """Let the job be held by nobody's hands: time will end it."""
        if self._holdings is not None:
            self._holdings.let_go("job", workspace, message_id)

    def put_back(self, holdings: Holdings, held: Held, order: int) -> None:
        """Let the job that a dead process held wait again, if it holds it still."""
        names = _names(held.workspace)
        self._snapshots.note(held.workspace, self._images(names, [held.name], held=True))
        keys = [names.active, names.job(held.name), names.waiting]
        if holdings.put_back_job(held.workspace, held.name, keys, (STALLED, 1), waiting_score(order)):
            self._alarm.ring(held.workspace)

    def has_stalled(self, workspace: str, message_id: str) -> bool:
        """Whether a process has died with the job in its hands."""
        return self._holdings is not None and self._redis.hexists(_names(workspace).job(message_id), STALLED)

    def delay(self, workspace: str, message_id: str, due: int, now: int, order: int) -> None:
        """Let the worker that holds the job put it off until it is due, in milliseconds."""
        names = _names(workspace)
        self._snapshots.note(workspace, self._images(names, [message_id], held=True))
        score, wait = delayed_score(Job(message_id, "delayed", due, order, now)), max(due - now, 0)
        keys = [names.active, names.job(message_id), names.delayed]
        if self._holdings is None:
            self._delay(keys=keys, args=[message_id, wait, score])
        else:
            self._holdings.put_back_job(workspace, message_id, keys, ("delay", wait), score)
        self._alarm.ring(workspace)

    def first_due(self, workspace: str) -> tuple[int | None, bool]:
        """When the first delayed job is due, in milliseconds, and whether any job waits."""
        names = _names(workspace)
        pipe = self._redis.pipeline(transaction=False)
        pipe.zrange(names.delayed, 0, 0, withscores=True)
        pipe.zcard(names.waiting)
        delayed, waiting = pipe.execute()
        return (int(delayed[0][1]) // DELAY_STEP if delayed else None), bool(waiting)

    def due(self, workspace: str, now: int, limit: int) -> list[QueuedJob]:
        """The next jobs to be taken: delayed ones that are due, by their time, then those that wait (W3)."""
        names = _names(workspace)
        pipe = self._redis.pipeline(transaction=False)
        pipe.zrangebyscore(names.delayed, "-inf", (now + 1) * DELAY_STEP - 1, start=0, num=limit, withscores=True)
        pipe.zrange(names.waiting, 0, limit - 1)
        delayed, waiting = cast("tuple[list[tuple[str, float]], list[str]]", pipe.execute())
        found = [QueuedJob(each, "delayed", int(score) // DELAY_STEP) for each, score in delayed]
        return (found + [QueuedJob(each, "waiting", None) for each in waiting])[:limit]

    def take(self, workspace: str, job: QueuedJob) -> bool:
        """Let a worker take a job that is where it was seen, and hold it; False when somebody else was quicker."""
        names = _names(workspace)
        self._snapshots.note(workspace, self._images(names, [job.message_id], held=True))
        place = names.delayed if job.state == "delayed" else names.waiting
        if self._holdings is not None:
            return self._holdings.take_job(workspace, job.message_id, names.active, [place])
        return bool(self._take(keys=[names.active, place], args=[job.message_id]))

    def is_held(self, workspace: str, message_id: str) -> bool:
        """Whether a worker holds the message's job."""
        return message_id in self._active(_names(workspace))

    def jobs(self, workspace: str) -> list[QueuedJob]:
        """All jobs: active ones first, then those waiting, then those delayed, each in the order they are taken."""
        names = _names(workspace)
        pipe = self._redis.pipeline(transaction=True)
        pipe.lrange(names.active, 0, -1)
        pipe.zrange(names.waiting, 0, -1)
        pipe.zrange(names.delayed, 0, -1, withscores=True)
        active, waiting, delayed = cast("tuple[list[str], list[str], list[tuple[str, float]]]", pipe.execute())
        found = [QueuedJob(each, "active", None) for each in reversed(active)]
        found += [QueuedJob(each, "waiting", None) for each in waiting]
        found += [QueuedJob(each, "delayed", int(score) // DELAY_STEP) for each, score in delayed]
        return found

    def states(self, workspace: str, message_ids: Sequence[str]) -> dict[str, JobState]:
        """Where the jobs of these messages stand; a message without one is left out."""
        if not message_ids:
            return {}
        names = _names(workspace)
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
        names = _names(workspace)
        if not self._redis.exists(names.waiting, names.delayed, names.active):
            return
        ids = [job.message_id for job in self.jobs(workspace)]
        if ids:
            self._snapshots.note(workspace, self._images(names, ids, held=True))
        for start in range(0, len(ids), _CHUNK):
            self._redis.delete(*map(names.job, ids[start : start + _CHUNK]))
        self._redis.delete(names.waiting, names.delayed, names.active)

    def restore(self, workspace: str, images: Mapping[str, Any]) -> None:
        """Make jobs be again what they were, by message id; None removes one. ``active`` are those workers held."""
        names = _names(workspace)
        ids = [each for each in images if each != _ACTIVE]
        self._snapshots.note(workspace, self._images(names, ids, held=_ACTIVE in images))
        for start in range(0, len(ids), _CHUNK):
            pipe = self._redis.pipeline(transaction=True)
            for each in ids[start : start + _CHUNK]:
                put_back(pipe, names, each, images[each])
            pipe.execute()
        if _ACTIVE in images:
            pipe = self._redis.pipeline(transaction=True)
            pipe.delete(names.active)
            if images[_ACTIVE]:
                pipe.rpush(names.active, *images[_ACTIVE])
            pipe.execute()

    def _images(self, names: Names, message_ids: Sequence[str], *, held: bool) -> Iterator[Image]:
        """The messages' jobs as they stand, each its hash and its score in the set it is in; and who is held."""
        for start in range(0, len(message_ids), _CHUNK):
            chunk = list(message_ids[start : start + _CHUNK])
            pipe = self._redis.pipeline(transaction=True)
            pipe.zmscore(names.waiting, chunk)
            pipe.zmscore(names.delayed, chunk)
            for each in chunk:
                pipe.hgetall(names.job(each))
            waiting, delayed, *jobs = pipe.execute()
            for each, fields, *scores in zip(chunk, jobs, waiting, delayed, strict=True):
                yield place_of(KIND, each), [fields, *scores] if fields else None
        if held:
            yield place_of(KIND, _ACTIVE), list(self._active(names))

    def _images_to_remove(self, names: Names, message_ids: Sequence[str]) -> Iterator[Image]:
        """Those of the jobs that `remove` will meet: they stand in a set."""
        for place, image in self._images(names, message_ids, held=False):
            if image is not None and image[1:] != [None, None]:
                yield place, image

    def _active(self, names: Names) -> Iterable[str]:
        return cast("list[str]", self._redis.lrange(names.active, 0, -1))


def _names(workspace: str) -> Names:
    return Names(f"bull:messages-{workspace}:")
