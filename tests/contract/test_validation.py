"""`serve --validate`: what fits passes byte for byte, every planted difference is caught."""

from __future__ import annotations

import json
import logging

import pytest

from tests.contract.asgi import (
    CANCEL,
    CANCELLED,
    DOCUMENT,
    EXAMPLES,
    PAGE,
    REPLIES,
    Canned,
    answer,
    ask,
    changed,
    detail,
    error,
)
from tuco_mock.contract.spec import operations
from tuco_mock.contract.validation import ResponseValidator

GOOD = {
    "cancelled": ("POST", CANCEL, answer(200, CANCELLED)),
    "no lead": ("POST", CANCEL, answer(200, {**CANCELLED, "leadId": None})),
    "page": ("GET", REPLIES, answer(200, PAGE)),
    "charset": ("GET", REPLIES, answer(200, PAGE, content_type=b"Application/JSON; charset=utf-8")),
    "text of any script": ("GET", REPLIES, answer(200, json.dumps(PAGE | {"replies": []}).encode())),
    "further headers": ("GET", REPLIES, answer(401, error("Unauthorized"), (b"x-request-id", b"1"))),
    "retry": ("GET", REPLIES, answer(429, error("Rate limit exceeded"), (b"retry-after", b"17"))),
    "too large": ("POST", CANCEL, answer(413, error("Request body too large"))),
    "wrong method": ("PUT", CANCEL, answer(405, error("Method not allowed"), (b"ALLOW", b"POST"))),
    "head": ("HEAD", REPLIES, answer(405, error("Method not allowed"), (b"allow", b"GET"))),
    "head without body": ("HEAD", REPLIES, answer(405, b"", (b"allow", b"GET"))),
    "options": ("OPTIONS", REPLIES, answer(405, error("Method not allowed"), (b"allow", b"GET"))),
    "unknown path": ("GET", "/api/nothing", answer(404, error("Not found"))),
    "slash at the end": ("GET", REPLIES + "/", answer(404, error("Not found"))),
    "nearly the control plane": ("GET", "/_tucos", answer(404, error("Not found"))),
}


@pytest.mark.parametrize(("method", "path", "app"), GOOD.values(), ids=GOOD)
def test_good_answer_passes_byte_for_byte(method: str, path: str, app: Canned) -> None:
    validator = ResponseValidator(app, DOCUMENT)
    assert ask(validator, method, path) == list(app.messages)
    assert (validator.checked, validator.different) == (1, 0)


@pytest.mark.parametrize(
    "key",
    [key for key in EXAMPLES if key[0] and key[1].startswith("response ")],
    ids="-".join,
)
def test_every_documented_answer_passes(key: tuple[str, str, str]) -> None:
    operation, place, _ = key
    status = int(place.split()[1])
    method, path = {each.id: (each.method, each.path) for each in operations(DOCUMENT)}[operation]
    allowed = ", ".join(each.method for each in operations(DOCUMENT) if each.path == path).encode()
    headers = {405: [(b"allow", allowed)], 429: [(b"retry-after", b"1")]}.get(status, [])
    if operation == "sendMessage" and status < 300:
        headers = [(b"x-correlation-id", b"app_69b344bc6dae1d942ece4d0d")]
    app = answer(status, EXAMPLES[key], *headers)
    assert ask(ResponseValidator(app, DOCUMENT), method, path) == list(app.messages)


REPLY = PAGE["replies"][0]
RATE = error("Rate limit exceeded")
BAD = {
    "undocumented status": ("GET", REPLIES, answer(418, error("teapot")), "status: 418 is not documented"),
    "undocumented for this one": ("POST", CANCEL, answer(429, RATE, (b"retry-after", b"1")), "status: 429"),
    "missing key": (
        "POST",
        CANCEL,
        answer(200, {key: value for key, value in CANCELLED.items() if key != "messageIds"}),
        "$: 'messageIds' is a required property",
    ),
    "extra key": ("POST", CANCEL, answer(200, {**CANCELLED, "ok": True}), "'ok' was unexpected"),
    "wrong type": (
        "POST",
        CANCEL,
        answer(200, {**CANCELLED, "cancelledCount": "3"}),
        "$.cancelledCount: '3'",
    ),
    "true is no number": (
        "POST",
        CANCEL,
        answer(200, {**CANCELLED, "cancelledCount": True}),
        "$.cancelledCount",
    ),
    "no success": (
        "POST",
        CANCEL,
        answer(200, {**CANCELLED, "success": False}),
        "$.success: True was expected",
    ),
    "upper-case id": (
        "POST",
        CANCEL,
        answer(200, {**CANCELLED, "leadId": REPLY["leadId"].upper()}),
        "$.leadId",
    ),
    "two decimals": (
        "GET",
        REPLIES,
        answer(
            200,
            changed(PAGE, "replies", 0, "recentReplies", 1, "receivedAtUtc", to="2026-03-12T21:15:00.00Z"),
        ),
        "$.replies[0].recentReplies[1].receivedAtUtc: '2026-03-12T21:15:00.00Z'",
    ),
    "eleven recent replies": (
        "GET",
        REPLIES,
        answer(200, changed(PAGE, "replies", 0, "recentReplies", to=[REPLY["recentReplies"][0]] * 11)),
        "$.replies[0].recentReplies: ",
    ),
    "eleven parents": (
        "GET",
        REPLIES,
        answer(200, changed(PAGE, "replies", 0, "parentMessages", to=REPLY["parentMessages"] * 11)),
        "$.replies[0].parentMessages: ",
    ),
    "uncut text": (
        "GET",
        REPLIES,
        answer(200, changed(PAGE, "replies", 0, "parentMessages", 0, "message", to="x" * 201)),
        "$.replies[0].parentMessages[0].message: ",
    ),
    "extra key deep inside": (
        "GET",
        REPLIES,
        answer(200, changed(PAGE, "replies", 0, "phone", to=None)),
        "$.replies[0]: ",
    ),
    "undocumented text": (
        "GET",
        REPLIES,
        answer(400, error("Bad leadId")),
        "$.error: 'Bad leadId' is not one of",
    ),
    "text of another status": ("GET", REPLIES, answer(404, error("Not found")), "$.error: 'Not found'"),
    "text of another operation": ("GET", REPLIES, answer(500, error("Internal server error")), "$.error"),
    "missing Retry-After": ("GET", REPLIES, answer(429, RATE), "header Retry-After: missing"),
    "Retry-After of 0": (
        "GET",
        REPLIES,
        answer(429, RATE, (b"retry-after", b"0")),
        "header Retry-After: 0 is",
    ),
    "Retry-After in parts": (
        "GET",
        REPLIES,
        answer(429, RATE, (b"retry-after", b"1.5")),
        "header Retry-After: '1.5'",
    ),
    "two Retry-Afters": (
        "GET",
        REPLIES,
        answer(429, RATE, (b"retry-after", b"1"), (b"retry-after", b"2")),
        "header Retry-After: '1, 2'",
    ),
    "wrong content type": (
        "GET",
        REPLIES,
        answer(200, PAGE, content_type=b"text/plain; charset=utf-8"),
        "header Content-Type: text/plain; charset=utf-8, not application/json",
    ),
    "no content type": ("GET", REPLIES, answer(200, PAGE, content_type=None), "header Content-Type: missing"),
    "no JSON": ("GET", REPLIES, answer(200, b"{"), "$: not JSON"),
    "no UTF-8": ("GET", REPLIES, answer(200, b'"\xff"'), "$: not JSON"),
    "NaN": ("GET", REPLIES, answer(200, b"NaN"), "$: not JSON: NaN is no JSON value"),
    "no body": ("GET", REPLIES, answer(200, b""), "$: not JSON"),
    "wrong method answered": ("POST", REPLIES, answer(200, PAGE), "status: 200 is not documented, only 405"),
    "405 without Allow": ("PUT", CANCEL, answer(405, error("Method not allowed")), "header Allow: missing"),
    "405 with a wrong Allow": (
        "PUT",
        CANCEL,
        answer(405, error("Method not allowed"), (b"allow", b"POST, PUT")),
        "header Allow: 'POST' was expected",
    ),
    "HEAD answered": ("HEAD", REPLIES, answer(200, b""), "status: 200 is not documented, only 405"),
    "HEAD with a wrong body": ("HEAD", REPLIES, answer(405, RATE, (b"allow", b"GET")), "$.error"),
    "unknown path answered": (
        "GET",
        "/api/nothing",
        answer(200, PAGE),
        "status: 200 is not documented, only 404",
    ),
    "unknown path, other text": ("GET", "/api/nothing", answer(404, error("Gone")), "$.error"),
    "slash at the end answered": ("GET", REPLIES + "/", answer(200, PAGE), "only 404"),
    "answer without an end": (
        "GET",
        REPLIES,
        Canned(*answer(200, PAGE).messages[:1]),
        "the answer has no end",
    ),
    "no answer": ("GET", REPLIES, Canned(), "the answer has no end"),
}


@pytest.mark.parametrize(("method", "path", "app", "difference"), BAD.values(), ids=BAD)
def test_planted_difference_is_caught(
    method: str, path: str, app: Canned, difference: str, caplog: pytest.LogCaptureFixture
) -> None:
    validator = ResponseValidator(app, DOCUMENT)
    with caplog.at_level(logging.INFO, "tuco_mock"):
        found = detail(ask(validator, method, path))
    assert difference in found
    assert (validator.checked, validator.different) == (1, 1)
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert difference in record.getMessage()


def test_log_record_names_operation_status_and_all_differences(caplog: pytest.LogCaptureFixture) -> None:
    body = {**CANCELLED, "success": 1, "messageIds": ["x"], "more": 1}
    ask(ResponseValidator(answer(200, body), DOCUMENT), "POST", CANCEL)
    (record,) = caplog.records
    fields = vars(record)
    assert (fields["operation"], fields["status"]) == ("cancelForLead", 200)
    places = [difference.split(":")[0] for difference in fields["differences"]]
    assert places == ["$", "$.messageIds[0]", "$.success"]


def test_long_values_are_cut() -> None:
    app = answer(200, changed(PAGE, "replies", 0, "parentMessages", 0, "message", to="x" * 100_000))
    assert len(detail(ask(ResponseValidator(app, DOCUMENT), "GET", REPLIES))) < 1_000
