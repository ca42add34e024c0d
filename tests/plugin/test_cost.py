"""What the plugin costs: nothing when no test uses it, and a thousandth of a second or two when one does."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from tests.plugin.conftest import Suite
from tests.plugin.measuring import Cost, cost, measured, measuring
from tuco_mock import pytest_plugin

LOADING_MS = 20
FIXTURE_MS = 3
ROUND_TRIPS = 5
"""What making and dropping a workspace may cost on a machine too busy for `FIXTURE_MS`, in bare round trips."""

TESTS = 1000
WORKERS = 4

LOADED = """
    import sys

    def pytest_unconfigure():
        print("loaded:", *sys.modules)
"""

NODES = 800
"""How large the plugin's syntax tree may be: without bytecode, each run of pytest parses and compiles it."""


def loaded(pytester: pytest.Pytester, *options: str) -> set[str]:
    """The modules there are when pytest has collected."""
    result = pytester.runpytest_subprocess("--collect-only", "-p", "no:cacheprovider", *options)
    assert result.ret == 0
    result.stdout.fnmatch_lines(["*<Function test_it>*"])
    (line,) = (line for line in result.outlines if line.startswith("loaded:"))
    return set(line.split()[1:])


def test_collecting_loads_the_plugin_and_nothing_else(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeconftest(dedent(LOADED))
    pytester.makepyfile("def test_it(request): pass")
    without = loaded(pytester)
    pytester.makepyfile("def test_it(tuco): pass")
    assert loaded(pytester, "-p", "tuco_mock.pytest_plugin") - without == {"tuco_mock", "tuco_mock.pytest_plugin"}


def test_the_plugin_is_little_to_read_for_a_pytest_that_keeps_no_bytecode() -> None:
    tree = ast.parse(Path(pytest_plugin.__file__).read_text("utf-8"))
    assert sum(1 for _ in ast.walk(tree)) < NODES
    assert "PYTEST_DONT_REWRITE" in (ast.get_docstring(tree) or "")
    assert not any(isinstance(node, ast.Assert) for node in ast.walk(tree))


def test_loading_the_plugin_takes_no_time_worth_mentioning() -> None:
    measure = (
        "import pytest, time; t = time.perf_counter(); import tuco_mock.pytest_plugin; print(time.perf_counter() - t)"
    )
    took = [
        1000 * float(subprocess.run([sys.executable, "-c", measure], capture_output=True, check=True).stdout)
        for _ in range(3)
    ]
    assert min(took) < LOADING_MS


BARE = """
    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(item):
        value = yield
        before = now()
        item.funcargs["tuco_server"]._control.call("GET", "/_tuco/livez")
        measured[-1]["bare"] = [since(before)]
        return value
"""
"""One round trip more, in a test's own call."""

THOUSAND = f"""
    import pytest

    CANCEL = "/api/messages/cancel-for-lead"

    @pytest.mark.parametrize("n", range({TESTS}))
    def test_it(tuco, tuco_server, n):
        lead = tuco.add_lead(phone="+14155550100")
        messages = [tuco.add_message(lead, status="queued").id for _ in range(n % 3 + 1)]
        answer = tuco.client.post(CANCEL, json={{"recipientPhone": "+14155550100", "n": n}})
        assert answer.json()["messageIds"] == messages
        assert [message.id for message in tuco.messages(status="cancelled")] == messages
        assert [request.body["n"] for request in tuco.requests()] == [n]
        tuco.assert_called("POST", CANCEL, json={{"n": n}}, times=1)
"""


def costs(directory: Path) -> tuple[Cost, Cost, Cost]:
    """What the tests of a run have measured: the fixture, all of pytest's phases around it, and a bare round trip."""
    tests = measured(directory)
    assert len(tests) == TESTS
    assert {len(each["fixture"]) for each in tests} == {2}, "set-up and tear-down"
    return cost(tests, "fixture", "ahead"), cost(tests, "phases"), cost(tests, "bare")


def test_a_thousand_tests_side_by_side_see_nothing_of_each_other_and_pay_little(
    suite: Suite, pytester: pytest.Pytester
) -> None:
    pytester.makeconftest(measuring("make_tuco", "tuco") + dedent(BARE))
    suite(THOUSAND, "-n", str(WORKERS), "-q", apart=True).assert_outcomes(passed=TESTS)
    fixture, phases, bare = costs(pytester.path)
    print(
        f"`tuco`, set-up and tear-down: median {fixture.wall:.2f} ms ({fixture.cpu:.2f} ms of work); "
        f"pytest's phases around them: {phases.wall:.2f} ms ({phases.cpu:.2f} ms); "
        f"a bare round trip: {bare.wall:.2f} ms ({bare.cpu:.2f} ms); {WORKERS} workers, {os.cpu_count()} cores"
    )
    assert fixture.wall < max(FIXTURE_MS, ROUND_TRIPS * bare.wall)
    assert fixture.cpu < max(FIXTURE_MS / 2, ROUND_TRIPS * bare.cpu)


def test_tests_side_by_side_share_a_server_that_runs_already(suite: Suite) -> None:
    from tuco_mock import TucoMock

    mock = TucoMock()
    with mock as tuco:
        text = THOUSAND.replace(f"range({TESTS})", f"range({TESTS // 5})")
        result = suite(text, "-n", str(WORKERS), "-q", "--tuco-url", tuco.base_url, apart=True)
        result.assert_outcomes(passed=TESTS // 5)
        assert mock.server.info()["counts"]["workspaces"] == 2
