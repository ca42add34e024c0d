"""What the plugin costs: nothing when no test uses it, and a thousandth of a second or two when one does."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import NamedTuple

import pytest

from tests.plugin.conftest import Suite

LOADING_MS = 20
FIXTURE_MS = 3
ROUND_TRIPS = 8
"""What making and dropping a workspace may cost on a machine too busy for `FIXTURE_MS`, in bare round trips."""

TESTS = 1000
WORKERS = 4

LOADED = """
    import sys

    HEAVY = ("starlette", "uvicorn", "mongomock", "fakeredis", "httpx", "msgspec", "yaml", "anyio", "tuco_mock.client")

    def pytest_unconfigure():
        print("loaded:", *(name for name in HEAVY if name in sys.modules))
"""


def test_collecting_loads_nothing_of_the_house(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeconftest(dedent(LOADED))
    pytester.makepyfile("def test_it(tuco): pass")
    result = pytester.runpytest_subprocess("--collect-only", "-p", "tuco_mock.pytest_plugin")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["*<Function test_it>*", "loaded:"])


def test_loading_the_plugin_takes_no_time_worth_mentioning() -> None:
    measure = (
        "import pytest, time; t = time.perf_counter(); import tuco_mock.pytest_plugin; print(time.perf_counter() - t)"
    )
    took = [
        1000 * float(subprocess.run([sys.executable, "-c", measure], capture_output=True, check=True).stdout)
        for _ in range(3)
    ]
    assert min(took) < LOADING_MS


MEASURING = """
    import json
    import os
    import pathlib
    import time

    import pytest

    measured = []

    def now():
        return time.perf_counter(), time.process_time()

    def since(before):
        return [after - begun for after, begun in zip(now(), before)]

    def timed(finish):
        def finish_and_note(self, request):
            is_set_up = self.argname in ("make_tuco", "tuco") and self.cached_result is not None
            before = now()
            finish(self, request)
            if is_set_up:
                measured[-1]["fixture"].append(since(before))
        return finish_and_note

    pytest.FixtureDef.finish = timed(pytest.FixtureDef.finish)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(fixturedef, request):
        before = now()
        value = yield
        if fixturedef.argname in ("make_tuco", "tuco"):
            measured[-1]["fixture"].append(since(before))
        return value

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(item):
        measured.append({"fixture": [], "phases": []})
        before = now()
        value = yield
        measured[-1]["phases"].append(since(before))
        return value

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(item):
        value = yield
        before = now()
        item.funcargs["tuco_server"]._control.call("GET", "/_tuco/livez")
        measured[-1]["bare"] = [since(before)]
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


class Cost(NamedTuple):
    """Medians, in milliseconds: what it took, and how much of that the machine worked for this process."""

    wall: float
    cpu: float


def costs(directory: Path) -> tuple[Cost, Cost, Cost]:
    """What the tests of a run have measured: the fixture, with all of pytest's around it, and a bare round trip."""
    tests = [each for file in directory.glob("measured-*.json") for each in json.loads(file.read_text())]
    assert len(tests) == TESTS
    assert {len(each["fixture"]) for each in tests} == {2}, "set-up and tear-down"
    fixture, phases, bare = (
        Cost(*(1000 * statistics.median(sum(part[kind] for part in each[what]) for each in tests) for kind in (0, 1)))
        for what in ("fixture", "phases", "bare")
    )
    return fixture, phases, bare


def test_a_thousand_tests_side_by_side_see_nothing_of_each_other_and_pay_little(
    suite: Suite, pytester: pytest.Pytester
) -> None:
    pytester.makeconftest(dedent(MEASURING))
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
