"""The server without sockets: clients hop to its thread, and get what they would get from a socket."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import anyio
import httpx
import pytest
from starlette.types import Message, Receive, Scope, Send

from tuco_mock import TucoMock
from tuco_mock.client import Server, ServerUnreachable, Tuco
from tuco_mock.mock.in_process import HOST, InProcess
from tuco_mock.wire.connection import connection_of

REPLIES = "/api/replies"
CANCEL = "/api/messages/cancel-for-lead"

Asgi = Callable[[Scope, Receive, Send], Any]


@contextmanager
def client_of(app: Asgi) -> Iterator[httpx.Client]:
    """A client of an application of our own."""
    with (
        InProcess(app) as server,
        httpx.Client(transport=server.transport(), base_url=server.url, trust_env=False) as client,
    ):
        yield client


async def answer(send: Send, body: bytes = b"{}", status: int = 200) -> None:
    await send(
        {"type": "http.response.start", "status": status, "headers": [(b"content-length", str(len(body)).encode())]}
    )
    await send({"type": "http.response.body", "body": body})


@pytest.fixture(scope="module", params=[False, True], ids=["socket", "in-process"])
def mock(request: pytest.FixtureRequest) -> Iterator[TucoMock]:
    """Either kind of server: they must be alike."""
    running = TucoMock(in_process=request.param)
    with running:
        yield running


@pytest.fixture
def tuco(mock: TucoMock) -> Iterator[Tuco]:
    """A workspace on it."""
    with mock.server.workspace() as made:
        yield made


LOST = [
    ("reset", httpx.ReadError, "[Errno 104] Connection reset by peer"),
    ("empty", httpx.RemoteProtocolError, "Server disconnected without sending a response."),
    ("truncated", httpx.RemoteProtocolError, "peer closed connection without sending complete message body (received "),
]


@pytest.mark.parametrize(("kind", "error", "text"), LOST)
@pytest.mark.parametrize("after", [False, True])
def test_a_lost_answer_is_the_same_error_either_way(
    tuco: Tuco, kind: Any, error: type[Exception], text: str, after: bool
) -> None:
    message = tuco.add_message(recipientPhone="+14155550100")
    tuco.drop_next(kind, after=after)
    with pytest.raises(error) as caught:
        tuco.client.post(CANCEL, json={"recipientPhone": "+14155550100"})
    assert str(caught.value).startswith(text)
    assert [each.status for each in tuco.messages() if each.id == message.id] == ["cancelled" if after else "queued"]
    assert tuco.client.get(REPLIES).status_code == 200


@pytest.mark.asyncio
@pytest.mark.parametrize(("kind", "error"), [(kind, error) for kind, error, _ in LOST])
async def test_a_lost_answer_is_the_same_error_in_asynchronous_code(
    tuco: Tuco, kind: Any, error: type[Exception]
) -> None:
    tuco.drop_next(kind)
    with pytest.raises(error):
        await tuco.async_client.get(REPLIES)
    assert (await tuco.async_client.get(REPLIES)).status_code == 200


def test_garbage_and_forced_answers_are_the_same_either_way(tuco: Tuco) -> None:
    tuco.drop_next("garbage")
    assert tuco.client.get(REPLIES).content == b'{"success": tru\xff\xfe{{"error": [}'
    tuco.fail_next(429, retry_after=3)
    refused = tuco.client.get(REPLIES)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "3")
    assert tuco.client.head(REPLIES).status_code == 405
    assert tuco.client.head(REPLIES).content == b""


def test_a_slow_answer_is_a_timeout_either_way(tuco: Tuco) -> None:
    tuco.latency("30s", times=1)
    with pytest.raises(httpx.ReadTimeout):
        tuco.client.get(REPLIES, timeout=0.1)
    assert tuco.client.get(REPLIES).status_code == 200


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_slow_answer_is_a_timeout_in_asynchronous_code(tuco: Tuco, backend: str) -> None:
    async def test() -> None:
        tuco.latency("30s", times=1)
        with pytest.raises(httpx.ReadTimeout):
            await tuco.async_client.get(REPLIES, timeout=0.1)
        assert (await tuco.async_client.get(REPLIES)).status_code == 200

    anyio.run(test, backend=backend)


def test_fields_paths_and_bodies_arrive_as_on_a_socket(tuco: Tuco) -> None:
    tuco.client.post("/api/nothing%20there/ü?a=1&b=%C3%BC", content=b"\xff", headers=[(b"X-Trace", "ü".encode())])
    [request] = tuco.requests()
    assert (request.path, request.query, request.headers["x-trace"]) == (
        "/api/nothing there/ü",
        {"a": "1", "b": "ü"},
        "ü".encode().decode("latin-1"),
    )


def test_an_application_sees_a_client_that_gives_up_leave() -> None:
    gone = threading.Event()

    async def app(_: Scope, receive: Receive, send: Send) -> None:
        assert (await receive())["type"] == "http.request"
        assert (await receive())["type"] == "http.disconnect"
        gone.set()
        await answer(send)  # to nobody

    with client_of(app) as client:
        with pytest.raises(httpx.ReadTimeout):
            client.get("/", timeout=0.05)
        assert gone.wait(10)


@pytest.mark.asyncio
async def test_an_application_sees_a_task_that_is_cancelled_leave() -> None:
    begun, gone = threading.Event(), threading.Event()

    async def app(_: Scope, receive: Receive, send: Send) -> None:
        await receive()
        begun.set()
        await receive()
        gone.set()

    with InProcess(app) as server:
        async with httpx.AsyncClient(transport=server.async_transport(), base_url=server.url) as client:
            task = asyncio.create_task(client.get("/"))
            await asyncio.to_thread(begun.wait, 10)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        assert await asyncio.to_thread(gone.wait, 10)


def test_an_application_that_fails_is_a_500_and_one_that_says_nothing_a_lost_answer() -> None:
    async def app(scope: Scope, _: Receive, __: Send) -> None:
        if scope["path"] == "/fails":
            raise ZeroDivisionError

    with client_of(app) as client:
        failed = client.get("/fails")
        assert (failed.status_code, failed.text) == (500, "Internal Server Error")
        with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
            client.get("/")


def test_what_is_sent_raw_is_read_as_a_client_reads_it() -> None:
    async def app(scope: Scope, _: Receive, send: Send) -> None:
        connection = connection_of(scope)
        body = scope["query_string"]
        connection.send_raw(b"HTTP/1.1 200 OK\r\nX-Raw: 1\r\n")
        connection.send_raw(b"Content-Length: 3\r\n\r\n" + body)
        connection.close()
        await answer(send, b"too late")

    with client_of(app) as client:
        whole = client.get("/?abc")
        assert (whole.status_code, whole.content, whole.headers["x-raw"]) == (200, b"abc", "1")
        with pytest.raises(httpx.RemoteProtocolError, match=r"received 2 bytes, expected 3"):
            client.get("/?ab")


def test_an_answer_in_parts_arrives_whole() -> None:
    async def app(_: Scope, __: Receive, send: Send) -> None:
        parts: list[Message] = [
            {"type": "http.response.start", "status": 201},
            {"type": "http.response.body", "body": b"a", "more_body": True},
            {"type": "http.response.body", "body": b"b", "more_body": True},
            {"type": "http.response.body"},
        ]
        for part in parts:
            await send(part)

    with client_of(app) as client:
        found = client.get("/")
        assert (found.status_code, found.content) == (201, b"ab")


def test_a_server_that_has_ended_answers_nobody() -> None:
    async def app(_: Scope, __: Receive, send: Send) -> None:
        await answer(send)

    with InProcess(app) as server:
        client = httpx.Client(transport=server.transport(), base_url=server.url)
    with client, pytest.raises(httpx.ConnectError, match="the server has ended"):
        client.get("/")
    with Server(server) as control, pytest.raises(ServerUnreachable, match="the server has ended"):
        control.info()


def test_a_call_of_the_control_plane_has_its_time() -> None:
    async def app(_: Scope, receive: Receive, __: Send) -> None:
        await receive()
        await receive()

    with InProcess(app) as server, pytest.raises(ServerUnreachable, match=r"no answer within 0.05 s"):
        server.ask("GET", "/", {}, None, 0.05).answer()


def test_the_end_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tuco_mock.mock.in_process._GRACE_SECONDS", 0.05)
    begun, cancelled = threading.Event(), threading.Event()

    async def app(_: Scope, __: Receive, ___: Send) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    with InProcess(app) as server:
        from tuco_mock.mock.in_process import Call

        outcome = server.submit(Call("GET", b"/", [(b"host", HOST.encode())], b""))
        assert begun.wait(10)
    assert cancelled.is_set()
    with pytest.raises(Exception, match="Server disconnected"):
        outcome.result(10)


def test_those_who_wait_are_let_go_at_the_end() -> None:
    mock = TucoMock(in_process=True)
    with mock as tuco:
        failed: list[BaseException] = []

        def wait() -> None:
            try:
                tuco.wait_for_request("GET", REPLIES, timeout=60)
            except BaseException as error:  # noqa: BLE001 - looked at below
                failed.append(error)

        thread = threading.Thread(target=wait)
        thread.start()
        tuco.latency("0ms")  # a call that comes after the wait has begun, or before: either is fine
    thread.join(20)
    assert not thread.is_alive()
    assert len(failed) == 1
