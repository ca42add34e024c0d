"""Running Schemathesis, and what came of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import schemathesis
from schemathesis.engine import events, from_schema

if TYPE_CHECKING:
    from collections.abc import Callable

    from schemathesis import Response
    from schemathesis.engine.recorder import ScenarioRecorder
    from schemathesis.schemas import BaseSchema

PHASES = ("examples", "coverage", "fuzzing", "stateful")


_HISTORIES = 8


@dataclass
class Report:
    """What a run of the engine did and found.

    Attributes:
        answers: how many of each operation and status.
        phases: requests of each phase.
        checks: how often each check was applied.
        links: how many links of the description were followed.
        problems: what the checks found, and what went wrong in the run itself.
    """

    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    phases: Counter[str] = field(default_factory=Counter)
    checks: Counter[str] = field(default_factory=Counter)
    links: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def requests(self) -> int:
        return self.answers.total()

    def statuses(self, operation: str = "") -> set[int]:
        """The statuses that were seen, of one operation or of all."""
        return {status for label, status in self.answers if operation in label}


def config(
    *, examples: int, phases: tuple[str, ...] = PHASES, key: str | None = None, **more: Any
) -> schemathesis.Config:
    """A configuration: nothing kept on disk, nothing reported but to us.

    Args:
        examples: of each operation in the fuzzing phase; the stateful one has `_HISTORIES` times as many
            histories, since each begins with another of all operations.
        phases: those to run.
        key: the API key that all requests carry.
        more: further settings, as in a configuration file.
    """
    auth = {} if key is None else {"auth": {"openapi": {"bearerAuth": {"bearer": key}}}}
    generation = {"stateful": {"generation": {"max-examples": _HISTORIES * examples, "database": "none"}}}
    return schemathesis.Config.from_dict(
        {
            "cache": {"enabled": False},
            "continue-on-failure": True,
            "generation": {"max-examples": examples, "database": "none"},
            "phases": {phase: {"enabled": phase in phases, **generation.get(phase, {})} for phase in PHASES},
            **auth,
            **more,
        }
    )


def run(schema: BaseSchema, problem_of: Callable[[Response], str | None] = lambda _: None) -> Report:
    """Run the engine, and gather what it tells.

    Args:
        schema: what to test.
        problem_of: says of each answer what is wrong with it, besides what the checks find.
    """
    report = Report()
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            _gather(report, event.phase.value, event.recorder)
            for exchange in event.recorder.interactions.values():
                problem = exchange.response and problem_of(exchange.response)
                if problem:
                    report.problems.append(f"{exchange.request.method} {exchange.request.uri}: {problem}")
        elif isinstance(event, events.NonFatalError):
            report.problems.append(f"{event.label}: {event.info.title}: {event.info.message}")
        elif isinstance(event, events.FatalError):
            raise event.exception
    return report


def _gather(report: Report, phase: str, recorder: ScenarioRecorder) -> None:
    for case_id, exchange in recorder.interactions.items():
        case = recorder.cases[case_id]
        assert exchange.response is not None
        report.answers[case.value.operation.label, exchange.response.status_code] += 1
        report.phases[phase] += 1
        report.links += case.transition is not None
    for case_id, checks in recorder.checks.items():
        for check in checks:
            report.checks[check.name] += 1
            if check.failure_info is not None:
                response = recorder.interactions[case_id].response
                answer = response.content[:500] if response else b""
                failure = check.failure_info.failure
                report.problems.append(
                    f"{check.name}: {failure.title}: {failure.message}\n{check.failure_info.code_sample}\n{answer!r}"
                )
