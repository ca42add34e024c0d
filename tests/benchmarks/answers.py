"""Sequential latency, as a test suite sees it: one httpx client, one call after another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from statistics import median

import httpx

from tests.benchmarks import contestants, data, load, processes
from tests.benchmarks.contestants import FLOOR, OURS, Contestant
from tests.benchmarks.load import Call
from tests.benchmarks.processes import Running
from tests.benchmarks.run import Figures, Measured, Run

KINDS = ("GET", "POST", "send")


def asked(contestant: Contestant) -> dict[str, Sequence[Call]]:
    """What a contestant is asked; the floor answers our third kind as it answers any POST."""
    calls = dict(zip(KINDS, (contestant.get, contestant.post, contestant.send), strict=True))
    if contestant.name == FLOOR:
        calls["send"] = contestant.post
    return {kind: wanted for kind, wanted in calls.items() if wanted}


def warm_up(running: Running, contestant: Contestant, seconds: float) -> None:
    """Load for runtimes that compile what is run often; few POSTs, as they make some servers grow."""
    load.throughput(running.port, contestant.get, seconds=seconds)
    load.sequential(running.port, contestant.post, 100, seconds)


def latency(run: Run) -> Measured:
    """Of all, in turn; and the size of what they answer."""
    took: dict[tuple[str, str], list[float]] = defaultdict(list)
    measured: Measured = {}
    with run.all_started("latency") as started:
        for each, running in started:
            run.attempt("latency", each.name, warm_up, running, each, run.scale.warm_up)
            measured[each.name] = run.attempt("latency", each.name, sizes, running, each) or {}
        for _ in range(run.scale.rounds):
            for each, running in started:
                for kind, calls in asked(each).items():
                    times = run.attempt("latency", each.name, load.sequential, running.port, calls, run.scale.calls)
                    took[each.name, kind] += times or []
    for (name, kind), times in took.items():
        if times:
            spread = load.spread(times)
            measured[name] |= {f"{kind}, median µs": spread.median * 1e3, f"{kind}, p99 µs": spread.p99 * 1e3}
    return measured


def sizes(running: Running, contestant: Contestant) -> Figures:
    """The bytes of the body of each kind of answer."""
    found: Figures = {}
    for kind, [(method, path, headers, body), *_] in asked(contestant).items():
        url = f"http://127.0.0.1:{running.port}{path}"
        answer = httpx.request(method, url, headers=headers, content=body, trust_env=False, timeout=60)
        found[f"{kind}, bytes"] = len(answer.raise_for_status().content)
    return found


def first_cancels(run: Run) -> Measured:
    """Latency of calls each of which cancels two messages and removes their jobs."""
    leads, at_once = run.scale.sizes[1] // 10, min(100, run.scale.calls)
    fixture = data.write(run.folder / "first.json", run.scale.sizes[1], 0)
    found: dict[str, list[float]] = {FLOOR: [], OURS: []}
    with processes.floor() as floor, processes.mock(fixture) as mock:
        for first in range(0, min(leads, 1_000), at_once):
            calls = contestants.cancel_calls(leads, first, at_once)
            found[OURS] += load.sequential(mock.port, calls, len(calls))
            found[FLOOR] += load.sequential(floor.port, contestants.the_floor().post, len(calls))
    return {name: {"cancelling two, median µs": median(times) * 1e6} for name, times in found.items()}
