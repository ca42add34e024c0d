"""What one run has found, and where: as JSON, and read again from it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import os
import platform
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.goals import judge
from tests.benchmarks.peers.all import NAMES
from tests.benchmarks.run import Measured, Run
from tests.benchmarks.scale import FULL


@dataclass(frozen=True)
class Report:
    """A run: date and machine, the versions of who was measured, who wasn't and why, all figures."""

    date: str
    machine: dict[str, str | int]
    quick: bool
    """Whether the counts were too small for the figures to mean anything."""
    versions: dict[str, str]
    not_installed: dict[str, str]
    failed: dict[str, str]
    sections: dict[str, Measured]

    def columns(self) -> list[str]:
        """All servers, measured or not, in the order in which they are shown."""
        others = [name for name in self.versions if name not in NAMES]
        return others + [name for name in NAMES if name in self.versions or name in self.not_installed]

    def write(self, path: Path) -> None:
        """As JSON, with the goals judged."""
        goals = [
            {**goal._asdict(), "measured": value, "outcome": verdict.outcome}
            for verdict in judge(self.sections)
            for goal, value in [verdict]
        ]
        path.write_text(json.dumps({**dataclasses.asdict(self), "goals": goals}, indent=2, ensure_ascii=False) + "\n")


def read(path: Path) -> Report:
    """What `Report.write` has written; the goals are judged anew."""
    found = json.loads(path.read_text())
    return Report(**{field.name: found[field.name] for field in dataclasses.fields(Report)})


def report(run: Run, missing: dict[str, str], sections: dict[str, Measured]) -> Report:
    """Of a run that is over."""
    return Report(
        date=dt.datetime.now(dt.UTC).date().isoformat(),
        machine={
            "architecture": platform.machine(),
            "processor": _line("/proc/cpuinfo", "model name"),
            "cores": len(os.sched_getaffinity(0)),
            "memory": _line("/proc/meminfo", "MemTotal"),
            "system": platform.platform(),
            "python": platform.python_version(),
        },
        quick=run.scale != FULL,
        versions={each.name: each.version for each in run.contestants},
        not_installed=missing,
        failed=run.failed,
        sections=sections,
    )


def _line(path: str, name: str) -> str:
    """The value of a line `name: value` of a file of the system's."""
    lines = Path(path).read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "unknown")
