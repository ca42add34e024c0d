"""``python -m tests.benchmarks``: tuco-mock against a bare Starlette app, in one run, as ratios."""

from __future__ import annotations

import argparse
import json
import platform
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from urllib.parse import quote

from tests.benchmarks import campaign, data, load, processes, toolkit

HEADERS = {"Authorization": f"Bearer {data.KEY}", "Content-Type": "application/json"}
FLOOR_GET: load.Call = ("GET", "/get", HEADERS, None)
FLOOR_POST: load.Call = ("POST", "/post", HEADERS, json.dumps({"recipientPhone": data.phone(1)}).encode())

Figures = dict[str, float]


def replies_calls(leads: int) -> list[load.Call]:
    """GET /api/replies by phone, of leads that replied, by primary and alternate address in turn."""
    numbers = [number + shift for number in range(0, min(leads, 200), 2) for shift in (0, 500_000)]
    return [
        ("GET", f"/api/replies?recipientPhone={quote(data.phone(number))}&limit=10", HEADERS, None)
        for number in numbers
    ]


def cancel_calls(leads: int, first: int = 0, count: int = 200) -> list[load.Call]:
    """POST cancel-for-lead by phone; the first call of each lead finds something to cancel, later ones nothing."""
    return [
        (
            "POST",
            "/api/messages/cancel-for-lead",
            HEADERS,
            json.dumps({"recipientPhone": data.phone(number)}).encode(),
        )
        for number in range(first, min(leads, first + count))
    ]


def latency(folder: Path, rounds: int, calls: int) -> Figures:
    """Sequential latency of both core endpoints over that of the floor, with 1,000 messages."""
    fixture = data.write(folder / "latency.json", 1_000, 0)
    figures: Figures = {}
    with processes.floor() as floor, processes.mock(fixture) as mock:
        for name, ours, theirs in (
            ("replies", replies_calls(100), FLOOR_GET),
            ("cancel", cancel_calls(100), FLOOR_POST),
        ):
            load.sequential(mock.port, ours, 200)
            load.sequential(floor.port, [theirs], 200)
            mine, bare = load.paired(
                partial(load.sequential, mock.port, ours, calls // rounds),
                partial(load.sequential, floor.port, [theirs], calls // rounds),
                rounds,
            )
            figures |= {f"{name} µs": mine * 1e6, f"{name} floor µs": bare * 1e6, f"{name} / floor": mine / bare}
    return figures


def first_cancels(folder: Path) -> Figures:
    """The same for calls each of which cancels two messages and removes their jobs."""
    fixture = data.write(folder / "first.json", 10_000, 0)
    with processes.floor() as floor, processes.mock(fixture) as mock:
        mine: list[float] = []
        bare: list[float] = []
        for part in range(10):
            mine += load.sequential(mock.port, cancel_calls(1_000, part * 100, 100), 100)
            bare += load.sequential(floor.port, [FLOOR_POST], 100)
    return {"cancelling two µs": median(mine) * 1e6, "cancelling two / floor": median(mine) / median(bare)}


def throughput(folder: Path, seconds_of_floor: int) -> Figures:
    """Calls a second at 8 connections over those of the floor, and the spread of latency."""
    fixture = data.write(folder / "throughput.json", 1_000, 0)
    figures: Figures = {}
    with processes.floor() as floor, processes.mock(fixture) as mock:
        for name, ours, theirs in (
            ("replies", replies_calls(100), FLOOR_GET),
            ("cancel", cancel_calls(100), FLOOR_POST),
        ):
            mine: list[float] = []
            bare: list[float] = []
            tails: list[float] = []
            for _ in range(3):
                rate, spread = load.throughput(mock.port, ours, 4_000 * seconds_of_floor)
                mine.append(rate)
                tails.append(spread.p99 / spread.median)
                bare.append(load.throughput(floor.port, [theirs], 12_000 * seconds_of_floor)[0])
            figures |= {
                f"{name} 1/s": median(mine),
                f"{name} floor 1/s": median(bare),
                f"{name} / floor": median(mine) / median(bare),
                f"{name} p99 / median": median(tails),
            }
    return figures


def endurance(folder: Path, calls: int) -> Figures:
    """Tail and memory after many requests."""
    fixture = data.write(folder / "endurance.json", 1_000, 0)
    with processes.mock(fixture) as mock:
        load.throughput(mock.port, replies_calls(100), 5_000)
        before = mock.resident()
        load.throughput(mock.port, replies_calls(100), calls)
        after = mock.resident()
        _, spread = load.throughput(mock.port, replies_calls(100), 20_000)
    return {"calls": calls, "MB before": before, "MB after": after, "p99 / median": spread.p99 / spread.median}


def start() -> Figures:
    """Cold start to the first answer over that of the floor, and memory after it."""
    mine: list[float] = []
    bare: list[float] = []
    memory: list[float] = []
    for _ in range(7):
        with processes.floor() as floor:
            bare.append(floor.cold_start)
        with processes.mock() as mock:
            mine.append(mock.cold_start)
            memory.append(mock.resident())
    return {
        "cold start s": median(mine),
        "floor s": median(bare),
        "cold start / floor": median(mine) / median(bare),
        "MB after start": median(memory),
    }


def growth(folder: Path, calls: int) -> Figures:
    """Latency with 100, 10,000 and 100,000 messages in the workspace, the rest of 100,000 elsewhere."""
    figures: Figures = {}
    total = 100_000
    found: dict[str, dict[int, float]] = {}
    for size in (100, 10_000, total):
        with processes.mock(data.write(folder / f"growth-{size}.json", size, total - size)) as mock:
            leads = size // 10
            queries: dict[str, list[load.Call]] = {
                "replies by phone": replies_calls(leads),
                "replies, first page of 10": [("GET", "/api/replies?limit=10", HEADERS, None)],
                "replies since": [("GET", "/api/replies?limit=10&dateFrom=2026-07-01T00:00:00Z", HEADERS, None)],
                "cancel, nothing waiting": cancel_calls(leads),
            }
            for name, wanted in queries.items():
                load.sequential(mock.port, wanted, 100)
                found.setdefault(name, {})[size] = median(load.sequential(mock.port, wanted, calls))
    for name, by_size in found.items():
        figures |= {f"{name} µs at {size}": took * 1e6 for size, took in by_size.items()}
        figures[f"{name}: 100,000 / 100"] = by_size[total] / by_size[100]
    return figures


def volume(folder: Path) -> Figures:
    """Memory a message and the time to load 100,000 of them."""
    with processes.mock(data.write(folder / "small.json", 100, 0)) as small:
        base, quick = small.resident(), small.cold_start
    with processes.mock(data.write(folder / "large.json", 100_000, 0)) as large:
        return {
            "load 100,000 messages s": large.cold_start - quick,
            "KB a message": (large.resident() - base) * 1024 / 100_000,
        }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--only", action="append", help="measure only this section; can be repeated")
    parser.add_argument("--json", type=Path, help="write the figures to this file as well")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sections: dict[str, Callable[[], Figures]] = {
            "latency": lambda: latency(folder, rounds=10, calls=2_000),
            "first-cancels": lambda: first_cancels(folder),
            "throughput": lambda: throughput(folder, seconds_of_floor=2),
            "endurance": lambda: endurance(folder, calls=200_000),
            "start": start,
            "growth": lambda: growth(folder, calls=1_000),
            "volume": lambda: volume(folder),
            "workspaces": lambda: toolkit.workspaces(rounds=500),
            "snapshots": lambda: toolkit.snapshots(folder, rounds=200),
            "campaign": campaign.campaign,
            "collecting": lambda: toolkit.collecting(folder, rounds=15),
        }
        report: dict[str, Figures] = {}
        print(f"{platform.machine()}, Python {platform.python_version()}")
        for section, measure in sections.items():
            if options.only and section not in options.only:
                continue
            report[section] = measure()
            print(f"\n{section}")
            for figure, value in report[section].items():
                print(f"  {figure:42} {value:12,.2f}", flush=True)
    if options.json:
        options.json.write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
