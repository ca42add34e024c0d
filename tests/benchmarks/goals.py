"""The figures that tuco-mock is to reach. All but the plain ones are ratios within one run."""

from __future__ import annotations

from typing import NamedTuple

from tests.benchmarks.contestants import FLOOR, OURS
from tests.benchmarks.run import Measured


class Goal(NamedTuple):
    """`figure` of a section, over that of `against` when there is one, is at most (or at least) `bound`."""

    text: str
    section: str
    figure: str
    bound: float
    against: str | None = None
    at_least: bool = False


class Verdict(NamedTuple):
    """What was measured of a goal; `None` when it wasn't."""

    goal: Goal
    value: float | None

    @property
    def outcome(self) -> str:
        """In words."""
        if self.value is None:
            return "not measured"
        good = self.value >= self.goal.bound if self.goal.at_least else self.value <= self.goal.bound
        return "reached" if good else "not reached"


SILENT = "Prism, silent"
MAIN = ("GET", "POST")
GROWING = ("replies by phone", "replies, first page of 5", "replies since", "cancel, nothing waiting", "send")

GOALS = (
    *(Goal(f"sequential {kind} / floor", "latency", f"{kind}, median µs", 1.35, FLOOR) for kind in MAIN),
    *(Goal(f"sequential {kind} / silent Prism", "latency", f"{kind}, median µs", 1, SILENT) for kind in MAIN),
    *(
        Goal(
            f"{kind} at 8 connections / floor", "throughput", f"{kind}, 8 connections, 1/s", 0.25, FLOOR, at_least=True
        )
        for kind in MAIN
    ),
    *(
        Goal(f"{kind} at 8 connections / silent Prism", "throughput", f"{kind}, 8 connections, 1/s", 1, SILENT, True)
        for kind in MAIN
    ),
    *(Goal(f"{kind} after many requests, p99 / p50", "endurance", f"{kind} then, p99 / p50", 4) for kind in MAIN),
    Goal("memory after many requests / after a 20th of them", "endurance", "MB after / a 20th", 1.1),
    *(Goal(f"growth: {name}, 100,000 messages / 100", "growth", f"{name}, most / fewest", 1.3) for name in GROWING),
    Goal("cold start / floor", "start", "first answer after, s", 3, FLOOR),
    Goal("memory after start, MB", "start", "MB then", 75),
    Goal("memory a message, KB", "volume", "KB each", 2),
    Goal("loading 100,000 messages, s", "volume", "load 100,000, s", 4),
    Goal("fixture `tuco`, set-up and tear-down, ms", "pytest", "fixture, set-up and tear-down, ms", 3),
    Goal("fixture `tuco`, the same with -n 4, ms", "pytest", "fixture, set-up and tear-down, -n 4, ms", 3),
    Goal("collecting with the plugin unused, more than without, ms", "collecting", "more than without, ms", 20),
)


def judge(sections: dict[str, Measured]) -> list[Verdict]:
    """All goals, with what was measured."""
    return [Verdict(goal, _value(goal, sections.get(goal.section, {}))) for goal in GOALS]


def _value(goal: Goal, measured: Measured) -> float | None:
    ours = measured.get(OURS, {}).get(goal.figure)
    if ours is None or goal.against is None:
        return ours
    theirs = measured.get(goal.against, {}).get(goal.figure)
    return None if theirs is None else ours / theirs
