"""The whole of a workspace in random histories: whatever is done to it, what has to hold holds."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, cast

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.engines.chosen import histories
from tests.model.living.machine import Machine
from tests.model.living.receivers import Receivers

if TYPE_CHECKING:
    from tuco_mock.server import BackgroundServer

SETTINGS = settings(
    max_examples=24,
    stateful_step_count=40,
    deadline=None,  # a step is several calls over a socket: its time says nothing
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],  # a history is long on purpose, and so is drawing it
)


def test_what_has_to_hold_holds_after_every_step(server: BackgroundServer) -> None:
    """Nothing is sent twice or too late, every event is told once, and all totals agree."""
    some = settings(SETTINGS, max_examples=histories(SETTINGS.max_examples))
    with Receivers() as receivers:
        run_state_machine_as_test(cast("Any", partial(Machine, server.url, receivers)), settings=some)
