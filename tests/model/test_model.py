"""The running server against a small model of it, in thousands of random histories."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, cast

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.engines.chosen import histories
from tests.model.machine import Machine

if TYPE_CHECKING:
    from tuco_mock.server import BackgroundServer

SETTINGS = settings(
    max_examples=60,
    stateful_step_count=40,
    deadline=None,  # a step is several calls over a socket: its time says nothing
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],  # a history is long on purpose, and so is drawing it
)


def test_server_agrees_with_the_model(server: BackgroundServer) -> None:
    """Every answer and every state is what the model says."""
    some = settings(SETTINGS, max_examples=histories(SETTINGS.max_examples))
    run_state_machine_as_test(cast("Any", partial(Machine, server.url)), settings=some)
