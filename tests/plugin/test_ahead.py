"""The next test's workspace, which is made while the test before it is reported."""

from __future__ import annotations

import httpx
import pytest

from tests.plugin.conftest import Suite
from tuco_mock import TucoMock

NOTING = """
    import time

    import httpx
    import pytest

    NEXT = {"test_it[0]": "test_it[1]", "test_it[1]": "test_it[2]", "test_filled": "test_marked"}

    started = {}
    newest = {}

    @pytest.fixture(scope="session", autouse=True)
    def watched(tuco_server):
        started["url"] = tuco_server.url

    def newest_one():
        shown = httpx.get(started["url"] + "/_tuco/workspaces").json()["workspaces"]
        return shown[-1]["name"].rpartition(":")[2]

    def pytest_runtest_logfinish(nodeid):
        name = nodeid.rpartition(":")[2]
        until = time.monotonic() + 10
        while newest_one() != NEXT.get(name, newest_one()) and time.monotonic() < until:
            pass
        newest[name] = newest_one()
"""
"""What is the newest workspace on the server when pytest has done with a test; what is to come may be under way."""


def test_it_is_there_when_the_test_before_it_has_ended(suite: Suite, pytester: pytest.Pytester) -> None:
    pytester.makeconftest(NOTING)
    text = """
        import pytest

        @pytest.mark.parametrize("n", range(3))
        def test_it(tuco, n, request):
            assert tuco.leads() == []
            assert tuco.state()["name"] == request.node.nodeid

        def test_without():
            pass

        @pytest.mark.tuco(fixture="agency")
        def test_filled(tuco):
            assert tuco.leads()

        @pytest.mark.tuco(clock="2030-01-01T00:00:00Z", rate_limits={"replies": 7}, seed="mine", worker="manual")
        def test_marked(tuco):
            assert tuco.state()["seed"] == "mine"
            assert tuco.rate_limit.tokens() == 7
            assert tuco.clock.now() == "2030-01-01T00:00:00.000Z"

        def test_last(tuco_server, request):
            from conftest import newest

            assert newest == {
                "test_it[0]": "test_it[1]",
                "test_it[1]": "test_it[2]",
                "test_it[2]": "test_it[2]",
                "test_without": "test_it[2]",
                "test_filled": "test_marked",
                "test_marked": "test_marked",
            }
            assert len(tuco_server.workspaces()) == 1
    """
    suite(text).assert_outcomes(passed=7)


def test_one_that_its_test_does_not_use_leaves(suite: Suite) -> None:
    text = """
        import pytest

        @pytest.fixture
        def other(make_tuco):
            return make_tuco(name="other")

        def test_first(tuco):
            pass

        def test_another_one_is_made_before(other, tuco, request):
            assert other.state()["seed"] == request.node.nodeid
            assert tuco.state()["seed"] == f"{request.node.nodeid}#2"

        @pytest.mark.xfail(run=False)
        def test_is_not_run(tuco):
            pass

        @pytest.mark.skipif(True, reason="to see")
        def test_is_skipped(tuco):
            pass

        @pytest.mark.tuco(clock="yesterday")
        def test_is_mistaken(tuco):
            pass

        @pytest.mark.tuco(colour="red")
        def test_is_more_mistaken(tuco):
            pass

        def test_last(tuco, tuco_server, request):
            assert tuco.state()["seed"] == request.node.nodeid
            assert [each.id for each in tuco_server.workspaces()[1:]] == [tuco.id]
    """
    result = suite(text)
    result.assert_outcomes(passed=3, xfailed=1, skipped=1, errors=2)
    result.stdout.fnmatch_lines(["*clock*yesterday*", "*takes fixture, clock,*and not colour*"])


@pytest.mark.parametrize("options", [["-x"], ["-n", "2"], []])
def test_a_run_leaves_nothing_on_a_server_that_goes_on(suite: Suite, options: list[str]) -> None:
    text = """
        import pytest

        @pytest.mark.parametrize("n", range(6))
        def test_it(tuco, n):
            assert n != 2
    """
    mock = TucoMock()
    with mock as tuco:
        suite(text, "--tuco-url", tuco.base_url, *options, apart=True)
        shown = httpx.get(f"{tuco.base_url}/_tuco/workspaces").json()["workspaces"]
        assert [each["id"] for each in shown[1:]] == [tuco.id]


def test_a_server_of_ones_own_is_left_alone(suite: Suite) -> None:
    text = """
        import pytest
        from tuco_mock import TucoMock

        @pytest.fixture(scope="session")
        def tuco_server():
            mock = TucoMock()
            with mock:
                yield mock.server

        @pytest.mark.parametrize("n", range(2))
        def test_it(tuco, n):
            assert tuco.leads() == []
    """
    suite(text).assert_outcomes(passed=2)
