"""Test suites of our own, run by pytest inside pytest."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent

import pytest

# Loaded here, so that runs in this process find them loaded: pytester forgets what such a run has imported.
import tuco_mock.client.yaml_files
import tuco_mock.mock.in_process
import tuco_mock.mock.serving
import tuco_mock.mock.transports  # noqa: F401 - that they are loaded is all that is wanted

Suite = Callable[..., pytest.RunResult]

INI = """
[pytest]
asyncio_default_fixture_loop_scope = function
filterwarnings = error
"""

LIGHTLY = ("-p", "no:cacheprovider", "-p", "no:schemathesis")
"""Without what such a suite doesn't need, and what takes seconds to load."""


@pytest.fixture
def suite(pytester: pytest.Pytester) -> Suite:
    """Run a file of tests: `suite(text, *options)`; `apart=True` runs it in a process of its own."""
    pytester.makeini(INI)

    def run(text: str, *options: str, apart: bool = False) -> pytest.RunResult:
        pytester.makepyfile(test_it=dedent(text))
        run_it = pytester.runpytest_subprocess if apart else pytester.runpytest_inprocess
        return run_it(*LIGHTLY, *options)

    return run
