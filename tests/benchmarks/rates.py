"""Throughput over several connections, and what is left of it after many requests."""

from __future__ import annotations

from collections import defaultdict
from itertools import chain, zip_longest
from statistics import median

from tests.benchmarks import load
from tests.benchmarks.answers import asked, warm_up
from tests.benchmarks.contestants import FLOOR, OURS, Contestant
from tests.benchmarks.run import Figures, Measured, Run


def throughput(run: Run) -> Measured:
    """Of all, in turn: calls a second, and their latency, at each number of connections."""
    found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    with run.all_started("throughput") as started:
        for each, running in started:
            run.attempt("throughput", each.name, warm_up, running, each, run.scale.warm_up)
        for _ in range(run.scale.passes):
            for each, running in started:
                figures = run.attempt("throughput", each.name, once, run, each, running.port)
                for figure, value in (figures or {}).items():
                    found[each.name][figure].append(value)
    return {name: {figure: median(values) for figure, values in figures.items()} for name, figures in found.items()}


def once(run: Run, contestant: Contestant, port: int) -> Figures:
    """All kinds of calls of one contestant at all numbers of connections."""
    figures: Figures = {}
    for connections in run.scale.connections:
        for kind, calls in asked(contestant).items():
            rate, spread = load.throughput(port, calls, connections=connections, seconds=run.scale.seconds)
            name = f"{kind}, {connections} connections"
            figures |= {f"{name}, 1/s": rate, f"{name}, p50 ms": spread.median, f"{name}, p99 ms": spread.p99}
    return figures


def endurance(run: Run) -> Measured:
    """Of each alone: memory and tail after many requests, GET and POST in turn."""
    measured: Measured = {}
    for each in run.contestants:
        figures = run.attempt("endurance", each.name, _endure, run, each)
        if figures is not None:
            measured[each.name] = figures
    return measured


def _endure(run: Run, contestant: Contestant) -> Figures:
    mixed = [call for call in chain(*zip_longest(contestant.get, contestant.post)) if call is not None]
    seconds = 3_600 if contestant.name in {FLOOR, OURS} else run.scale.endurance_seconds
    with contestant.start(run.scratch()) as running:
        at_start = running.resident()
        load.throughput(running.port, mixed, run.scale.endurance // 20, seconds=seconds)
        before = running.resident()
        rate, _ = load.throughput(running.port, mixed, run.scale.endurance, seconds=seconds)
        after = running.resident()
        figures = {
            "requests": round(min(run.scale.endurance, rate * seconds)),
            "MB at start": at_start,
            "MB after a 20th of them": before,
            "MB after": after,
            "MB after / a 20th": after / before,
        }
        for kind, calls in asked(contestant).items():
            rate, spread = load.throughput(running.port, calls, seconds=run.scale.seconds)
            figures |= {
                f"{kind} then, 1/s": rate,
                f"{kind} then, p50 ms": spread.median,
                f"{kind} then, p99 ms": spread.p99,
                f"{kind} then, p99 / p50": spread.p99 / spread.median,
            }
    return figures
