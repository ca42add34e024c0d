"""Workspaces: list, make, look, change, drop, reset; their whole state out and in."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import msgspec

from tuco_mock.actions import export, load, reset, specs
from tuco_mock.control.clock import shown as clock_shown
from tuco_mock.control.problem import Problem
from tuco_mock.domain.fixture.check import check_workspace
from tuco_mock.domain.limits import DEFAULT_LIMITS
from tuco_mock.domain.workspaces import is_workspace_id

if TYPE_CHECKING:
    from tuco_mock.control.door import ControlCall
    from tuco_mock.domain.clocks import Clock
    from tuco_mock.domain.workspaces import Workspace

SETTINGS = (
    *("name", "apiKeys", "seed", "active", "readOnly", "defaultCountryCode", "imessage", "rateLimits"),
    *("worker", "fallbackConfigured"),
)
"""What PATCH changes, in the fixture format's words."""

_COUNTED = ("lines", "lists", "leads", "campaigns", "messages", "replies", "webhooks")


def list_all(call: ControlCall) -> dict[str, Any]:
    """All workspaces, the first one first."""
    return {"workspaces": [_settings(call, workspace) for workspace in call.store.workspaces.all()]}


def make(call: ControlCall) -> dict[str, Any]:
    """Make a workspace; `state` fills it. Ids and keys are made up when the body itself gives none.

    Those that `instead` names are dropped once it is made: a test suite needs one call a test for both.
    """
    body = _object(call)
    gone = _instead(body.pop("instead", []))
    state = body.pop("state", {})
    if not isinstance(state, dict):
        raise Problem(400, "state is a workspace in the fixture format, without the list around it.")
    twice = sorted(body.keys() & state.keys() & set(_COUNTED))
    if twice:
        raise Problem(400, f"{', '.join(twice)} stands both beside state and in it; leave one of the two out.")
    origin = str(state.get("id") or body.get("id") or "")
    spec = check_workspace({**{name: each for name, each in state.items() if name not in {"id", "apiKeys"}}, **body})
    counts = {kind: len(getattr(spec, kind)) for kind in _COUNTED}
    workspace = load.make_workspace(call.store, spec, origin)
    for each in gone:
        reset.drop_workspace(call.store, each)
    return _shown(call, workspace, specs.first_clock(spec), counts)


def named(call: ControlCall) -> list[str]:
    """The workspaces that the body of `make` names, as far as it can be understood."""
    body = call.body if isinstance(call.body, dict) else {}
    gone = body.get("instead")
    given = [body.get("id"), *(gone if isinstance(gone, list) else [])]
    return [each for each in given if isinstance(each, str) and is_workspace_id(each)]


def look(call: ControlCall) -> dict[str, Any]:
    """A workspace's settings, clock and how much is in it."""
    return _whole(call, call.workspace())


def change(call: ControlCall) -> dict[str, Any]:
    """Change settings; those not named stay. `rotateApiKeys: true` revokes all keys and makes a new one."""
    workspace = call.workspace()
    body = _object(call)
    rotate = body.pop("rotateApiKeys", False)
    unknown = body.keys() - set(SETTINGS)
    if unknown:
        raise Problem(
            400, f"PATCH takes {', '.join((*SETTINGS, 'rotateApiKeys'))}, and not {', '.join(sorted(unknown))}."
        )
    if not isinstance(rotate, bool) or (rotate and "apiKeys" in body):
        raise Problem(400, f"PATCH takes {', '.join(SETTINGS)}, and rotateApiKeys: true or false (not beside apiKeys).")
    changed = specs.settings_of(check_workspace(body), workspace, frozenset(body))
    if rotate:
        changed = msgspec.structs.replace(changed, api_keys=(f"tuco_sk_{secrets.token_hex(16)}",))
    call.store.workspaces.replace(changed)
    call.store.alarm.ring(workspace.id)
    if "rateLimits" in body:
        call.store.vitals.refill(workspace.id)
    return _whole(call, changed)


def drop(call: ControlCall) -> dict[str, Any]:
    """Remove a workspace and all that is in it."""
    workspace = call.workspace()
    reset.drop_workspace(call.store, workspace.id)
    return {"dropped": workspace.id}


def back_to_start(call: ControlCall) -> dict[str, Any]:
    """Put back the state that the workspace was made with."""
    return _whole(call, reset.reset_workspace(call.store, call.workspace()))


def state_out(call: ControlCall) -> dict[str, Any]:
    """The whole state, in the fixture format."""
    return export.state_of(call.store, call.workspace())


def state_in(call: ControlCall) -> dict[str, Any]:
    """Put another state in place of the whole contents; settings it doesn't name stay as they are."""
    workspace = call.workspace()
    if call.body is None:
        raise Problem(400, "Send the state, a workspace in the fixture format; {} empties the workspace.")
    body = _object(call)
    origin = call.query.get("origin", [""])[0]
    spec, given = check_workspace(body), frozenset(body)
    return _whole(call, load.replace_state(call.store, workspace, spec, given=given, origin=origin))


def _instead(given: object) -> list[str]:
    """The workspaces to drop; one that is not there any more is no mistake."""
    if not isinstance(given, list) or not all(isinstance(each, str) and is_workspace_id(each) for each in given):
        raise Problem(400, "instead is a list of ids of workspaces, which are dropped once this one is made.")
    return given


def _object(call: ControlCall) -> dict[str, Any]:
    """The body, which must be an object; none counts as an empty one."""
    if call.body is None:
        return {}
    if not isinstance(call.body, dict):
        raise Problem(400, "The body must be a JSON object.")
    return dict(call.body)


def _settings(call: ControlCall, workspace: Workspace) -> dict[str, Any]:
    return {
        "id": workspace.id,
        "name": workspace.name,
        "apiKeys": list(workspace.api_keys),
        "seed": workspace.seed,
        "active": workspace.active,
        "readOnly": workspace.read_only,
        "defaultCountryCode": workspace.country_code,
        "imessage": workspace.imessage,
        "rateLimits": {group: workspace.limit(group) for group in DEFAULT_LIMITS},
        "worker": call.store.worker_of(workspace),
        "fallbackConfigured": workspace.fallback_configured,
    }


def _whole(call: ControlCall, workspace: Workspace) -> dict[str, Any]:
    clock = call.store.vitals.clock(workspace.id)
    return _shown(call, workspace, clock, {kind: call.store.count(kind, workspace.id) for kind in _COUNTED})


def _shown(call: ControlCall, workspace: Workspace, clock: Clock, counts: dict[str, int]) -> dict[str, Any]:
    return {**_settings(call, workspace), "clock": clock_shown(clock), "counts": counts}
