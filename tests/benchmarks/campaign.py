"""What a week of a campaign costs: a thousand leads, five steps a day apart, on the embedded engines."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from tests.benchmarks.contestants import OURS
from tests.benchmarks.run import Measured, Run
from tuco_mock.actions.reset import start_with
from tuco_mock.actions.running import advance
from tuco_mock.domain.fixture.check import check
from tuco_mock.state.engines import embedded
from tuco_mock.state.store import Store

if TYPE_CHECKING:
    from tuco_mock.actions.worker import Done

WEEK = 7 * 86_400_000


def workspace(leads: int, steps: int, lines: int) -> dict[str, Any]:
    """A workspace with a campaign whose steps are a day apart, each lead having a line of its own."""
    line_ids = [f"{n:024x}" for n in range(1, lines + 1)]
    lead_ids = [f"{n:024x}" for n in range(0x1000, 0x1000 + leads)]
    return {
        "id": "week",
        "clock": "2026-03-09T00:00:00Z",
        "worker": "auto",
        "lines": [{"id": each, "phone": f"+1646223{n:04}"} for n, each in enumerate(line_ids)],
        "leads": [
            {"id": each, "firstName": f"L{n}", "phone": f"+1415{5_550_000 + n}"} for n, each in enumerate(lead_ids)
        ],
        "messages": [
            {
                "leadId": lead,
                "message": "Hi {firstName|there}",
                "status": "scheduled",
                "scheduledDate": f"+{step}d",
                "fromLineId": line_ids[n % lines],
                "stepIndex": step,
            }
            for n, lead in enumerate(lead_ids)
            for step in range(steps)
        ],
    }


def week(leads: int = 1_000, steps: int = 5, lines: int = 20) -> tuple[float, list[Done]]:
    """Advance a clock by a week: how long it took, in seconds, and what was done."""
    store = Store(embedded())
    [made] = start_with(store, check({"workspaces": [workspace(leads, steps, lines)]}))
    begun = time.perf_counter()
    done = asyncio.run(advance(store, made, store.vitals.clock(made.id).advance(WEEK)))
    return time.perf_counter() - begun, done


def campaign(run: Run) -> Measured:
    """The week, and what one thing of it costs in a small and in a large workspace."""
    leads = run.scale.week_leads
    took, done = week(leads)
    small, few = week(leads=leads // 10, lines=2)
    return {
        OURS: {
            f"a week of {leads:,} leads and 5 steps, s": took,
            "messages sent": len([each for each in done if each.kind == "sent"]),
            "things done": len(done),
            f"a thing done, {leads:,} leads / {leads // 10:,}": (took / len(done)) / (small / len(few)),
        }
    }
