"""What a step costs in a large world compared with a small one, measured side by side in one run."""

from __future__ import annotations

import time
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

TURNS = 40
ROUNDS = 4

Steps = dict[str, float]
"""Seconds that each step took."""


class Stopwatch:
    """The seconds between one step and the next.

    Attributes:
        steps: what each step took, by its name.
    """

    def __init__(self) -> None:
        self.steps: Steps = {}
        self._since = time.perf_counter()

    def lap(self, name: str, result: Any = None) -> Any:
        """The step of this name is done; its result is handed on."""
        now = time.perf_counter()
        self.steps[name] = now - self._since
        self._since = now
        return result


def dearer(small: Callable[[], Steps], large: Callable[[], Steps], bound: float) -> Steps:
    """The steps that cost at least `bound` times as much in the large world, with how much.

    Both take turns, so that whatever else the machine does meets them alike. What still looks dear is measured
    again: a busy machine spoils one measurement, seldom the same step of all.
    """
    best: Steps = {}
    for _ in range(ROUNDS):
        pairs = [(small(), large()) for _ in range(TURNS)]
        for step in pairs[0][0]:
            ratio = median(dear[step] for _, dear in pairs) / median(cheap[step] for cheap, _ in pairs)
            best[step] = min(best.get(step, ratio), ratio)
        if max(best.values()) < bound:
            break
    return {step: round(ratio, 1) for step, ratio in best.items() if ratio >= bound}
