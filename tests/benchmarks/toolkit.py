"""What a test suite pays: a workspace a test, collecting with the plugin, going back to a snapshot."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from statistics import median

from tests.benchmarks import data, processes
from tests.benchmarks.contestants import OURS
from tests.benchmarks.run import Figures, Measured, Run
from tuco_mock.client import Server


def workspaces(run: Run) -> Measured:
    """Making and dropping a workspace over HTTP, as the `tuco` fixture does, over one bare round trip."""
    with processes.mock() as mock, Server(f"http://127.0.0.1:{mock.port}") as server:
        made: list[float] = []
        bare: list[float] = []
        for _ in range(run.scale.workspaces):
            begun = time.perf_counter()
            server.workspace(seed="seed", name="name").drop()
            made.append(time.perf_counter() - begun)
            begun = time.perf_counter()
            server.info()
            bare.append(time.perf_counter() - begun)
    tenth = max(len(made) // 10, 1)
    figures: Figures = {
        "make and drop, ms": median(made) * 1e3,
        "one round trip, ms": median(bare) * 1e3,
        "make and drop / round trip": median(made) / median(bare),
        "the last tenth / the first": median(made[-tenth:]) / median(made[:tenth]),
    }
    return {OURS: figures}


def snapshots(run: Run) -> Measured:
    """Cancelling one lead's messages and going back, in a small and in a large workspace."""
    figures: Figures = {}
    few, many = run.scale.snapshot_sizes
    for size in (few, many):
        fixture = data.write(run.folder / f"snapshots-{size}.json", size, 0)
        with processes.mock(fixture) as mock, Server(f"http://127.0.0.1:{mock.port}") as server:
            tuco = server.existing()
            tuco.snapshot("start")
            took: list[float] = []
            for number in range(run.scale.snapshots):
                tuco.client.post("/api/messages/cancel-for-lead", json={"leadId": data.lead_id(number % (few // 10))})
                begun = time.perf_counter()
                tuco.restore("start")
                took.append(time.perf_counter() - begun)
            figures[f"restore, ms at {size:,}"] = median(took) * 1e3
    figures["restore, most / fewest"] = figures[f"restore, ms at {many:,}"] / figures[f"restore, ms at {few:,}"]
    return {OURS: figures}


def collecting(run: Run) -> Measured:
    """``pytest --collect-only`` with the plugin unused, and without it; no other plugin is loaded."""
    folder = run.scratch()
    (folder / "test_nothing.py").write_text("def test_nothing(): pass\n")
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", str(folder)]
    alone = {**os.environ, "PYTEST_ADDOPTS": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    took: dict[str, list[float]] = {"with": [], "without": []}
    for _ in range(run.scale.collections):
        for name, options in (("with", ["-p", "tuco_mock.pytest_plugin"]), ("without", [])):
            begun = time.perf_counter()
            subprocess.run([*command, *options], cwd=folder, env=alone, check=True, capture_output=True)
            took[name].append(time.perf_counter() - begun)
    with_it, without = median(took["with"]), median(took["without"])
    return {OURS: {"collecting with the plugin, ms": with_it * 1e3, "more than without, ms": (with_it - without) * 1e3}}
