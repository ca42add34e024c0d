"""What a failing test shows, and what bad use is answered with."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.plugin.conftest import Suite
from tuco_mock.app import create_app
from tuco_mock.server import BackgroundServer
from tuco_mock.settings import Settings

FAILS = """
    CANCEL = "/api/messages/cancel-for-lead"

    def test_it(tuco):
        lead = tuco.add_lead(phone="+14155550101")
        tuco.add_message(lead)
        tuco.client.post(CANCEL, json={"leadId": lead.id})
        tuco.client.post(CANCEL, json={"recipientPhone": "+14155550102"})
        tuco.assert_called("POST", CANCEL, json={"recipientPhone": "+14155550101"})
"""


@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_a_failing_test_shows_what_the_mock_saw(suite: Suite, options: tuple[str, ...]) -> None:
    result = suite(FAILS, *options, apart=bool(options))
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "E  *expected POST /api/messages/cancel-for-lead with json *, but it never came",
            "E  *nearest requests:",
            'E  *body.recipientPhone is "+14155550102", not "+14155550101"',
            "E  *hints:",
            "E  *cancel used +14155550102; lead * has +14155550101 as phone",
            "*- tuco timeline -*",
            "*Z  control: POST /leads *",
            '*Z  POST /api/messages/cancel-for-lead {"leadId":*} -> 200',
            "*Z    messages.cancelled: 1 *",
            "*Z    jobs.removed: 1*",
            '*Z  POST /api/messages/cancel-for-lead {"recipientPhone":"+14155550102"} -> 200',
        ]
    )
    result.stdout.no_fnmatch_line("*assertions.py*")


def test_the_timeline_shown_is_its_tail(suite: Suite) -> None:
    text = """
        def test_it(tuco):
            for n in range(30):
                tuco.client.get("/api/replies", params={"page": n})
            assert False
    """
    result = suite(text)
    shown = [line for line in result.stdout.lines if "GET /api/replies?page=" in line]
    assert len(shown) == 20
    assert "page=29" in shown[-1]


def test_a_workspace_in_which_nothing_happened_is_told_as_such(suite: Suite) -> None:
    result = suite("def test_it(tuco): assert False")
    result.stdout.fnmatch_lines(
        ["*- tuco timeline -*", "nothing happened in workspace org_*; its base URL is http://127.0.0.1:*"]
    )


@pytest.mark.parametrize(
    ("before", "told"),
    [
        ("tuco.add_lead(phone='+14155550100')", "*Z  control: POST /leads *"),
        ("pass", "nothing happened in workspace *"),
    ],
)
def test_requests_that_came_with_a_key_that_nobody_has_are_told(suite: Suite, before: str, told: str) -> None:
    text = f"""
        import httpx

        def test_it(tuco):
            {before}
            wrong = {{"Authorization": "Bearer tuco_sk_wrong"}}
            httpx.get(tuco.base_url + "/api/replies", headers=wrong, trust_env=False)
            assert False

        def test_one_with_requests_of_its_own(tuco):
            httpx.get(tuco.base_url + "/api/replies", trust_env=False)
            tuco.client.get("/api/replies")
            assert False
    """
    result = suite(text)
    result.assert_outcomes(failed=2)
    strays = [line for line in result.stdout.lines if "with no key of any workspace came meanwhile" in line]
    told_once = (
        "no request came with its key, but 1 request with no key of any workspace came meanwhile: "
        "does the code under test use tuco.api_key?"
    )
    assert strays == [told_once]
    result.stdout.fnmatch_lines(["*- tuco timeline -*", told, told_once])


def test_each_workspace_of_a_failing_test_is_shown(suite: Suite) -> None:
    text = """
        import pytest

        @pytest.fixture
        def broken(tuco, make_tuco):
            make_tuco().client.get("/api/replies")
            raise RuntimeError("broken")

        def test_it(broken):
            pass
    """
    result = suite(text)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*- tuco timeline of org_*", "*- tuco timeline of org_*", "*GET /api/replies -> 200"])


def test_a_timeline_that_can_t_be_had_does_not_hide_the_failure(suite: Suite) -> None:
    text = """
        def test_it(tuco):
            tuco.drop()
            assert 1 == 2
    """
    result = suite(text)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*assert 1 == 2*", "*- tuco timeline -*", "can't be had: There is no workspace *"])


def test_tests_that_pass_or_are_expected_to_fail_show_nothing(suite: Suite) -> None:
    text = """
        import pytest

        def test_passes(tuco):
            tuco.client.get("/api/replies")

        @pytest.mark.xfail
        def test_expected(tuco):
            assert False
    """
    result = suite(text, "-rA")
    result.assert_outcomes(passed=1, xfailed=1)
    result.stdout.no_fnmatch_line("*tuco timeline*")


@pytest.mark.parametrize(
    ("marker", "told"),
    [
        (
            'fixture="nope.yaml"',
            "no fixture 'nope.yaml': there is no *nope.yaml; shipped, by name, are agency, default",
        ),
        (
            'fixure="agency"',
            "@pytest.mark.tuco takes fixture, clock, rate_limits, seed, worker, intercept, all by name, and not fixure",
        ),
        (
            '"agency"',
            "@pytest.mark.tuco takes fixture, clock, rate_limits, seed, worker, intercept, *, and not 'agency'",
        ),
        ('clock="soon"', "*clock*"),
        ('rate_limits={"reply": 1}', "*reply*"),
    ],
)
def test_a_marker_that_makes_no_sense_is_told_in_a_line(suite: Suite, marker: str, told: str) -> None:
    text = f"""
        import pytest

        @pytest.mark.tuco({marker})
        def test_it(tuco):
            pass

        def test_the_others_go_on(tuco):
            pass
    """
    result = suite(text)
    result.assert_outcomes(passed=1, errors=1)
    lines = result.stdout.lines
    begin = next(n for n, line in enumerate(lines) if "ERROR at setup of test_it" in line)
    end = next(n for n, line in enumerate(lines) if "short test summary" in line)
    assert end - begin == 2, lines[begin:end]
    result.stdout.fnmatch_lines([told])


def test_mistakes_in_a_fixture_are_told_with_file_and_path(suite: Suite, pytester: pytest.Pytester) -> None:
    pytester.makefile(".yaml", bad="workspaces: [{leads: [{fristName: Jane}], messages: [{status: cancled}]}]")
    result = suite("def test_it(tuco): pass", "--tuco-fixture", "bad.yaml")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*bad.yaml: * mistakes:", "  leads*fristName*", "  messages*status*cancled*"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_an_unknown_fixture_for_all_tests_ends_the_run(suite: Suite) -> None:
    result = suite("def test_it(): pass", "--tuco-fixture", "nope", apart=True)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["ERROR: --tuco-fixture: no fixture 'nope': there is no *; shipped, by name, are agency, default"]
    )


def test_a_status_that_does_not_exist_is_told(suite: Suite) -> None:
    result = suite('def test_it(tuco): tuco.add_message(recipientPhone="+1", status="cancled")')
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E  *ControlError: status: expected `queued`*got 'cancled'*"])


def test_a_port_that_is_taken_is_told(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)  # these tests may run side by side themselves
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        text = f"""
            import pytest

            @pytest.fixture(scope="session")
            def tuco_listen_address():
                return ("127.0.0.1", {port})

            def test_it(tuco):
                pass
        """
        result = suite(text)
        result.assert_outcomes(errors=1)
        result.stdout.fnmatch_lines([f"tuco_listen_address: can't listen on 127.0.0.1:{port}: *"])
        result.stdout.no_fnmatch_line("*Traceback*")
        result = suite(text, "-n", "1", apart=True)
        result.stdout.fnmatch_lines([f"tuco_listen_address, a server a worker: can't listen on 127.0.0.1:{port}: *"])


@pytest.mark.parametrize("address", ['"127.0.0.1:0"', '("127.0.0.1",)', '("127.0.0.1", "0")', "None"])
def test_an_address_that_is_none_is_told(suite: Suite, address: str) -> None:
    text = f"""
        import pytest

        @pytest.fixture(scope="session")
        def tuco_listen_address():
            return {address}

        def test_it(tuco):
            pass
    """
    result = suite(text)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(['tuco_listen_address gives host and port, as ("127.0.0.1", 0), and not *'])


def test_nobody_at_the_url_is_told_in_a_line(suite: Suite) -> None:
    result = suite("def test_it(tuco): pass\ndef test_two(tuco): pass", "--tuco-url", "http://127.0.0.1:9")
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(
        ["--tuco-url: no tuco-mock answers at http://127.0.0.1:9: * Start one with `tuco-mock serve`*"]
    )
    result.stdout.no_fnmatch_line("*connector.py*")


def test_a_server_that_runs_already_is_used(suite: Suite) -> None:
    with BackgroundServer(create_app()) as running:
        text = f"""
            def test_it(tuco, tuco_server):
                assert tuco.base_url == tuco_server.url == {running.url!r}
                assert tuco.client.get("/api/replies").status_code == 200
        """
        result = suite(text, "--tuco-url", running.url)
        result.assert_outcomes(passed=1)
        result.stdout.fnmatch_lines([f"tuco-mock: {running.url}"])
        suite(text, "--tuco-url", running.url, "-n", "2", apart=True).assert_outcomes(passed=1)


def test_a_server_that_ends_in_the_middle_is_told(suite: Suite) -> None:
    text = """
        def test_it(tuco_server):
            from tuco_mock import TucoMock

            mock = TucoMock()
            with mock:
                made = mock.server.workspace()
            made.leads()
    """
    result = suite(text)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E  *ServerUnreachable: no tuco-mock answers at http://127.0.0.1:*"])


def test_a_server_that_is_gone_at_the_end_does_not_add_to_a_failure(suite: Suite) -> None:
    text = """
        import pytest
        from tuco_mock.app import create_app
        from tuco_mock.client import Server
        from tuco_mock.server import BackgroundServer

        @pytest.fixture
        def running():
            return BackgroundServer(create_app())

        @pytest.fixture
        def tuco_server(running):
            running.__enter__()
            with Server(running.url) as server:
                yield server

        def test_fails(tuco, running):
            running.__exit__(None, None, None)
            assert 1 == 2

        def test_passes(tuco, running):
            running.__exit__(None, None, None)
    """
    result = suite(text, "--tuco-record", "out")
    result.assert_outcomes(failed=1, passed=1, errors=1)
    result.stdout.fnmatch_lines(["*ERROR at teardown of test_passes*", "no tuco-mock answers at *", "*assert 1 == 2*"])


@pytest.mark.parametrize("marker", ["@pytest.mark.tuco(intercept=True)", "@pytest.mark.tuco(intercept=True, seed=1)"])
def test_interception_without_a_workspace_is_told_in_a_line(suite: Suite, marker: str) -> None:
    text = f"""
        import pytest

        {marker}
        def test_it():
            raise AssertionError("it must not run")

        {marker}
        @pytest.mark.usefixtures("tuco")
        def test_used():
            pass

        @pytest.fixture
        def client(tuco):
            return tuco.client

        {marker}
        def test_used_by_a_fixture(client):
            pass

        @pytest.mark.tuco(intercept=False)
        def test_not_led():
            pass
    """
    result = suite(text)
    result.assert_outcomes(passed=3, errors=1)
    lines = result.stdout.lines
    begin = next(n for n, line in enumerate(lines) if "ERROR at setup of test_it" in line)
    assert lines[begin + 1] == (
        "@pytest.mark.tuco(intercept=True) leads calls to the workspace of the `tuco` fixture, which this test does "
        'not use: add the argument `tuco`, or @pytest.mark.usefixtures("tuco")'
    )
    assert "short test summary" in lines[begin + 2]


def test_a_missing_control_token_is_told_in_a_line(suite: Suite) -> None:
    with BackgroundServer(create_app(Settings(control_token="t"))) as running:
        result = suite("def test_it(tuco): pass", "--tuco-url", running.url)
        result.assert_outcomes(errors=1)
        result.stdout.fnmatch_lines([f"--tuco-url: {running.url} wants a control token: *--tuco-control-token*"])
        suite("def test_it(tuco): pass", "--tuco-url", running.url, "--tuco-control-token", "t").assert_outcomes(
            passed=1
        )


# loaded twice


@pytest.mark.parametrize("name", ["tuco_mock", "tuco_mock.pytest_plugin"])
def test_to_name_the_plugin_although_it_is_installed_is_no_mistake(
    suite: Suite, pytester: pytest.Pytester, name: str
) -> None:
    suite("def test_it(tuco): pass", "-p", name, apart=True).assert_outcomes(passed=1)
    if name != "tuco_mock":
        pytester.makeconftest(f'pytest_plugins = ["{name}"]')
        suite("def test_it(tuco): pass", apart=True).assert_outcomes(passed=1)


@pytest.mark.parametrize("place", ["-p", "conftest.py"])
def test_a_copy_of_the_plugin_is_told_with_what_to_do(suite: Suite, pytester: pytest.Pytester, place: str) -> None:
    import tuco_mock.pytest_plugin

    pytester.makepyfile(copied=Path(tuco_mock.pytest_plugin.__file__).read_text("utf-8"))
    pytester.syspathinsert()
    if place == "conftest.py":
        pytester.makeconftest('pytest_plugins = ["copied"]')
    result = suite("def test_it(tuco): pass", *(("-p", "copied") if place == "-p" else ()), apart=True)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["*tuco-mock's pytest plugin is loaded twice (*--tuco-url*): keep the installed one, and take*"]
    )


def test_the_plugin_can_be_left_out(suite: Suite) -> None:
    result = suite("def test_it(tuco): pass", "-p", "no:tuco_mock", apart=True)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*fixture 'tuco' not found*"])
