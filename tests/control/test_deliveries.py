"""The control plane's view of deliveries, and the webhook lab."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from tests.support_webhooks import SECRET, Catcher, fire, register, settled
from tuco_mock.client.receiving import Answer
from tuco_mock.domain.webhooks import signature

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support import Json, World
    from tuco_mock.server import BackgroundServer

PHONE = "+14155550100"
UNKNOWN = "0123456789abcdef01234567"


@pytest.fixture
def catcher() -> Iterator[Catcher]:
    """A receiver that takes everything."""
    with Catcher() as found:
        yield found


@pytest.fixture
def message(world: World) -> str:
    """A message that something can become of."""
    return world.message(recipientPhone=PHONE)


def numbered(server: BackgroundServer, world: World, message: str, count: int) -> None:
    """So many failures, each with its number."""
    for number in range(count):
        fire(server, world, message, "message.failed", error=str(number))


def errors(catcher: Catcher, count: int) -> list[str]:
    """The numbers of those that came, in order."""
    return [each.body["data"]["error"] for each in catcher.wait(count)]


def lab(world: World, effect: str, **rule: Any) -> Json:
    """Add a rule; it, as it is shown."""
    found: Json = world.control("PATCH", "/webhook-lab", {"effect": effect, **rule})["rules"][-1]
    return found


def test_a_delivery_is_shown_with_all_there_is_of_it(
    world: World, server: BackgroundServer, catcher: Catcher, message: str
) -> None:
    webhook = register(world, catcher.url)
    fire(server, world, message)
    (shown,) = settled(world)
    (came,) = catcher.came
    took = shown.pop("durationMs")
    assert 0 < took < 10_000
    assert shown == {
        "id": 1,
        "webhookId": webhook,
        "url": catcher.url,
        "event": "message.sent",
        "state": "delivered",
        "timestamp": "2026-03-13T00:00:00.000Z",
        "body": came.body,
        "raw": came.raw.decode(),
        "signature": came.headers["x-tuco-signature"],
        "leadId": None,
        "messageId": message,
        "dueAt": None,
        "sentAt": "2026-03-13T00:00:00.000Z",
        "status": 200,
        "response": "OK",
        "error": None,
        "lab": [],
        "repeats": None,
        "isTest": False,
    }


def test_filters(world: World, server: BackgroundServer, catcher: Catcher, message: str) -> None:
    one, other = register(world, catcher.url), register(world, "http://127.0.0.1:1/", "message.failed")
    fire(server, world, message)
    fire(server, world, message, "message.failed")
    settled(world)

    def numbers(query: str) -> list[int]:
        return sorted(each["id"] for each in world.control("GET", f"/deliveries?{query}")["deliveries"])

    assert numbers(f"webhook={one}") == [1, 2]
    assert numbers(f"webhook={other.upper()}") == [3]
    assert numbers("event=message.failed") == [2, 3]
    assert numbers("state=failed") == [3]
    assert numbers("state=failed&event=message.sent") == []
    assert numbers("after=1&limit=1") == [2]
    assert numbers(f"webhook={UNKNOWN}") == []
    for query in ("event=x", "state=sent", "after=x", "limit=0"):
        assert world.control("GET", f"/deliveries?{query}", status=400)["detail"]


def test_redelivered_is_the_same_body_to_the_present_place_with_the_present_secret(
    world: World, server: BackgroundServer, catcher: Catcher, message: str
) -> None:
    webhook = register(world, "http://127.0.0.1:1/")
    fire(server, world, message)
    (before,) = settled(world)
    world.http.patch(f"/api/webhooks/{webhook}", json={"url": catcher.url, "isActive": False}, headers=world.headers)
    again = world.control("POST", "/deliveries/1/redeliver", status=201)
    assert (again["id"], again["repeats"], again["state"], again["url"]) == (2, 1, "pending", catcher.url)
    (came,) = catcher.wait()
    assert came.raw.decode() == before["raw"]
    assert came.is_signed()
    assert came.headers["x-tuco-timestamp"] == before["timestamp"]
    assert [each["state"] for each in settled(world)] == ["failed", "delivered"]


@pytest.mark.parametrize("number", ["2", "0", "-1", "x", "9" * 30, "%C2%B2"])
def test_nothing_is_redelivered_that_never_was(world: World, number: str) -> None:
    assert "has no delivery" in world.control("POST", f"/deliveries/{number}/redeliver", status=404)["detail"]


def test_nothing_is_redelivered_to_a_webhook_that_is_gone(
    world: World, server: BackgroundServer, catcher: Catcher, message: str
) -> None:
    webhook = register(world, catcher.url)
    fire(server, world, message)
    settled(world)
    world.http.delete(f"/api/webhooks/{webhook}", headers=world.headers)
    assert "is gone" in world.control("POST", "/deliveries/1/redeliver", status=404)["detail"]


def test_waiting_ends_when_the_last_one_is_done(world: World, server: BackgroundServer, message: str) -> None:
    gate = threading.Event()

    class Gated(Catcher):
        def take(self, headers: Any, raw: bytes) -> Answer:
            gate.wait(10)
            return super().take(headers, raw)

    with Gated() as catcher:
        register(world, catcher.url)
        fire(server, world, message)
        assert world.control("POST", "/deliveries/wait", {"timeout": "10ms"}) == {
            "delivered": False,
            "pending": 1,
            "stopped": False,
        }
        assert world.control("GET", "/deliveries?state=pending")["total"] == 1
        gate.set()
        assert world.control("POST", "/deliveries/wait")["delivered"] is True


@pytest.mark.parametrize("body", [{"timeout": "61s"}, {"timeout": "x"}, {"timeout": 5}, {"x": 1}, []])
def test_a_wait_that_can_t_be(world: World, body: Any) -> None:
    answer = world.http.post(f"/_tuco/workspaces/{world.id}/deliveries/wait", json=body)
    assert answer.status_code in {400, 422}


def test_the_timeline_has_causes(world: World, server: BackgroundServer, catcher: Catcher, message: str) -> None:
    webhook = register(world, catcher.url)
    world.http.post(f"/api/webhooks/{webhook}/health-check", headers=world.headers)
    world.control("POST", "/deliveries/1/redeliver")
    settled(world)
    fire(server, world, message)  # in no call
    settled(world)
    events = world.control("GET", "/timeline")["events"]
    by_id = {each["id"]: each for each in events}
    first, second, third = (by_id[f"d{number}"] for number in (1, 2, 3))
    assert by_id[by_id[first["cause"]]["cause"]]["text"].startswith(f"POST /api/webhooks/{webhook}/health-check")
    assert by_id[first["cause"]]["kind"] == "webhooks.checked"
    assert by_id[by_id[second["cause"]]["cause"]]["text"] == "control: POST /deliveries/1/redeliver"
    assert third["cause"] is None
    assert first["text"] == f"message.sent to {catcher.url}: delivered (200)"
    assert [each["kind"] for each in events[-3:]] == ["deliveries.repeated", "delivery", "delivery"]
    places = [each["id"] for each in events]
    assert places.index("d1") == places.index(first["cause"]) + 1


def test_snapshots_and_states_leave_deliveries_alone_and_a_reset_forgets_them(
    world: World, server: BackgroundServer, catcher: Catcher, message: str
) -> None:
    register(world, catcher.url)
    world.control("POST", "/snapshots", {"name": "s"})
    fire(server, world, message)
    settled(world)
    world.control("POST", "/snapshots/s/restore")
    assert world.state()["webhooks"][0].get("lastTriggeredAt") is None
    world.control("PUT", "/state", world.state())
    assert len(settled(world)) == 1
    world.control("POST", "/reset")
    assert settled(world) == []


# the lab


def test_lose(world: World, server: BackgroundServer, catcher: Catcher, message: str) -> None:
    webhook = register(world, catcher.url)
    rule = lab(world, "lose", times=1)
    numbered(server, world, message, 2)
    assert errors(catcher, 1) == ["1"]
    lost, came = settled(world)
    assert (lost["state"], lost["lab"], lost["sentAt"]) == ("lost", [rule["id"]], None)
    assert (came["state"], came["lab"]) == ("delivered", [])
    assert world.control("GET", "/webhooks")["webhooks"][0]["id"] == webhook
    world.control("POST", f"/deliveries/{lost['id']}/redeliver")
    assert errors(catcher, 2) == ["1", "0"]


@pytest.mark.parametrize(("given", "copies"), [({}, 2), ({"copies": 4}, 4)])
def test_duplicate(
    world: World, server: BackgroundServer, catcher: Catcher, message: str, given: Json, copies: int
) -> None:
    register(world, catcher.url)
    lab(world, "duplicate", times=1, **given)
    numbered(server, world, message, 2)
    assert errors(catcher, copies + 1) == ["0"] * copies + ["1"]
    assert len({each.raw for each in catcher.came}) == 2
    assert len(settled(world)) == copies + 1


def test_delay_by_the_workspace_s_clock(world: World, server: BackgroundServer, catcher: Catcher, message: str) -> None:
    register(world, catcher.url)
    lab(world, "delay", delay="2h", times=1)
    numbered(server, world, message, 2)
    assert errors(catcher, 1) == ["1"]
    delayed, _ = settled(world)
    assert (delayed["state"], delayed["dueAt"]) == ("delayed", "2026-03-13T02:00:00.000Z")
    world.clock(advance="119m")
    assert [each["state"] for each in settled(world)] == ["delayed", "delivered"]
    world.clock(advance="1m")
    assert errors(catcher, 2) == ["1", "0"]
    assert settled(world)[0]["sentAt"] == "2026-03-13T02:00:00.000Z"
    assert catcher.came[1].headers["x-tuco-timestamp"] == "2026-03-13T00:00:00.000Z"


def test_delay_on_a_running_clock(world: World, server: BackgroundServer, catcher: Catcher, message: str) -> None:
    register(world, catcher.url)
    world.clock(resume=True)
    lab(world, "delay", delay="50ms", times=1)
    numbered(server, world, message, 1)
    assert errors(catcher, 1) == ["0"]


def test_reorder(world: World, server: BackgroundServer, catcher: Catcher, message: str) -> None:
    register(world, catcher.url)
    other = register(world, "http://127.0.0.1:1/", "message.opened")
    lab(world, "reorder", times=1, match={"event": "message.failed"})
    numbered(server, world, message, 1)
    assert [each["state"] for each in settled(world)] == ["held"]
    fire(server, world, message, "message.opened", error="opened")
    numbered(server, world, message, 2)
    assert errors(catcher, 4) == ["opened", "0", "0", "1"]
    assert {each["webhookId"] for each in settled(world)} >= {other}


def test_what_is_held_back_goes_when_the_lab_is_cleared(
    world: World, server: BackgroundServer, catcher: Catcher, message: str
) -> None:
    register(world, catcher.url)
    lab(world, "reorder")
    numbered(server, world, message, 3)
    assert settled(world)[0]["state"] == "held"
    assert world.control("DELETE", "/webhook-lab") == {"cleared": 1, "released": 3}
    assert errors(catcher, 3) == ["0", "1", "2"]


def test_missign(world: World, server: BackgroundServer, catcher: Catcher, message: str) -> None:
    register(world, catcher.url)
    lab(world, "missign", times=1)
    numbered(server, world, message, 2)
    wrong, right = catcher.wait(2)
    assert (wrong.is_signed(), right.is_signed()) == (False, True)
    assert len(wrong.headers["x-tuco-signature"]) == 64


@pytest.mark.parametrize("given", [None, "old one"])
def test_rotated_secret(
    world: World, server: BackgroundServer, catcher: Catcher, message: str, given: str | None
) -> None:
    register(world, catcher.url)
    lab(world, "rotatedSecret", times=1, **({} if given is None else {"secret": given}))
    numbered(server, world, message, 1)
    (came,) = catcher.wait()
    assert not came.is_signed(SECRET)
    assert given is None or came.headers["x-tuco-signature"] == signature(given, came.raw)


def test_rules_are_for_some_deliveries_only(world: World, server: BackgroundServer, catcher: Catcher) -> None:
    one, other = register(world, catcher.url), register(world, catcher.url)
    jane, joe = world.lead(phone=PHONE), world.lead(phone="+14155550101")
    lab(world, "lose", match={"webhook": one, "lead": jane.upper(), "event": "message.reply"})
    for lead in (jane, joe):
        fire(server, world, world.message(lead))
        world.reply(lead, message="x")
    lost = [each for each in settled(world) if each["state"] == "lost"]
    assert [(each["webhookId"], each["leadId"], each["event"]) for each in lost] == [(one, jane, "message.reply")]
    assert len(catcher.came) == 7
    assert other != one
    (rule,) = world.control("GET", "/webhook-lab")["rules"]
    assert (rule["seen"], rule["fired"], rule["id"]) == (1, 1, "lab-rule-1")


def test_rules_are_replaced_added_and_come_back_with_a_snapshot(world: World) -> None:
    rules = world.control("POST", "/webhook-lab", [{"effect": "lose", "id": "a"}, {"effect": "missign"}], status=201)
    assert [each["id"] for each in rules["rules"]] == ["a", "lab-rule-2"]
    world.control("POST", "/snapshots", {"name": "s"})
    assert [each["effect"] for each in world.control("PATCH", "/webhook-lab", {"effect": "duplicate"})["rules"]] == [
        *("lose", "missign", "duplicate")
    ]
    world.control("POST", "/webhook-lab", {"effect": "reorder"})
    world.control("POST", "/snapshots/s/restore")
    assert world.control("GET", "/webhook-lab")["rules"] == rules["rules"]
    world.control("POST", "/reset")
    assert world.control("GET", "/webhook-lab")["rules"] == []


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ({}, "effect"),
        ({"effect": "x"}, "effect"),
        ({"effect": "delay"}, "says by how much"),
        ({"effect": "delay", "delay": "soon"}, "delay"),
        ({"effect": "lose", "delay": "1s"}, "belongs to the effect delay"),
        ({"effect": "lose", "copies": 2}, "belongs to the effect duplicate"),
        ({"effect": "lose", "secret": "x"}, "belongs to the effect rotatedSecret"),
        ({"effect": "duplicate", "copies": 1}, "copies"),
        ({"effect": "lose", "times": 0}, "times"),
        ({"effect": "lose", "match": {"event": "x"}}, "match.event"),
        ({"effect": "lose", "match": {"webhook": "x"}}, "match.webhook"),
        ({"effect": "lose", "match": {"path": "/"}}, "match"),
        ({"effect": "lose", "id": "a b"}, "id"),
        ([{"effect": "lose", "id": "a"}, {"effect": "lose", "id": "a"}], "two rules have the id 'a'"),
        ([{"effect": "lose"}, {"effect": "delay"}], "[1].delay"),
    ],
    ids=str,
)
def test_a_rule_with_a_mistake(world: World, rule: Any, told: str) -> None:
    assert told in str(world.control("PATCH", "/webhook-lab", rule, status=422))
    assert world.control("GET", "/webhook-lab")["rules"] == []


@pytest.mark.parametrize("body", ["x", 5, True])
def test_what_is_no_rule(world: World, body: Any) -> None:
    assert "Send a rule" in world.control("POST", "/webhook-lab", body, status=400)["detail"]


@pytest.mark.clause("H7")
@pytest.mark.parametrize(("effect", "rule"), [("delay", {"delay": "1h"}), ("reorder", {})])
def test_what_waits_for_a_webhook_that_is_removed_is_dropped(
    world: World, server: BackgroundServer, catcher: Catcher, message: str, effect: str, rule: Json
) -> None:
    """It says so, others get theirs, and nothing of it comes later."""
    gone, stays = register(world, catcher.url + "gone"), register(world, catcher.url)
    lab(world, effect, times=2, **rule)
    fire(server, world, message)
    assert world.http.delete(f"/api/webhooks/{gone}", headers=world.headers).status_code == 200
    dropped, kept = world.control("GET", "/deliveries")["deliveries"]
    assert (dropped["webhookId"], dropped["state"], dropped["error"]) == (gone, "dropped", "The webhook was removed")
    assert (dropped["sentAt"], kept["webhookId"]) == (None, stays)
    assert [each["id"] for each in world.control("GET", "/deliveries?state=dropped")["deliveries"]] == [dropped["id"]]
    world.clock(advance="2h")
    world.control("DELETE", "/webhook-lab")
    assert [each["state"] for each in settled(world)] == ["dropped", "delivered"]
    assert len(catcher.came) == 1


@pytest.mark.clause("H7")
def test_what_is_due_for_a_webhook_that_another_state_has_not_is_dropped(
    world: World, server: BackgroundServer, catcher: Catcher, message: str
) -> None:
    register(world, catcher.url)
    lab(world, "delay", delay="1h")
    fire(server, world, message)
    world.control("PUT", "/state", {})
    assert [each["state"] for each in settled(world)] == ["delayed"]
    world.clock(advance="2h")
    world.control("POST", "/settle")
    assert [each["state"] for each in settled(world)] == ["dropped"]
    assert catcher.came == []


@pytest.mark.clause("W25")
def test_settle_tells_of_deliveries_that_it_does_not_wait_for(
    world: World, server: BackgroundServer, catcher: Catcher
) -> None:
    """How many are delayed and until when, how many are held back; and it waits for those that are due."""
    register(world, catcher.url)
    message = world.message(recipientPhone=PHONE, status="delivered")
    for effect, rule in (("delay", {"delay": "2h"}), ("delay", {"delay": "1h"}), ("reorder", {})):
        lab(world, effect, times=1, **rule)
        fire(server, world, message)
    due = "2026-03-13T01:00:00.000Z"
    told = world.control("POST", "/settle")
    assert (told["deliveries"], told["waiting"]) == (0, {"delayed": 2, "until": due, "held": 1})
    assert told["nextDue"] == due
    world.clock(advance="1h")
    told = world.control("POST", "/settle")
    assert told["waiting"] == {"delayed": 1, "until": "2026-03-13T02:00:00.000Z", "held": 1}
    assert len(catcher.came) == 1
    world.clock(advance="1h")
    world.control("DELETE", "/webhook-lab")
    told = world.control("POST", "/settle")
    assert (told["waiting"], told["nextDue"]) == ({"delayed": 0, "until": None, "held": 0}, None)
    assert len(catcher.came) == 3
