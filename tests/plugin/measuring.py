"""What fixtures cost inside of a run of pytest: a conftest that notes it, and what it has noted."""

from __future__ import annotations

import json
import statistics
from pathlib import Path
from textwrap import dedent
from typing import Any, NamedTuple

MEASURING = """
    import json
    import os
    import pathlib
    import time

    import pytest

    FIXTURES = %r

    measured = []

    def now():
        return time.perf_counter(), time.process_time()

    def since(before):
        return [after - begun for after, begun in zip(now(), before)]

    def timed(finish):
        def finish_and_note(self, request):
            is_set_up = self.argname in FIXTURES and self.cached_result is not None
            before = now()
            finish(self, request)
            if is_set_up:
                measured[-1]["fixture"].append(since(before))
        return finish_and_note

    pytest.FixtureDef.finish = timed(pytest.FixtureDef.finish)

    def timed_ahead(ask):
        def ask_and_note(self, **options):
            before = now()
            ask(self, **options)
            measured[-1]["ahead"].append(since(before))
        return ask_and_note

    def pytest_sessionstart(session):
        if "tuco" in FIXTURES:
            from tuco_mock.client import Server
            Server.workspace_ahead = timed_ahead(Server.workspace_ahead)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(fixturedef, request):
        before = now()
        value = yield
        if fixturedef.argname in FIXTURES:
            measured[-1]["fixture"].append(since(before))
        return value

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(item):
        measured.append({"fixture": [], "ahead": [], "phases": []})
        before = now()
        value = yield
        measured[-1]["phases"].append(since(before))
        return value

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(item):
        before = now()
        value = yield
        measured[-1]["phases"].append(since(before))
        return value

    def pytest_sessionfinish(session):
        if measured:
            pathlib.Path(f"measured-{os.getpid()}.json").write_text(json.dumps(measured))
"""


class Cost(NamedTuple):
    """Medians, in milliseconds: what it took, and how much of that the machine worked for this process."""

    wall: float
    cpu: float


def measuring(*fixtures: str) -> str:
    """A conftest that notes for each test what these fixtures cost (`fixture`), what asking for the next test's
    workspace does (`ahead`), and pytest's phases around them (`phases`); more may be appended to it.
    """
    return dedent(MEASURING % (fixtures,))


def measured(directory: Path) -> list[dict[str, Any]]:
    """What the tests of a run in that directory have noted, in whichever process."""
    return [each for file in directory.glob("measured-*.json") for each in json.loads(file.read_text())]


def cost(tests: list[dict[str, Any]], *whats: str) -> Cost:
    """The middle test's cost of some things, all their parts together."""
    return Cost(
        *(
            1000 * statistics.median(sum(part[kind] for what in whats for part in each[what]) for each in tests)
            for kind in (0, 1)
        )
    )
