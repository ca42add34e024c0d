"""SIGINT and SIGTERM are the ordinary end of a server: exit code 0, within seconds, whatever is going on."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import threading
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx
import pytest

from tests.cli.running import KEY, SOON, Ended, Serving
from tests.support import CANCEL, REPLIES

Serve = Callable[..., Serving]
SIGNALS = pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM], ids=lambda each: each.name)
AT_ONCE = 5.0
"""Seconds an end without unfinished business may take; it takes a fraction of one."""
BEGIN = "2026-03-13T00:00:00.000Z"
LINE = {"phone": "+16462230920", "dailyNewConversationsLimit": 100}
YEAR_OF_WORK = [
    {"recipientPhone": f"+1415555{hour:04}", "message": "Hi", "status": "scheduled", "scheduledDate": f"+{hour}h"}
    for hour in range(1, 8_761)
]
"""A message an hour."""
WITHIN_GRACE = 12.0
"""Seconds an end may take that waits for an unfinished request first."""


def started(serve: Serve) -> tuple[Serving, str, int]:
    """A server with its host and port."""
    server = serve("--port", "0")
    address = urlsplit(json.loads(server.line())["url"])
    assert address.hostname is not None
    assert address.port is not None
    return server, address.hostname, address.port


def ended(server: Serving, *sent: signal.Signals, within: float) -> Ended:
    """The signals ended it well and in time."""
    begun = time.monotonic()
    found = server.end(*sent)
    assert time.monotonic() - begun < within
    assert (found.code, "Traceback" in found.err) == (0, False), found
    return found


@SIGNALS
def test_idle(serve: Serve, sent: signal.Signals) -> None:
    server, _, _ = started(serve)
    assert ended(server, sent, within=AT_ONCE).err == ""


@SIGNALS
def test_with_an_open_keep_alive_connection(serve: Serve, sent: signal.Signals) -> None:
    server, host, port = started(serve)
    with httpx.Client(base_url=f"http://{host}:{port}", trust_env=False) as client:
        assert client.get(REPLIES).status_code == 401  # the connection stays open from here on
        assert ended(server, sent, within=AT_ONCE).err == ""


def test_with_a_connection_that_never_said_anything(serve: Serve) -> None:
    server, host, port = started(serve)
    with socket.create_connection((host, port), SOON):
        assert ended(server, signal.SIGTERM, within=WITHIN_GRACE).code == 0


def in_the_middle_of_a_body(host: str, port: int) -> socket.socket:
    """A connection on which a long request body has begun, and that the server is reading."""
    connection = socket.create_connection((host, port), SOON)
    head = (
        f"POST {CANCEL} HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {KEY}\r\n"
        "Content-Length: 500000\r\nExpect: 100-continue\r\n\r\n"
    )
    connection.sendall(head.encode())
    assert connection.recv(1000).startswith(b"HTTP/1.1 100 ")  # now it waits for the body
    connection.sendall(b'{"recipientPhone": "')
    return connection


def test_during_a_long_request_body(serve: Serve) -> None:
    # both at once, since each is given the same few seconds of grace
    interrupted, host, port = started(serve)
    terminated, other_host, other_port = started(serve)
    with in_the_middle_of_a_body(host, port), in_the_middle_of_a_body(other_host, other_port):
        interrupted.process.send_signal(signal.SIGINT)
        ended(terminated, signal.SIGTERM, within=WITHIN_GRACE)
        ended(interrupted, within=WITHIN_GRACE)


def test_pressing_ctrl_c_twice_does_not_wait(serve: Serve) -> None:
    server, host, port = started(serve)
    with in_the_middle_of_a_body(host, port):
        server.process.send_signal(signal.SIGINT)
        wait_until_refused(host, port)  # two signals at the same moment would count as one
        ended(server, signal.SIGINT, within=AT_ONCE)


def test_a_request_that_is_completed_meanwhile_is_answered(serve: Serve) -> None:
    server, host, port = started(serve)
    with in_the_middle_of_a_body(host, port) as connection:
        server.process.send_signal(signal.SIGTERM)
        wait_until_refused(host, port)  # it is ending now
        connection.sendall(b'+14422646782"}' + b" " * (500_000 - 34))
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        assert (answer.status, json.loads(answer.read())["cancelledCount"]) == (200, 3)
        ended(server, within=AT_ONCE)


def wait_until_refused(host: str, port: int) -> None:
    """Until the server takes no more connections."""
    deadline = time.monotonic() + SOON
    while time.monotonic() < deadline:
        try:
            with socket.create_connection((host, port), SOON) as probe:
                probe.recv(1)  # returns when the server closes it
        except ConnectionError:
            return
    raise AssertionError("the server goes on taking connections")


def test_the_port_is_free_again(serve: Serve) -> None:
    server, host, port = started(serve)
    httpx.get(f"http://{host}:{port}/_tuco/livez")
    ended(server, signal.SIGTERM, within=AT_ONCE)
    again = serve("--port", str(port))
    assert json.loads(again.line())["url"] == f"http://{host}:{port}"


CLOCK = "/_tuco/workspaces/default/clock"


def moving(client: httpx.Client, answers: list[httpx.Response]) -> threading.Thread:
    """A move of the clock by a year of work, which has begun."""
    thread = threading.Thread(target=lambda: answers.append(client.post(CLOCK, json={"advance": "365d"})), daemon=True)
    thread.start()
    deadline = time.monotonic() + SOON
    while client.get(CLOCK).json()["now"] <= BEGIN and time.monotonic() < deadline:
        pass  # each look is a call that is answered in between
    return thread


@pytest.mark.clause("W23")
@SIGNALS
def test_while_the_clock_is_moved(serve: Serve, sent: signal.Signals) -> None:
    """The move ends between two things, is answered, and nothing ugly is logged."""
    server, host, port = started(serve)
    answers: list[httpx.Response] = []
    with httpx.Client(base_url=f"http://{host}:{port}", trust_env=False, timeout=SOON) as client:
        state = {"clock": BEGIN, "worker": "auto", "lines": [LINE], "messages": YEAR_OF_WORK}
        assert client.put("/_tuco/workspaces/default/state", json=state).status_code == 200
        thread = moving(client, answers)
        end = ended(server, sent, within=AT_ONCE)
        thread.join(SOON)
    (answer,) = answers
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
    assert answer.json()["detail"].startswith("The server is stopping. The clock got to 2026-")
    assert end.err == ""
