"""Named snapshots of a workspace: take one, go back to it, forget it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tuco_mock.actions.wholes import replacing
from tuco_mock.domain.errors import NotFound
from tuco_mock.domain.timestamps import iso
from tuco_mock.state import agenda, queue

if TYPE_CHECKING:
    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.state.snapshots import Snapshot
    from tuco_mock.state.store import Store


class Taken(NamedTuple):
    """A snapshot as it is listed.

    Attributes:
        name: its name.
        taken_at: the workspace's time when it was taken.
        changed: how many documents and jobs were written since; what putting it back costs.
    """

    name: str
    taken_at: str
    changed: int


def take_snapshot(store: Store, workspace: Workspace, name: str) -> Taken:
    """Keep the present of a workspace under a name; a snapshot of that name is replaced. Nothing is copied."""
    at = iso(store.vitals.clock(workspace.id).now())
    return Taken(name, store.snapshots.take(workspace, name, at).taken_at, 0)


def list_snapshots(store: Store, workspace: Workspace) -> list[Taken]:
    """The workspace's snapshots, by time."""
    found = store.snapshots.all(workspace.id)
    changed = store.snapshots.changed(workspace.id, [each.name for each in found])
    return [Taken(each.name, each.taken_at, count) for each, count in zip(found, changed, strict=True)]


def restore_snapshot(store: Store, workspace: Workspace, name: str) -> Workspace:
    """Make a workspace what it was when the snapshot was taken, at the cost of what was written since.

    Contents, queue, settings with the API keys, clock (the moment it was frozen at, or its distance to real time),
    running number, token buckets and faults are put back. The snapshot stays, and so do all others, later ones too.

    Raises:
        NotFound: there is no snapshot of that name; the detail lists those there are.
        Conflict: a key the workspace had then belongs to another one by now; nothing was changed.
    """
    with replacing(store, workspace.id, "snapshot", name=name):
        return put_back(store, workspace.id, name)


def put_back(store: Store, here: str, name: str) -> Workspace:
    """The same, without a note of it.

    Raises:
        NotFound, Conflict: as `restore_snapshot`.
    """
    snapshot = _get(store, here, name)
    store.workspaces.replace(snapshot.settings)
    differences = store.snapshots.differences(here, name)
    for kind, images in differences.items():
        if kind == queue.KIND:
            store.queue.restore(here, images)
        elif kind == agenda.KIND:
            store.agenda.restore(here, images)
        else:
            store.documents.put_back(here, kind, images)
    store.snapshots.put_back(here, snapshot)
    store.snapshots.settle(here, name, differences)
    store.faults.mark(here)
    store.alarm.ring(here)
    return snapshot.settings


def drop_snapshot(store: Store, workspace: Workspace, name: str) -> None:
    """Forget a snapshot.

    Raises:
        NotFound: there is none of that name; the detail lists those there are.
    """
    if not store.snapshots.drop(workspace.id, name):
        raise _unknown(store, workspace.id, name)


def _get(store: Store, workspace: str, name: str) -> Snapshot:
    found = store.snapshots.get(workspace, name)
    if found is None:
        raise _unknown(store, workspace, name)
    return found


def _unknown(store: Store, workspace: str, name: str) -> NotFound:
    names = store.snapshots.names(workspace)
    there = f"it has {', '.join(names)}" if names else f"it has none: POST /_tuco/workspaces/{workspace}/snapshots"
    return NotFound("snapshot", f"Workspace {workspace} has no snapshot {name!r}; {there}.")
