"""``python -m tests.benchmarks``: tuco-mock, a bare Starlette app and the peers, side by side in one run.

Prints a table and writes JSON. `--peers` names the folder where ``python -m tests.benchmarks.install`` has put them.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks import (
    answers,
    campaign,
    contestants,
    growth,
    peer_growth,
    rates,
    readme,
    starting,
    suites,
    toolkit,
)
from tests.benchmarks.peers import all as all_peers
from tests.benchmarks.report import Report, read, report
from tests.benchmarks.run import Measured, Run
from tests.benchmarks.scale import FULL, QUICK
from tests.benchmarks.table import table

SECTIONS: dict[str, tuple[Callable[[Run], Measured], ...]] = {
    "latency": (answers.latency,),
    "first-cancels": (answers.first_cancels,),
    "throughput": (rates.throughput,),
    "endurance": (rates.endurance,),
    "start": (starting.start,),
    "growth": (growth.growth, peer_growth.growth),
    "volume": (growth.volume,),
    "workspaces": (toolkit.workspaces,),
    "snapshots": (toolkit.snapshots,),
    "campaign": (campaign.campaign,),
    "pytest": (suites.suites,),
    "collecting": (toolkit.collecting,),
}


def measure(run: Run, missing: dict[str, str], only: list[str]) -> Report:
    """Measure some sections, or all."""
    sections: dict[str, Measured] = {}
    for name in only or SECTIONS:
        print(f"measuring {name}", file=sys.stderr, flush=True)
        sections[name] = {}
        for way in SECTIONS[name]:
            sections[name] |= run.attempt(name, contestants.OURS, way, run) or {}
    return report(run, missing, sections)


def main() -> None:
    """Measure and print; exit code 1 when somebody who is there could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--peers", type=Path, metavar="DIR", help="where the peers are installed")
    parser.add_argument("--only", action="append", choices=SECTIONS, help="only this section; can be repeated")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report to this file as well")
    parser.add_argument("--quick", action="store_true", help="small counts, to see that everything runs")
    parser.add_argument("--readme", type=Path, metavar="FILE", help="measure nothing: put that report into the README")
    options = parser.parse_args()
    if options.readme:
        text = readme.rewrite(readme.README.read_text("utf-8"), table(read(options.readme)))
        readme.README.write_text(text, "utf-8")
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # the servers are to end, too
    # what was installed has its bytecode in any case: a checkout that may not keep its own would be compiled each time
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    there, missing = all_peers.find(options.peers)
    with tempfile.TemporaryDirectory() as name:
        scale = QUICK if options.quick else FULL
        everybody = [contestants.the_floor(), contestants.ours(), *there]
        found = measure(Run(everybody, scale, Path(name), options.peers), missing, options.only or [])
    if options.json:
        found.write(options.json)
    print(table(found), end="")
    sys.exit(bool(found.failed))


if __name__ == "__main__":
    main()
