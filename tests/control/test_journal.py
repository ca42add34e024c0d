"""The journal: every request to the simulated API, in its own workspace, with what came of it."""

from __future__ import annotations

import http.client
import socket
from typing import TYPE_CHECKING, Any

import pytest

from tests.server.raw import connect, post
from tests.support import CANCEL, REPLIES, World

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from tuco_mock.server import BackgroundServer

PHONE = "+14155550101"


def test_a_request_is_kept_with_all_that_came_of_it(world: World) -> None:
    lead = world.lead(phone=PHONE)
    first, second = world.message(lead, createdAt="-2h"), world.message(lead, job="active")
    headers = {**world.headers, "X-Trace": "7"}
    answer = world.http.post(CANCEL, json={"recipientPhone": "(415) 555-0101"}, headers=headers)
    [kept] = world.requests()
    assert kept["durationMs"] > 0
    assert {name: kept[name] for name in kept if name not in {"headers", "durationMs"}} == {
        "id": kept["id"],
        "at": "2026-03-13T00:00:00.000Z",
        "method": "POST",
        "path": CANCEL,
        "query": {},
        "body": {"recipientPhone": "(415) 555-0101"},
        "bodyTruncated": False,
        "status": 200,
        "answer": answer.json(),
        "answerHeaders": {},
        "fault": None,
        "clause": None,
        "reason": None,
        "lead": lead,
        "effects": [
            {"kind": "messages.cancelled", "messageIds": [first, second]},
            {"kind": "jobs.removed", "count": 1},
        ],
    }
    assert kept["headers"]["x-trace"] == "7"


def test_of_the_key_no_more_than_its_end_is_kept(world: World) -> None:
    world.get_replies()
    [kept] = world.requests()
    assert kept["headers"]["authorization"] == f"Bearer ...{world.key[-4:]}"
    assert world.key not in str(world.control("GET", "/requests"))


def test_query_parameters_are_kept_decoded_the_first_of_each(world: World) -> None:
    world.get_replies("limit=10&recipientPhone=%2B14155550101&limit=20")
    [kept] = world.requests()
    assert kept["query"] == {"limit": "10", "recipientPhone": PHONE}
    assert kept["answer"]["limit"] == 10


@pytest.mark.parametrize(
    ("method", "path", "body", "clause", "reason"),
    [
        ("POST", CANCEL, b"{}", "C1", None),
        ("POST", CANCEL, b'{"leadId": "x"}', "C4", None),
        ("POST", CANCEL, b"{", "C3", "Input data was truncated"),
        ("POST", CANCEL, b"[]", "C3", None),
        ("GET", f"{REPLIES}?leadId=x", b"", "R3", None),
        ("GET", f"{REPLIES}?leadId={'0' * 24}", b"", "R3", None),
        ("GET", f"{REPLIES}?campaignId={'0' * 24}", b"", "R4", None),
        ("GET", f"{REPLIES}?lineId=x", b"", "R7", None),
        ("GET", f"{REPLIES}?dateFrom=soon", b"", "R9", "'soon' is no ISO 8601"),
        ("GET", f"{REPLIES}?dateFrom=2026-02-02&dateTo=2026-02-01", b"", "R9", None),
        ("PUT", REPLIES, b"", "A9", "the path takes GET"),
        ("GET", "/api/reply", b"", "A9", "did you mean /api/replies?"),
        ("GET", "/nothing-like-it", b"", "A9", None),
    ],
)
@pytest.mark.clause("A9")
def test_a_refusal_is_kept_with_the_clause_it_follows_from(
    world: World, method: str, path: str, body: bytes, clause: str, reason: str | None
) -> None:
    answer = world.http.request(method, path, content=body, headers=world.headers)
    assert answer.status_code in {400, 404, 405}
    [kept] = world.requests()
    assert (kept["status"], kept["clause"], kept["reason"]) == (answer.status_code, clause, reason)
    assert kept["answer"] == answer.json()


def test_a_429_is_kept_with_its_clause_and_header(make_world: Callable[..., World]) -> None:
    world = make_world(clock="2026-03-13T00:00:00Z", rateLimits={"replies": 1})
    assert [world.get_replies().status_code for _ in range(2)] == [200, 429]
    refused = world.requests()[1]
    assert (refused["clause"], refused["answerHeaders"]) == ("R21", {"retry-after": "60"})


def test_an_inactive_workspace_still_has_its_requests_kept(world: World) -> None:
    world.patch(active=False)
    assert world.get_replies().status_code == 400
    assert [kept["clause"] for kept in world.requests()] == ["A4"]


def test_requests_nobody_s_key_came_with_are_kept_apart(own: Callable[..., httpx.Client]) -> None:
    http = own()
    world = World(http)
    http.post(CANCEL, json={"recipientPhone": PHONE}, headers={"Authorization": "Bearer tuco_sk_mistyped"})
    http.get(REPLIES)
    http.get("/api/nothing")
    assert world.requests() == []
    found = http.get("/_tuco/requests").json()
    assert [(kept["id"], kept["status"], kept["clause"], kept["reason"]) for kept in found["requests"]] == [
        (1, 401, "A1", "no workspace has the key"),
        (2, 401, "A1", "there is no bearer key"),
        (3, 404, "A9", None),
    ]
    assert http.delete("/_tuco/requests").json() == {"cleared": 3}
    assert http.get("/_tuco/requests").json()["requests"] == []


def test_running_numbers_go_on_after_the_journal_was_cleared(world: World) -> None:
    world.get_replies()
    world.get_replies()
    before = world.requests()[-1]["id"]
    assert world.control("DELETE", "/requests") == {"cleared": 2}
    assert world.requests() == []
    world.get_replies()
    assert [kept["id"] for kept in world.requests()] == [before + 1]


def test_a_reset_begins_the_journal_anew(world: World) -> None:
    world.get_replies()
    world.control("POST", "/reset")
    assert world.requests() == []
    world.get_replies()
    assert [kept["id"] for kept in world.requests()] == [2]  # the reset itself is in the log as number 1


def test_the_journal_is_bounded_and_says_what_it_dropped(own: Callable[..., httpx.Client]) -> None:
    world = World(own(journal_limit=10))
    for number in range(200):
        world.get_replies(limit=number % 100 + 1)
    found = world.control("GET", "/requests")
    assert (found["total"], len(found["requests"]), found["dropped"]) == (10, 10, 190)
    assert [kept["id"] for kept in found["requests"]] == list(range(found["dropped"] + 1, 201))
    assert found["requests"][-1]["query"] == {"limit": "100"}


def test_a_search_says_what_was_dropped_from_what_it_was_asked_for(own: Callable[..., httpx.Client]) -> None:
    world = World(own(journal_limit=10))
    for number in range(1, 21):
        world.get_replies(limit=number)
    assert world.find(query={"limit": "1"})["dropped"] == 10
    for after, dropped in ((5, 5), (10, 0), (15, 0)):
        found = world.control("POST", "/requests/find", {"after": after})
        assert (found["dropped"], found["count"]) == (dropped, 20 - after - dropped)
    world.control("DELETE", "/requests")
    assert world.find()["dropped"] == 0


def test_pages_of_the_journal(world: World) -> None:
    for number in range(1, 6):
        world.get_replies(limit=number)
    first = world.requests()[0]["id"]
    found = world.control("GET", f"/requests?after={first}&limit=2")
    assert ([kept["query"]["limit"] for kept in found["requests"]], found["total"]) == (["2", "3"], 4)
    for wrong in ("after=-1", "after=x", "limit=0"):
        assert "is a number from" in world.control("GET", f"/requests?{wrong}", status=400)["detail"]


def test_a_long_body_is_kept_in_part_and_says_so(world: World) -> None:
    long = "x" * 200_000
    world.post_cancel({"recipientPhone": PHONE, "note": long})
    [kept] = world.requests()
    assert kept["bodyTruncated"]
    assert kept["body"].startswith('{"recipientPhone":"+14155550101","note":"xxx')
    assert len(kept["body"]) == 64 * 1024
    found = world.find(body={"recipientPhone": PHONE})
    assert found["nearest"][0]["differences"] == [f"body was {len(long) + 43} bytes long and is kept in part only"]


def test_a_body_that_is_no_json_is_kept_as_text(world: World) -> None:
    world.post_cancel(content=b"\xff{nonsense")
    [kept] = world.requests()
    assert (kept["status"], kept["body"]) == (400, "\ufffd{nonsense")


def test_a_client_that_leaves_in_the_middle_of_its_request_is_kept_without_an_answer(
    server: BackgroundServer, world: World
) -> None:
    whole = post(CANCEL, b'{"recipientPhone": "+14155550101"}', f"Authorization: Bearer {world.key}")
    with connect(server.url) as connection:
        connection.sendall(whole[:-5])
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(1000) == b""
    found = world.control("POST", "/requests/wait", {"timeout": "30s"})
    [kept] = found["requests"]
    assert (kept["status"], kept["answer"]) == (None, None)
    assert "went away" in kept["reason"]


def test_the_control_plane_is_not_in_the_journal(world: World) -> None:
    world.lead(phone=PHONE)
    world.control("GET", "/leads")
    assert world.requests() == []


def test_the_record_is_there_before_the_answer(world: World) -> None:
    for number in range(1, 101):
        world.get_replies(limit=number)
        assert len(world.requests()) == number


def test_head_and_unknown_methods_are_kept_too(server: BackgroundServer, world: World) -> None:
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=30)
    for method in ("HEAD", "OPTIONS", "TRACE"):
        connection.request(method, CANCEL, headers=world.headers)
        connection.getresponse().read()
    connection.close()
    assert [(kept["method"], kept["status"]) for kept in world.requests()] == [
        ("HEAD", 405),
        ("OPTIONS", 405),
        ("TRACE", 405),
    ]


def test_workspaces_do_not_see_each_other_s_requests(make_world: Callable[..., World]) -> None:
    worlds = [make_world() for _ in range(3)]
    for number, world in enumerate(worlds, 1):
        for _ in range(number):
            world.get_replies()
    assert [len(world.requests()) for world in worlds] == [1, 2, 3]


def asked(world: World, body: Any) -> Any:
    return world.http.post(f"/_tuco/workspaces/{world.id}/requests/find", json=body)


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"match": {"verb": "POST"}}, "match.verb"),
        ({"match": {"query": {"limit": 10}}}, "match.query"),
        ({"match": {"status": "200"}}, "match.status"),
        ({"after": -1}, "after"),
        ({"timeout": "5s"}, "timeout"),
    ],
)
def test_a_wrong_question_is_told_where_it_is_wrong(world: World, body: Any, path: str) -> None:
    answer = asked(world, body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["path"].startswith(path)
