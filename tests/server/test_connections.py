"""One connection, many requests: kept alive, pipelined, long ones and refused ones among them."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.server.raw import TIMEOUT, connect, post, read_answers
from tests.support import CANCEL, REPLIES, World
from tuco_mock.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tuco_mock.server import BackgroundServer


@pytest.fixture
def kept(server: BackgroundServer) -> Iterator[http.client.HTTPConnection]:
    """One connection to the server; it is never opened again by itself."""
    address = urlsplit(server.url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=TIMEOUT)
    connection.connect()
    connection.auto_open = 0
    yield connection
    connection.close()


def status(connection: http.client.HTTPConnection, method: str, path: str, body: bytes = b"", key: str = "") -> int:
    """Ask on the connection, read the whole answer; its status."""
    connection.request(method, path, body=body, headers={"Authorization": f"Bearer {key}"})
    answer = connection.getresponse()
    answer.read()
    return answer.status


def test_a_connection_is_kept_through_answers_of_every_kind(kept: http.client.HTTPConnection, world: World) -> None:
    for _ in range(20):
        assert status(kept, "POST", CANCEL, b'{"recipientPhone": "+14155550100"}', world.key) == 200
        assert status(kept, "POST", CANCEL, b"{", world.key) == 400
        assert status(kept, "GET", f"{REPLIES}?limit=1", b"", world.key) == 200
        assert status(kept, "GET", REPLIES) == 401
        assert status(kept, "PUT", CANCEL, b"{}", world.key) == 405
        assert status(kept, "GET", "/api/nothing") == 404
        assert status(kept, "GET", f"/_tuco/workspaces/{world.id}/state") == 200
        assert status(kept, "GET", "/_tuco/nothing") == 404
        assert status(kept, "POST", "/_tuco/workspaces", b"[]") == 400
        assert status(kept, "GET", "/openapi.json") == 200


def test_a_refusal_before_the_body_was_read_does_not_spoil_the_next_request(
    server: BackgroundServer, world: World
) -> None:
    key, long = f"Authorization: Bearer {world.key}", b"{" + b" " * Settings().max_body_bytes + b"}"
    wanted = {
        post(CANCEL, long, key): (413, {"error": "Request body too large"}),
        post(CANCEL, long): (401, {"error": "Unauthorized"}),
        post("/api/nothing", long, key): (404, {"error": "Not found"}),
        post(REPLIES, long, key): (405, {"error": "Method not allowed"}),
    }
    for request, answer in wanted.items():
        with connect(server.url) as connection:
            sender = threading.Thread(target=_send, args=(connection, request), daemon=True)
            sender.start()
            assert read_answers(connection, 1) == [answer]
            connection.shutdown(socket.SHUT_RDWR)  # the server may have stopped reading
            sender.join(TIMEOUT)
    assert world.cancel(recipientPhone="+14155550100")["cancelledCount"] == 0


def _send(connection: socket.socket, data: bytes) -> None:
    """Send all of it, or as much as the other side takes before it has had enough."""
    try:
        connection.sendall(data)
    except OSError:
        return


def test_big_pipelined_requests_are_answered_each_and_in_order(server: BackgroundServer, world: World) -> None:
    leads = [f"{number:024x}" for number in range(1, 61)]
    requests = b"".join(
        post(
            CANCEL,
            json.dumps({"leadId": lead, "padding": "x" * 200_000}).encode(),
            f"Authorization: Bearer {world.key}",
        )
        for lead in leads
    )
    with connect(server.url) as connection:
        sender = threading.Thread(target=_send, args=(connection, requests), daemon=True)
        sender.start()
        answers = read_answers(connection, len(leads))
        sender.join(TIMEOUT)
    assert [code for code, _ in answers] == [200] * len(leads)
    assert [body["leadId"] for _, body in answers] == leads


def test_pipelined_changes_are_made_in_order(server: BackgroundServer, world: World) -> None:
    lead = world.lead(phone="+14155550100")
    message = {"leadId": lead, "message": "Hi"}
    path, key = f"/_tuco/workspaces/{world.id}/messages", f"Authorization: Bearer {world.key}"
    turns = 25
    requests = b"".join(
        post(path, json.dumps(message).encode()) + post(CANCEL, json.dumps({"leadId": lead}).encode(), key)
        for _ in range(turns)
    )
    with connect(server.url) as connection:
        connection.sendall(requests)
        answers = read_answers(connection, 2 * turns)
    made = [body["id"] for _, body in answers[::2]]
    assert [body["messageIds"] for _, body in answers[1::2]] == [[each] for each in made]


@pytest.mark.parametrize("drop", ["reset", "empty", "truncated"])
def test_what_is_pipelined_behind_a_lost_answer_is_not_carried_out(
    server: BackgroundServer, world: World, caplog: pytest.LogCaptureFixture, drop: str
) -> None:
    world.fault({"drop": drop}, times=1)
    lead = world.lead(phone="+14155550100")
    message = world.message(lead, status="queued")
    body, key = json.dumps({"leadId": lead}).encode(), f"Authorization: Bearer {world.key}"
    unknown = json.dumps({"leadId": "69b2c41d352a78479d2c623b"}).encode()
    with connect(server.url) as connection:
        connection.sendall(post(CANCEL, unknown, key) + post(CANCEL, body, key))
        while _received(connection):
            pass
    assert [request["body"] for request in world.requests()] == [json.loads(unknown)]
    assert world.statuses() == {message: "queued"}
    assert caplog.records == []


def _received(connection: socket.socket) -> bytes:
    try:
        return connection.recv(65536)
    except ConnectionResetError:
        return b""


def test_a_body_in_chunks_is_one_body(server: BackgroundServer, world: World) -> None:
    lead = "69b2c41d352a78479d2c623b"
    pieces = (b'{"lead', b'Id": "', lead.encode(), b'"}')
    head = f"POST {CANCEL} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {world.key}\r\n"
    with connect(server.url) as connection:
        connection.sendall(head.encode() + b"Transfer-Encoding: chunked\r\n\r\n")
        for piece in pieces:
            connection.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
        connection.sendall(b"0\r\n\r\n")
        [(code, body)] = read_answers(connection, 1)
    assert (code, body["leadId"]) == (200, lead)


def test_a_client_that_leaves_in_the_middle_changes_nothing(
    server: BackgroundServer, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    lead = world.lead(phone="+14155550100")
    world.message(lead)
    body = json.dumps({"leadId": lead}).encode()
    request = post(CANCEL, body, f"Authorization: Bearer {world.key}").replace(
        f"Content-Length: {len(body)}".encode(), f"Content-Length: {len(body) + 10}".encode()
    )
    for _ in range(5):
        with connect(server.url) as connection:
            connection.sendall(request)
    assert list(world.statuses().values()) == ["queued"]
    assert caplog.records == []


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # TLS
        b"GET\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: banana\r\n\r\n",
        b"\r\n" * 100,
    ],
)
def test_what_is_no_http_is_refused_and_the_server_lives_on(
    server: BackgroundServer, world: World, garbage: bytes
) -> None:
    with connect(server.url) as connection:
        connection.sendall(garbage)
        connection.shutdown(socket.SHUT_WR)
        answer = connection.makefile("rb").read()
    assert answer == b"" or answer.startswith(b"HTTP/1.1 400")
    assert world.control("GET", "")["id"] == world.id
