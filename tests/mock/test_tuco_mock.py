"""`TucoMock`: on a socket, in-process, on a server elsewhere; sync and async; several at once; nothing left behind."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import socket
import threading
import unittest
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from tuco_mock import Settings, TucoMock
from tuco_mock.app import create_app
from tuco_mock.client import ControlError, FixtureError, Server, ServerStopped, ServerUnreachable, TucoError
from tuco_mock.client.telling import times
from tuco_mock.mock.in_process import HOST, InProcess
from tuco_mock.server import BackgroundServer, PortTaken

CANCEL = "/api/messages/cancel-for-lead"
REPLIES = "/api/replies"

BOTH = pytest.mark.parametrize("in_process", [False, True], ids=["socket", "in-process"])


@pytest.fixture(autouse=True)
def _nothing_is_left_behind() -> Iterator[None]:
    """Each test ends with the threads and sockets it began with."""
    before = threads(), open_sockets()
    yield
    for each in threads() - before[0]:
        if each.name == "tuco-mock aside":  # what a cancelled task has left to be undone ends by itself
            each.join(10)
    assert (threads(), open_sockets()) == before


def threads() -> set[threading.Thread]:
    """The threads there are, but for those that trio keeps for later."""
    return {each for each in threading.enumerate() if not each.name.startswith("Trio thread")}


def open_sockets() -> set[int]:
    # by type: asked for its class, a proxy of somebody else's says what it no longer points to
    return {each.fileno() for each in gc.get_objects() if issubclass(type(each), socket.socket)} - {-1}


@BOTH
def test_a_block_has_a_workspace(in_process: bool) -> None:
    with TucoMock(in_process=in_process) as tuco:
        lead = tuco.add_lead(firstName="Jane", phone="+14155550100", altPhone1="+14422646782")
        tuco.add_message(lead, status="queued")
        tuco.add_message(lead, status="scheduled", job="active")
        answer = tuco.client.post(CANCEL, json={"recipientPhone": "+14422646782"})
        assert answer.json()["cancelledCount"] == 2
        assert {message.status for message in tuco.messages(lead)} == {"cancelled"}
        tuco.assert_called("POST", CANCEL, times=1)


@BOTH
def test_an_asynchronous_block_has_one_too(in_process: bool) -> None:
    async def test() -> int:
        async with TucoMock(in_process=in_process) as tuco:
            answers = await asyncio.gather(*(tuco.async_client.get(REPLIES) for _ in range(20)))
            assert {answer.status_code for answer in answers} == {200}
            await tuco.async_wait_for_request("GET", REPLIES, times=20)
            return tuco.count()

    assert asyncio.run(test()) == 20


@BOTH
def test_an_asynchronous_block_in_trio(in_process: bool) -> None:
    async def test() -> int:
        async with TucoMock(in_process=in_process) as tuco:
            assert (await tuco.async_client.get(REPLIES)).status_code == 200
            return tuco.count()

    assert anyio.run(test, backend="trio") == 1


@BOTH
def test_the_workspace_is_made_as_it_is_asked_for(in_process: bool) -> None:
    mock = TucoMock("agency", clock="2030-01-01T00:00:00Z", rate_limits={"replies": 1}, seed=7, in_process=in_process)
    with mock as tuco:
        assert tuco.leads()
        assert tuco.clock.now() == "2030-01-01T00:00:00.000Z"
        assert tuco.state()["seed"] == "7"
        assert [tuco.client.get(REPLIES).status_code for _ in range(2)] == [200, 429]


@BOTH
def test_the_same_seed_gives_the_same_ids(in_process: bool) -> None:
    def ids(seed: str) -> list[str]:
        with TucoMock(seed=seed, clock="2026-03-13T00:00:00Z", in_process=in_process) as tuco:
            return [tuco.add_lead(phone="+14155550100").id, tuco.add_message(recipientPhone="+1").id]

    assert ids("a") == ids("a") != ids("b")


@BOTH
def test_several_at_once_know_nothing_of_each_other(in_process: bool) -> None:
    with TucoMock(in_process=in_process) as one, TucoMock() as two, TucoMock(in_process=True) as three:
        one.add_lead(phone="+14155550100")
        two.fail_next(500)
        assert [len(each.leads()) for each in (one, two, three)] == [1, 0, 0]
        assert [each.client.get(REPLIES).status_code for each in (one, two, three)] == [200, 500, 200]


@BOTH
def test_one_can_be_entered_again_but_not_twice(in_process: bool) -> None:
    mock = TucoMock(in_process=in_process)
    with pytest.raises(TucoError, match="does not run: enter it with `with`"):
        _ = mock.server
    with mock as first, pytest.raises(TucoError, match="entered already"), mock:
        pass
    with mock as second:
        assert second.id != first.id
        assert second.client.get(REPLIES).status_code == 200


@BOTH
def test_the_server_gives_more_workspaces(in_process: bool) -> None:
    mock = TucoMock(in_process=in_process)
    with mock as tuco, mock.server.workspace() as other:
        assert other.id != tuco.id
        assert other.base_url == tuco.base_url
        tuco.client.get(REPLIES)
        assert (tuco.count(), other.count()) == (1, 0)


def test_a_server_that_runs_already_is_used_and_left_running() -> None:
    with BackgroundServer(create_app(Settings(control_token="t"))) as running:
        with TucoMock(url=running.url, control_token="t") as tuco:
            assert tuco.base_url == running.url
            assert tuco.client.get(REPLIES).status_code == 200
            workspace = tuco.id
        mock = TucoMock(url=running.url, control_token="t")
        with mock, pytest.raises(ControlError, match="There is no workspace"):
            mock.server.existing(workspace)


def test_a_server_elsewhere_and_one_in_this_process_contradict_each_other() -> None:
    with pytest.raises(TucoError, match="leave in_process and settings out"):
        TucoMock(url="http://127.0.0.1:1", in_process=True)


def test_nobody_at_the_url_is_told() -> None:
    with (
        pytest.raises(ServerUnreachable, match=r"no tuco-mock answers at http://127\.0\.0\.1:9"),
        TucoMock(url="http://127.0.0.1:9"),
    ):
        pass


@BOTH
def test_a_fixture_that_is_not_there_is_told_and_nothing_goes_on_running(in_process: bool) -> None:
    with pytest.raises(FixtureError, match="no fixture 'nope'"), TucoMock("nope", in_process=in_process):
        pass


def test_a_port_in_use_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken, match=f"can't listen on 127.0.0.1:{port}"), TucoMock(port=port):
            pass


@BOTH
def test_settings_of_the_server_count(in_process: bool, tmp_path: Path) -> None:
    file = tmp_path / "start.yaml"
    file.write_text("workspaces: [{id: org_start, apiKeys: [tuco_sk_start]}]")
    settings = Settings(fixture=str(file), control_token="t", validate=True, max_body_bytes=100)
    mock = TucoMock(settings=settings, in_process=in_process)
    with mock as tuco:
        assert mock.server.existing().api_key == "tuco_sk_start"
        assert mock.server.info()["settings"]["validate"] is True
        assert tuco.client.post(CANCEL, content=b" " * 200).status_code == 413


@BOTH
def test_an_error_in_the_block_comes_out_as_it_is(in_process: bool) -> None:
    with pytest.raises(ZeroDivisionError), TucoMock(in_process=in_process):
        _ = 1 / 0


def test_an_error_in_the_block_is_not_covered_by_a_server_that_is_gone() -> None:
    with BackgroundServer(create_app()) as running:
        mock, other = TucoMock(url=running.url), TucoMock(url=running.url)
        mock.__enter__()
        other.__enter__()
        made = other.server.workspace()
    error = ZeroDivisionError()
    made.__exit__(ZeroDivisionError, error, None)
    mock.__exit__(ZeroDivisionError, error, None)
    with pytest.raises(ServerUnreachable):
        made.__exit__(None, None, None)
    with pytest.raises(ServerUnreachable):
        other.__exit__(None, None, None)


def test_an_error_in_an_asynchronous_block_is_not_covered_either() -> None:
    async def test(running: BackgroundServer) -> None:
        async with TucoMock(url=running.url):
            await asyncio.to_thread(running.__exit__, None, None, None)
            _ = 1 / 0

    running = BackgroundServer(create_app())
    running.__enter__()
    with pytest.raises(ZeroDivisionError):
        asyncio.run(test(running))


@pytest.mark.parametrize("name", ["client", "base_url", "add_lead", "assert_called", "api_key", "clock", "id"])
def test_a_workspace_s_verb_asked_of_the_mock_is_told(name: str) -> None:
    mock = TucoMock()
    told = rf"{name} is of the handle that `with` gives: `with TucoMock\(\) as tuco: tuco\.{name}`"
    with pytest.raises(TucoError, match=told):
        getattr(mock, name)
    assert not hasattr(mock, name)


def test_what_nobody_has_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'TucoMock' object has no attribute 'cleint'"):
        _ = TucoMock().cleint


@BOTH
def test_a_server_that_stops_while_a_request_is_waited_for_says_so(in_process: bool) -> None:
    app = create_app(Settings(allowed_hosts=(HOST,)))
    told: list[Exception] = []

    def wait() -> None:
        try:
            tuco.wait_for_request("GET", REPLIES, timeout=30)
        except TucoError as error:
            told.append(error)

    with contextlib.ExitStack() as running:
        way = running.enter_context(InProcess(app)) if in_process else running.enter_context(BackgroundServer(app)).url
        server = Server(way)
        tuco = server.workspace()
        waiting = threading.Thread(target=wait)
        waiting.start()
        while not app.store.bell.listeners:
            server.info()
    waiting.join(20)
    server.close()
    [error] = told
    assert isinstance(error, ServerStopped)


@BOTH
def test_a_journal_that_has_dropped_requests_can_t_say_what_never_came(in_process: bool) -> None:
    with TucoMock(settings=Settings(journal_limit=3), in_process=in_process) as tuco:
        tuco.client.post(CANCEL, json={})
        for _ in range(20):
            tuco.client.get(REPLIES)
        kept = tuco.requests()
        told = r"\d+ older requests were dropped from the journal; serve with a higher --journal-limit"
        with pytest.raises(AssertionError, match=f"can't say whether no POST {CANCEL} came: {told}"):
            tuco.assert_not_called("POST", CANCEL)
        with pytest.raises(AssertionError, match=f"can't say whether GET {REPLIES} came {times(len(kept))}: {told}"):
            tuco.assert_called("GET", REPLIES, times=len(kept))
        tuco.assert_called("GET", REPLIES, at_least=len(kept))
        tuco.assert_not_called("POST", CANCEL, after=kept[0])
        tuco.assert_called("GET", REPLIES, times=len(kept) - 1, after=kept[0])


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_block_that_is_cancelled_while_it_is_entered_leaves_nothing(backend: str) -> None:
    async def test() -> None:
        with anyio.CancelScope() as scope:
            scope.cancel()
            async with TucoMock() as tuco:
                tuco.leads()

    anyio.run(test, backend=backend)


def test_a_block_that_is_cancelled_ends_its_server() -> None:
    async def test() -> None:
        async with TucoMock() as tuco:
            await tuco.async_wait_for_request("GET", REPLIES, timeout=30)

    async def cancelled() -> None:
        task = asyncio.create_task(test())
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(task, 0.5)

    asyncio.run(cancelled())


@BOTH
def test_interception_needs_a_socket(in_process: bool) -> None:
    with TucoMock(in_process=in_process) as tuco:
        if in_process:
            with pytest.raises(TucoError, match="leave in_process=True out"):
                tuco.intercept()
        else:
            with tuco.intercept(), httpx.Client(headers=tuco.headers) as client:
                assert client.get(f"https://app.tuco.ai{REPLIES}").status_code == 200
            tuco.assert_called("GET", REPLIES, times=1)


class OptOut(unittest.TestCase):
    """The mock in a test of another framework; run by the test below."""

    __test__ = False  # not for pytest itself

    def setUp(self) -> None:
        self.tuco = self.enterContext(TucoMock())

    def test_stop_cancels_everything(self) -> None:
        self.tuco.add_message(recipientPhone="+14155550100")
        self.tuco.client.post(CANCEL, json={"recipientPhone": "+14155550100"})
        self.tuco.assert_called("POST", CANCEL)

    def test_it_fails_readably(self) -> None:
        self.tuco.assert_called("POST", CANCEL)


def test_unittest_code_uses_it_as_well() -> None:
    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(OptOut).run(result)
    assert (result.testsRun, len(result.errors)) == (2, 0)
    [(_, told)] = result.failures
    assert f"expected POST {CANCEL}, but it never came" in told


def test_the_mock_lasts_for_many_tests_without_growing() -> None:
    """What a session does for hours, in short: workspaces come and go, and neither threads nor connections pile up."""
    mock = TucoMock()
    with mock:

        def once(number: int) -> None:
            with mock.server.workspace(seed=number) as tuco:
                tuco.client.get(REPLIES)
                asyncio.run(_ask(tuco))

        once(0)
        before = threads(), len(open_sockets())
        for number in range(1, 60):
            once(number)
        gc.collect()
        assert (threads(), len(open_sockets())) == before
        assert mock.server.info()["counts"]["workspaces"] == 2  # that of the block and the server's first one


async def _ask(tuco: Any) -> None:
    assert (await tuco.async_client.get(REPLIES)).status_code == 200
