"""A job in the shape BullMQ gives it: its fields, and the scores by which jobs are ordered."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

if TYPE_CHECKING:
    from redis.client import Pipeline

    from tuco_mock.domain.messages import JobState

DELAY_STEP = 4096
"""What a due time is multiplied by in a score: BullMQ's room for the order of jobs that are due at once."""

_PRIORITY = 1
_PRIORITY_STEP = 2**32


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


def fields_of(workspace: str, job: Job) -> list[bytes]:
    """Names and values of the job's hash, in turn; what is the same in many jobs is one object."""
    delay = max(job.due - job.added, 0) if job.due is not None else 0
    data = msgspec.json.encode({"workspaceId": workspace, "messageId": job.message_id})
    return [b"name", b"send", b"data", data, *_timing(job.added, delay)]


@lru_cache(maxsize=1_024)
def _timing(added: int, delay: int) -> tuple[bytes, ...]:
    """The rest of them."""
    wait, priority = str(delay).encode(), str(_PRIORITY).encode()
    options = b'{"priority":%b,"delay":%b}' % (priority, wait)
    return (
        *(b"opts", options, b"timestamp", str(added).encode()),
        *(b"delay", wait, b"priority", priority),
    )


def waiting_score(order: int) -> int:
    """BullMQ's score of a prioritized job: its priority above 32 bits of order."""
    return _PRIORITY * _PRIORITY_STEP + order % _PRIORITY_STEP


def delayed_score(job: Job) -> int:
    """BullMQ's score: the due time above twelve bits of order; exact to the millisecond up to the year 2255."""
    return (job.due or 0) * DELAY_STEP + job.order % DELAY_STEP


class Names:
    """The keys of one workspace's queue."""

    __slots__ = ("active", "delayed", "prefix", "waiting")

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.waiting = self.prefix + "prioritized"
        self.delayed = self.prefix + "delayed"
        self.active = self.prefix + "active"

    def job(self, message_id: str) -> str:
        """The key of a job."""
        return self.prefix + message_id


def put_back(pipe: Pipeline, names: Names, message_id: str, image: list[Any] | None) -> None:
    """Let a pipeline make one job what it was."""
    pipe.zrem(names.waiting, message_id)
    pipe.zrem(names.delayed, message_id)
    pipe.delete(names.job(message_id))
    if image is not None:
        fields, waiting, delayed = image
        pipe.hset(names.job(message_id), mapping=fields)
        for name, score in ((names.waiting, waiting), (names.delayed, delayed)):
            if score is not None:
                pipe.zadd(name, {message_id: score})
