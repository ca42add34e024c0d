"""Many processes on one MongoDB and one Redis are one server: nothing that matters is in the memory of any of them."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from tests.cli.running import SOON, one_line, run
from tests.engines.fleet import WORKERS
from tests.support import World
from tests.support_webhooks import Catcher, register

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import httpx

    from tests.engines.fleet import Fleet


@pytest.fixture(scope="module")
def fleet(start_fleet: Callable[[], Fleet]) -> Fleet:
    """A server for the tests that leave its processes alone."""
    return start_fleet()


def test_embedded_engines_have_one_process(tmp_path: Path) -> None:
    one_line(run(tmp_path, "serve", "--workers", "2"), "--workers", "--mongo-url", "--redis-url")
    one_line(run(tmp_path, "serve", TUCO_MOCK_WORKERS="2", TUCO_MOCK_REDIS_URL="redis://127.0.0.1:1"), "--workers")


def test_what_one_process_did_all_know(fleet: Fleet) -> None:
    """Each step is asked of another process than the one before."""
    with fleet.clients() as clients:
        made = World(next(iter(clients.values())), clock="2026-03-13T00:00:00Z", rateLimits={"messages": 3})
        worlds = [World.existing(client, made.id) for client in clients.values()]
        one, two, three, four = worlds
        one.add("lines", phone="+16462230920")
        lead = two.lead(phone="+14155550100")
        assert [world.post_message({"message": "Hi", "leadId": lead}).status_code for world in worlds] == [201] * 3 + [
            429
        ]
        three.fault({"status": 500}, times=1)
        assert [world.get_replies().status_code for world in worlds] == [500, 200, 200, 200]
        four.control("POST", "/snapshots", {"name": "then"}, status=201)
        one.reply(lead, message="Stop")
        two.clock(advance="5m")
        assert three.control("GET", "/clock")["now"] == "2026-03-13T00:05:00.000Z"
        assert len({str(world.state()) for world in worlds}) == 1
        three.control("POST", "/snapshots/then/restore", {})
        assert [world.replies()["replies"] for world in worlds] == [[]] * 4
        assert {len(world.requests()) for world in worlds} == {12}
        four.control("PATCH", "", {"readOnly": True})
        assert two.post_leads({"leads": [{"phone": "+14155550101"}]}).status_code == 402
        one.drop()
        assert [world.get_replies().status_code for world in worlds] == [401] * 4


def test_webhooks_and_jobs_are_those_of_all_processes(fleet: Fleet) -> None:
    """What a process has looked at before may be otherwise by now."""
    with fleet.clients() as clients, Catcher() as catcher:
        made = World(next(iter(clients.values())), clock="2026-03-13T00:00:00Z", worker="manual")
        worlds = [World.existing(client, made.id) for client in clients.values()]
        lead = made.lead(phone="+14155550100")
        for world in worlds:  # nobody is to be told, and there is no job
            world.reply(lead, message="No")
            assert world.jobs() == {}
        hook = register(worlds[1], catcher.url, "message.reply")
        for world in worlds:
            world.reply(lead, message="Yes")
        came = catcher.wait(4, SOON)
        assert [each.body["message"] for each in came] == ["Yes"] * 4
        worlds[3].control("PATCH", "/webhook-lab", {"effect": "lose", "times": 2})
        for world in worlds:
            world.reply(lead, message="Perhaps")
        assert [each.body["message"] for each in catcher.wait(6, SOON)[4:]] == ["Perhaps"] * 2
        worlds[2].http.delete(f"/api/webhooks/{hook}", headers=made.headers).raise_for_status()
        for world in worlds:
            world.reply(lead, message="No more")
        messages = [world.message(lead, job="waiting") for world in worlds]
        assert [world.jobs() for world in worlds] == [dict.fromkeys(messages, "waiting")] * 4
        assert worlds[3].cancel(leadId=lead)["jobsRemovedFromQueue"] == 4
        assert [world.jobs() for world in worlds] == [{}] * 4
        deliveries = worlds[0].control("GET", "/deliveries")
        assert (deliveries["total"], deliveries["pending"]) == (8, 0)


def test_a_limit_holds_for_all_processes_together(fleet: Fleet) -> None:
    with fleet.clients() as clients:
        world = World(next(iter(clients.values())), clock="2026-03-13T00:00:00Z")
        with ThreadPoolExecutor(WORKERS) as pool:

            def ask(client: httpx.Client) -> list[int]:
                return [client.get("/api/replies", headers=world.headers).status_code for _ in range(40)]

            said = Counter(status for each in pool.map(ask, clients.values()) for status in each)
    assert said == {200: 120, 429: 40}


def test_waiting_hears_what_another_process_did(fleet: Fleet) -> None:
    """Well before its timeout, which nothing else would end: each round the one asks and the other one calls."""
    with fleet.clients() as clients, ThreadPoolExecutor(1) as aside:
        here, there = list(clients.values())[:2]
        world = World(here)
        for count in range(1, 6):
            question = {"match": {"path": "/api/replies"}, "times": count, "timeout": "29s"}
            began = time.monotonic()
            waiting = aside.submit(here.post, f"/_tuco/workspaces/{world.id}/requests/wait", json=question)
            there.get("/api/replies", headers=world.headers).raise_for_status()
            assert waiting.result(SOON).json()["count"] == count
            assert time.monotonic() - began < 20
