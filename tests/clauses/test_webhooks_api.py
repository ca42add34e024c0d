"""Webhooks are registered, listed, shown, changed and removed (H1 to H7, H15, H17)."""

from __future__ import annotations

import base64
import threading
from typing import TYPE_CHECKING, Any

import pytest

from tests.support import error
from tests.support_webhooks import WEBHOOKS, Catcher, fire, register, settled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx

    from tests.support import Json, World
    from tuco_mock.client.receiving import Answer
    from tuco_mock.server import BackgroundServer

URL = "https://example.com/webhooks/tuco"
NEW: dict[str, Any] = {"url": URL, "events": ["message.sent", "message.reply"], "name": "Production webhook"}
NOW = "2026-03-13T00:00:00.000Z"
UNKNOWN = "0123456789abcdef01234567"
READ_ONLY = {"error": "READ_ONLY", "code": "READ_ONLY", "reason": "past_due"}
NOT_FOUND = (404, {"error": "Webhook not found"})


def call(world: World, method: str, path: str = "", body: Any = None) -> httpx.Response:
    """Call the webhooks' part of the API."""
    more = {} if body is None else {"json": body}
    return world.http.request(method, WEBHOOKS + path, headers=world.headers, **more)


def created(world: World, **fields: Any) -> Json:
    """A webhook just registered."""
    answer = call(world, "POST", "", {**NEW, **fields})
    assert answer.status_code == 201, answer.text
    found: Json = answer.json()
    return found


@pytest.mark.clause("H1", "H3", "A12")
def test_a_webhook_is_registered(world: World) -> None:
    made = created(world, description="Sends events")
    assert list(made) == ["id", "secret", "url", "events", "name", "description", "createdAt", "warning"]
    assert made == {
        **NEW,
        "id": made["id"],
        "secret": made["secret"],
        "description": "Sends events",
        "createdAt": NOW,
        "warning": "Save this secret now. You will not be able to see it again.",
    }
    assert len(base64.b64decode(made["secret"], validate=True)) == 32
    assert world.requests()[-1]["effects"] == [{"kind": "webhooks.added", "ids": [made["id"]]}]


@pytest.mark.clause("H1")
def test_an_event_named_twice_counts_once_and_a_description_may_be_missing(world: World) -> None:
    made = created(world, events=["message.reply", "message.sent", "message.reply"])
    assert (made["events"], made["description"]) == (["message.reply", "message.sent"], None)


@pytest.mark.clause("H3")
def test_the_secret_is_the_same_in_the_same_test_and_another_for_each_webhook(
    make_world: Callable[..., World],
) -> None:
    one, other = (make_world(clock=NOW, seed="the same") for _ in range(2))
    first, second = created(one)["secret"], created(one)["secret"]
    assert first != second
    assert [created(other)["secret"], created(other)["secret"]] == [first, second]


@pytest.mark.clause("H3")
def test_a_webhook_of_a_fixture_keeps_its_secret_through_export_and_import(world: World) -> None:
    webhook = register(world, URL, secret="tops3cret")
    without = world.add("webhooks", url=URL, events=["message.reply"], name="without")
    assert len(base64.b64decode(without["secret"])) == 32
    state = world.state()
    world.control("PUT", "/state", state)
    assert world.state() == state
    assert {each["id"]: each["secret"] for each in state["webhooks"]} == {
        webhook: "tops3cret",
        without["id"]: without["secret"],
    }


@pytest.mark.clause("H4", "A12")
def test_webhooks_are_shown_newest_first_and_without_their_secrets(world: World) -> None:
    first = created(world)
    world.clock(advance="1s")
    second, third = created(world, name="second"), created(world, name="third", description="d")
    shown = call(world, "GET").json()["webhooks"]
    assert [each["id"] for each in shown] == [third["id"], second["id"], first["id"]]
    assert shown[2] == {
        "id": first["id"],
        "url": URL,
        "events": NEW["events"],
        "name": "Production webhook",
        "description": None,
        "isActive": True,
        "lastTriggeredAt": None,
        "lastSuccessAt": None,
        "lastFailureAt": None,
        "failureCount": 0,
        "createdAt": NOW,
        "updatedAt": NOW,
    }
    for each in shown:
        one = call(world, "GET", f"/{each['id']}")
        assert (one.status_code, list(one.json().items())) == (200, list(each.items()))
        assert first["secret"] not in one.text


@pytest.mark.clause("H4", "A7")
def test_a_new_workspace_has_none_and_sees_none_of_others(world: World, make_world: Callable[..., World]) -> None:
    made = created(world)["id"]
    other = make_world()
    assert call(other, "GET").json() == {"webhooks": []}
    for method in ("GET", "PATCH", "DELETE"):
        assert error(call(other, method, f"/{made}", {} if method == "PATCH" else None)) == NOT_FOUND
    assert call(world, "GET", f"/{made}").status_code == 200


@pytest.mark.clause("H5", "A5")
@pytest.mark.parametrize("webhook", [UNKNOWN, "x", UNKNOWN[:-1], "%00", "%E2%82%AC", "a%20b", "0" * 3000])
def test_an_unknown_webhook(world: World, webhook: str) -> None:
    created(world)
    for method, path, body in (("GET", "", None), ("PATCH", "", {"url": 5}), ("DELETE", "", None)):
        assert error(call(world, method, f"/{webhook}{path}", body)) == NOT_FOUND
    assert error(call(world, "POST", f"/{webhook}/health-check")) == NOT_FOUND


@pytest.mark.clause("A5", "H5")
def test_an_id_may_be_in_upper_case(world: World) -> None:
    made = created(world)["id"]
    assert call(world, "GET", f"/{made.upper()}").json()["id"] == made
    assert call(world, "DELETE", f"/{made.upper()}").json() == {"success": True}


@pytest.mark.clause("H6")
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"url": "http://127.0.0.1:9/x"}, {"url": "http://127.0.0.1:9/x"}),
        ({"events": ["message.opened", "message.opened"]}, {"events": ["message.opened"]}),
        ({"name": "n"}, {"name": "n"}),
        ({"description": "d"}, {"description": "d"}),
        ({"description": None}, {"description": None}),
        ({"isActive": False}, {"isActive": False}),
        ({"name": "n", "isActive": False, "other": 5}, {"name": "n", "isActive": False}),
        ({}, {}),
    ],
    ids=str,
)
def test_what_is_given_is_changed(world: World, change: Json, expected: Json) -> None:
    made = created(world, description="before")["id"]
    before = call(world, "GET", f"/{made}").json()
    world.clock(advance="1h")
    answer = call(world, "PATCH", f"/{made}", change)
    assert (answer.status_code, answer.json()) == (200, {"success": True})
    assert call(world, "GET", f"/{made}").json() == {
        **before,
        **expected,
        "updatedAt": "2026-03-13T01:00:00.000Z",
    }


@pytest.mark.clause("H6")
def test_the_secret_stays_when_other_things_change(world: World, server: BackgroundServer) -> None:
    with Catcher() as catcher:
        made = created(world, url=catcher.url)
        call(world, "PATCH", f"/{made['id']}", {"name": "other", "events": ["message.failed"]})
        fire(server, world, world.message(recipientPhone="+14155550100"), "message.failed")
        assert catcher.wait()[0].is_signed(made["secret"])


@pytest.mark.clause("H7")
def test_a_removed_webhook_is_told_nothing_more(world: World, server: BackgroundServer) -> None:
    with Catcher() as catcher, Catcher() as other:
        gone, stays = (created(world, url=each.url)["id"] for each in (catcher, other))
        answer = call(world, "DELETE", f"/{gone}")
        assert (answer.status_code, answer.json()) == (200, {"success": True})
        assert error(call(world, "DELETE", f"/{gone}")) == NOT_FOUND
        fire(server, world, world.message(recipientPhone="+14155550100"))
        assert [each["webhookId"] for each in settled(world)] == [stays]
        assert (len(catcher.came), len(other.came)) == (0, 1)


@pytest.mark.clause("H7")
def test_what_was_to_be_sent_already_is_sent(world: World, server: BackgroundServer) -> None:
    """What is on its way when its webhook goes arrives, and its outcome is noted."""
    come, gate = threading.Event(), threading.Event()

    class Gated(Catcher):
        """A receiver that answers when it is let."""

        def take(self, headers: Mapping[str, str], raw: bytes) -> Answer:
            come.set()
            gate.wait(10)
            return super().take(headers, raw)

    with Gated() as catcher:
        made = created(world, url=catcher.url)["id"]
        fire(server, world, world.message(recipientPhone="+14155550100"))
        assert come.wait(10)
        call(world, "DELETE", f"/{made}")
        gate.set()
        assert [each["state"] for each in settled(world)] == ["delivered"]


@pytest.mark.clause("H17", "A21")
def test_a_read_only_workspace(world: World, server: BackgroundServer) -> None:
    with Catcher() as catcher:
        made = created(world, url=catcher.url)["id"]
        world.patch(readOnly=True)
        assert error(call(world, "POST", "", NEW)) == (402, READ_ONLY)
        assert error(call(world, "PATCH", f"/{made}", {"name": "n"})) == (402, READ_ONLY)
        assert error(call(world, "DELETE", f"/{made}")) == (402, READ_ONLY)
        assert call(world, "GET").json()["webhooks"][0]["name"] == NEW["name"]
        assert call(world, "GET", f"/{made}").status_code == 200
        assert call(world, "POST", f"/{made}/health-check").json()["success"] is True
        fire(server, world, world.message(recipientPhone="+14155550100"))
        assert len(catcher.wait(2)) == 2


@pytest.mark.clause("H18", "A11")
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("POST", ""),
        ("GET", f"/{UNKNOWN}"),
        ("DELETE", f"/{UNKNOWN}"),
        ("POST", f"/{UNKNOWN}/health-check"),
    ],
)
def test_a_failure(world: World, method: str, path: str) -> None:
    world.fault({"status": 500}, match={"path": WEBHOOKS + path})
    assert error(call(world, method, path)) == (500, {"error": "Internal server error"})


@pytest.mark.clause("A9")
@pytest.mark.parametrize(
    ("path", "allow"),
    [("", "GET, POST"), (f"/{UNKNOWN}", "GET, PATCH, DELETE"), (f"/{UNKNOWN}/health-check", "POST")],
)
def test_another_method(world: World, path: str, allow: str) -> None:
    answer = call(world, "PUT", path, {})
    assert error(answer) == (405, {"error": "Method not allowed"})
    assert answer.headers["allow"] == allow
    assert world.requests()[-1]["path"] == WEBHOOKS + path


@pytest.mark.clause("A9", "A18")
def test_paths_beside_them(world: World) -> None:
    for path in ("/", f"/{UNKNOWN}/", f"/{UNKNOWN}/health", f"/{UNKNOWN}/health-check/x"):
        assert error(call(world, "GET", path)) == (404, {"error": "Not found"})
    assert "did you mean /api/webhooks/" in (world.requests()[-2]["reason"] or "")


def test_faults_are_for_one_webhook_or_for_all(world: World) -> None:
    one, other = created(world)["id"], created(world)["id"]
    world.fault({"status": 503}, match={"path": f"{WEBHOOKS}/{one}"}, times=1)
    assert [call(world, "GET", f"/{each}").status_code for each in (other, one, one)] == [200, 503, 200]
    world.fault({"status": 503}, match={"path": WEBHOOKS + "/{id}"}, times=1)
    assert [call(world, "GET", f"/{each}").status_code for each in (other, one)] == [503, 200]
    refused = world.control(
        "POST", "/faults", {"effect": {"status": 500}, "match": {"path": "/api/webhook/*"}}, status=422
    )
    assert "is for no call that there is" in refused["detail"]
    assert world.find(path=WEBHOOKS + "/{id}")["count"] == 5


@pytest.mark.clause("A20")
def test_a_preferred_answer(world: World) -> None:
    headers = {**world.headers, "Prefer": "code=404"}
    answer = world.http.get(f"{WEBHOOKS}/{UNKNOWN}", headers=headers)
    assert error(answer) == NOT_FOUND
