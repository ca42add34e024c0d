"""The one table of the control plane's operations, and the routes made from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Route

from tuco_mock.control import clock, health, queue, things, workspaces
from tuco_mock.control import schemas as s
from tuco_mock.control.description import describe
from tuco_mock.control.door import ControlDoor, ControlOperation

if TYPE_CHECKING:
    from tuco_mock.settings import Settings
    from tuco_mock.state.store import Store

_WS = "/_tuco/workspaces/{ws}"

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
    ControlOperation("DELETE", _WS, workspaces.drop, "Remove it and all that is in it", answer=s.OBJECT),
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
            things.add(kind),
            f"Add one of the {kind}, or a list of them",
            body=s.one_or_many(kind),
            answer=s.one_or_many(kind),
            status=201,
        )
        for kind in s.KINDS
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
)


def routes(store: Store, settings: Settings) -> list[Route]:
    """The routes of all operations, one door a path, and a last one that tells of unknown paths."""
    paths = dict.fromkeys(operation.path for operation in OPERATIONS)
    known = [Route(path, endpoint=ControlDoor(store, settings, *_at(path))) for path in paths]
    unknown = ControlDoor(store, settings)
    return [*known, Route("/_tuco", endpoint=unknown), Route("/_tuco/{rest:path}", endpoint=unknown)]


def _at(path: str) -> list[ControlOperation]:
    return [operation for operation in OPERATIONS if operation.path == path]
