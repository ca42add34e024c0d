"""Back to the start: the whole server, or one workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from tuco_mock.actions.load import make_workspace, replace_state
from tuco_mock.domain.fixture.check import check, check_workspace

if TYPE_CHECKING:
    from tuco_mock.domain.fixture import model
    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.state.store import Store


def start_with(store: Store, fixture: model.Fixture) -> list[Workspace]:
    """Load a checked fixture into a server that holds nothing, and keep it as what the server is reset to."""
    made = []
    kept: list[dict[str, Any]] = []
    for position, spec in enumerate(fixture.workspaces):
        workspace = make_workspace(store, spec, spec.id or f"#{position}")
        made.append(workspace)
        kept.append({**msgspec.to_builtins(spec), "id": workspace.id, "apiKeys": list(workspace.api_keys)})
    store.starts.keep_server({"workspaces": kept})
    return made


def reset_server(store: Store) -> list[Workspace]:
    """Drop every workspace and load what the server started with."""
    start = store.starts.server()
    for workspace in store.workspaces.all():
        drop_workspace(store, workspace)
    return [make_workspace(store, spec, spec.id or "") for spec in check(start).workspaces]


def reset_workspace(store: Store, workspace: Workspace) -> Workspace:
    """Put back the state a workspace was made with; relative times are counted from now."""
    start = store.starts.of(workspace.id)
    store.vitals.drop(workspace.id)
    return replace_state(store, workspace, check_workspace(start), frozenset(start))


def drop_workspace(store: Store, workspace: Workspace) -> None:
    """Remove a workspace and all that is in it."""
    store.workspaces.drop(workspace.id)
    store.empty(workspace.id)
    store.starts.drop(workspace.id)
