"""Settle and the queue by hand: what is asked for wrongly, what is kept, what it costs others."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.benchmarks.campaign import workspace
from tests.clauses.worker import OPENS, SLOW, STOPS, Shop
from tests.control.described import refused
from tuco_mock.actions.reset import start_with
from tuco_mock.actions.running import advance
from tuco_mock.domain.clocks import Clock
from tuco_mock.domain.fixture.check import check
from tuco_mock.state.engines import embedded
from tuco_mock.state.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support import World

    Make = Callable[..., World]

DAY = 86_400_000


@pytest.fixture
def shop(make_world: Make) -> Shop:
    """A workspace with one line, by hand."""
    return Shop(make_world)


@pytest.mark.parametrize("body", [{"max": 0}, {"max": True}, {"max": "1"}, {"max": 1.5}, {"mxa": 1}, [1], 7, "all"])
def test_a_run_that_can_t_be_meant(shop: Shop, body: Any) -> None:
    message = shop.send()
    answer = shop.world.http.post(f"/_tuco/workspaces/{shop.world.id}/queue/run", json=body)
    refused(answer, 400, "max")
    assert shop.status(message) == ["queued"]


@pytest.mark.parametrize("body", [{"error": 1}, {"err": "x"}, ["x"], "x"])
def test_a_failure_that_can_t_be_meant(shop: Shop, body: Any) -> None:
    message = shop.send()
    shop.turn(message, "start")
    url = f"/_tuco/workspaces/{shop.world.id}/queue/{message}/fail"
    refused(shop.world.http.post(url, json=body), 400, "error")
    assert shop.status(message) == ["queued"]
    assert shop.world.http.post(url).json()["error"] == "Failed by hand"


def test_a_job_that_nobody_holds_can_t_fail(shop: Shop) -> None:
    message = shop.send()
    url = f"/_tuco/workspaces/{shop.world.id}/queue/{message}/fail"
    refused(shop.world.http.post(url), 409, "start it first")
    refused(shop.world.http.post(url.replace(message, "f" * 24)), 404)


def test_an_empty_workspace_is_settled(shop: Shop) -> None:
    told = shop.settle()
    assert (told["counts"], told["happened"], told["nextDue"]) == ({}, [], None)


@pytest.mark.parametrize("setting", [{"worker": "sometimes"}, {"worker": 1}, {"fallbackConfigured": "yes"}])
def test_settings_that_don_t_exist(shop: Shop, setting: dict[str, Any]) -> None:
    refused(shop.world.http.patch(f"/_tuco/workspaces/{shop.world.id}", json=setting), 422, next(iter(setting)))


def busy(shop: Shop) -> None:
    """Let the workspace have messages of all kinds on their way."""
    for phone in (STOPS, OPENS, SLOW):
        shop.send(shop.lead(phone=phone))
        shop.run()
        shop.world.clock(advance="46s")
    for _ in range(30):
        shop.send(sendWindowStart="12:00", timezone="Europe/Berlin")
    shop.run()


def test_out_and_in_again_is_the_same_and_goes_on_the_same(shop: Shop, make_world: Make) -> None:
    busy(shop)
    state = shop.world.state()
    assert {"agenda", "bookings"} <= state.keys()
    other = make_world(state=state)
    own = {"id", "apiKeys"}
    assert {name: each for name, each in other.state().items() if name not in own} == {
        name: each for name, each in state.items() if name not in own
    }
    for world in (shop.world, other):
        world.patch(worker="auto", seed="the same")
        world.clock(advance="3d")
    after, again = shop.world.state(), other.state()
    assert {name: each for name, each in again.items() if name not in own} == {
        name: each for name, each in after.items() if name not in own
    }
    assert {each["status"] for each in after["messages"]} == {"delivered"}


def test_a_snapshot_brings_back_what_was_to_happen(shop: Shop) -> None:
    busy(shop)
    before = shop.world.state()
    shop.world.control("POST", "/snapshots", {"name": "before"})
    shop.world.patch(worker="auto")
    shop.world.clock(advance="3d")
    assert {"agenda", "bookings"} - shop.world.state().keys() == {"agenda"}
    shop.world.control("POST", "/snapshots/before/restore")
    assert shop.world.state() == before
    assert [each["state"] for each in shop.world.control("GET", "/queue")["jobs"]].count("active") == 1


def test_out_and_in_again_after_leads_were_removed(shop: Shop) -> None:
    """Nothing is left on the agenda of what is gone, so that what is exported can be imported; a snapshot has it."""
    busy(shop)
    shop.world.control("POST", "/snapshots", {"name": "before"})
    before = shop.world.state()
    gone = shop.world.control("GET", "/leads")["leads"][:2]
    shop.world.delete(*(each["id"] for each in gone))
    state = shop.world.state()
    left = {each["id"] for each in state["messages"]}
    assert len(before["agenda"]) > len(state["agenda"]) > 0
    assert {each["messageId"] for each in state["agenda"]} <= left
    shop.world.control("PUT", "/state", state)
    assert shop.world.state() == state
    shop.world.control("POST", "/snapshots/before/restore")
    assert shop.world.state() == before


def test_out_and_in_again_with_a_message_to_a_lead_that_is_nowhere(shop: Shop) -> None:
    """Who is nowhere does not answer (C6)."""
    shop.world.message(leadId="f" * 24, recipientPhone=STOPS)
    shop.run()
    state = shop.world.state()
    assert [each["deed"] for each in state["agenda"]] == ["delivered"]
    shop.world.control("PUT", "/state", state)
    assert shop.world.state() == state


def test_another_state_takes_the_agenda_s_place(shop: Shop) -> None:
    busy(shop)
    state = shop.world.state()
    shop.world.control("PUT", "/state", {})
    assert {"agenda", "bookings"}.isdisjoint(shop.world.state())
    shop.world.control("PUT", "/state", state)
    assert shop.world.state() == state


def test_a_long_run_keeps_nobody_waiting() -> None:
    """While a week of a campaign is run, others are given the event loop every few milliseconds."""
    store = Store(embedded())
    [made] = start_with(store, check({"workspaces": [workspace(100, 5, 5)]}))
    longest = 0.0

    async def others() -> None:
        nonlocal longest
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0)
            longest = max(longest, time.perf_counter() - before)

    async def week() -> int:
        waiting = asyncio.create_task(others())
        done = await advance(store, made, store.vitals.clock(made.id).advance(7 * DAY))
        waiting.cancel()
        return len([each for each in done if each.kind == "sent"])

    assert asyncio.run(week()) == 500
    assert longest < 0.25


def test_a_workspace_dropped_in_the_middle_is_left_alone() -> None:
    store = Store(embedded())
    [made] = start_with(store, check({"workspaces": [workspace(100, 5, 5)]}))

    async def drop() -> int:
        running = asyncio.create_task(advance(store, made, Clock(True, store.vitals.clock(made.id).now() + 7 * DAY)))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        store.drop(made.id)
        return len(await running)

    assert 0 < asyncio.run(drop()) < 500
    assert store.engines.redis.keys("*week*") == []
