"""The webhook lab: what goes wrong with deliveries. Look, replace, add, clear; let go what it holds back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tuco_mock.control.rules import RuleHandlers
from tuco_mock.domain.deliveries import LabRule, check_rules

if TYPE_CHECKING:
    from tuco_mock.control.door import ControlCall


class _Lab(RuleHandlers[LabRule]):
    def clear(self, call: ControlCall) -> dict[str, Any]:
        """Remove all rules, and let go what they held back; what they delayed comes in its time."""
        return {**super().clear(call), "released": call.store.deliveries.release_held(call.workspace().id)}


HANDLERS = _Lab(
    "rules",
    'a rule, as {"effect": "lose", "times": 1}',
    lambda store: store.lab,
    lambda call: check_rules(call.body),
)
"""The lab's operations."""
