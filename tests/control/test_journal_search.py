"""Find, count, wait: which request was meant; and when none was, which came nearest, and why it was not it."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.server.raw import connect
from tests.support import CANCEL, REPLIES, World
from tuco_mock.app import create_app
from tuco_mock.server import BackgroundServer
from tuco_mock.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

PHONE, OTHER = "+14155550101", "+14155550102"


@pytest.fixture
def asked(world: World) -> World:
    """A workspace that four requests came to."""
    world.lead(phone=PHONE)
    body = {"recipientPhone": PHONE, "extra": {"a": 1, "b": [1, 2]}}
    world.http.post(CANCEL, json=body, headers={**world.headers, "X-Trace": "seven"})
    world.get_replies(limit=10, recipientPhone=PHONE)
    world.get_replies(limit=20)
    world.post_cancel({})
    return world


@pytest.mark.parametrize(
    ("match", "count"),
    [
        ({}, 4),
        ({"method": "POST"}, 2),
        ({"method": "post"}, 2),
        ({"path": REPLIES}, 2),
        ({"path": "/api/*"}, 4),
        ({"path": "*cancel*"}, 2),
        ({"path": "/api"}, 0),
        ({"query": {"limit": "10"}}, 1),
        ({"query": {"recipientPhone": PHONE}}, 1),
        ({"query": {"nothing": ""}}, 0),
        ({"headers": {"x-trace": "seven"}}, 1),
        ({"headers": {"X-TRACE": "eight"}}, 0),
        ({"body": {"recipientPhone": PHONE}}, 1),
        ({"body": {"extra": {"a": 1}}}, 1),
        ({"body": {"extra": {"b": [1, 2]}}}, 1),
        ({"body": {"extra": {"b": [1]}}}, 0),
        ({"body": {"extra": {"a": True}}}, 0),
        ({"body": {"extra": {"a": 1.0}}}, 1),
        ({"body": {}}, 2),
        ({"body": None}, 2),
        ({"status": 400}, 1),
        ({"method": "POST", "path": CANCEL, "status": 200}, 1),
    ],
)
def test_what_matches(asked: World, match: dict[str, Any], count: int) -> None:
    found = asked.find(**match)
    assert (found["count"], len(found["requests"]), found["matched"]) == (count, count, count > 0)
    counted = asked.control("POST", "/requests/count", {"match": match})
    assert {name: found[name] for name in found if name != "requests"} == counted


def test_only_what_came_after_a_request_is_looked_at(asked: World) -> None:
    ids = [kept["id"] for kept in asked.requests()]
    found = asked.control("POST", "/requests/find", {"after": ids[1]})
    assert [kept["id"] for kept in found["requests"]] == ids[2:]


def test_a_miss_shows_the_nearest_requests_and_what_differed(asked: World) -> None:
    found = asked.find(method="POST", path=CANCEL, body={"recipientPhone": OTHER, "extra": {"a": 1}}, status=200)
    assert [near["differences"] for near in found["nearest"]] == [
        ['body.recipientPhone is "+14155550101", not "+14155550102"'],
        [
            'body.recipientPhone is missing, not "+14155550102"',
            'body.extra is missing, not {"a":1}',
            "status is 400, not 200",
        ],
        [
            "method is GET, not POST",
            f"path is {REPLIES}, not {CANCEL}",
            'body is null, not {"recipientPhone":"+14155550102","extra":{"a":1}}',
        ],
    ]
    assert found["requests"] == []


def test_a_hit_has_neither_nearest_nor_hints(asked: World) -> None:
    found = asked.find(method="POST")
    assert (found["nearest"], found["hints"]) == ([], [])


def test_the_hint_tells_whose_phone_was_mistyped(world: World) -> None:
    lead = world.lead(firstName="Jane", phone="+14155550199", altPhone2=PHONE)
    world.lead(phone="+442079460958")
    world.cancel(recipientPhone="(415) 555-0102")
    found = world.find(body={"recipientPhone": PHONE})
    assert found["hints"] == [f"cancel used {OTHER}; lead {lead} has {PHONE} as altPhone2"]


def test_the_hint_tells_whose_email_was_mistyped(world: World) -> None:
    lead = world.lead(email="jane@example.com")
    world.get_replies(recipientEmail="jane@exmple.com")
    found = world.find(path=REPLIES, query={"recipientEmail": "jane@example.com"})
    assert found["hints"] == [f"replies used jane@exmple.com; lead {lead} has jane@example.com as email"]


def test_the_hint_tells_of_an_address_like_nobody_s(world: World) -> None:
    world.lead(phone="+442079460958")
    world.cancel(recipientPhone=PHONE)
    assert world.find(status=404)["hints"] == [f"cancel used {PHONE}, which no lead has"]


def test_the_hint_tells_of_a_lead_of_another_world(world: World) -> None:
    world.cancel(leadId="0" * 24)
    assert world.find(status=404)["hints"] == [f"cancel used lead {'0' * 24}, which the workspace does not have"]


def test_the_hint_tells_of_a_phone_that_is_none(world: World) -> None:
    world.cancel(recipientPhone="twelve")
    assert world.find(status=404)["hints"] == ["cancel used 'twelve', which is no phone number"]


def test_the_hint_tells_of_two_spellings(world: World) -> None:
    world.lead(phone=PHONE)
    world.cancel(recipientPhone="415-555-0101")
    assert world.find(body={"recipientPhone": PHONE})["hints"] == [
        f"'415-555-0101' and '{PHONE}' are the same address in two spellings"
    ]


def test_the_hint_tells_of_requests_with_a_key_nobody_has(own: Callable[..., httpx.Client]) -> None:
    http = own()
    world = World(http)
    http.post(CANCEL, json={"recipientPhone": PHONE}, headers={"Authorization": "Bearer tuco_sk_other_1234"})
    found = world.find(path=CANCEL)
    assert found["unclaimed"] == 1
    assert found["hints"] == [
        f"1 request came with no key of any workspace; the last was POST {CANCEL}, its key Bearer ...1234"
    ]


def test_the_hint_tells_of_a_path_that_the_api_does_not_have(world: World) -> None:
    assert world.find(path="/api/reples")["hints"] == [f"the API has no /api/reples; did you mean {REPLIES}?"]
    assert world.find(path="/nothing/*")["hints"] == ["the API has no /nothing/*"]


# waiting


def wait(world: World, **question: Any) -> Any:
    return world.control("POST", "/requests/wait", question)


def test_a_wait_is_answered_at_once_when_the_request_is_there(world: World) -> None:
    world.get_replies()
    began = time.monotonic()
    assert wait(world, match={"path": REPLIES}, timeout="30s")["count"] == 1
    assert time.monotonic() - began < 10


def test_a_wait_is_answered_when_the_request_comes(server: BackgroundServer, world: World) -> None:
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(wait, world, match={"path": CANCEL}, times=2, timeout="60s")
        with httpx.Client(base_url=server.url, trust_env=False) as other:
            until_waiting(server, 1)
            other.get(REPLIES, headers=world.headers)
            other.post(CANCEL, json={}, headers=world.headers)
            assert not waiting.done()
            other.post(CANCEL, json={"leadId": "x"}, headers=world.headers)
        found = waiting.result(30)
    assert found["matched"]
    assert [kept["body"] for kept in found["requests"]] == [{}, {"leadId": "x"}]


def test_a_wait_in_vain_ends_at_its_timeout_with_the_nearest_requests(world: World) -> None:
    world.cancel(recipientPhone=OTHER)
    began = time.monotonic()
    found = wait(world, match={"body": {"recipientPhone": PHONE}}, timeout="200ms")
    assert 0.2 <= time.monotonic() - began < 20
    assert (found["matched"], found["count"]) == (False, 0)
    assert found["nearest"][0]["differences"] == [f'body.recipientPhone is "{OTHER}", not "{PHONE}"']
    assert found["hints"] == [f"cancel used {OTHER}, which no lead has"]


def test_a_wait_for_none_is_answered_at_once(world: World) -> None:
    assert wait(world, times=0)["matched"]


@pytest.mark.parametrize(
    ("question", "status", "told"),
    [
        ({"timeout": "61s"}, 400, "at most 60s"),
        ({"timeout": "soon"}, 422, "a duration as"),
        ({"times": -1}, 422, "a whole number from 0"),
        ({"match": {"path": 7}}, 422, "match.path"),
    ],
)
def test_a_wrong_wait_is_refused_at_once(world: World, question: Any, status: int, told: str) -> None:
    assert told in world.control("POST", "/requests/wait", question, status=status)["detail"]


def test_a_workspace_that_is_dropped_ends_its_waits(server: BackgroundServer, make_world: Callable[..., World]) -> None:
    world, other = make_world(), make_world()
    with ThreadPoolExecutor(1) as pool, httpx.Client(base_url=server.url, trust_env=False) as http:
        url = f"/_tuco/workspaces/{world.id}"
        waiting = pool.submit(http.post, f"{url}/requests/wait", json={"timeout": "60s"}, timeout=70)
        until_waiting(server, 1)
        other.get_replies()
        assert not waiting.done()
        assert other.http.delete(url).status_code == 200
        assert waiting.result(30).status_code == 404
    world.http.post("/_tuco/workspaces", json={"id": world.id})  # for the fixture to drop


def test_a_client_that_goes_away_frees_the_server(server: BackgroundServer, world: World) -> None:
    body = b'{"timeout": "60s"}'
    head = f"POST /_tuco/workspaces/{world.id}/requests/wait HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}"
    with connect(server.url) as connection:
        connection.sendall(head.encode() + b"\r\n\r\n" + body)
        until_waiting(server, 1)
    until_waiting(server, 0)


def test_a_server_that_stops_ends_its_waits_and_delays_at_once() -> None:
    app = create_app(Settings())
    with BackgroundServer(app) as server, httpx.Client(base_url=server.url, trust_env=False, timeout=60) as http:
        world = World(http)
        world.fault({"delay": "60s"}, match={"path": REPLIES})
        with ThreadPoolExecutor(2) as pool:
            waiting = pool.submit(http.post, f"/_tuco/workspaces/{world.id}/requests/wait", json={"timeout": "60s"})
            delayed = pool.submit(http.get, REPLIES, headers=world.headers)
            until_waiting(server, 2, app)
            began = time.monotonic()
            server.__exit__(None, None, None)
            assert time.monotonic() - began < 4
            assert (waiting.result(10).json()["matched"], waiting.result().json()["stopped"]) == (False, True)
            assert delayed.result(10).status_code == 200
    assert app.store.bell.listeners == 0


def until_waiting(server: BackgroundServer, count: int, app: Any = None) -> None:
    """Return once so many wait on the server: its own counter is asked, no time is guessed."""
    served: Any = server.app
    bell = (app or served.app).store.bell  # the session's server stands behind the check of its answers
    changed = threading.Event()
    until = time.monotonic() + 30
    while bell.listeners != count:
        assert time.monotonic() < until, f"{bell.listeners} wait, not {count}"
        changed.wait(0.002)
