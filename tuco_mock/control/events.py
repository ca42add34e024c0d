"""What happens, live: the timeline as server-sent events (the HTML standard's `text/event-stream`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tuco_mock.actions.live import Watch
from tuco_mock.control.problem import Problem
from tuco_mock.domain.errors import NotFound
from tuco_mock.state.away import AWAY
from tuco_mock.state.log import UNCLAIMED
from tuco_mock.wire.answer import Stream, encode
from tuco_mock.wire.patience import wait_for

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from tuco_mock.control.door import ControlCall
    from tuco_mock.state.bell import Watcher
    from tuco_mock.state.store import Store

_STILL_HERE = 15.0
"""After how many seconds without an event a comment is sent, so that proxies keep the connection."""

_LISTENING = b": listening\n\n"
_RESUME = b"last-event-id"


async def stream(call: ControlCall) -> Stream:
    """The events of one workspace, or of all, from now on or from behind an event; an `EventSource` resumes by itself.

    Raises:
        NotFound: there is no such workspace.
        Problem: 400, `after` is no number, or no workspace is given with it.
    """
    named = call.query.get("workspace", [""])[0]
    only = (await call.there(named)).id if named else None
    after = call.number("after", None, 2**53, least=0)
    if after is not None and only is None:
        raise Problem(400, "after is an event of one workspace: say which one with ?workspace=.")
    resumed = dict(call.headers).get(_RESUME, b"").decode("latin-1").rpartition("/")
    if only is not None and resumed[0] == only and resumed[2].isdecimal():
        after = int(resumed[2])
    return Stream(_told(call, only, after), b"text/event-stream")


async def _told(call: ControlCall, only: str | None, after: int | None) -> AsyncGenerator[bytes]:
    store, run = call.store, call.store.engines.run
    with store.bell.watch() as watcher:
        try:
            watches = await run(_watches, store, only, after)
            yield _LISTENING
            rung = set(watches) if after is not None else set()
            while not store.bell.ended:
                for chunk in await run(_news, store, watches, rung, only):
                    yield chunk
                if only is not None and not watches:
                    return
                if not await wait_for(watcher.event, _STILL_HERE, call.receive):
                    return
                if not watcher.event.is_set():
                    yield b":\n\n"
                rung = await run(_where, store, watcher, watches, only)
        except AWAY:  # it is asked again by who resumes
            return


def _watches(store: Store, only: str | None, after: int | None) -> dict[str, Watch]:
    """What has been told of by now: nothing yet of one workspace, or all that there is of each."""
    if only is not None:
        return {only: Watch(store, only, after)}
    there = [each.id for each in store.workspaces.all()]
    return {each: Watch(store, each) for each in (*there, UNCLAIMED)}


def _where(store: Store, watcher: Watcher, watches: dict[str, Watch], only: str | None) -> set[str]:
    """Where something may have happened."""
    rung = watcher.take()
    if watcher.all:
        watcher.all = False
        rung.update(watches, () if only else (each.id for each in store.workspaces.all()))
    return rung if only is None else rung & {only}


def _news(store: Store, watches: dict[str, Watch], rung: set[str], only: str | None) -> list[bytes]:
    """What is new there, as it is sent."""
    chunks: list[bytes] = []
    for here in sorted(rung):
        watch = watches.get(here)
        if watch is None and only is None and _exists(store, here):
            watch = watches[here] = Watch(store, here, 0)
        if watch is None:
            continue
        news = watch.news()
        if news is None:
            del watches[here]
            gone = {"id": None, "cause": None, "at": None, "kind": "dropped", "text": "the workspace was dropped"}
            chunks.append(_chunk(here, gone, None))
        else:
            chunks += [_chunk(here, each, watch.last if each is news[-1] else None) for each in news]
    return chunks


def _exists(store: Store, workspace: str) -> bool:
    try:
        store.workspaces.get(workspace)
    except NotFound:
        return False
    return True


def _chunk(workspace: str, event: dict[str, Any], last: int | None) -> bytes:
    """An event; the last one of several bears the place to resume at, behind them all."""
    data = b"data: " + encode({"workspace": workspace or None, **event})
    place = b"" if last is None else f"\nid: {workspace}/{last}".encode()
    return data + place + b"\n\n"
