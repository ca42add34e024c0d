"""Faults: look, replace, add, clear."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import to_builtins

from tuco_mock.control.problem import Problem
from tuco_mock.domain.errors import InvalidInput, Mistake
from tuco_mock.domain.faults import Fault, Target, check_faults, may_be

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tuco_mock.control.door import ControlCall, Simulated


def look(call: ControlCall) -> dict[str, Any]:
    """The faults, with how often each was asked and struck; first the last ones that may strike no more."""
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
    place = "[{}]." if isinstance(call.body, list) else ""
    unmet = [
        Mistake(f"{place.format(number)}match", told)
        for number, fault in enumerate(faults)
        if (told := _never_strikes(fault.match, call.simulated)) is not None
    ]
    if unmet:
        raise InvalidInput(unmet)
    return faults


def _never_strikes(target: Target, simulated: Sequence[Simulated]) -> str | None:
    """Why no call will ever be one that is meant; None when some can."""
    if any(may_be(target, each.method, each.path, each.group) for each in simulated):
        return None
    known = "; ".join(
        f"{each.method} {each.path}" + (f" (group {each.group})" if each.group else "") for each in simulated
    )
    return f"is for no call that there is: the API has {known}"


def _shown(call: ControlCall, workspace: str) -> dict[str, Any]:
    faults = [*call.store.faults.spent(workspace), *call.store.faults.all(workspace)]
    tallies = call.store.faults.tallies(workspace, faults)
    return {
        "faults": [
            {**to_builtins(fault), "phase": fault.phase, **tally._asdict()}
            for fault, tally in zip(faults, tallies, strict=True)
        ]
    }
