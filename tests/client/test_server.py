"""Servers: reached, not reached, and their workspaces."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tuco_mock.app import create_app
from tuco_mock.client import ControlError, Server, ServerUnreachable, Tuco, TucoError
from tuco_mock.server import BackgroundServer, bind, url_of
from tuco_mock.settings import Settings


@pytest.fixture
def stranger() -> Iterator[str]:
    """A server that is no tuco-mock; its URL."""
    answering = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Stranger)
    thread = threading.Thread(target=answering.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{answering.server_address[1]}"
    answering.shutdown()
    thread.join()
    answering.server_close()


class _Stranger(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_error(404, "What is that?")

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the name that http.server gives it
        """Say nothing."""


def test_a_server_tells_what_it_is(tuco_server: Server) -> None:
    assert tuco_server.info()["name"] == "tuco-mock"
    assert repr(tuco_server) == f"<Server {tuco_server.url}>"


def test_workspaces_are_made_found_and_dropped(tuco_server: Server) -> None:
    with tuco_server.workspace(name="mine", state={"leads": [{"phone": "+14155550100"}]}) as tuco:
        assert [lead.phone for lead in tuco.leads()] == ["+14155550100"]
        again = tuco_server.existing(tuco.id)
        assert (again.id, again.api_key) == (tuco.id, tuco.api_key)
        assert tuco.id in {each.id for each in tuco_server.workspaces()}
        assert repr(tuco) == f"<Tuco {tuco.id} at {tuco_server.url}>"
    assert tuco.id not in {each.id for each in tuco_server.workspaces()}
    tuco.drop()  # it is gone already
    with pytest.raises(ControlError, match="There is no workspace"):
        tuco_server.existing(tuco.id)


def is_there(tuco: Tuco) -> bool:
    """Whether the workspace is there, asked past what the server's handle would say."""
    try:
        tuco.leads()
    except ControlError as error:
        if error.status != 404:
            raise
        return False
    return True


def test_workspaces_go_together_with_the_making_of_one(tuco_server: Server) -> None:
    with Server(tuco_server.url) as server:
        made = [server.workspace() for _ in range(12)]
        made[0].add_lead(phone="+14155550100")
        for each in made[:7]:
            server.drop_soon(each)
        with server.workspace():
            assert all(is_there(each) for each in made)
        server.drop_soon(made[7])
        with server.workspace():
            assert [is_there(each) for each in made] == [False] * 8 + [True] * 4
        for each in made[8:]:
            server.drop_soon(each)


def test_a_workspace_with_contents_goes_with_the_very_next(tuco_server: Server) -> None:
    with Server(tuco_server.url) as server:
        large, small = server.workspace(state={"leads": [{"phone": "+14155550100"}]}), server.workspace()
        server.drop_soon(small)
        server.drop_soon(large)
        with server.workspace():
            assert not is_there(large)
            assert not is_there(small)


def test_a_workspace_that_goes_soon_is_shown_to_nobody(tuco_server: Server) -> None:
    one, two = tuco_server.workspace(), tuco_server.workspace()
    before = tuco_server.info()["counts"]["workspaces"]
    tuco_server.drop_soon(one)
    assert tuco_server.info()["counts"]["workspaces"] == before - 1
    tuco_server.drop_soon(two)
    assert {one.id, two.id}.isdisjoint(each.id for each in tuco_server.workspaces())


def test_a_workspace_that_could_not_be_made_keeps_none_alive(tuco_server: Server) -> None:
    with Server(tuco_server.url) as server:
        one = server.workspace(fixture="default")
        server.drop_soon(one)
        with pytest.raises(ControlError):
            server.workspace(state={"leads": [{}]})
        assert is_there(one)
        with server.workspace():
            assert not is_there(one)


def test_closing_drops_what_is_left(tuco_server: Server) -> None:
    with Server(tuco_server.url) as server:
        one = server.workspace()
        server.drop_soon(one)
    assert one.id not in {each.id for each in tuco_server.workspaces()}


def test_the_default_workspace_is_the_first_one(tuco_server: Server) -> None:
    assert tuco_server.existing().id == tuco_server.workspaces()[0].id


def test_a_seed_may_be_a_number(tuco_server: Server) -> None:
    with tuco_server.workspace(seed=7) as tuco:
        assert tuco.state()["seed"] == "7"


def test_settings_of_a_workspace_go_over_those_of_its_fixture(tuco_server: Server) -> None:
    with tuco_server.workspace(fixture="agency", clock="2030-01-01T00:00:00Z", rate_limits={"replies": None}) as tuco:
        assert tuco.clock.now() == "2030-01-01T00:00:00.000Z"
        assert tuco.rate_limit.tokens() is None


def test_the_same_fixture_gives_the_same_ids_in_any_workspace(tuco_server: Server, tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(
        "workspaces: [{id: a, leads: [{phone: '+14155550100'}], messages: [{recipientPhone: '+14155550100'}]}]"
    )
    with tuco_server.workspace(fixture=file) as one, tuco_server.workspace(fixture=file) as other:
        assert one.leads()[0].id == other.leads()[0].id
        assert one.messages()[0].id == other.messages()[0].id


def test_mistakes_in_a_state_are_all_told(tuco_server: Server) -> None:
    with pytest.raises(ControlError) as caught:
        tuco_server.workspace(state={"leads": [{"fristName": "Jane"}], "messages": [{"status": "cancled"}]})
    assert len(caught.value.mistakes) >= 2
    assert "fristName" in str(caught.value)


def test_a_server_is_reset_to_what_it_was_started_with() -> None:
    with BackgroundServer(create_app()) as running, Server(running.url) as server:
        made = server.workspace()
        server.reset()
        assert made.id not in {each.id for each in server.workspaces()}
        made.drop()


def test_a_token_opens_the_control_plane() -> None:
    with BackgroundServer(create_app(Settings(control_token="s3cret"))) as running:
        with Server(running.url, "s3cret") as server, server.workspace() as tuco:
            assert tuco.leads() == []
        with Server(running.url) as locked, pytest.raises(ControlError, match="wants 'Authorization: Bearer") as caught:
            locked.info()
    assert caught.value.status == 401


@pytest.mark.parametrize(("token", "told"), [(None, "wants a control token"), ("wrong", "refuses this control token")])
def test_a_token_that_is_missing_or_wrong_is_told_with_where_to_give_it(token: str | None, told: str) -> None:
    with (
        BackgroundServer(create_app(Settings(control_token="s3cret"))) as running,
        Server(running.url, token) as locked,
        pytest.raises(ControlError) as caught,
    ):
        locked.info()
    assert str(caught.value).startswith(f"{running.url} {told}: ")
    assert "TucoMock(control_token=…)" in str(caught.value)
    assert "--tuco-control-token" in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_nobody_there_is_told_with_what_to_do() -> None:
    listener = bind("127.0.0.1", 0)
    url = url_of(listener)
    listener.close()
    with Server(url) as server, pytest.raises(ServerUnreachable) as caught:
        server.info()
    assert str(caught.value).startswith(f"no tuco-mock answers at {url}: ")
    assert "Start one with `tuco-mock serve`" in str(caught.value)
    assert caught.value.url == url


def test_somebody_else_there_is_told(stranger: str) -> None:
    with (
        Server(stranger) as server,
        pytest.raises(ServerUnreachable, match=r"what answers there \(404\) is no tuco-mock"),
    ):
        server.info()


@pytest.mark.parametrize("url", ["127.0.0.1:4010", "ftp://127.0.0.1", "http://", "http://127.0.0.1:port", ""])
def test_a_url_that_is_none_is_told(url: str) -> None:
    with pytest.raises(TucoError, match=r"no http URL; write it like http://127\.0\.0\.1:4010|is no URL"):
        Server(url)


@pytest.mark.asyncio
async def test_nobody_there_is_told_asynchronously_too() -> None:
    with BackgroundServer(create_app()) as running, Server(running.url) as server:
        tuco = server.workspace()
    with pytest.raises(ServerUnreachable):
        await tuco.async_wait_for_request("GET", "/api/replies")
