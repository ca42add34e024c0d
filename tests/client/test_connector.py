"""Connections of the control plane: kept, renewed, closed, shared by threads."""

from __future__ import annotations

import gc
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tuco_mock.app import create_app
from tuco_mock.client import Server, ServerUnreachable
from tuco_mock.client.calls import Call
from tuco_mock.client.connector import SocketConnector
from tuco_mock.client.control import Control
from tuco_mock.server import BackgroundServer, bind, url_of


def ask(connector: SocketConnector) -> int:
    return connector.ask("GET", "/_tuco/livez", {}, None, 5).answer()[0]


def test_one_connection_serves_calls_that_follow_each_other(server: BackgroundServer) -> None:
    connector = SocketConnector(server.url)
    assert [ask(connector) for _ in range(3)] == [200] * 3
    [kept] = connector._connections.idle
    assert ask(connector) == 200
    assert connector._connections.idle == [kept]
    connector.close()
    assert kept._socket.fileno() == -1


def test_a_server_that_was_started_anew_is_reached_again() -> None:
    with BackgroundServer(create_app()) as first:
        connector = SocketConnector(first.url)
        assert ask(connector) == 200
    port = int(first.url.rpartition(":")[2])
    with BackgroundServer(create_app(), port=port):
        assert ask(connector) == 200
    connector.close()


def test_many_threads_share_a_connector(server: BackgroundServer) -> None:
    connector = SocketConnector(server.url)
    with ThreadPoolExecutor(20) as pool:
        assert list(pool.map(lambda _: ask(connector), range(400))) == [200] * 400
    assert 1 <= len(connector._connections.idle) <= 20
    connector.close()


def test_a_connection_in_use_is_closed_as_soon_as_it_is_not(server: BackgroundServer) -> None:
    connector = SocketConnector(server.url)
    connector.close()
    assert ask(connector) == 200
    assert connector._connections.idle == []


def test_an_answer_may_be_read_much_later(server: BackgroundServer) -> None:
    connector = SocketConnector(server.url)
    early, late = (connector.ask("GET", path, {}, None, 5) for path in ("/_tuco/livez", "/_tuco/nothing"))
    assert ask(connector) == 200
    assert late.answer()[0] == 404
    assert early.answer()[0] == 200
    assert len(connector._connections.idle) == 3
    connector.close()


def test_an_answer_that_is_lost_with_its_connection_is_asked_for_again(server: BackgroundServer) -> None:
    connector = SocketConnector(server.url)
    assert ask(connector) == 200
    begun = connector.ask("GET", "/_tuco/livez", {}, None, 5)
    assert isinstance(begun, Call)
    begun._connection._socket.shutdown(socket.SHUT_RDWR)
    assert begun.answer()[0] == 200
    connector.close()


def test_no_answer_in_time_is_told() -> None:
    with bind("127.0.0.1", 0) as silent:
        connector = SocketConnector(url_of(silent))
        with pytest.raises(ServerUnreachable, match=r"no answer within 0.05 s"):
            connector.ask("GET", "/", {}, None, 0.05).answer()


def test_an_answer_that_breaks_off_is_told() -> None:
    with bind("127.0.0.1", 0) as listener:

        def answer() -> None:
            accepted, _ = listener.accept()
            with accepted:
                accepted.recv(65536)
                accepted.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{}")

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(ServerUnreachable, match="the answer broke off"):
            ask(SocketConnector(url_of(listener)))
        thread.join()


def test_a_path_in_front_of_the_server_is_kept() -> None:
    received: list[bytes] = []
    with bind("127.0.0.1", 0) as listener:

        def answer() -> None:
            accepted, _ = listener.accept()
            with accepted:
                received.append(accepted.recv(65536))
                accepted.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}")

        thread = threading.Thread(target=answer)
        thread.start()
        connector = SocketConnector(url_of(listener) + "/mock/")
        assert Control(connector, "t").call("GET", "/_tuco/info", query={"a": 1, "b": None}) == {}
        thread.join()
    assert received[0].startswith(b"GET /mock/_tuco/info?a=1 HTTP/1.1\r\n")
    assert b"Authorization: Bearer t\r\n" in received[0]
    assert connector._connections.idle == []


def test_a_closed_client_leaves_no_socket_open(server: BackgroundServer) -> None:
    before = connections_to(server)
    client = Server(server.url)
    with client, client.workspace() as tuco:
        tuco.client.get("/api/replies")
        assert len(connections_to(server)) > len(before)
    assert connections_to(server) == before


def connections_to(server: BackgroundServer) -> set[int]:
    """The sockets of this process that are connected to the server, by their id."""
    there = ("127.0.0.1", int(server.url.rpartition(":")[2]))
    return {id(each) for each in gc.get_objects() if issubclass(type(each), socket.socket) and peer_of(each) == there}


def peer_of(each: socket.socket) -> object:
    try:
        return each.getpeername()
    except OSError:
        return None
