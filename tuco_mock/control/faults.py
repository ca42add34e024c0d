"""Faults: look, replace, add, clear; one that no call can ever meet is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import to_builtins

from tuco_mock.control.rules import RuleHandlers
from tuco_mock.domain.errors import InvalidInput, Mistake
from tuco_mock.domain.faults import Fault, Target, check_faults, may_be

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tuco_mock.control.door import ControlCall, Simulated


def _checked(call: ControlCall) -> list[Fault]:
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


def _shown(fault: Fault) -> dict[str, Any]:
    return {**to_builtins(fault), "phase": fault.phase}


HANDLERS = RuleHandlers(
    "faults", "a fault, as {effect: {status: 500}, times: 1}", lambda store: store.faults, _checked, _shown
)
"""The faults' operations."""
