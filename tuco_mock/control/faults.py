"""Faults: look, replace, add, clear."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import to_builtins

from tuco_mock.control.problem import Problem
from tuco_mock.domain.errors import InvalidInput, Mistake
from tuco_mock.domain.faults import Fault, check_faults
from tuco_mock.domain.limits import DEFAULT_LIMITS

if TYPE_CHECKING:
    from tuco_mock.control.door import ControlCall


def look(call: ControlCall) -> dict[str, Any]:
    """The faults, with how often each was asked and struck."""
    return _shown(call, call.workspace().id)


def replace(call: ControlCall) -> dict[str, Any]:
    """Put these faults in place of all that are there."""
    workspace = call.workspace().id
    call.store.faults.replace(workspace, _checked(call))
    return _shown(call, workspace)


def add(call: ControlCall) -> dict[str, Any]:
    """Put these faults behind those that are there; one of a name that is there takes its place."""
    workspace = call.workspace().id
    call.store.faults.add(workspace, _checked(call))
    return _shown(call, workspace)


def clear(call: ControlCall) -> dict[str, Any]:
    """Remove all faults."""
    return {"cleared": call.store.faults.clear(call.workspace().id)}


def _checked(call: ControlCall) -> list[Fault]:
    if not isinstance(call.body, (dict, list)):
        raise Problem(400, "Send a fault, as {effect: {status: 500}, times: 1}, or a list of them.")
    faults = check_faults(call.body)
    unknown = [
        Mistake("match.group", f"there is no group {fault.match.group!r}; there are {', '.join(DEFAULT_LIMITS)}")
        for fault in faults
        if fault.match.group is not None and fault.match.group not in DEFAULT_LIMITS
    ]
    if unknown:
        raise InvalidInput(unknown)
    return faults


def _shown(call: ControlCall, workspace: str) -> dict[str, Any]:
    faults = call.store.faults.all(workspace)
    tallies = call.store.faults.tallies(workspace, faults)
    return {
        "faults": [
            {**to_builtins(fault), "phase": fault.phase, **tally._asdict()}
            for fault, tally in zip(faults, tallies, strict=True)
        ]
    }
