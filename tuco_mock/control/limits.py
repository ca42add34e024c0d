"""The rate limiter's buckets: look, fill, empty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tuco_mock.control.problem import Problem
from tuco_mock.domain.errors import Conflict, NotFound
from tuco_mock.domain.limits import DEFAULT_LIMITS, UNITS_PER_TOKEN, Bucket

if TYPE_CHECKING:
    from tuco_mock.control.door import ControlCall
    from tuco_mock.domain.workspaces import Workspace


def look(call: ControlCall) -> dict[str, Any]:
    """Each group's limit, and how many calls it would let through at this moment."""
    return _shown(call, call.workspace())


def change(call: ControlCall) -> dict[str, Any]:
    """Fill a group's bucket to so many tokens; 0 brings the next call to 429."""
    workspace = call.workspace()
    group = call.path["group"]
    if group not in DEFAULT_LIMITS:
        raise NotFound("group", f"There is no rate-limit group {group!r}; there are {', '.join(DEFAULT_LIMITS)}.")
    limit = workspace.limit(group)
    if limit is None:
        raise Conflict(f"{group} has no limit here; PATCH the workspace's rateLimits to give it one.")
    tokens = call.body.get("tokens") if isinstance(call.body, dict) and len(call.body) == 1 else None
    if isinstance(tokens, bool) or not isinstance(tokens, (int, float)) or not 0 <= tokens <= limit:
        raise Problem(400, f"Send {{tokens: a number from 0 to {limit}}}.")
    now = call.store.vitals.clock(workspace.id).now()
    call.store.vitals.set_bucket(workspace.id, group, Bucket(round(tokens * UNITS_PER_TOKEN), now))
    return _shown(call, workspace)


def _shown(call: ControlCall, workspace: Workspace) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for group in DEFAULT_LIMITS:
        limit = workspace.limit(group)
        bucket = None if limit is None else call.store.vitals.bucket(workspace.id, group, limit)
        tokens = None if bucket is None else bucket.units / UNITS_PER_TOKEN
        shown[group] = {"perMinute": limit, "tokens": tokens}
    return shown
