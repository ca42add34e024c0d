"""What more data costs tuco-mock: latency in workspaces of different sizes, memory a message, loading."""

from __future__ import annotations

from statistics import median

from tests.benchmarks import contestants, data, load, processes
from tests.benchmarks.contestants import HEADERS, OURS
from tests.benchmarks.load import Call
from tests.benchmarks.run import Figures, Measured, Run


def growth(run: Run) -> Measured:
    """Latency with few and with many messages in the workspace, the rest of the many elsewhere."""
    figures: Figures = {}
    *_, total = sizes = run.scale.sizes
    found: dict[str, dict[int, float]] = {}
    for size in sizes:
        with processes.mock(data.write(run.folder / f"growth-{size}.json", size, total - size)) as mock:
            for name, wanted in _queries(size // 10).items():
                load.sequential(mock.port, wanted, min(100, run.scale.growth_calls))
                took = load.sequential(mock.port, wanted, run.scale.growth_calls)
                found.setdefault(name, {})[size] = median(took)
    for name, by_size in found.items():
        figures |= {f"{name}, µs at {size:,}": took * 1e6 for size, took in by_size.items()}
        figures[f"{name}, most / fewest"] = by_size[total] / by_size[sizes[0]]
    return {OURS: figures}


def _queries(leads: int) -> dict[str, list[Call]]:
    """What is asked; the answers are of the same length at every size, so that only the data around them grows."""
    return {
        "replies by phone": contestants.replies_calls(leads),
        "replies, first page of 5": [("GET", "/api/replies?limit=5", HEADERS, None)],
        "replies since": [("GET", "/api/replies?limit=5&dateFrom=2026-07-01T00:00:00Z", HEADERS, None)],
        "cancel, nothing waiting": contestants.cancel_calls(leads),
        "send": contestants.send_calls(leads),
    }


def volume(run: Run) -> Measured:
    """Memory a message, and the time to load all of them."""
    few, many = run.scale.sizes[0], run.scale.sizes[-1]
    with processes.mock(data.write(run.folder / "small.json", few, 0)) as small:
        base, quick = small.resident(), small.cold_start
    with processes.mock(data.write(run.folder / "large.json", many, 0)) as large:
        more_memory, more_time = large.resident() - base, large.cold_start - quick
    return {OURS: {f"load {many:,}, s": more_time, "KB each": more_memory * 1024 / (many - few)}}
