"""One run: who takes part, how much is measured, and what went wrong with whom."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import ParamSpec, TypeVar

from tests.benchmarks.contestants import Contestant
from tests.benchmarks.processes import Running
from tests.benchmarks.scale import Scale

Figures = dict[str, float]
Measured = dict[str, Figures]
"""The figures of a section by contestant."""

P = ParamSpec("P")
T = TypeVar("T")


@dataclass
class Run:
    """What the sections are given."""

    contestants: list[Contestant]
    scale: Scale
    folder: Path
    peers: Path | None = None
    failed: dict[str, str] = field(default_factory=dict)
    """What kept somebody from being measured to the end, by section and contestant."""

    def scratch(self) -> Path:
        """A folder that nobody else uses."""
        return Path(tempfile.mkdtemp(dir=self.folder))

    def attempt(
        self, section: str, who: str, measure: Callable[P, T], *arguments: P.args, **options: P.kwargs
    ) -> T | None:
        """Do what somebody else's program may spoil: its failure is kept for the report and spoils nothing else. Who
        has failed once in a section is not tried again in it.
        """
        place = f"{section}, {who}"
        if place in self.failed:
            return None
        try:
            return measure(*arguments, **options)
        except Exception as error:  # noqa: BLE001 - whatever it is, the others are measured and the report tells it
            self.failed[place] = f"{type(error).__name__}: {str(error)[:300]}"
            return None

    @contextlib.contextmanager
    def all_started(self, section: str) -> Iterator[list[tuple[Contestant, Running]]]:
        """All contestants at once, so that they can be measured in turn and a drift of the machine hits all alike."""
        with contextlib.ExitStack() as stack:
            started: list[tuple[Contestant, Running]] = []
            for each in self.contestants:
                running = self.attempt(section, each.name, self._enter, stack, each)
                if running is not None:
                    started.append((each, running))
            yield started

    def _enter(self, stack: contextlib.ExitStack, contestant: Contestant) -> Running:
        return stack.enter_context(contestant.start(self.scratch()))
