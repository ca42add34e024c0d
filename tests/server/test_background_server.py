"""A server in a thread: ready when entered, gone when left, nothing of it stays behind."""

from __future__ import annotations

import gc
import http.client
import os
import signal
import socket
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import httpx
import pytest

from tests.server.raw import TIMEOUT, connect, hello
from tuco_mock.app import create_app
from tuco_mock.server import BackgroundServer, PortTaken, bind

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send


def descriptors() -> int:
    """How many files and sockets this process has open."""
    gc.collect()
    return sum(1 for _ in Path("/dev/fd").iterdir())


def port_of(url: str) -> int:
    """The port in a URL."""
    port = urlsplit(url).port
    assert port is not None
    return port


async def blocked_signals(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the signals that don't reach the thread that answers."""
    names = ",".join(sorted(each.name for each in signal.pthread_sigmask(signal.SIG_BLOCK, []))).encode()  # type: ignore[union-attr] # none is a mere number
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(names))]})
    await send({"type": "http.response.body", "body": names})


def test_signals_are_left_to_the_thread_that_waits_for_them() -> None:
    """One that the server's thread got would not wake the main thread: `exec` would go on as if nothing had come."""
    with BackgroundServer(blocked_signals) as server:
        assert httpx.get(server.url).text == "SIGHUP,SIGINT,SIGTERM"
    assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == set()


def test_twenty_starts_and_stops_leave_nothing_behind() -> None:
    with BackgroundServer(hello) as warm:
        httpx.get(warm.url)
    threads, open_files = threading.enumerate(), descriptors()
    ports = set()
    for _ in range(20):
        with BackgroundServer(hello) as server:
            assert httpx.get(server.url).text == "hi"
            ports.add(port_of(server.url))
        with pytest.raises(OSError, match="refused"):
            connect(server.url)
    assert set(threading.enumerate()) <= set(threads)
    assert descriptors() <= open_files


def test_it_answers_at_once_and_to_the_end() -> None:
    with BackgroundServer(create_app()) as server:
        assert httpx.get(f"{server.url}/_tuco/readyz").status_code == 200


def test_it_ends_while_clients_hold_connections_open() -> None:
    with BackgroundServer(hello) as server:
        client = http.client.HTTPConnection("127.0.0.1", port_of(server.url), timeout=TIMEOUT)
        client.request("GET", "/")
        assert client.getresponse().read() == b"hi"
    assert client.sock.recv(1) == b""  # closed by the server
    client.close()


def test_it_ends_after_a_failing_test_too() -> None:
    with pytest.raises(ZeroDivisionError), BackgroundServer(hello) as server:
        raise ZeroDivisionError
    with pytest.raises(OSError, match="refused"):
        connect(server.url)


def test_the_port_can_be_taken_again_at_once() -> None:
    with BackgroundServer(hello) as first:
        httpx.get(first.url)
    with BackgroundServer(hello, port=port_of(first.url)) as second:
        assert second.url == first.url
        assert httpx.get(second.url).text == "hi"


def test_port_0_never_gives_the_same_port_twice() -> None:
    with BackgroundServer(hello) as one, BackgroundServer(hello) as two:
        assert one.url != two.url
        assert port_of(one.url) > 0


def test_each_server_remembers_for_itself() -> None:
    with BackgroundServer(create_app()) as one, BackgroundServer(create_app()) as two:
        assert httpx.post(f"{one.url}/_tuco/workspaces", json={"id": "here"}).status_code == 201
        assert httpx.get(f"{one.url}/_tuco/workspaces/here").status_code == 200
        assert httpx.get(f"{two.url}/_tuco/workspaces/here").status_code == 404


def test_a_start_that_fails_is_told_and_leaves_nothing_open() -> None:
    threads, open_files = threading.enumerate(), descriptors()
    no_application = cast("ASGIApp", cast("Any", "tuco_mock.nowhere:app"))  # the server can't import it
    with pytest.raises(RuntimeError, match="did not start"):
        BackgroundServer(no_application).__enter__()
    assert set(threading.enumerate()) <= set(threads)
    assert descriptors() <= open_files


def test_a_taken_port_is_told_before_anything_starts() -> None:
    threads = threading.enumerate()
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        open_files = descriptors()
        with pytest.raises(PortTaken, match=rf"127\.0\.0\.1:{port}.*in use.*--port 0"):
            BackgroundServer(hello, port=port)
        assert descriptors() <= open_files
    assert set(threading.enumerate()) <= set(threads)


@pytest.mark.parametrize(
    ("host", "words"),
    [("192.0.2.1", "192.0.2.1:0"), ("nowhere.invalid", "nowhere.invalid"), ("not a host", "not a host")],
)
def test_an_address_that_is_none_of_ours_is_named(host: str, words: str) -> None:
    open_files = descriptors()
    with pytest.raises(PortTaken, match=words):
        bind(host, 0)
    assert descriptors() <= open_files


@pytest.mark.parametrize("port", [-1, 65_536, 2**40])
def test_a_number_that_is_no_port_is_told(port: int) -> None:
    open_files = descriptors()
    with pytest.raises((PortTaken, ValueError, OverflowError)):
        bind("127.0.0.1", port).close()
    assert descriptors() <= open_files


def test_a_port_below_1024_is_told_to_who_may_not() -> None:
    try:
        with bind("127.0.0.1", 1):
            assert os.getuid() == 0  # only who may
    except PortTaken as error:
        assert "127.0.0.1:1" in str(error)  # noqa: PT017 - both ends are right, each for its own user


@pytest.mark.parametrize(
    ("host", "begin"),
    [
        ("127.0.0.1", "http://127.0.0.1:"),
        ("0.0.0.0", "http://127.0.0.1:"),
        ("::1", "http://[::1]:"),
        ("::", "http://[::1]:"),
        ("localhost", "http://"),
    ],
)
def test_the_url_reaches_it_from_this_machine(host: str, begin: str) -> None:
    with BackgroundServer(hello, host=host) as server:
        assert server.url.startswith(begin)
        assert httpx.get(server.url).text == "hi"
