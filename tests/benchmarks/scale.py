"""How much is measured: the counts of a run worth keeping, and those that only show that everything runs."""

from __future__ import annotations

from typing import NamedTuple


class Scale(NamedTuple):
    """Counts, and the seconds after which a slow server has answered enough."""

    rounds: int = 10
    """Of sequential latency, each with all servers in turn."""
    calls: int = 200
    """One after another, a round."""
    warm_up: float = 2
    """Seconds of load before sequential latency, and before each throughput: runtimes that compile need it."""
    passes: int = 3
    """Of throughput, each with all servers in turn."""
    seconds: float = 2
    """Of each throughput."""
    connections: tuple[int, ...] = (8, 64)
    endurance: int = 200_000
    """Requests, GET and POST in turn."""
    endurance_seconds: float = 40
    """After which peers are spared the rest of them."""
    starts: int = 7
    sizes: tuple[int, ...] = (100, 10_000, 100_000)
    """Messages in the workspace whose growth is measured; the last is what is loaded, too."""
    rows: tuple[int, int] = (100, 100_000)
    """Of json-server."""
    stored: tuple[int, int] = (100, 10_000)
    """Messages of moto's SQS, items of its DynamoDB, stubs of WireMock."""
    growth_calls: int = 1_000
    growth_seconds: float = 15
    workspaces: int = 500
    snapshots: int = 200
    snapshot_sizes: tuple[int, int] = (100, 50_000)
    collections: int = 15
    tests: int = 500
    workers: int = 4
    """Of pytest's second run."""
    week_leads: int = 1_000


FULL = Scale()
QUICK = Scale(
    rounds=2,
    calls=10,
    warm_up=0.05,
    passes=1,
    seconds=0.1,
    endurance=200,
    endurance_seconds=0.3,
    starts=1,
    sizes=(100, 200, 400),
    rows=(10, 100),
    stored=(10, 50),
    growth_calls=10,
    growth_seconds=1,
    workspaces=10,
    snapshots=5,
    snapshot_sizes=(20, 100),
    collections=1,
    tests=8,
    week_leads=20,
)
