"""Rules that strike so many times, faults and the webhook lab's: look, replace, add, clear."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic

from msgspec import to_builtins

from tuco_mock.control.problem import Problem
from tuco_mock.state.rules import R

if TYPE_CHECKING:
    from collections.abc import Callable

    from tuco_mock.control.door import ControlCall
    from tuco_mock.state.rules import Rules
    from tuco_mock.state.store import Store


class RuleHandlers(Generic[R]):
    """What the control plane does with the rules of one kind.

    Args:
        name: what an answer calls them.
        expected: what a body is, if it is no list of such.
        kept: where they are kept.
        check: the rules of a body, which is an object or a list; refuses what is wrong with them.
        show: a rule as it is shown, without how often it was asked and struck.
    """

    def __init__(
        self,
        name: str,
        expected: str,
        kept: Callable[[Store], Rules[R]],
        check: Callable[[ControlCall], list[R]],
        show: Callable[[R], dict[str, Any]] = to_builtins,
    ) -> None:
        self._name = name
        self._expected = expected
        self._kept: Callable[[Store], Rules[R]] = kept
        self._check: Callable[[ControlCall], list[R]] = check
        self._show: Callable[[R], dict[str, Any]] = show

    def look(self, call: ControlCall) -> dict[str, Any]:
        """The rules, with how often each was asked and struck; first the last ones that may strike no more."""
        workspace = call.workspace().id
        kept = self._kept(call.store)
        rules = kept.spent(workspace) + kept.all(workspace)
        tallies = kept.tallies(workspace, rules)
        return {
            self._name: [{**self._show(rule), **tally._asdict()} for rule, tally in zip(rules, tallies, strict=True)]
        }

    def replace(self, call: ControlCall) -> dict[str, Any]:
        """Put these rules in place of all that are there."""
        self._kept(call.store).replace(call.workspace().id, self._given(call))
        return self.look(call)

    def add(self, call: ControlCall) -> dict[str, Any]:
        """Put these rules behind those that are there; one of a name that is there takes its place."""
        self._kept(call.store).add(call.workspace().id, self._given(call))
        return self.look(call)

    def clear(self, call: ControlCall) -> dict[str, Any]:
        """Remove all rules."""
        return {"cleared": self._kept(call.store).clear(call.workspace().id)}

    def _given(self, call: ControlCall) -> list[R]:
        if not isinstance(call.body, (dict, list)):
            raise Problem(400, f"Send {self._expected}, or a list of them.")
        return self._check(call)
