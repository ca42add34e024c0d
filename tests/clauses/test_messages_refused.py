"""Clauses M2 to M12, M23 and M24: what POST /api/messages refuses, in which order, and that it changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.clauses.busy import BUSY, JANE, JANE_PHONE, LINE, UNKNOWN
from tests.clauses.checks import (
    INACTIVE,
    LIMIT_BYTES,
    METHOD_NOT_ALLOWED,
    NO_LEAD,
    NO_OBJECT,
    NOT_FOUND,
    NOT_JSON,
    RATE_LIMITED,
    TOO_LARGE,
    UNAUTHORIZED,
    Refused,
    contents,
)
from tests.support import MESSAGES, Json, World, error

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.clauses.engines import OwnServer

GOOD: Json = {"message": "Hi", "recipientPhone": "+14155550100"}
EMPTY: Refused = (400, {"error": "Message and attachmentUrls cannot both be empty"})
TYPE: Refused = (400, {"error": "Invalid messageType. Must be email, sms, or imessage"})
NO_ARRAY: Refused = (400, {"error": "attachmentUrls must be an array"})
TOO_MANY: Refused = (400, {"error": "Maximum 2 attachments per message"})
NO_LINES: Refused = (
    400,
    {"error": "No active lines in workspace. Add and activate a line, or provide fromLineId."},
)
NO_LINE: Refused = (404, {"error": "Line not found"})
DATE: Refused = (400, {"error": "Invalid scheduledDate format"})
TIME: Refused = (
    400,
    {"error": "Invalid time format. sendWindowStart and sendWindowEnd must be in HH:mm format (e.g., 09:00, 17:00)"},
)
ZONE: Refused = (
    400,
    {"error": "Invalid timezone or time window settings. Please check your timezone and time format."},
)
FOREIGN: Refused = (403, {"error": "Attachment URL does not belong to this organization"})
NOBODY: Refused = (
    400,
    {"error": "Either recipientEmail or recipientPhone is required (in body or on the lead when leadId is provided)."},
)
NO_FALLBACK: Refused = (
    400,
    {
        "error": "sendFallbackSmsOnFailed is true but fallback SMS is not configured. Configure fallback in workspace "
        "settings (Settings → Fallback) or set sendFallbackSmsOnFailed to false.",
        "code": "FALLBACK_NOT_CONFIGURED",
    },
)
READ_ONLY: Refused = (402, {"error": "READ_ONLY", "code": "READ_ONLY", "reason": "past_due"})


def no_text(name: str) -> Refused:
    """The refusal of a field that should be a text."""
    return 400, {"error": f"{name}: expected a text"}


def refused(world: World, body: Any, expected: Refused, clause: str) -> None:
    """The body is refused so, the journal says by which clause, and nothing changes."""
    before = contents(world)
    assert error(world.post_message(body)) == expected
    assert world.requests()[-1]["clause"] == clause
    assert contents(world) == before


@pytest.mark.clause("M4")
@pytest.mark.parametrize(
    "body", [{}, {"message": None}, {"message": " \t"}, {"attachmentUrls": []}, {"attachmentUrls": " ", "message": ""}]
)
def test_nothing_to_send(busy: World, body: Json) -> None:
    refused(busy, {"recipientPhone": JANE_PHONE, **body}, EMPTY, "M4")


@pytest.mark.clause("M5")
@pytest.mark.parametrize("kind", ["IMESSAGE", "iMessage ", "fax", 5, True, [], ["sms"], {"$ne": "x"}], ids=str)
def test_no_such_type(busy: World, kind: Any) -> None:
    refused(busy, {**GOOD, "messageType": kind}, TYPE, "M5")


@pytest.mark.clause("M5")
@pytest.mark.parametrize(("given", "kept"), [("sms", "sms"), ("email", "email"), (None, "imessage"), ("", "imessage")])
def test_types(busy: World, given: str | None, kept: str) -> None:
    assert busy.send(leadId=JANE, messageType=given)["message"]["messageType"] == kept


@pytest.mark.clause("M6")
@pytest.mark.parametrize(
    ("urls", "expected"),
    [
        ("https://example.com/a", NO_ARRAY),
        ({"0": "a"}, NO_ARRAY),
        (5, NO_ARRAY),
        (True, NO_ARRAY),
        (["a", "b", "c"], TOO_MANY),
        ([5, 5, 5], TOO_MANY),
        ([5], no_text("attachmentUrls[0]")),
        (["a", " "], no_text("attachmentUrls[1]")),
        ([None, "a"], no_text("attachmentUrls[0]")),
        ([["a"]], no_text("attachmentUrls[0]")),
    ],
    ids=str,
)
def test_attachments(busy: World, urls: Any, expected: Refused) -> None:
    refused(busy, {**GOOD, "attachmentUrls": urls}, expected, "M6")


@pytest.mark.clause("M7", "A7")
def test_lines(make_world: Callable[..., World]) -> None:
    """Without an active line nothing is sent; one that is named has to be there and active."""
    other = make_world(lines=[{"id": LINE, "phone": "+16462230920"}])
    world = make_world(lines=[{"id": UNKNOWN, "phone": "+16462230921", "isActive": False}])
    refused(world, GOOD, NO_LINES, "M7")
    for line in (UNKNOWN, LINE, "x", f"{LINE} ", 5, True, [LINE], {"$ne": None}):
        refused(world, {**GOOD, "fromLineId": line}, NO_LINE, "M7")
    assert other.send(**GOOD, fromLineId=LINE.upper())["message"]["fromLineId"] == LINE


@pytest.mark.clause("M8")
@pytest.mark.parametrize(
    "when",
    ["tomorrow", "2026-13-01", "2026-02-29", "1780272000", 1780272000, True, [], ["2026-06-01"], {"$gt": ""}],
    ids=str,
)
def test_no_date(busy: World, when: Any) -> None:
    refused(busy, {**GOOD, "scheduledDate": when}, DATE, "M8")


@pytest.mark.clause("M9")
@pytest.mark.parametrize("name", ["sendWindowStart", "sendWindowEnd"])
@pytest.mark.parametrize(
    "time",
    ["9:00", "24:00", "09:60", "09:00:00", "09:00\n", "\u0660\u0669:00", "x", 9, True, ["09:00"]],
    ids=str,
)
def test_no_time_of_day(busy: World, name: str, time: Any) -> None:
    refused(busy, {**GOOD, name: time}, TIME, "M9")


@pytest.mark.clause("M9")
@pytest.mark.parametrize(
    "zone",
    [
        *(
            "Mars/Olympus",
            "america/new_york",
            "America",
            "../etc/passwd",
            "/etc/localtime",
            "UTC\0",
            "x" * 100,
            5,
            [],
            {},
        ),
        *("posix/Europe/Berlin", "right/Europe/Berlin", "localtime", "posixrules", "Factory"),
    ],
    ids=str,
)
def test_no_time_zone(busy: World, zone: Any) -> None:
    refused(busy, {**GOOD, "timezone": zone}, ZONE, "M9")


@pytest.mark.clause("M9")
@pytest.mark.parametrize("days", ["1", 1, [7], [-1], [1.5], [True], ["1"], [None], {"0": 1}, [1, [2]]], ids=str)
def test_no_days(busy: World, days: Any) -> None:
    expected = (400, {"error": "allowedDaysOfWeek: expected a list of whole numbers from 0 to 6"})
    refused(busy, {**GOOD, "allowedDaysOfWeek": days}, expected, "M9")


@pytest.mark.clause("M3")
@pytest.mark.parametrize("value", [5, 0, False, True, [], ["x"], {}, 1.5], ids=str)
@pytest.mark.parametrize(
    "name", ["message", "recipientPhone", "recipientEmail", "recipientName", "altEmail3", "hsPortalId"]
)
def test_no_text(busy: World, name: str, value: Any) -> None:
    refused(busy, {**GOOD, name: value}, no_text(name), "M3")


@pytest.mark.clause("M3")
@pytest.mark.parametrize("value", [0, 1, "true", [], {}], ids=str)
def test_no_switch(busy: World, value: Any) -> None:
    expected = (400, {"error": "sendFallbackSmsOnFailed: expected true or false"})
    refused(busy, {**GOOD, "sendFallbackSmsOnFailed": value}, expected, "M3")


@pytest.mark.clause("M3")
@pytest.mark.parametrize("value", ["x", 5, {}, [5], [None], [["x"]]], ids=str)
def test_no_names(busy: World, value: Any) -> None:
    refused(
        busy, {**GOOD, "attachmentNames": value}, (400, {"error": "attachmentNames: expected a list of texts"}), "M3"
    )


@pytest.mark.clause("M10")
@pytest.mark.parametrize(
    "url",
    ["https://app.tuco.ai/uploads/org_other/a.png", "http://tuco.ai/uploads/", "https://CDN.TUCO.AI:8443/uploads/x?y"],
)
def test_an_upload_of_another_organisation(busy: World, url: str) -> None:
    refused(busy, {**GOOD, "attachmentUrls": ["https://example.com/a", url]}, FOREIGN, "M10")


@pytest.mark.clause("M10")
def test_uploads_of_ours_and_what_is_no_upload(busy: World) -> None:
    own = f"https://app.tuco.ai/uploads/{busy.id}/a.png"
    others = [
        "https://example.com/uploads/org_other/a.png",
        "https://nottuco.ai/uploads/x",
        "https://app.tuco.ai/logo.png",
    ]
    for url in (*others, "http://[", "not a URL", "/uploads/org_other/a.png"):
        told = busy.send(leadId=JANE, attachmentUrls=[own, url])
        assert told["message"]["attachmentUrls"] == [own, url]


@pytest.mark.clause("M11")
@pytest.mark.parametrize(
    "body",
    [{}, {"leadId": None}, {"leadId": " ", "recipientPhone": ""}, {"altPhone1": JANE_PHONE, "recipientName": "Jane"}],
)
def test_no_recipient(busy: World, body: Json) -> None:
    refused(busy, {"message": "Hi", **body}, NOBODY, "M11")


@pytest.mark.clause("M12")
def test_no_fallback(busy: World) -> None:
    refused(busy, {**GOOD, "sendFallbackSmsOnFailed": True}, NO_FALLBACK, "M12")
    assert "sendFallbackSmsOnFailed" not in busy.send(leadId=JANE, sendFallbackSmsOnFailed=False)["message"]


@pytest.mark.clause("M2", "A10")
def test_the_order_of_the_errors(busy: World) -> None:
    """Mended one after the other, they come in the documented order; then the message is sent."""
    body: Json = {
        "recipientPhone": 5,
        "message": " ",
        "messageType": "fax",
        "attachmentUrls": "x",
        "fromLineId": "x",
        "scheduledDate": "x",
        "sendWindowStart": "x",
        "timezone": "x",
        "sendFallbackSmsOnFailed": 1,
        "leadId": "x",
    }
    foreign = "https://app.tuco.ai/uploads/other/a"
    steps: list[tuple[Refused, Json]] = [
        (no_text("recipientPhone"), {"recipientPhone": None, "attachmentUrls": None}),
        (EMPTY, {"attachmentUrls": "x"}),
        (TYPE, {"messageType": "sms"}),
        (NO_ARRAY, {"attachmentUrls": [foreign] * 3}),
        (TOO_MANY, {"attachmentUrls": [foreign]}),
        (NO_LINE, {"fromLineId": LINE}),
        (DATE, {"scheduledDate": "2090-01-01"}),
        (TIME, {"sendWindowStart": "09:00"}),
        (ZONE, {"timezone": "UTC"}),
        ((400, {"error": "sendFallbackSmsOnFailed: expected true or false"}), {"sendFallbackSmsOnFailed": True}),
        (FOREIGN, {"attachmentUrls": ["https://example.com"]}),
        (NO_LEAD, {"leadId": None}),
        (NOBODY, {"recipientPhone": "+14155550100"}),
        (NO_FALLBACK, {"sendFallbackSmsOnFailed": False}),
    ]
    before = contents(busy)
    for expected, mended in steps:
        assert error(busy.post_message(body)) == expected
        body.update(mended)
    assert contents(busy) == before
    assert busy.post_message(body).status_code == 201


@pytest.mark.clause("C2", "C3", "A14", "A10")
@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", EMPTY),
        (b" \n", EMPTY),
        (b"{", NOT_JSON),
        (b'{"message":NaN}', NOT_JSON),
        (b'{"message":"\xff"}', NOT_JSON),
        (b'{"message":"\\ud800"}', NOT_JSON),
        (b"[" * 100_000, NOT_JSON),
        (b'{"message":' * 65 + b"1" + b"}" * 65, NOT_JSON),
        (b"[]", NO_OBJECT),
        (b"null", NO_OBJECT),
        (b'"x"', NO_OBJECT),
        (b"[1]" + b" " * LIMIT_BYTES, TOO_LARGE),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_bodies_that_cannot_be_used(busy: World, content: bytes, expected: Refused) -> None:
    before = contents(busy)
    assert error(busy.post_message(content=content)) == expected
    assert contents(busy) == before


@pytest.mark.clause("A8", "A13", "A19")
def test_what_is_unknown_or_repeated(busy: World) -> None:
    content = b'{"message":5,"dryRun":true,"message":"Hi","leadId":"%s"}' % JANE.encode()
    answer = busy.post_message(content=content, content_type="text/plain")
    assert (answer.status_code, answer.json()["message"]["message"]) == (201, "Hi")


@pytest.mark.clause("N4", "M11")
@pytest.mark.parametrize(
    "text", ["4" * 500_000, "\u0664" * 200_000, "<script>", "{'$gt': ''}", "\0", "+1415555010\u202e0"]
)
def test_odd_recipients_are_kept_and_found_by_nobody(busy: World, text: str) -> None:
    """What is no phone is a recipient that nobody is; the state reads back as it is."""
    told = busy.send(recipientPhone=text, recipientName=text)
    assert told["leadId"] != JANE
    assert busy.send(status=201, recipientEmail=f"{text[:50]}@example.com")["leadId"] != told["leadId"]
    state = busy.state()
    busy.control("PUT", "/state", state)
    assert busy.state() == state


@pytest.mark.clause("A1", "A4", "A21", "A10")
def test_keys_and_workspaces_that_may_not_send(busy: World) -> None:
    """401, then 400, then 402, before anything is read; the journal knows why."""
    before = contents(busy)
    busy.patch(readOnly=True)
    for body in (GOOD, {"messageType": 5}):
        assert error(busy.post_message(body)) == READ_ONLY
    assert busy.requests()[-1]["clause"] == "A21"
    busy.patch(active=False)
    assert error(busy.post_message(content=b"{")) == INACTIVE
    for key in ("", "Bearer", "Bearer nobody", f"Basic {busy.key}"):
        assert error(busy.http.post(MESSAGES, content=b"{", headers={"Authorization": key})) == UNAUTHORIZED
    busy.patch(readOnly=False, active=True)
    assert contents(busy) == before


@pytest.mark.clause("A9", "A16", "A18")
def test_other_methods_and_paths(busy: World) -> None:
    before = contents(busy)
    for method in ("GET", "PUT", "PATCH", "DELETE", "OPTIONS"):
        answer = busy.http.request(method, MESSAGES, headers=busy.headers, json=GOOD)
        assert (error(answer), answer.headers["allow"]) == (METHOD_NOT_ALLOWED, "POST")
    for path in (f"{MESSAGES}/", "/api/message", f"{MESSAGES}/{JANE}"):
        assert error(busy.http.post(path, headers=busy.headers, json=GOOD)) == NOT_FOUND
    assert contents(busy) == before


@pytest.mark.clause("M23", "R21", "A10")
def test_sixty_a_minute(busy: World) -> None:
    """Refused calls count too, other groups don't; waiting as long as it says is enough."""
    assert busy.post_message({}).status_code == 400
    assert {busy.post_message({"message": "Hi", "leadId": JANE}).status_code for _ in range(59)} == {201}
    before = contents(busy)
    answer = busy.post_message(GOOD)
    assert (error(answer), answer.headers["retry-after"]) == (RATE_LIMITED, "1")
    assert contents(busy) == before
    assert busy.replies()["total"] == 2
    busy.clock(advance="1s")
    assert [busy.post_message({}).status_code for _ in range(2)] == [400, 429]
    busy.patch(rateLimits={"messages": 1})
    assert [busy.post_message({}).status_code for _ in range(2)] == [400, 429]
    busy.patch(rateLimits={"messages": None})
    assert [busy.post_message({}).status_code for _ in range(70)] == [400] * 70


@pytest.mark.clause("M23")
def test_an_emptied_bucket_is_kept_by_the_state(busy: World) -> None:
    busy.control("PUT", "/rate-limits/messages", {"tokens": 0})
    state = busy.state()
    busy.control("PUT", "/state", state)
    assert busy.state() == state
    assert error(busy.post_message(GOOD)) == RATE_LIMITED


@pytest.mark.clause("A11", "M24", "A10")
@pytest.mark.parametrize("failing", ["workspaces", "leads", "lines"])
def test_failure_of_an_engine_is_the_documented_500(own: OwnServer, failing: str) -> None:
    world = own.world(state=BUSY)
    before = contents(world)

    def fail(collection: str, called: str) -> None:
        if collection == failing:
            raise RuntimeError(f"secret detail of {collection}.{called}")

    own.documents.watch = fail
    answer = own.http.post(MESSAGES, headers=world.headers, json=GOOD)
    own.documents.watch = None
    assert error(answer) == (500, {"error": "Internal server error"})
    assert contents(world) == before
    assert own.http.post(MESSAGES, headers=world.headers, json=GOOD).status_code == 201


@pytest.mark.clause("M2")
def test_a_fault_for_a_lead_strikes_however_it_is_named(busy: World) -> None:
    """By its id, by an address of it; and not when the message is for somebody else, or can't be read."""
    busy.fault({"status": 503}, match={"lead": JANE})
    assert busy.post_message({"message": "Hi", "leadId": JANE}).status_code == 503
    assert busy.post_message({"message": "Hi", "recipientPhone": "+14422640111"}).status_code == 503
    assert busy.post_message({"message": "Hi", "recipientPhone": "+14155550100"}).status_code == 201
    assert busy.post_message({"leadId": JANE}).status_code == 400
