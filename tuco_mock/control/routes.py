"""The one table of the control plane's operations, and the way to their doors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuco_mock.control import (
    addresses,
    clock,
    faults,
    health,
    journal,
    limits,
    queue,
    settle,
    snapshots,
    things,
    workspaces,
)
from tuco_mock.control import schemas as s
from tuco_mock.control.description import describe
from tuco_mock.control.door import ControlDoor, ControlOperation
from tuco_mock.control.webhook_routes import WEBHOOKS
from tuco_mock.wire.paths import PathTree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.types import Receive, Scope, Send

    from tuco_mock.control.door import Simulated
    from tuco_mock.settings import Settings
    from tuco_mock.state.store import Store

CONTROL = "/_tuco"
"""What the paths of the control plane begin with."""

_WS = "/_tuco/workspaces/{ws}"

FAULTS = (
    ControlOperation("GET", _WS + "/faults", faults.look, "The faults, and how often each struck", answer=s.FAULTS),
    ControlOperation(
        "POST",
        _WS + "/faults",
        faults.replace,
        "Put faults in place of all that are there",
        body=s.FAULT_OR_FAULTS,
        answer=s.FAULTS,
        status=201,
    ),
    ControlOperation("PATCH", _WS + "/faults", faults.add, "Add faults", body=s.FAULT_OR_FAULTS, answer=s.FAULTS),
    ControlOperation("DELETE", _WS + "/faults", faults.clear, "Remove all faults", answer=s.CLEARED),
)

_PAGE = {"after": "those with a higher id", "limit": "so many of them, the oldest"}
JOURNAL = (
    ControlOperation(
        "GET",
        "/_tuco/requests",
        journal.look_unclaimed,
        "The requests that came with no key of any workspace",
        answer=s.REQUESTS,
        query=_PAGE,
    ),
    ControlOperation("DELETE", "/_tuco/requests", journal.clear_unclaimed, "Forget those requests", answer=s.CLEARED),
    ControlOperation(
        "GET", _WS + "/requests", journal.look, "The journal, oldest first", answer=s.REQUESTS, query=_PAGE
    ),
    ControlOperation(
        "DELETE", _WS + "/requests", journal.clear, "Clear the journal", answer=s.CLEARED, is_logged=False
    ),
    ControlOperation(
        "POST",
        _WS + "/requests/find",
        journal.find,
        "The requests that match, or the nearest ones and why they differ",
        body=s.QUESTION,
        answer=s.FOUND,
        is_logged=False,
    ),
    ControlOperation(
        "POST",
        _WS + "/requests/count",
        journal.count,
        "How many requests match",
        body=s.QUESTION,
        answer=s.COUNTED,
        is_logged=False,
    ),
    ControlOperation(
        "POST",
        _WS + "/requests/wait",
        journal.wait,
        "Answer once so many requests match, or at the timeout",
        body=s.PATIENCE,
        answer=s.FOUND,
        is_logged=False,
    ),
    ControlOperation(
        "GET",
        _WS + "/timeline",
        journal.past,
        "What happened, in order, with causes",
        answer=s.TIMELINE,
        query={"limit": "so many events, the newest"},
    ),
    ControlOperation(
        "GET", _WS + "/recording", journal.recording, "The start and all that was done since", answer=s.OBJECT
    ),
)

ADDRESSES = (
    ControlOperation("GET", _WS + "/addresses", addresses.look, "What addresses do", answer=s.ADDRESSES),
    ControlOperation(
        "POST",
        _WS + "/addresses",
        addresses.put,
        "Say what an address does, or several, in place of what was said of it",
        body=s.ADDRESS_OR_ADDRESSES,
        answer=s.ADDRESS_OR_ADDRESSES,
        status=201,
    ),
    ControlOperation(
        "DELETE",
        _WS + "/addresses",
        addresses.forget,
        "Forget what an address does, or all",
        answer=s.CLEARED,
        query={"address": "only this one, in any notation"},
    ),
)

OPERATIONS: tuple[ControlOperation, ...] = (
    ControlOperation("GET", "/_tuco/livez", health.livez, "The process answers", answer=s.STATUS),
    ControlOperation("GET", "/_tuco/readyz", health.readyz, "Calls will be served", answer=s.STATUS),
    ControlOperation("GET", "/_tuco/info", health.info, "Version, engines, settings, counts", answer=s.INFO),
    ControlOperation(
        "GET",
        "/_tuco/openapi.json",
        lambda _: describe(OPERATIONS),
        "The description of the control plane",
        answer=s.OBJECT,
    ),
    ControlOperation("POST", "/_tuco/reset", health.reset_all, "Everything back to the start", answer=s.IDS),
    ControlOperation(
        "GET",
        "/_tuco/workspaces",
        workspaces.list_all,
        "All workspaces, the first one first",
        answer=s.WORKSPACES,
    ),
    ControlOperation(
        "POST",
        "/_tuco/workspaces",
        workspaces.make,
        "Make a workspace; `state` fills it",
        body=s.NEW_WORKSPACE,
        answer=s.WORKSPACE,
        status=201,
    ),
    ControlOperation("GET", _WS, workspaces.look, "Settings, clock and counts", answer=s.WORKSPACE),
    ControlOperation("PATCH", _WS, workspaces.change, "Change settings", body=s.SETTINGS, answer=s.WORKSPACE),
    ControlOperation(
        "DELETE", _WS, workspaces.drop, "Remove it and all that is in it", answer=s.OBJECT, is_logged=False
    ),
    ControlOperation(
        "POST",
        _WS + "/reset",
        workspaces.back_to_start,
        "Back to the state it was made with",
        answer=s.WORKSPACE,
    ),
    ControlOperation("GET", _WS + "/state", workspaces.state_out, "The whole state, as a fixture", answer=s.STATE),
    ControlOperation(
        "PUT",
        _WS + "/state",
        workspaces.state_in,
        "Replace the whole state",
        body=s.STATE,
        answer=s.WORKSPACE,
        query={"origin": "what ids of things without one are derived from, besides their position"},
    ),
    ControlOperation("GET", _WS + "/clock", clock.look, "The time", answer=s.CLOCK),
    ControlOperation("POST", _WS + "/clock", clock.change, "Move the clock", body=s.CLOCK_CHANGE, answer=s.CLOCK),
    *(
        ControlOperation(
            "GET",
            f"{_WS}/{kind}",
            things.look(kind),
            f"The {kind}, in order of creation",
            answer=s.page_of(kind),
            query={**filters, **things.PAGING},
        )
        for kind, filters in things.FILTERS.items()
    ),
    *(
        ControlOperation(
            "POST",
            f"{_WS}/{kind}",
            things.reply if kind == "replies" else things.add(kind),
            "Let a lead reply, or several" if kind == "replies" else f"Add one of the {kind}, or a list of them",
            body=s.one_or_many(kind),
            answer=s.one_or_many(kind),
            status=201,
        )
        for kind in s.KINDS
    ),
    ControlOperation(
        "POST",
        _WS + "/messages/{messageId}/open",
        things.open_one,
        "Who got the message opens it",
        answer=s.thing("messages"),
    ),
    ControlOperation("GET", _WS + "/queue", queue.look, "Counts and jobs", answer=s.QUEUE),
    ControlOperation(
        "POST",
        _WS + "/queue/{messageId}/start",
        queue.start,
        "A worker takes the job",
        answer=s.thing("messages"),
    ),
    ControlOperation(
        "POST",
        _WS + "/queue/{messageId}/finish",
        queue.finish,
        "The worker that holds the job is done",
        answer=s.thing("messages"),
    ),
    ControlOperation(
        "POST",
        _WS + "/queue/{messageId}/fail",
        queue.fail,
        "The worker that holds the job gives up",
        body=s.FAILURE,
        answer=s.thing("messages"),
    ),
    ControlOperation(
        "POST", _WS + "/queue/run", settle.run, "Work off the jobs that are due now", body=s.RUN, answer=s.HAPPENED
    ),
    ControlOperation("POST", _WS + "/settle", settle.settle, "Do all that is due now, and say what", answer=s.HAPPENED),
    ControlOperation(
        "GET", _WS + "/rate-limits", limits.look, "How many calls each group would let through", answer=s.LEVELS
    ),
    ControlOperation(
        "PUT",
        _WS + "/rate-limits/{group}",
        limits.change,
        "Fill or empty a group's bucket; 0 tokens bring the next call to 429",
        body=s.LEVEL,
        answer=s.LEVELS,
    ),
    *ADDRESSES,
    *FAULTS,
    *JOURNAL,
    *WEBHOOKS,
    ControlOperation("GET", _WS + "/snapshots", snapshots.list_all, "The snapshots, by time", answer=s.SNAPSHOTS),
    ControlOperation(
        "POST",
        _WS + "/snapshots",
        snapshots.take,
        "Keep the present under a name",
        body=s.NEW_SNAPSHOT,
        answer=s.SNAPSHOT,
        status=201,
    ),
    ControlOperation("DELETE", _WS + "/snapshots/{name}", snapshots.drop, "Forget a snapshot", answer=s.OBJECT),
    ControlOperation(
        "POST",
        _WS + "/snapshots/{name}/restore",
        snapshots.restore,
        "Make the workspace what it was then",
        answer=s.WORKSPACE,
    ),
)


class ControlPlane:
    """The ASGI application of all that is below `CONTROL`.

    Attributes:
        doors: the door of each path; one more tells of unknown paths.
    """

    def __init__(self, store: Store, settings: Settings, simulated: Sequence[Simulated]) -> None:
        paths = dict.fromkeys(operation.path for operation in OPERATIONS)
        self.doors = {path: ControlDoor(store, settings, simulated, *_at(path)) for path in paths}
        self._tree = PathTree(self.doors)
        self._unknown = ControlDoor(store, settings, simulated)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        found = self._tree.find(scope["path"])
        if found is None:
            return await self._unknown(scope, receive, send)
        door, scope["path_params"] = found
        return await door(scope, receive, send)


def _at(path: str) -> list[ControlOperation]:
    return [operation for operation in OPERATIONS if operation.path == path]
