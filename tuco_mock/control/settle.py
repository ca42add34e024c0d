"""What the worker does when it is told to: run the queue, and settle all that is due."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from tuco_mock.actions import running
from tuco_mock.actions.worker import next_due, things_due
from tuco_mock.control.deliveries import delivered
from tuco_mock.control.problem import Problem, stopping
from tuco_mock.domain.timestamps import iso

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tuco_mock.actions.worker import Done, Thing
    from tuco_mock.control.door import ControlCall

_LONGEST_WAIT = 25
"""How long it is waited for the deliveries of a round, in seconds of real time: a receiver is given ten."""


async def run_queue(call: ControlCall) -> dict[str, Any]:
    """Work off the jobs that are due at the present moment, `max` of them at most."""
    run = call.store.engines.run
    workspace = await call.there()
    body = {} if call.body is None else call.body
    if not isinstance(body, dict) or body.keys() - {"max"}:
        raise Problem(400, "Send {max: how many jobs at most}, or nothing for all that are due.")
    limit = body.get("max")
    if "max" in body and (isinstance(limit, bool) or not isinstance(limit, int) or limit < 1):
        raise Problem(400, f"max is a whole number from 1, not {limit!r}.")
    done = await running.run_queue(call.store, workspace, limit)
    if limit is None or len(done) < limit:
        now = (await run(call.store.vitals.clock, workspace.id)).now()
        _check_whole(call, done, await run(call.store.queue.due, workspace.id, now, 1))
    return await run(_told, call, workspace.id, done, 0)


async def settle(call: ControlCall) -> dict[str, Any]:
    """Do all that is due at the present moment, wait for the deliveries, and again, until nothing is due."""
    run = call.store.engines.run
    workspace = await call.there()
    if call.body not in (None, {}):
        raise Problem(400, "settle takes nothing: send no body.")
    done: list[Done] = []
    deliveries = 0

    async def told() -> int:
        nonlocal deliveries
        now = (await run(call.store.vitals.clock, workspace.id)).now()
        await run(call.store.deliveries.release_due, workspace.id, now)
        count = await run(call.store.deliveries.pending, workspace.id)
        if not await delivered(call.store, workspace.id, _LONGEST_WAIT, call.receive):
            if call.store.bell.ended:
                raise stopping(f"{len(done)} of what was due now is done")
            raise Problem(504, f"Deliveries of webhooks are still on their way after {_LONGEST_WAIT} s; settle again.")
        deliveries += count
        return count

    while True:
        now = await running.run_present(call.store, workspace, told)
        done += now
        moment = (await run(call.store.vitals.clock, workspace.id)).now()
        _check_whole(call, done, await run(things_due, call.store, workspace.id, moment))
        if not await told() and not now:
            return await run(_told, call, workspace.id, done, deliveries)


def _check_whole(call: ControlCall, done: Sequence[Done], left: Sequence[Thing]) -> None:
    """Check that a server that stops has left nothing undone.

    Raises:
        Problem: 503, it has.
    """
    if left and call.store.bell.ended:
        raise stopping(f"{len(done)} of what was due now is done")


def _told(call: ControlCall, workspace: str, done: Sequence[Done], deliveries: int) -> dict[str, Any]:
    now = call.store.vitals.clock(workspace).now()
    delayed = call.store.deliveries.next_delayed(workspace)
    due = min((each for each in (next_due(call.store, workspace, now), delayed) if each is not None), default=None)
    states = Counter(each.state for each in call.store.deliveries.waiting(workspace))
    return {
        "now": iso(now),
        "counts": dict(Counter(each.kind for each in done)),
        "happened": [
            {
                "at": iso(each.at),
                "kind": each.kind,
                "messageId": each.message_id,
                **({} if each.reply_id is None else {"replyId": each.reply_id}),
            }
            for each in done
        ],
        "deliveries": deliveries,
        "waiting": {
            "delayed": states["delayed"],
            "until": None if delayed is None else iso(delayed),
            "held": states["held"],
        },
        "nextDue": None if due is None else iso(due),
    }
