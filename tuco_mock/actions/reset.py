"""Back to the start: the whole server, or one workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from tuco_mock.actions.load import make_workspace, put_in_place
from tuco_mock.actions.specs import first_clock, named, settings_of, start_of
from tuco_mock.actions.wholes import replacing
from tuco_mock.domain.fixture.check import check_workspace
from tuco_mock.domain.workspaces import SERVER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tuco_mock.domain.fixture import model
    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.state.starts import Start
    from tuco_mock.state.store import Store


def start_with(store: Store, fixture: model.Fixture) -> list[Workspace]:
    """Load a checked fixture into a server that holds nothing, and keep it as what the server is reset to.

    The things in the fixture are used up: they are gone from it afterwards.
    """
    made = []
    starts = []
    for position, given in enumerate(fixture.workspaces):
        spec = named(given)
        origin = given.id or f"#{position}"
        starts.append(start_of(spec, origin))
        made.append(make_workspace(store, spec, origin, keeps_start=False, uses_up=True))
    store.starts.keep_server(starts)
    return made


def go_on(store: Store) -> list[Workspace]:
    """Go on with what the engines hold of a server before; the workspaces that are there, the first one first."""
    there = store.workspaces.all()
    for workspace in there:
        store.alarm.ring(workspace.id)
    return there


def _spec_of(start: Start) -> model.Workspace:
    return check_workspace(msgspec.json.decode(start.state))


def reset_server(store: Store) -> list[Workspace]:
    """Drop every workspace and load what the server started with."""
    gone = [workspace.id for workspace in store.workspaces.all()]
    with replacing(store, SERVER, "server", gone=gone):
        return begin_anew(store, gone)


def begin_anew(store: Store, gone: Iterable[str]) -> list[Workspace]:
    """Load what the server started with in place of these workspaces, of which some may have gone by half."""
    starts = [(_spec_of(start), start.origin) for start in store.starts.server()]
    for each in gone:
        store.drop(each)
    store.drop_unclaimed()
    return [make_workspace(store, spec, origin, keeps_start=False, uses_up=True) for spec, origin in starts]


def reset_workspace(store: Store, workspace: Workspace) -> Workspace:
    """Put back the state and settings a workspace was made with; relative times are counted from now.

    Faults, webhook lab, deliveries and journal begin anew as well.

    Raises:
        Conflict: a key it was made with belongs to another workspace by now.
    """
    with replacing(store, workspace.id, "start"):
        return put_back_to_start(store, workspace)


def put_back_to_start(store: Store, workspace: Workspace) -> Workspace:
    """The same, without a note of it.

    Raises:
        Conflict: as `reset_workspace`.
    """
    start = store.starts.of(workspace.id)
    spec = _spec_of(start)
    changed = settings_of(spec, workspace)
    put_in_place(store, changed, spec, first_clock(spec), start.origin)
    store.faults.clear(workspace.id)
    store.lab.clear(workspace.id)
    store.deliveries.clear(workspace.id)
    store.log.begin_anew(workspace.id, store.vitals.clock(workspace.id).now())
    return changed


def drop_workspace(store: Store, workspace: str) -> None:
    """Remove a workspace and all that is in it; nothing when there is none of that id."""
    with replacing(store, workspace, "nothing"):
        store.drop(workspace)
