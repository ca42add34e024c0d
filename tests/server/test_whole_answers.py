"""An answer that is sent whole has the bytes that uvicorn would send."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from unittest import mock

import httpx
import pytest
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from tests.server.raw import connect
from tuco_mock.app import create_app
from tuco_mock.server import BackgroundServer
from tuco_mock.wire.answer import WHOLE, send_body

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import Message, Receive, Scope, Send

LAST = "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer as the query says; when the path is ``/plain``, without saying that the answer is whole."""

    async def told(message: Message) -> None:
        if scope["path"] == "/plain":
            message.pop(WHOLE, None)
        await send(message)

    asked = scope["query_string"].decode()
    headers = MORE.get(asked, [])
    if asked == "wrong":
        await told(
            {"type": "http.response.start", "status": 200, "headers": [JSON, (b"content-length", b"1")], WHOLE: 1}
        )
        await told({"type": "http.response.body", "body": b"{}"})
    elif asked == "held":
        await told(
            {"type": "http.response.start", "status": 200, "headers": [JSON, (b"content-length", b"2")], WHOLE: 1}
        )
        raise RuntimeError("a failure between head and body")
    else:
        kind = b"text/plain" if asked == "text" else JSON[1]
        await send_body(told, 404 if asked == "404" else 200, b"" if asked == "empty" else b"{}", headers, kind)


JSON = (b"content-type", b"application/json")


MORE = {
    "more": [(b"x-more", b"1"), (b"x-correlation-id", b"\xe9 2")],
    "name": [(b"X-More", b"1")],
    "close": [(b"x-more", b"1"), (b"connection", b"close")],
}


@pytest.fixture(scope="module")
def server() -> Iterator[BackgroundServer]:
    """Answers so."""
    with BackgroundServer(answer) as started:
        yield started


def said(server: BackgroundServer, request: str) -> bytes:
    """All that comes back, until the server hangs up; moments apart."""
    with connect(server.url) as connection:
        connection.sendall(request.encode())
        got: list[Any] = list(iter(lambda: connection.recv(65_536), b""))
    return re.sub(rb"date: [^\r]*", b"date: then", b"".join(got))


@pytest.mark.parametrize("query", ["", "404", *MORE, "text", "empty"])
@pytest.mark.parametrize(
    "head",
    [
        "GET {} HTTP/1.1\r\nHost: h\r\n\r\n" + LAST,
        "GET {0} HTTP/1.1\r\nHost: h\r\n\r\nGET {0} HTTP/1.1\r\nHost: h\r\n\r\n" + LAST,
        "HEAD {} HTTP/1.1\r\nHost: h\r\n\r\n" + LAST,
        "GET {} HTTP/1.0\r\n\r\n",
        "GET {} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
        "POST {} HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc" + LAST,
    ],
)
def test_the_bytes_are_the_same(server: BackgroundServer, query: str, head: str) -> None:
    whole, plain = (said(server, head.format(f"{path}?{query}")) for path in ("/whole", "/plain"))
    assert whole == plain
    assert whole.startswith(b"HTTP/1.1 404" if query == "404" else b"HTTP/1.1 200")


def test_a_length_that_is_wrong_is_as_it_was(server: BackgroundServer, caplog: pytest.LogCaptureFixture) -> None:
    request = "GET {}?wrong HTTP/1.1\r\nHost: h\r\n\r\n"
    assert said(server, request.format("/whole")) == said(server, request.format("/plain"))
    assert caplog.text.count("RuntimeError: Response content longer") == 2


@pytest.mark.parametrize("header", [(b"x more", b"1"), (b"x-more", b"1\r\nx-other: 2")])
def test_headers_that_are_none_are_refused_as_they_were(
    server: BackgroundServer, caplog: pytest.LogCaptureFixture, header: tuple[bytes, bytes]
) -> None:
    request = "GET {} HTTP/1.1\r\nHost: h\r\n\r\n"
    with mock.patch.dict(MORE, {"": [header]}):
        assert said(server, request.format("/whole")) == said(server, request.format("/plain"))
    assert caplog.text.count("RuntimeError: Invalid HTTP header") == 2


def test_a_head_that_was_held_back_is_not_sent_when_the_body_fails(
    server: BackgroundServer, caplog: pytest.LogCaptureFixture
) -> None:
    assert b"500 Internal Server Error" in said(server, "GET /whole?held HTTP/1.1\r\nHost: h\r\n\r\n")
    assert "a failure between head and body" in caplog.text


def test_all_that_is_usual_is_sent_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers of the API go past uvicorn's own sending, with headers of their own and without, refusals among them."""
    taken_apart: list[Any] = []
    send = RequestResponseCycle.send

    async def told(cycle: RequestResponseCycle, message: Any) -> None:
        taken_apart.append(message)
        await send(cycle, message)

    app = create_app()
    key = {"Authorization": f"Bearer {app.started_with[0].api_keys[0]}"}
    monkeypatch.setattr(RequestResponseCycle, "send", told)
    with BackgroundServer(app) as server, httpx.Client(base_url=server.url, headers=key, trust_env=False) as http:
        said = {"recipientPhone": "+14155550100", "message": "Hello"}
        sent = http.post("/api/messages", json=said)
        assert "x-correlation-id" in sent.headers
        answers = [
            *(http.get("/api/replies"), http.get("/api/replies", headers={"Authorization": ""})),
            *(http.post("/api/messages/cancel-for-lead", json=said), http.get("/nowhere")),
        ]
    assert [each.status_code for each in (sent, *answers)] == [201, 200, 401, 200, 404]
    assert taken_apart == []
