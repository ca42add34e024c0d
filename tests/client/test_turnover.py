"""Workspaces that are asked for ahead."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from tests.client.test_server import is_there
from tuco_mock.app import create_app
from tuco_mock.client import ControlError, Server
from tuco_mock.server import BackgroundServer

NAME = "tests/test_it.py::test_it"


@pytest.fixture
def running() -> Iterator[BackgroundServer]:
    with BackgroundServer(create_app()) as running:
        yield running


@pytest.fixture
def server(running: BackgroundServer) -> Iterator[Server]:
    with Server(running.url) as server:
        yield server


def names(running: BackgroundServer) -> list[object]:
    """The names of all workspaces but the first, asked past what the handle would do before."""
    with Server(running.url) as other:
        return [each.state().get("name") for each in other.workspaces()[1:]]


def test_what_was_asked_for_ahead_is_handed_out(server: Server, running: BackgroundServer) -> None:
    server.workspace_ahead(name=NAME, seed="s", clock="2030-01-01T00:00:00Z", rate_limits={"replies": 7})
    made = server.workspace(name=NAME, seed="s", clock="2030-01-01T00:00:00Z", rate_limits={"replies": 7})
    assert names(running) == [NAME]
    assert made.clock.now() == "2030-01-01T00:00:00.000Z"
    assert made.state()["seed"] == "s"
    again = server.workspace(name=NAME, seed="s")
    assert again.id != made.id, "it is handed out once"


def test_it_is_the_same_as_one_that_is_made_at_once(server: Server) -> None:
    at_once = server.workspace(name=NAME, seed="s", clock="2030-01-01T00:00:00Z")
    server.workspace_ahead(name=NAME, seed="s", clock="2030-01-01T00:00:00Z")
    ahead = server.workspace(name=NAME, seed="s", clock="2030-01-01T00:00:00Z")
    states = [each.state() for each in (at_once, ahead)]
    for each in states:
        del each["id"], each["apiKeys"]
    assert states[0] == states[1]
    assert at_once.add_lead(phone="+14155550100").id == ahead.add_lead(phone="+14155550100").id


@pytest.mark.parametrize(
    "wanted", [{}, {"name": NAME, "seed": "s", "worker": "manual"}, {"name": NAME, "seed": "s", "state": {}}]
)
def test_what_is_not_wanted_leaves(server: Server, running: BackgroundServer, wanted: dict[str, object]) -> None:
    server.workspace_ahead(name=NAME, seed="s")
    made = server.workspace(**wanted)  # type: ignore[arg-type] # of several types
    assert [each.id for each in server.workspaces()[1:]] == [made.id]
    assert len(names(running)) == 1


@pytest.mark.parametrize("filled", [{"fixture": "default"}, {"state": {}}])
def test_what_is_filled_is_not_asked_for_ahead(
    server: Server, running: BackgroundServer, filled: dict[str, object]
) -> None:
    server.workspace_ahead(name=NAME, **filled)
    assert names(running) == []


def test_one_is_asked_for_at_a_time(server: Server, running: BackgroundServer) -> None:
    server.workspace_ahead(name="first")
    server.workspace_ahead(name="second")
    server.workspace(name="first")
    assert names(running) == ["first"]


def test_those_that_leave_leave_with_it(server: Server) -> None:
    leaving = [server.workspace() for _ in range(8)]
    for each in leaving:
        server.drop_soon(each)
    server.workspace_ahead(name=NAME)
    server.workspace(name=NAME)
    assert not any(is_there(each) for each in leaving)


def test_what_can_t_be_had_is_told_when_it_is_wanted(server: Server) -> None:
    leaving = [server.workspace() for _ in range(8)]
    for each in leaving:
        server.drop_soon(each)
    server.workspace_ahead(clock="yesterday")
    with pytest.raises(ControlError, match="clock"):
        server.workspace(clock="yesterday")
    server.workspace_ahead(name="\ud800")  # no JSON
    server.workspace()
    assert not any(is_there(each) for each in leaving)


@pytest.mark.parametrize("look", [Server.info, Server.workspaces, Server.reset, Server.close])
def test_nobody_sees_one_that_nobody_has_wanted_yet(server: Server, running: BackgroundServer, look: object) -> None:
    server.workspace_ahead(name=NAME)
    assert callable(look)
    look(server)
    assert names(running) == []


def test_a_reset_forgets_what_was_to_leave(server: Server, running: BackgroundServer) -> None:
    for each in [server.workspace(seed=str(n)) for n in range(7)]:
        server.drop_soon(each)
    server.reset()
    kept = server.workspace(name=NAME)
    server.drop_soon(server.workspace())
    server.workspace()
    assert is_there(kept)
    assert len(names(running)) == 3


def test_a_server_that_is_gone_is_told_when_the_workspace_is_wanted() -> None:
    with BackgroundServer(create_app()) as first:
        server = Server(first.url)
        port = int(first.url.rpartition(":")[2])
        server.info()
    server.workspace_ahead(name=NAME)
    with BackgroundServer(create_app(), port=port) as second, server:
        made = server.workspace(name=NAME)
        assert names(second) == [NAME]
        assert is_there(made)


def test_a_lost_answer_is_asked_for_again(server: Server) -> None:
    server.info()
    server.workspace_ahead(name=NAME)
    [ahead] = server._turnover._ahead
    ahead.asked._connection._socket.shutdown(socket.SHUT_RDWR)  # type: ignore[attr-defined] # it is a call on a socket
    assert is_there(server.workspace(name=NAME))
