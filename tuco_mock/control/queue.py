"""The job queue: look, let a worker take a job, let it finish."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tuco_mock.actions import export, work
from tuco_mock.control.problem import Problem
from tuco_mock.domain.timestamps import iso

if TYPE_CHECKING:
    from tuco_mock.control.door import ControlCall


def look(call: ControlCall) -> dict[str, Any]:
    """How many jobs there are in each state, and each of them in the order they are taken."""
    jobs = call.store.queue.jobs(call.workspace().id)
    counts = dict.fromkeys(("waiting", "delayed", "active"), 0)
    for job in jobs:
        counts[job.state] += 1
    shown = [
        {"messageId": job.message_id, "state": job.state, "dueAt": None if job.due is None else iso(job.due)}
        for job in jobs
    ]
    return {"counts": counts, "jobs": shown}


def start(call: ControlCall) -> dict[str, Any]:
    """Let a worker take the job and hold it."""
    return _message(call, work.start_job(call.store, call.workspace(), call.path["messageId"]))


def finish(call: ControlCall) -> dict[str, Any]:
    """Let the worker that holds the job be done with it."""
    return _message(call, work.finish_job(call.store, call.workspace(), call.path["messageId"]))


def fail(call: ControlCall) -> dict[str, Any]:
    """Let the worker that holds the job give up."""
    body = {} if call.body is None else call.body
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(body, dict) or body.keys() - {"error"} or not isinstance(error, str | None):
        raise Problem(400, "Send {error: why it failed}, or nothing.")
    return _message(call, work.fail_job(call.store, call.workspace(), call.path["messageId"], error))


def _message(call: ControlCall, message_id: str) -> dict[str, Any]:
    workspace = call.workspace().id
    document = call.store.messages.get(workspace, message_id)
    return {} if document is None else export.words(call.store, workspace, "messages", [document])[0]
