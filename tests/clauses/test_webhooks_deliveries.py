"""Deliveries: receivers that fail, hang, reset and redirect; health checks; counters; and nobody who waits for them."""

from __future__ import annotations

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from tests.support_webhooks import WEBHOOKS, Catcher, fire, register, settled
from tuco_mock.client.receiving import Answer
from tuco_mock.delivery import attempt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support import Json, World
    from tuco_mock.server import BackgroundServer

NOW = "2026-03-13T00:00:00.000Z"
PHONE = "+14155550100"
TIMEOUT = "The operation was aborted due to timeout"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Receivers have but a moment."""
    monkeypatch.setattr(attempt, "PATIENCE", 0.3)


@pytest.fixture
def message(world: World) -> str:
    """A message that something can become of."""
    return world.message(recipientPhone=PHONE)


@pytest.fixture
def speaking() -> Iterator[Callable[[bytes], str]]:
    """A server that answers everybody with these very bytes, once, and closes; its URL."""
    with ThreadPoolExecutor() as pool:
        opened: list[socket.socket] = []

        def serve(listener: socket.socket, answer: bytes) -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(answer)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65_536):
                    pass

        def start(answer: bytes) -> str:
            listener = socket.create_server(("127.0.0.1", 0))
            opened.append(listener)
            pool.submit(serve, listener, answer)
            return f"http://127.0.0.1:{listener.getsockname()[1]}/x"

        yield start
        for each in opened:
            each.close()


def shown(world: World, webhook: str) -> Json:
    """A webhook as the API shows it."""
    found: Json = world.http.get(f"{WEBHOOKS}/{webhook}", headers=world.headers).json()
    return found


def checked(world: World, webhook: str) -> Json:
    """The outcome of a health check."""
    answer = world.http.post(f"{WEBHOOKS}/{webhook}/health-check", headers=world.headers)
    assert answer.status_code == 200
    found: Json = answer.json()
    return found


@pytest.mark.clause("H8", "H9", "H13")
def test_a_health_check_that_passes(world: World) -> None:
    with Catcher(Answer(202, "Thänk you")) as catcher:
        webhook = register(world, catcher.url, "message.opened", "message.sent")
        assert list(checked(world, webhook).items()) == [
            ("success", True),
            ("message", "Health check passed"),
            ("statusCode", 202),
            ("response", "Thänk you"),
        ]
        (came,) = catcher.came
        expected = (
            f'{{"event":"message.opened","timestamp":"{NOW}","workspaceId":"{world.id}",'
            '"data":{"test":true,"message":"This is a health check test webhook from Tuco AI"}}'
        )
        assert came.raw.decode() == expected
        assert came.is_signed()
        assert (came.headers["x-tuco-event"], came.headers["x-tuco-timestamp"]) == ("message.opened", NOW)


@pytest.mark.clause("H8", "H14")
def test_an_inactive_webhook_is_checked_and_the_check_counts(world: World) -> None:
    with Catcher() as catcher:
        webhook = register(world, catcher.url, isActive=False, failureCount=3)
        assert checked(world, webhook)["success"] is True
        assert shown(world, webhook)["failureCount"] == 0
        (delivery,) = settled(world)
        assert (delivery["isTest"], delivery["state"], delivery["status"]) == (True, "delivered", 200)


@pytest.mark.clause("H9")
@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (
            b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 22\r\n\r\nupstream connect error",
            {"error": "HTTP 502: Bad Gateway", "details": "upstream connect error", "statusCode": 502},
        ),
        (
            b"HTTP/1.1 500 \r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n",
            {"error": "HTTP 500: Internal Server Error", "details": "no", "statusCode": 500},
        ),
        (
            b"HTTP/1.1 599 \r\nContent-Length: 0\r\n\r\n",
            {"error": "HTTP 599: Unknown", "details": "", "statusCode": 599},
        ),
        (
            b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n",
            {"error": "HTTP 302: Found", "details": "", "statusCode": 302},
        ),
        (b"", {"error": "fetch failed", "details": "other side closed"}),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab", {"error": "fetch failed", "details": "other side closed"}),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_a_health_check_that_fails(
    world: World, speaking: Callable[[bytes], str], answer: bytes, outcome: Json
) -> None:
    webhook = register(world, speaking(answer))
    assert list(checked(world, webhook).items()) == [("success", False), *outcome.items()]
    assert shown(world, webhook)["failureCount"] == 1


@pytest.mark.clause("H9")
@pytest.mark.parametrize(
    ("answer", "response"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\nuntil the end", "until the end"),
        (b"HTTP/1.0 204 No Content\r\n\r\n", ""),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK", "OK"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n" + b"x" * 20_000, "x" * 8192),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n\xff", "\N{REPLACEMENT CHARACTER}"),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_odd_answers_of_receivers(world: World, speaking: Callable[[bytes], str], answer: bytes, response: str) -> None:
    found = checked(world, register(world, speaking(answer)))
    assert (found["success"], found["response"]) == (True, response)


@pytest.mark.clause("H9")
def test_an_answer_that_is_no_http(world: World, speaking: Callable[[bytes], str]) -> None:
    found = checked(world, register(world, speaking(b"SSH-2.0-OpenSSH_9.2\r\n")))
    assert (found["success"], found["error"]) == (False, "fetch failed")
    assert "is no HTTP/1.1 answer" in found["details"]


@pytest.mark.clause("H9")
@pytest.mark.parametrize(
    ("url", "details"),
    [
        ("http://127.0.0.1:1/x", "Connection refused"),
        ("http://[::zz]/", "Invalid"),
        ("http://no-such-host.invalid/x", ""),
    ],
)
def test_nobody_is_there(world: World, url: str, details: str) -> None:
    webhook = register(world, "http://127.0.0.1:1/x")
    if url != "http://127.0.0.1:1/x":
        world.http.patch(f"{WEBHOOKS}/{webhook}", json={"url": url}, headers=world.headers)
    found = checked(world, webhook)
    assert (found["success"], found["error"]) == (False, "fetch failed")
    assert found["details"]
    assert details in found["details"] or "refused" in found["details"]


@pytest.mark.clause("H9", "H13")
@pytest.mark.usefixtures("impatient")
def test_a_health_check_that_takes_too_long(world: World) -> None:
    with Catcher(Answer(hang=True)) as catcher:
        webhook = register(world, catcher.url)
        assert checked(world, webhook) == {"success": False, "error": TIMEOUT}
        (delivery,) = settled(world)
        assert (delivery["state"], delivery["error"], delivery["status"]) == ("failed", TIMEOUT, None)


@pytest.mark.clause("H13")
def test_a_receiver_has_ten_seconds() -> None:
    assert attempt.PATIENCE == 10


@pytest.mark.clause("H14")
def test_failures_are_counted_until_one_succeeds(world: World, server: BackgroundServer, message: str) -> None:
    with Catcher(Answer(500)) as catcher:
        webhook = register(world, catcher.url)
        for _ in range(3):
            fire(server, world, message)
        settled(world)
        found = shown(world, webhook)
        assert found["failureCount"] == 3
        assert [found[name] for name in ("lastTriggeredAt", "lastFailureAt", "lastSuccessAt", "updatedAt")] == [
            *(NOW, NOW, None, NOW)
        ]
        later = world.clock(advance="1h")
        catcher.answer = Answer(200)
        fire(server, world, message)
        settled(world)
        found = shown(world, webhook)
        assert [found[name] for name in ("lastTriggeredAt", "lastFailureAt", "lastSuccessAt", "updatedAt")] == [
            *(later, NOW, later, later)
        ]
        assert (found["failureCount"], found["isActive"]) == (0, True)
        assert len(catcher.came) == 4


@pytest.mark.clause("H10", "H14")
def test_nothing_is_tried_again(world: World, server: BackgroundServer, message: str) -> None:
    with Catcher(Answer(reset=True)) as catcher:
        register(world, catcher.url)
        fire(server, world, message)
        (delivery,) = settled(world)
        assert (delivery["state"], delivery["status"]) == ("failed", None)
        world.clock(advance="7d")
        assert len(settled(world)) == len(catcher.came) == 1


@pytest.mark.clause("H13")
def test_no_redirect_is_followed(
    world: World, server: BackgroundServer, message: str, speaking: Callable[[bytes], str]
) -> None:
    with Catcher() as catcher:
        head = f"HTTP/1.1 307 Temporary Redirect\r\nLocation: {catcher.url}\r\nContent-Length: 0\r\n\r\n"
        webhook = register(world, speaking(head.encode()))
        fire(server, world, message)
        assert [each["status"] for each in settled(world)] == [307]
        assert shown(world, webhook)["failureCount"] == 1
        assert catcher.came == []


@pytest.mark.clause("H10")
@pytest.mark.parametrize("answer", [Answer(hang=True), Answer(delay=60)], ids=["hangs", "is slow"])
def test_a_receiver_delays_nobody(
    world: World, server: BackgroundServer, make_world: Callable[..., World], message: str, answer: Answer
) -> None:
    """Neither an answer, nor another webhook, nor another workspace: all is done before the ten seconds are over."""
    other = make_world()
    with Catcher(answer) as slow, Catcher() as quick:
        register(world, slow.url)
        register(world, quick.url)
        register(other, quick.url)
        began = time.monotonic()
        for _ in range(3):
            fire(server, world, message)
            fire(server, other, other.message(recipientPhone=PHONE))
            assert world.http.get(WEBHOOKS, headers=world.headers).status_code == 200
        quick.wait(6)
        slow.wait(1)
        assert time.monotonic() - began < 5
        found = settled(other)
        assert [each["state"] for each in found] == ["delivered"] * 3
        assert world.control("GET", "/deliveries")["pending"] > 0
        world.control("POST", "/reset")
        assert settled(world) == []


@pytest.mark.clause("H16")
def test_what_one_webhook_is_told_is_sent_in_order(world: World, server: BackgroundServer, message: str) -> None:
    with Catcher() as catcher:
        register(world, catcher.url)
        for number in range(50):
            fire(server, world, message, "message.failed", error=str(number))
        assert [each.body["data"]["error"] for each in catcher.wait(50)] == [str(number) for number in range(50)]
        assert [each["state"] for each in settled(world)] == ["delivered"] * 50


@pytest.mark.clause("H16")
def test_the_next_does_not_wait_for_one_that_hangs(world: World, server: BackgroundServer, message: str) -> None:
    with Catcher(Answer(hang=True)) as catcher:
        register(world, catcher.url)
        began = time.monotonic()
        for number in range(3):
            fire(server, world, message, "message.failed", error=str(number))
        assert [each.body["data"]["error"] for each in catcher.wait(3)] == ["0", "1", "2"]
        assert 0.4 < time.monotonic() - began < 5
        world.control("POST", "/reset")
        assert settled(world) == []
