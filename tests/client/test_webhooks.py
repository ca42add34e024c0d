"""`tuco.webhooks`, the deliveries and the lab, as tests use them."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING

import pytest

from tuco_mock import TucoMock
from tuco_mock.client import BlockingCall, ControlError, TucoError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tuco_mock.client import Tuco


@pytest.fixture(params=[False, True], ids=["socket", "in process"])
def tuco(request: pytest.FixtureRequest) -> Iterator[Tuco]:
    """A workspace on a server of its own."""
    with TucoMock(in_process=request.param, clock="2026-03-13T00:00:00Z") as made:
        yield made


def check(tuco: Tuco) -> None:
    """Let the receiver be sent a test."""
    path = f"/api/webhooks/{tuco.webhooks.webhook_id}/health-check"
    assert tuco.client.post(path).status_code == 200


def again(tuco: Tuco, delivery: int = 1, times: int = 1) -> None:
    """Let it be sent the same again; the lab has no hand in that."""
    for _ in range(times):
        tuco.redeliver(delivery)


def test_it_is_registered_and_verifies_what_comes(tuco: Tuco) -> None:
    hooks = tuco.webhooks
    (registered,) = tuco.registered_webhooks()
    assert (registered.id, registered.url, registered.secret) == (hooks.webhook_id, hooks.url, hooks.secret)
    assert set(registered.events) == {f"message.{name}" for name in ("sent", "failed", "fallback", "opened", "reply")}
    assert hooks.received == []
    check(tuco)
    got = hooks.wait("message.sent")
    assert (got.verified, got.event, got.data["test"], got.lead_id) == (True, "message.sent", True, None)
    assert got.raw.decode() == tuco.deliveries()[0].raw
    assert hooks.received == [got] == hooks.assert_received("message.sent", times=1)
    assert tuco.registered_webhooks()[0].last_success_at == "2026-03-13T00:00:00.000Z"
    hooks.clear()
    hooks.assert_not_received()


def test_waiting_for_more_than_one(tuco: Tuco) -> None:
    check(tuco)
    again(tuco, times=2)
    assert tuco.webhooks.wait(json={"data": {"test": True}}, times=3) == tuco.webhooks.received[2]
    tuco.wait_for_deliveries("5s")
    assert [each.state for each in tuco.deliveries(webhook=tuco.webhooks.webhook_id)] == ["delivered"] * 3
    assert tuco.deliveries(event="message.reply") == tuco.deliveries(state="failed") == []


def test_what_was_not_received_is_told_with_what_came_instead(tuco: Tuco) -> None:
    hooks = tuco.webhooks
    with pytest.raises(AssertionError) as nothing:
        hooks.assert_received("message.reply")
    assert str(nothing.value).splitlines() == [
        "expected message.reply, but none came",
        "nothing was received",
        "the server had nothing to tell: was tuco.webhooks there before it happened?",
    ]
    hooks.answer(503)
    check(tuco)
    with pytest.raises(AssertionError) as other:
        hooks.wait("message.reply", lead="x", timeout="1ms")
    first, second, third, *rest = str(other.value).splitlines()
    assert (first, second) == ("waited 0.001 s for message.reply about lead x, but none came", "received:")
    assert third.startswith('  message.sent: {"event":"message.sent"')
    assert rest == ["not delivered:", "  #1 message.sent: failed answered 503"]
    with pytest.raises(AssertionError, match=r"expected no message\.sent, but it came once"):
        hooks.assert_not_received("message.sent")
    with pytest.raises(AssertionError, match=r"expected message\.sent 2 times, but it came once"):
        hooks.assert_received("message.sent", times=2)


def test_answers_of_all_kinds(tuco: Tuco) -> None:
    hooks = tuco.webhooks
    hooks.answer(500, "no", times=1)
    hooks.answer(reset=True, times=1)
    hooks.answer(delay=0.01, body="late", event="message.sent", times=1)
    hooks.answer(418, event="message.reply")
    check(tuco)
    for _ in range(3):  # one after the other: on a busy machine the next might come first
        again(tuco)
        tuco.wait_for_deliveries()
    found = [(each.state, each.status, each.response) for each in tuco.deliveries()]
    assert found == [
        ("delivered", 200, "late"),
        ("failed", None, None),
        ("failed", 500, "no"),
        ("delivered", 200, "OK"),
    ]


def test_what_is_wrongly_signed_is_refused_and_counts_for_nothing(tuco: Tuco) -> None:
    hooks = tuco.webhooks
    tuco.client.patch(f"/api/webhooks/{hooks.webhook_id}", json={"isActive": False})
    other = tuco.add_webhook(url=hooks.url, events=["message.sent"], name="other", secret="another")
    tuco.client.post(f"/api/webhooks/{other.id}/health-check")
    assert [each.verified for each in hooks.received] == [False]
    hooks.assert_not_received()
    assert tuco.deliveries()[0].status == 401
    with pytest.raises(AssertionError, match=r"message\.sent, wrongly signed"):
        hooks.assert_received("message.sent")


def test_it_stays_registered_when_the_state_changes(tuco: Tuco) -> None:
    hooks = tuco.webhooks
    tuco.reset()
    (registered,) = tuco.registered_webhooks()
    assert (registered.id, registered.secret) == (hooks.webhook_id, hooks.secret)
    tuco.load("default")
    assert hooks.webhook_id in {each.id for each in tuco.registered_webhooks()}
    check(tuco)
    hooks.wait("message.sent")


def test_the_lab_has_a_verb_for_everything(tuco: Tuco) -> None:
    lab = tuco.webhook_lab
    lead = tuco.add_lead(phone="+14155550100")
    assert lab.list() == []
    rules = [
        lab.lose(event="message.sent", lead=lead),
        lab.duplicate(copies=3, times=None),
        lab.delay(90, webhook=tuco.webhooks.webhook_id),
        lab.reorder(),
        lab.missign(),
        lab.rotated_secret("old"),
    ]
    assert [each.effect for each in rules] == [*("lose", "duplicate", "delay", "reorder", "missign", "rotatedSecret")]
    assert [each.id for each in lab.list()] == [each.id for each in rules]
    assert (rules[0].match, rules[1].times, rules[1].copies) == ({"event": "message.sent", "lead": lead.id}, None, 3)
    assert (rules[2].delay, rules[5].secret) == ("90000ms", "old")
    assert lab.replace({"effect": "lose"})[0].effect == "lose"
    lab.clear()
    assert lab.list() == []
    with pytest.raises(TypeError, match="and not path"):
        lab.lose(path="/")
    with pytest.raises(ControlError, match="copies"):
        lab.duplicate(copies=1)


def test_arguments_that_make_no_sense(tuco: Tuco) -> None:
    for wrong in (
        lambda: tuco.webhooks.wait("message.sentt"),
        lambda: tuco.webhooks.wait(times=0),
        lambda: tuco.webhooks.wait(timeout="soon"),
        lambda: tuco.webhooks.answer(times=-1),
        lambda: tuco.webhooks.answer(delay=None),  # type: ignore[arg-type] # what is told
        lambda: tuco.redeliver(7),
        lambda: tuco.deliveries(event="x"),
    ):
        with pytest.raises(TucoError):
            wrong()


def test_in_an_event_loop(tuco: Tuco) -> None:
    async def run() -> None:
        hooks = tuco.webhooks
        with pytest.raises(BlockingCall, match=r"await tuco\.webhooks\.async_wait"):
            hooks.wait("message.sent")
        with pytest.raises(BlockingCall, match=r"await tuco\.async_wait_for_deliveries"):
            tuco.wait_for_deliveries()
        waiting = asyncio.create_task(hooks.async_wait("message.sent"))
        answer = await tuco.async_client.post(f"/api/webhooks/{hooks.webhook_id}/health-check")
        assert answer.json()["success"] is True
        assert (await waiting).verified
        await tuco.async_wait_for_deliveries()

    asyncio.run(run())


@pytest.mark.parametrize("in_process", [False, True])
def test_nothing_is_left_behind_even_while_a_receiver_hangs(in_process: bool) -> None:
    before = set(threading.enumerate())
    began = time.monotonic()
    with TucoMock(in_process=in_process) as tuco:
        hooks = tuco.webhooks
        check(tuco)
        hooks.answer(hang=True)
        again(tuco, times=3)
        hooks.wait(times=3)
    assert time.monotonic() - began < 8
    assert set(threading.enumerate()) <= before


def test_the_receiver_works_in_an_asynchronous_mock() -> None:
    async def run() -> None:
        async with TucoMock() as tuco:
            await tuco.async_client.post(f"/api/webhooks/{tuco.webhooks.webhook_id}/health-check")
            assert (await tuco.webhooks.async_wait()).verified

    asyncio.run(run())
