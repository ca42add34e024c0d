"""Workspaces that the clause tests start from."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from tests.clauses.busy import BUSY
from tests.clauses.engines import OwnServer, own_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support import World


@pytest.fixture
def busy(make_world: Callable[..., World]) -> World:
    """A workspace with two leads, a stranger, waiting and sent messages, held jobs and replies; its clock is frozen."""
    return make_world(state=BUSY)


@pytest.fixture
def own() -> Iterator[OwnServer]:
    """A server of the test's own, whose documents engine can be watched."""
    with own_server() as server:
        yield server


@pytest.fixture
def no_error_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Nothing may be logged as an error during the test, by the server or by anyone else."""
    yield
    errors = [each for each in caplog.get_records("call") if each.levelno >= logging.ERROR]
    assert [each.getMessage() for each in errors] == []
