"""The wrapper as an ASGI application: what it passes, what it holds back, what it counts."""

from __future__ import annotations

import asyncio
import copy
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.contract.asgi import CANCEL, CANCELLED, DOCUMENT, JSON, PAGE, REPLIES, Canned, answer, ask, detail
from tuco_mock.contract.validation import ResponseValidator

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope, Send


def test_answer_in_pieces_passes_as_it_came() -> None:
    body = json.dumps(PAGE).encode()
    app = Canned(
        {"type": "http.response.start", "status": 200, "headers": [JSON]},
        {"type": "http.response.body", "body": body[:7], "more_body": True},
        {"type": "http.response.body", "body": body[7:], "more_body": True},
        {"type": "http.response.body"},
    )
    assert ask(ResponseValidator(app, DOCUMENT), "GET", REPLIES) == list(app.messages)


@pytest.mark.parametrize("path", ["/_tuco", "/_tuco/", "/_tuco/info", "/openapi.json"])
def test_what_is_not_simulated_passes(path: str) -> None:
    app = answer(299, b"anything", content_type=b"text/plain")
    validator = ResponseValidator(app, DOCUMENT)
    assert ask(validator, "GET", path) == list(app.messages)
    assert validator.checked == 0


@pytest.mark.parametrize("kind", ["websocket", "lifespan"])
def test_other_scopes_pass(kind: str) -> None:
    """Of a lifespan there is no path at all."""
    seen: list[tuple[Scope, Receive, Send]] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append((scope, receive, send))

    scope = {"type": kind}

    async def receive() -> Message:
        raise AssertionError("not asked for")

    async def send(message: Message) -> None:
        raise AssertionError(message)

    asyncio.run(ResponseValidator(app, DOCUMENT)(scope, receive, send))
    assert seen == [(scope, receive, send)]


def test_request_reaches_the_application_untouched() -> None:
    got: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        got.append(await receive())
        await answer(200, CANCELLED)(scope, receive, send)

    incoming = {"type": "http.request", "body": b'{"leadId":""}', "more_body": False}
    ask(ResponseValidator(app, DOCUMENT), "POST", CANCEL, incoming=incoming)
    assert got == [incoming]


def test_fault_on_purpose_passes() -> None:
    app = answer(503, b"<html>", content_type=b"text/html")
    validator = ResponseValidator(app, DOCUMENT, is_exempt=lambda scope: scope["path"] == REPLIES)
    assert ask(validator, "GET", REPLIES) == list(app.messages)
    assert validator.checked == 0
    assert "status: 503" in detail(ask(validator, "POST", CANCEL))


def test_failure_in_the_middle_goes_on() -> None:
    """What was sent before the failure was on its way already; the server closes the connection."""
    app = Canned(*answer(200, PAGE).messages[:1], error=ZeroDivisionError())
    validator = ResponseValidator(app, DOCUMENT)
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    with pytest.raises(ZeroDivisionError):
        asyncio.run(validator({"type": "http", "method": "GET", "path": REPLIES}, receive, send))
    assert sent == list(app.messages)
    assert validator.checked == 0


def test_answer_of_a_framework_to_a_failure_is_checked() -> None:
    """Starlette answers 500 in plain text and raises the failure on."""
    plain = answer(500, b"Internal Server Error", content_type=b"text/plain")
    validator = ResponseValidator(Canned(*plain.messages, error=ZeroDivisionError()), DOCUMENT)
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    with pytest.raises(ZeroDivisionError):
        asyncio.run(validator({"type": "http", "method": "GET", "path": REPLIES}, receive, send))
    assert "header Content-Type: text/plain" in detail(sent)


def test_client_that_left_is_no_difference(caplog: pytest.LogCaptureFixture) -> None:
    validator = ResponseValidator(Canned(reads=True), DOCUMENT)
    assert ask(validator, "POST", CANCEL, incoming={"type": "http.disconnect"}) == []
    assert (validator.checked, caplog.records) == (0, [])


def test_counts_add_up() -> None:
    validator = ResponseValidator(answer(200, PAGE), DOCUMENT)
    for path in (REPLIES, REPLIES, "/api/nothing", "/_tuco/info"):
        ask(validator, "GET", path)
    assert (validator.checked, validator.different) == (3, 1)


def test_paths_with_variables() -> None:
    document = copy.deepcopy(DOCUMENT)
    item = copy.deepcopy(document["paths"][REPLIES])
    document["paths"] = {"/api/leads/{leadId}/replies": item, "/api/leads/all/replies": {"put": item["get"]}}
    validator = ResponseValidator(answer(200, PAGE), document)
    assert len(ask(validator, "GET", "/api/leads/69b2 ~/replies")) == 2
    ask(validator, "PUT", "/api/leads/all/replies")
    assert validator.different == 0
    ask(validator, "GET", "/api/leads/a/b/replies")
    ask(validator, "GET", "/api/leads//replies")
    ask(validator, "GET", "/api/leads/all/replies")
    assert validator.different == 3


@pytest.mark.parametrize(
    ("remove", "message"),
    [
        (("components", "responses", "UnknownPath"), "UnknownPath"),
        (("paths", REPLIES, "get", "responses", "405"), "405"),
    ],
)
def test_refuses_a_description_that_lacks_what_it_needs(remove: tuple[str, ...], message: str) -> None:
    document = copy.deepcopy(DOCUMENT)
    place: Any = document
    for key in remove[:-1]:
        place = place[key]
    del place[remove[-1]]
    with pytest.raises(ValueError, match=message):
        ResponseValidator(answer(200, PAGE), document)


def test_import_is_cheap() -> None:
    """Who does not validate does not pay: jsonschema and yaml are imported by the constructor only."""
    code = "import sys, tuco_mock.contract.validation; print(sorted({'jsonschema', 'yaml'} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], check=True, timeout=60, capture_output=True, text=True)
    assert run.stdout == "[]\n"
