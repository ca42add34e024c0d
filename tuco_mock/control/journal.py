"""The journal: look, find, count, wait for a request, clear; and the timeline and recording made from the same log."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, cast

from msgspec import Struct, field

from tuco_mock.actions import journal, timeline
from tuco_mock.actions.hints import hints
from tuco_mock.actions.journal import Search
from tuco_mock.control.problem import Problem
from tuco_mock.domain.errors import InvalidInput
from tuco_mock.domain.fixture.check import read
from tuco_mock.domain.fixture.values import Count, Duration
from tuco_mock.domain.journal import Asked, shown
from tuco_mock.domain.timestamps import parse_duration
from tuco_mock.state.log import UNCLAIMED
from tuco_mock.wire.body import ClientGone
from tuco_mock.wire.patience import wait_for

if TYPE_CHECKING:
    from tuco_mock.control.door import ControlCall
    from tuco_mock.domain.workspaces import Workspace

LONGEST_WAIT = 60_000
"""How long a wait lasts at most, in milliseconds."""


class Question(Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """Which requests are looked for."""

    match: Asked = field(default_factory=Asked)
    after: Count = 0


class Patience(Question, kw_only=True):
    """Which requests are waited for, how many, how long."""

    times: Count = 1
    timeout: Duration = "5s"


Q = TypeVar("Q", bound=Question)


def look(call: ControlCall) -> dict[str, Any]:
    """The requests that came with the workspace's keys, oldest first."""
    return _listed(call, call.workspace().id)


def look_unclaimed(call: ControlCall) -> dict[str, Any]:
    """The requests that came with no key, or with one that no workspace has."""
    return _listed(call, UNCLAIMED)


def clear(call: ControlCall) -> dict[str, Any]:
    """Let the journal begin anew; the timeline keeps what was."""
    return _cleared(call, call.workspace().id)


def clear_unclaimed(call: ControlCall) -> dict[str, Any]:
    """Forget the requests that nobody's key came with."""
    return _cleared(call, UNCLAIMED)


def find(call: ControlCall) -> dict[str, Any]:
    """The requests that match, or the nearest ones and why they don't."""
    workspace, question = call.workspace(), _asked(call, Question)
    search = Search(call.store, workspace, question.match, question.after)
    search.go_on()
    return _found(call, workspace, question.match, search, matched=bool(search.found))


def count(call: ControlCall) -> dict[str, Any]:
    """How many requests match."""
    found = find(call)
    del found["requests"]
    return found


async def wait(call: ControlCall) -> dict[str, Any]:
    """Answer once so many requests match, or at the timeout."""
    run = call.store.engines.run
    workspace, question = await call.there(), _asked(call, Patience)
    millis = parse_duration(question.timeout) or 0
    if millis > LONGEST_WAIT:
        raise Problem(400, f"timeout is at most {LONGEST_WAIT // 1000}s; ask again to wait longer.")
    search = Search(call.store, workspace, question.match, question.after)
    clock = asyncio.get_running_loop().time
    until = clock() + millis / 1000
    with call.store.bell.listen(workspace.id) as ringing:
        while True:
            await run(search.go_on)
            matched = len(search.found) >= question.times
            if matched or call.store.bell.ended or clock() >= until:
                break
            if not await wait_for(ringing, until - clock(), call.receive):
                raise ClientGone
            ringing.clear()
            await call.there()  # it may be gone by now
    return await run(partial(_found, call, workspace, question.match, search, matched=matched))


def past(call: ControlCall) -> dict[str, Any]:
    """What happened in the workspace, oldest first; with `limit` the newest so many."""
    dropped, events = timeline.timeline(call.store, call.workspace().id)
    limit = call.number("limit", None, 100_000)
    return {"events": events if limit is None else events[-limit:], "dropped": dropped}


def recording(call: ControlCall) -> dict[str, Any]:
    """The workspace's start and all that was done to it since, for `tuco-mock replay`."""
    return timeline.recording(call.store, call.workspace())


def _listed(call: ControlCall, workspace: str) -> dict[str, Any]:
    after, limit = call.number("after", 0, 2**53, least=0), call.number("limit", None, 100_000)
    part = call.store.log.read(workspace)
    entries = journal.requests(call.store, workspace, after or 0)
    return {
        "requests": [shown(entry) for entry in entries[:limit]],
        "total": len(entries),
        "dropped": max(part.cut - max(part.cleared, after or 0), 0),
    }


def _cleared(call: ControlCall, workspace: str) -> dict[str, Any]:
    present = journal.requests(call.store, workspace)
    call.store.log.clear(workspace)
    return {"cleared": len(present)}


def _asked(call: ControlCall, kind: type[Q]) -> Q:
    question, mistakes = read({} if call.body is None else call.body, kind)
    if mistakes:
        raise InvalidInput(mistakes)
    return cast("Q", question)


def _found(call: ControlCall, workspace: Workspace, asked: Asked, search: Search, *, matched: bool) -> dict[str, Any]:
    nearest = [] if matched else search.nearest()
    records = [near.entry.record for near in nearest]
    return {
        "matched": matched,
        "count": len(search.found),
        "requests": [shown(entry) for entry in search.found],
        "nearest": [{"request": shown(near.entry), "differences": near.differences} for near in nearest],
        "hints": [] if matched else hints(call.store, workspace, asked, records, call.simulated),
        "dropped": search.dropped,
        "stopped": call.store.bell.ended,
        "unclaimed": len(journal.unclaimed(call.store, workspace.id)),
    }
