"""Whatever is sent to the webhooks' operations: a documented refusal, nothing changed, nothing broken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support import error
from tests.support_webhooks import WEBHOOKS, register

if TYPE_CHECKING:
    from tests.support import World

GOOD: dict[str, Any] = {"url": "http://127.0.0.1:9/x", "events": ["message.reply"], "name": "n"}
MISSING = object()

URL_REQUIRED = "URL is required"
NO_URL = "Invalid URL format"
NO_EVENTS = "At least one event must be selected"
NO_NAME = "Name is required"

NO_URLS: list[Any] = [
    *(5, True, [], {}, ["http://x"], "x", "ftp://x", "http://", "http:///x", "https:/x", "//x", "http://a b"),
    *(" http://x", "http://x\n", "http://x/\u00e9", "http://\u00e9.com", "http://u:p@x", "http://x:0"),
    *("http://x:65536", "http://x:a", "http://x:", "http://[::2", "http://-x", "http://x/\x00"),
    *("javascript:1", "http://x/" + "a" * 2040),
]

pytestmark = pytest.mark.usefixtures("no_error_logged")


@pytest.fixture
def webhook(world: World) -> str:
    """A webhook that is there."""
    return register(world, "https://example.com", "message.sent")


def answers(world: World, webhook: str, body: Any) -> list[tuple[int, Any]]:
    """To a registration and to a change."""
    return [
        error(world.http.request(method, WEBHOOKS + path, json=body, headers=world.headers))
        for method, path in (("POST", ""), ("PATCH", f"/{webhook}"))
    ]


@pytest.mark.clause("H2", "H15", "A3", "A10")
@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("url", None, URL_REQUIRED),
        ("url", "", URL_REQUIRED),
        ("url", " \t", URL_REQUIRED),
        *(("url", each, NO_URL) for each in NO_URLS),
        ("events", None, NO_EVENTS),
        ("events", [], NO_EVENTS),
        ("events", ["message.invalid"], "Invalid events: message.invalid"),
        ("events", ["message.reply", "a", "b"], "Invalid events: a, b"),
        ("events", "message.reply", "Invalid events: message.reply"),
        ("events", [5, None], "Invalid events: 5, None"),
        ("events", {"message.reply": True}, "Invalid events: {'message.reply': True}"),
        ("events", [["message.reply"]], "Invalid events: ['message.reply']"),
        ("events", "", NO_EVENTS),
        ("events", " ", NO_EVENTS),
        ("events", ["x" * 5000], "Invalid events: " + "x" * 99 + "…"),
        ("name", None, NO_NAME),
        ("name", "", NO_NAME),
        ("name", " \n", NO_NAME),
        ("name", 5, "name must be a text"),
        ("name", ["n"], "name must be a text"),
        ("description", 5, "description must be a text"),
        ("description", {}, "description must be a text"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_a_field_that_can_t_be_used(world: World, webhook: str, field: str, value: Any, text: str) -> None:
    before = world.state()
    assert answers(world, webhook, {**GOOD, field: value}) == [(400, {"error": text})] * 2
    assert world.requests()[-1]["clause"] == "H2"
    assert world.state()["webhooks"] == before["webhooks"]


@pytest.mark.clause("H2")
def test_the_order_of_the_refusals(world: World) -> None:
    body: dict[str, Any] = {}
    found = []
    for name, value in (
        ("url", "x"),
        ("url", GOOD["url"]),
        ("events", ["x"]),
        ("events", GOOD["events"]),
        ("name", "n"),
    ):
        found.append(world.http.post(WEBHOOKS, json=body, headers=world.headers).json()["error"])
        body[name] = value
    assert found == [URL_REQUIRED, NO_URL, NO_EVENTS, "Invalid events: x", NO_NAME]
    assert world.http.post(WEBHOOKS, json=body, headers=world.headers).status_code == 201


@pytest.mark.clause("H2")
@pytest.mark.parametrize("value", [None, 0, 1, "true", "", [], {}])
def test_is_active_is_true_or_false(world: World, webhook: str, value: Any) -> None:
    answer = world.http.patch(f"{WEBHOOKS}/{webhook}", json={"isActive": value}, headers=world.headers)
    assert error(answer) == (400, {"error": "isActive must be true or false"})


@pytest.mark.clause("C2", "C3")
@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", URL_REQUIRED),
        (b"{", "Invalid request body (JSON required)"),
        (b"\xff", "Invalid request body (JSON required)"),
        (b'{"url": NaN}', "Invalid request body (JSON required)"),
        (b'{"url": "\\ud800"}', "Invalid request body (JSON required)"),
        (b"[" * 100_000, "Invalid request body (JSON required)"),
        (b"[]", "Request body must be a JSON object"),
        (b'"x"', "Request body must be a JSON object"),
        (b"null", "Request body must be a JSON object"),
    ],
    ids=repr,
)
def test_a_body_that_is_no_object(world: World, webhook: str, content: bytes, text: str) -> None:
    posted = world.http.post(WEBHOOKS, content=content, headers=world.headers)
    assert error(posted) == (400, {"error": text})
    patched = world.http.patch(f"{WEBHOOKS}/{webhook}", content=content, headers=world.headers)
    assert patched.json() == ({"success": True} if content == b"" else {"error": text})


@pytest.mark.clause("A14")
def test_a_body_that_is_too_long(world: World, webhook: str) -> None:
    content = b'{"name": "' + b"x" * 1024 * 1024 + b'"}'
    for method, path in (("POST", ""), ("PATCH", f"/{webhook}")):
        answer = world.http.request(method, WEBHOOKS + path, content=content, headers=world.headers)
        assert error(answer) == (413, {"error": "Request body too large"})


@pytest.mark.clause("H15")
@pytest.mark.parametrize(
    "url",
    [
        *("https://example.com", "http://localhost:3000/hook", "HTTPS://EXAMPLE.com/a?b=c#d", "http://my_service/x"),
        *("http://[::1]:80/x", "http://x:65535", "http://127.0.0.1?x", "https://a.b-c.d/%20%C3%A9;x=[1]"),
        "http://x/" + "a" * 2039,
    ],
)
def test_urls_that_are_taken(world: World, webhook: str, url: str) -> None:
    assert [status for status, _ in answers(world, webhook, {**GOOD, "url": url})] == [201, 200]


@pytest.mark.clause("A1", "A4")
def test_keys(world: World, webhook: str) -> None:
    for method, path in (
        ("GET", ""),
        ("POST", ""),
        ("GET", f"/{webhook}"),
        ("PATCH", f"/{webhook}"),
        ("DELETE", f"/{webhook}"),
        ("POST", f"/{webhook}/health-check"),
    ):
        assert error(world.http.request(method, WEBHOOKS + path)) == (401, {"error": "Unauthorized"})
    world.patch(active=False)
    answer = world.http.get(WEBHOOKS, headers=world.headers)
    assert error(answer) == (400, {"error": "No active workspace"})
