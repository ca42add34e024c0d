"""Back to the start: the whole server, or one workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from tuco_mock.actions.load import make_workspace, replace_state, start_of
from tuco_mock.domain.fixture.check import check_workspace

if TYPE_CHECKING:
    from tuco_mock.domain.fixture import model
    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.state.starts import Start
    from tuco_mock.state.store import Store


def start_with(store: Store, fixture: model.Fixture) -> list[Workspace]:
    """Load a checked fixture into a server that holds nothing, and keep it as what the server is reset to."""
    made = []
    starts = []
    for position, spec in enumerate(fixture.workspaces):
        origin = spec.id or f"#{position}"
        made.append(make_workspace(store, spec, origin, keeps_start=False))
        starts.append(start_of(made[-1], spec, origin))
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
    starts = [(_spec_of(start), start.origin) for start in store.starts.server()]
    for workspace in store.workspaces.all():
        drop_workspace(store, workspace.id)
    store.drop_unclaimed()
    return [make_workspace(store, spec, origin, keeps_start=False) for spec, origin in starts]


def reset_workspace(store: Store, workspace: Workspace) -> Workspace:
    """Put back the state and settings a workspace was made with; relative times are counted from now.

    Faults, webhook lab, deliveries and journal begin anew as well.

    Raises:
        Conflict: a key it was made with belongs to another workspace by now.
    """
    start = store.starts.of(workspace.id)
    changed = replace_state(store, workspace, _spec_of(start), origin=start.origin)
    store.faults.clear(workspace.id)
    store.lab.clear(workspace.id)
    store.deliveries.clear(workspace.id)
    store.log.begin_anew(workspace.id, store.vitals.clock(workspace.id).now())
    return changed


def drop_workspace(store: Store, workspace: str) -> None:
    """Remove a workspace and all that is in it; nothing when there is none of that id."""
    store.drop(workspace)
