"""What a test costs inside of pytest: with the fixture `tuco`, and with pytest-httpserver's `httpserver`.

Both suites are the same test many times: set the fixture up, make one GET with an httpx client of the session, look at
the answer, tear down. Each runs with its own plugin and no other but xdist, first one after another in one process,
then side by side, where every worker of pytest-httpserver has a server of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import NamedTuple

from tests.benchmarks.contestants import ANSWER, OURS
from tests.benchmarks.peers import httpserver
from tests.benchmarks.peers.installed import distribution
from tests.benchmarks.run import Figures, Measured, Run
from tests.plugin.measuring import cost, measured, measuring

ROOT = Path(__file__).parents[2]

ASKING = """
    import httpx

    @pytest.fixture(scope="session")
    def ask():
        with httpx.Client(trust_env=False) as client:
            def get(url, headers):
                before = now()
                answer = client.get(url, headers=headers)
                measured[-1]["get"] = [since(before)]
                return answer
            yield get

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(item):
        before = now()
        value = yield
        measured[-1]["call"] = [since(before)]
        return value
"""
"""Appended to the conftest that measures: a GET that is timed, and the test's own call."""

TUCO = """
    import pytest

    @pytest.mark.parametrize("n", range({tests}))
    def test_it(tuco, ask, n):
        answer = ask(tuco.base_url + "/api/replies", {{"Authorization": "Bearer " + tuco.api_key}})
        assert answer.json()["total"] == 0
"""

HTTPSERVER = """
    import pytest

    ANSWER = {answer!r}

    @pytest.mark.parametrize("n", range({tests}))
    def test_it(httpserver, ask, n):
        httpserver.expect_request("/get").respond_with_data(ANSWER, content_type="application/json")
        assert ask(httpserver.url_for("/get"), {{}}).json()["filling"]
"""


class Suite(NamedTuple):
    """A suite, and the interpreter, the plugin and the fixtures that it is run with."""

    text: str
    python: str
    plugin: str
    fixtures: tuple[str, ...]


def suites(run: Run) -> Measured:
    """Both, each in one process and on several workers."""
    tests = run.scale.tests
    ours = Suite(TUCO.format(tests=tests), sys.executable, "tuco_mock.pytest_plugin", ("make_tuco", "tuco"))
    found = {OURS: _both_ways(run, ours)}
    name = httpserver.NAMES[0]
    if run.peers is not None and name in {each.name for each in run.contestants}:
        interpreter, _ = distribution(run.peers.absolute(), name)
        text = HTTPSERVER.format(tests=tests, answer=ANSWER)
        theirs = Suite(text, str(interpreter), "pytest_httpserver.pytest_plugin", ("httpserver",))
        found[name] = run.attempt("pytest", name, _both_ways, run, theirs) or {}
    return found


def _both_ways(run: Run, suite: Suite) -> Figures:
    figures: Figures = {}
    workers = run.scale.workers
    for where, options in (("", ()), (f", -n {workers}", ("-p", "xdist", "-n", str(workers)))):
        folder = run.scratch()
        _run(folder, suite, *options)
        tests = [{**each, "test": each["phases"] + each["call"]} for each in measured(folder)]
        assert len(tests) == run.scale.tests, f"{len(tests)} tests have measured"
        figures[f"fixture, set-up and tear-down{where}, ms"] = cost(tests, "fixture", "ahead").wall
        figures[f"one GET{where}, ms"] = cost(tests, "get").wall
        figures[f"a test with one GET{where}, ms"] = cost(tests, "test").wall
    return figures


def _run(folder: Path, suite: Suite, *options: str) -> None:
    (folder / "conftest.py").write_text(measuring(*suite.fixtures) + dedent(ASKING))
    (folder / "test_it.py").write_text(dedent(suite.text))
    command = [suite.python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", suite.plugin, *options]
    environment = {**os.environ, "PYTEST_ADDOPTS": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=600
    )
    assert ended.returncode == 0, ended.stdout[-2_000:] + ended.stderr[-2_000:]
