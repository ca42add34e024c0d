"""Named snapshots: list, take, restore, drop."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tuco_mock.actions import snapshots
from tuco_mock.control import workspaces
from tuco_mock.control.problem import Problem
from tuco_mock.control.schemas import SNAPSHOT_NAME
from tuco_mock.domain.errors import InvalidInput, Mistake

if TYPE_CHECKING:
    from tuco_mock.actions.snapshots import Taken
    from tuco_mock.control.door import ControlCall

_RULE = f"expected 1 to {SNAPSHOT_NAME['maxLength']} of the characters A-Z a-z 0-9 _ . -, not dots alone"

_is_name = re.compile(SNAPSHOT_NAME["pattern"]).fullmatch


def list_all(call: ControlCall) -> dict[str, Any]:
    """The workspace's snapshots, by time."""
    return {"snapshots": [_shown(each) for each in snapshots.list_snapshots(call.store, call.workspace())]}


def take(call: ControlCall) -> dict[str, Any]:
    """Keep the present under a name; a snapshot of that name is replaced."""
    workspace = call.workspace()
    body = call.body
    if not isinstance(body, dict) or body.keys() != {"name"}:
        raise Problem(400, "Send {name: the snapshot's name} and nothing else.")
    name = body["name"]
    if not (isinstance(name, str) and len(name) <= SNAPSHOT_NAME["maxLength"] and _is_name(name)):
        raise InvalidInput([Mistake("name", _RULE)])
    return _shown(snapshots.take_snapshot(call.store, workspace, name))


def restore(call: ControlCall) -> dict[str, Any]:
    """Make the workspace what it was when the snapshot was taken."""
    snapshots.restore_snapshot(call.store, call.workspace(), call.path["name"])
    return workspaces.look(call)


def drop(call: ControlCall) -> dict[str, Any]:
    """Forget a snapshot."""
    snapshots.drop_snapshot(call.store, call.workspace(), call.path["name"])
    return {"dropped": call.path["name"]}


def _shown(taken: Taken) -> dict[str, Any]:
    return {"name": taken.name, "takenAt": taken.taken_at, "changed": taken.changed}
