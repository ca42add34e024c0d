"""Cold start to the first answer, and resident memory then, of the whole tree of processes."""

from __future__ import annotations

from collections import defaultdict
from statistics import median

from tests.benchmarks import processes
from tests.benchmarks.contestants import OURS, Contestant
from tests.benchmarks.run import Measured, Run


def start(run: Run) -> Measured:
    """Of all, in turn; tuco-mock with the fixture it comes with."""
    times: dict[str, list[float]] = defaultdict(list)
    memory: dict[str, list[float]] = defaultdict(list)
    for _ in range(run.scale.starts):
        for each in run.contestants:
            found = run.attempt("start", each.name, _once, run, each)
            if found is not None:
                times[each.name].append(found[0])
                memory[each.name].append(found[1])
    return {
        name: {"first answer after, s": median(taken), "MB then": median(memory[name])} for name, taken in times.items()
    }


def _once(run: Run, contestant: Contestant) -> tuple[float, float]:
    starting = processes.mock() if contestant.name == OURS else contestant.start(run.scratch())
    with starting as running:
        return running.cold_start, running.resident()
