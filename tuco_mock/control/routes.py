"""The one table of the control plane's operations, and the way to their doors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuco_mock.control import (
    addresses,
    clock,
    health,
    limits,
    past_replies,
    queue,
    settle,
    snapshots,
    things,
    workspaces,
)
from tuco_mock.control import schemas as s
from tuco_mock.control.description import describe
from tuco_mock.control.door import ControlDoor, ControlOperation
from tuco_mock.control.observing_routes import FAULTS, JOURNAL
from tuco_mock.control.places import WORKSPACE
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


ADDRESSES = (
    ControlOperation("GET", WORKSPACE + "/addresses", addresses.look, "What addresses do", answer=s.ADDRESSES),
    ControlOperation(
        "POST",
        WORKSPACE + "/addresses",
        addresses.put,
        "Say what an address does, or several, in place of what was said of it",
        body=s.ADDRESS_OR_ADDRESSES,
        answer=s.ADDRESS_OR_ADDRESSES,
        status=201,
    ),
    ControlOperation(
        "DELETE",
        WORKSPACE + "/addresses",
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
    ControlOperation(
        "POST", "/_tuco/reset", health.reset_all, "Everything back to the start", answer=s.IDS, is_whole=True
    ),
    ControlOperation(
        "GET",
        "/_tuco/workspaces",
        workspaces.list_all,
        "All workspaces, the first one first",
        answer=s.WORKSPACES,
        is_among_all=True,
    ),
    ControlOperation(
        "POST",
        "/_tuco/workspaces",
        workspaces.make,
        "Make a workspace; `state` fills it",
        body=s.NEW_WORKSPACE,
        answer=s.WORKSPACE,
        status=201,
        named=workspaces.named,
    ),
    ControlOperation("GET", WORKSPACE, workspaces.look, "Settings, clock and counts", answer=s.WORKSPACE),
    ControlOperation(
        "PATCH", WORKSPACE, workspaces.change, "Change settings", body=s.SETTINGS, answer=s.WORKSPACE, is_alone=True
    ),
    ControlOperation(
        "DELETE",
        WORKSPACE,
        workspaces.drop,
        "Remove it and all that is in it",
        answer=s.OBJECT,
        is_logged=False,
        is_whole=True,
    ),
    ControlOperation(
        "POST",
        WORKSPACE + "/reset",
        workspaces.back_to_start,
        "Back to the state it was made with",
        answer=s.WORKSPACE,
        is_alone=True,
        is_whole=True,
    ),
    ControlOperation(
        "GET",
        WORKSPACE + "/state",
        workspaces.state_out,
        "The whole state, as a fixture",
        answer=s.STATE,
        is_whole=True,
    ),
    ControlOperation(
        "PUT",
        WORKSPACE + "/state",
        workspaces.state_in,
        "Replace the whole state",
        body=s.STATE,
        answer=s.WORKSPACE,
        query={"origin": "what ids of things without one are derived from, besides their position"},
        is_alone=True,
        is_whole=True,
    ),
    ControlOperation("GET", WORKSPACE + "/clock", clock.look, "The time", answer=s.CLOCK),
    ControlOperation(
        "POST", WORKSPACE + "/clock", clock.change, "Move the clock", body=s.CLOCK_CHANGE, answer=s.CLOCK, is_alone=True
    ),
    *(
        ControlOperation(
            "GET",
            f"{WORKSPACE}/{kind}",
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
            f"{WORKSPACE}/{kind}",
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
        WORKSPACE + "/messages/{messageId}/open",
        things.open_one,
        "Who got the message opens it",
        answer=s.thing("messages"),
    ),
    ControlOperation("GET", WORKSPACE + "/queue", queue.look, "Counts and jobs", answer=s.QUEUE),
    ControlOperation(
        "POST",
        WORKSPACE + "/queue/{messageId}/start",
        queue.start,
        "A worker takes the job",
        answer=s.thing("messages"),
    ),
    ControlOperation(
        "POST",
        WORKSPACE + "/queue/{messageId}/finish",
        queue.finish,
        "The worker that holds the job is done",
        answer=s.thing("messages"),
    ),
    ControlOperation(
        "POST",
        WORKSPACE + "/queue/{messageId}/fail",
        queue.fail,
        "The worker that holds the job gives up",
        body=s.FAILURE,
        answer=s.thing("messages"),
    ),
    ControlOperation(
        "POST",
        WORKSPACE + "/queue/run",
        settle.run_queue,
        "Work off the jobs that are due now",
        body=s.RUN,
        answer=s.HAPPENED,
    ),
    ControlOperation(
        "POST", WORKSPACE + "/settle", settle.settle, "Do all that is due now, and say what", answer=s.HAPPENED
    ),
    ControlOperation(
        "GET", WORKSPACE + "/rate-limits", limits.look, "How many calls each group would let through", answer=s.LEVELS
    ),
    ControlOperation(
        "PUT",
        WORKSPACE + "/rate-limits/{group}",
        limits.change,
        "Fill or empty a group's bucket; 0 tokens bring the next call to 429",
        body=s.LEVEL,
        answer=s.LEVELS,
    ),
    *ADDRESSES,
    ControlOperation(
        "GET", WORKSPACE + "/past-replies", past_replies.look, "What removed leads had said", answer=s.PAST_REPLIES
    ),
    *FAULTS,
    *JOURNAL,
    *WEBHOOKS,
    ControlOperation("GET", WORKSPACE + "/snapshots", snapshots.list_all, "The snapshots, by time", answer=s.SNAPSHOTS),
    ControlOperation(
        "POST",
        WORKSPACE + "/snapshots",
        snapshots.take,
        "Keep the present under a name",
        body=s.NEW_SNAPSHOT,
        answer=s.SNAPSHOT,
        status=201,
        is_alone=True,
        is_whole=True,
    ),
    ControlOperation("DELETE", WORKSPACE + "/snapshots/{name}", snapshots.drop, "Forget a snapshot", answer=s.OBJECT),
    ControlOperation(
        "POST",
        WORKSPACE + "/snapshots/{name}/restore",
        snapshots.restore,
        "Make the workspace what it was then",
        answer=s.WORKSPACE,
        is_alone=True,
        is_whole=True,
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
