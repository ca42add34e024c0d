"""The webhook lab: what goes wrong with deliveries. Look, replace, add, clear; let go what it holds back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import to_builtins

from tuco_mock.control.problem import Problem
from tuco_mock.domain.deliveries import LabRule, check_rules

if TYPE_CHECKING:
    from tuco_mock.control.door import ControlCall


def look(call: ControlCall) -> dict[str, Any]:
    """The rules, with how often each was asked and struck; first the last ones that may strike no more."""
    return _shown(call, call.workspace().id)


def replace(call: ControlCall) -> dict[str, Any]:
    """Put these rules in place of all that are there."""
    workspace = call.workspace().id
    call.store.lab.replace(workspace, _checked(call))
    return _shown(call, workspace)


def add(call: ControlCall) -> dict[str, Any]:
    """Put these rules behind those that are there; one of a name that is there takes its place."""
    workspace = call.workspace().id
    call.store.lab.add(workspace, _checked(call))
    return _shown(call, workspace)


def clear(call: ControlCall) -> dict[str, Any]:
    """Remove all rules, and let go what they held back; what they delayed comes in its time."""
    workspace = call.workspace().id
    cleared = call.store.lab.clear(workspace)
    return {"cleared": cleared, "released": call.store.deliveries.release_held(workspace)}


def _checked(call: ControlCall) -> list[LabRule]:
    if not isinstance(call.body, (dict, list)):
        raise Problem(400, 'Send a rule, as {"effect": "lose", "times": 1}, or a list of them.')
    return check_rules(call.body)


def _shown(call: ControlCall, workspace: str) -> dict[str, Any]:
    rules = [*call.store.lab.spent(workspace), *call.store.lab.all(workspace)]
    tallies = call.store.lab.tallies(workspace, rules)
    return {"rules": [{**to_builtins(rule), **tally._asdict()} for rule, tally in zip(rules, tallies, strict=True)]}
