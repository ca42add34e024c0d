"""The fixtures and the marker, in suites that use them as users do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.plugin.conftest import Suite

STOP = """
    import httpx

    def test_stop_cancels_everything(tuco):
        lead = tuco.add_lead(firstName="Jane", phone="+14155550100", altPhone1="+14422646782")
        tuco.add_message(lead, status="queued")
        tuco.add_message(lead, status="scheduled", job="active")

        httpx.post(
            f"{tuco.base_url}/api/messages/cancel-for-lead",
            headers={"Authorization": f"Bearer {tuco.api_key}"},
            json={"recipientPhone": "+14422646782"},
            trust_env=False,
        )

        assert {m.status for m in tuco.messages(lead)} == {"cancelled"}
        tuco.assert_called("POST", "/api/messages/cancel-for-lead", times=1)
"""


@pytest.mark.parametrize("apart", [False, True])
def test_the_fixture_is_there_without_a_word(suite: Suite, apart: bool) -> None:
    suite(STOP, apart=apart).assert_outcomes(passed=1)


def test_each_test_has_a_workspace_of_its_own_on_one_server(suite: Suite) -> None:
    text = """
        import pytest

        seen = []

        @pytest.mark.parametrize("n", range(3))
        def test_it(tuco, tuco_server, n):
            tuco.add_lead(phone="+14155550100")
            seen.append((tuco.id, tuco.base_url))
            assert tuco_server.url == tuco.base_url

        def test_after_them(tuco_server):
            assert len({id for id, _ in seen}) == 3
            assert len({url for _, url in seen}) == 1
            assert not {id for id, _ in seen} & {each.id for each in tuco_server.workspaces()}
    """
    suite(text).assert_outcomes(passed=4)


def test_more_workspaces_are_made_and_dropped_with_the_test(suite: Suite) -> None:
    text = """
        seen = []

        def test_two(tuco, make_tuco, tuco_server):
            other = make_tuco(clock="2030-01-01T00:00:00Z")
            third = make_tuco(state={"leads": [{"phone": "+14155550100"}]})
            assert other.clock.now() == "2030-01-01T00:00:00.000Z"
            assert [len(each.leads()) for each in (tuco, other, third)] == [0, 0, 1]
            seen.extend((tuco.id, other.id, third.id))
            tuco.drop()  # a test may do that itself

        def test_after_it(tuco_server):
            assert len(seen) == 3
            assert not set(seen) & {each.id for each in tuco_server.workspaces()}
    """
    suite(text).assert_outcomes(passed=2)


def test_threads_of_a_test_make_workspaces_of_their_own(suite: Suite) -> None:
    text = """
        from concurrent.futures import ThreadPoolExecutor

        seen = []

        def test_many(make_tuco):
            with ThreadPoolExecutor(8) as threads:
                made = list(threads.map(lambda _: make_tuco(), range(24)))
            assert len({each.state()["seed"] for each in made}) == 24
            seen.extend(each.id for each in made)

        def test_after_it(tuco_server):
            assert len(seen) == 24
            assert [each.id for each in tuco_server.workspaces()] == ["org_3AZs4H8UsfFxVFONr6H4K75okaG"]
    """
    suite(text).assert_outcomes(passed=2)


def test_the_marker_makes_the_workspace(suite: Suite, pytester: pytest.Pytester) -> None:
    pytester.makefile(".yaml", beside="workspaces: [{leads: [{firstName: Beside, phone: '+14155550100'}]}]")
    text = """
        import httpx
        import pytest

        pytestmark = pytest.mark.tuco(clock="2030-01-01T00:00:00Z", fixture="agency")

        def test_of_the_module(tuco):
            assert tuco.clock.now() == "2030-01-01T00:00:00.000Z"
            assert len(tuco.leads()) > 1

        @pytest.mark.tuco(fixture="beside.yaml", rate_limits={"replies": 1}, seed="mine")
        class TestOfAClass:
            def test_it(self, tuco):
                assert tuco.clock.now() == "2030-01-01T00:00:00.000Z"
                assert [lead.first_name for lead in tuco.leads()] == ["Beside"]
                assert tuco.rate_limit.tokens() == 1
                assert tuco.state()["seed"] == "mine"

            @pytest.mark.tuco(fixture=None, seed=None)
            def test_nearest_first(self, tuco, request):
                assert tuco.leads() == []
                assert tuco.rate_limit.tokens() == 1
                assert tuco.state()["seed"] == request.node.nodeid

        @pytest.mark.tuco(intercept=True)
        def test_interception(tuco):
            assert httpx.get("https://app.tuco.ai/api/replies", headers=tuco.headers).status_code == 200
            tuco.assert_called("GET", "/api/replies", times=1)
    """
    suite(text, "--strict-markers").assert_outcomes(passed=4)


def test_a_fixture_for_all_tests(suite: Suite, pytester: pytest.Pytester) -> None:
    (pytester.mkdir("data") / "world.yaml").write_text("workspaces: [{leads: [{firstName: W, phone: '+14155550100'}]}]")
    text = """
        import pytest

        def test_it(tuco, make_tuco):
            assert [lead.first_name for lead in tuco.leads()] == ["W"]
            assert [lead.first_name for lead in make_tuco().leads()] == ["W"]
            assert make_tuco(fixture=None).leads() == []
            assert make_tuco(state={}).leads() == []
            assert len(make_tuco(fixture="agency").leads()) > 1

        @pytest.mark.tuco(fixture=None)
        def test_none(tuco):
            assert tuco.leads() == []
    """
    suite(text, "--tuco-fixture", "data/world.yaml").assert_outcomes(passed=2)
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\ntuco_fixture = data/world.yaml\n")
    pytester.runpytest_inprocess("-p", "no:cacheprovider").assert_outcomes(passed=2)


def test_the_address_can_be_chosen(suite: Suite) -> None:
    text = """
        import pytest
        from tuco_mock.server import bind

        @pytest.fixture(scope="session")
        def tuco_listen_address():
            with bind("127.0.0.1", 0) as free:
                return free.getsockname()

        def test_it(tuco, tuco_listen_address):
            assert tuco.base_url == "http://{}:{}".format(*tuco_listen_address)
    """
    suite(text).assert_outcomes(passed=1)


IDS = """
    import json
    import pathlib
    import pytest
    import random

    pytestmark = pytest.mark.tuco(clock="2026-03-13T00:00:00Z")
    FOUND = pathlib.Path(__file__).parent / "found"

    @pytest.mark.parametrize("n", range(6))
    def test_it(tuco, make_tuco, n):
        def chance(tuco):
            tuco.fail_next(500, probability=0.5, times=None)
            return [tuco.client.get("/api/replies").status_code for _ in range(20)]

        other = make_tuco(clock="2026-03-13T00:00:00Z")
        ids = [each.add_lead(phone="+14155550100").id for each in (tuco, other)]
        FOUND.mkdir(exist_ok=True)
        (FOUND / str(n)).write_text(json.dumps([ids, chance(tuco), chance(other)]))
"""


def test_ids_and_chance_are_the_same_in_any_order_of_tests(suite: Suite, pytester: pytest.Pytester) -> None:
    def found(*options: str, apart: bool = False) -> list[object]:
        suite(IDS, *options, apart=apart).assert_outcomes(passed=6)
        return [json.loads((pytester.path / "found" / str(n)).read_text()) for n in range(6)]

    forwards = found()
    backwards = [f"test_it.py::test_it[{n}]" for n in reversed(range(6))]
    assert found(*backwards) == forwards
    assert found("-n", "2", apart=True) == forwards
    assert len({str(each) for each in forwards}) == 6, "another test has other ids and another chance"


def test_asynchronous_tests_of_pytest_asyncio_and_anyio(suite: Suite) -> None:
    text = """
        import asyncio
        import pytest
        import pytest_asyncio

        REPLIES = "/api/replies"

        @pytest.mark.asyncio
        async def test_asyncio(tuco):
            waiting = asyncio.create_task(tuco.async_wait_for_request("GET", REPLIES))
            answers = await asyncio.gather(*(tuco.async_client.get(REPLIES) for _ in range(10)))
            assert {answer.status_code for answer in answers} == {200}
            assert (await waiting).status == 200
            tuco.assert_called("GET", REPLIES, times=10)

        @pytest.fixture(params=["asyncio", "trio"])
        def anyio_backend(request):
            return request.param

        @pytest.mark.anyio
        async def test_anyio(tuco):
            assert (await tuco.async_client.get(REPLIES)).status_code == 200
            assert (await tuco.async_wait_for_request("GET", REPLIES)).status == 200

        @pytest.mark.asyncio
        @pytest.mark.tuco(intercept=True)
        async def test_interception(tuco):
            import httpx

            async with httpx.AsyncClient(headers=tuco.headers, trust_env=False) as client:
                assert (await client.get("https://app.tuco.ai" + REPLIES)).status_code == 200
            tuco.assert_called("GET", REPLIES, times=1)

        @pytest_asyncio.fixture
        async def asked(tuco):
            yield (await tuco.async_client.get(REPLIES)).status_code

        @pytest.mark.asyncio
        async def test_through_an_asynchronous_fixture(tuco, asked):
            assert asked == 200
            assert tuco.count() == 1
    """
    suite(text).assert_outcomes(passed=5)


def test_unittest_style_classes_can_use_the_fixture(suite: Suite) -> None:
    text = """
        import unittest
        import pytest
        from tuco_mock import TucoMock

        class WithFixture(unittest.TestCase):
            @pytest.fixture(autouse=True)
            def _tuco(self, tuco):
                self.tuco = tuco

            def test_it(self):
                assert self.tuco.client.get("/api/replies").status_code == 200

        class WithMock(unittest.TestCase):
            @classmethod
            def setUpClass(cls):
                cls.mock = TucoMock()
                cls.tuco = cls.enterClassContext(cls.mock)

            def test_it(self):
                with self.mock.server.workspace() as tuco:
                    assert tuco.client.get("/api/replies").status_code == 200
    """
    suite(text).assert_outcomes(passed=2)


def test_recordings_are_written_a_file_a_workspace(suite: Suite, pytester: pytest.Pytester) -> None:
    text = """
        import pytest

        @pytest.mark.parametrize("n", ["a/b", "a_b", "ü" * 300])
        def test_it(tuco, n):
            tuco.client.get("/api/replies")

        def test_two(make_tuco):
            make_tuco(), make_tuco()

        def test_fails(tuco):
            tuco.client.get("/api/replies")
            assert False

        def test_without():
            pass
    """
    suite(text, "--tuco-record", "out/deep").assert_outcomes(passed=5, failed=1)
    files = sorted((pytester.path / "out" / "deep").iterdir())
    assert len(files) == 6
    assert all(file.name.startswith("test_it.py_test_") for file in files)
    assert len([file for file in files if file.name.endswith(".2.json")]) == 1
    [failed] = [file for file in files if "test_fails" in file.name]
    bundle = json.loads(failed.read_text())
    assert bundle["seed"] == "test_it.py::test_fails"
    assert [record["path"] for record in bundle["records"]] == ["/api/replies"]


def test_a_workspace_that_the_test_has_dropped_has_no_recording(suite: Suite, pytester: pytest.Pytester) -> None:
    text = """
        def test_it(tuco, make_tuco):
            make_tuco().client.get("/api/replies")
            tuco.drop()
    """
    suite(text, "--tuco-record", "out").assert_outcomes(passed=1)
    assert [file.name.endswith(".2.json") for file in (pytester.path / "out").iterdir()] == [True]


@pytest.mark.parametrize("record", ["out", "out/deeper"])
def test_recordings_that_can_t_be_written_end_the_run_at_its_start(
    suite: Suite, pytester: pytest.Pytester, record: str
) -> None:
    Path(pytester.path / "out").write_text("a file")
    result = suite("def test_it(tuco): pass", "--tuco-record", record, apart=True)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: --tuco-record: no directory can be made of *{record}: *"])


def test_a_directory_in_which_nothing_may_be_written_ends_the_run_at_its_start(
    suite: Suite, pytester: pytest.Pytester
) -> None:
    result = suite("def test_it(tuco): pass", "--tuco-record", "/proc/self/fd/none", apart=True)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --tuco-record: no directory can be made of /proc/self/fd/none: *"])
