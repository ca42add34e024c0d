"""Many clients at the same moment: each message is counted by exactly one of them."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.support import CANCEL, World

if TYPE_CHECKING:
    from collections.abc import Callable

    from tuco_mock.server import BackgroundServer

CLIENTS = 64
MESSAGES = 500


def at_once(url: str, act: Callable[[httpx.Client, int], Any]) -> list[Any]:
    """What each of the clients got, all of them with a connection of their own, all beginning at the same moment."""
    gate = threading.Barrier(CLIENTS, timeout=60)

    def one(number: int) -> Any:
        with httpx.Client(base_url=url, timeout=60, trust_env=False, verify=False) as client:
            client.get("/_tuco/livez")  # connected
            gate.wait()
            return act(client, number)

    with ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(one, range(CLIENTS)))


@pytest.mark.clause("C17")
def test_each_message_is_counted_by_exactly_one_of_64_cancellations(server: BackgroundServer, world: World) -> None:
    lead = world.lead(phone="+14155550100", email="jane@example.com")
    jobs = ["waiting", "delayed", "active", "none"]
    sent = [{"leadId": lead, "job": jobs[number % 4]} for number in range(MESSAGES)]
    made = [message["id"] for message in world.control("POST", "/messages", sent, status=201)]
    ways = [{"leadId": lead}, {"recipientPhone": "+14155550100"}, {"recipientEmail": "Jane@Example.com"}]

    def cancel(client: httpx.Client, number: int) -> Any:
        answer = client.post(CANCEL, json=ways[number % 3], headers=world.headers)
        assert answer.status_code == 200
        return answer.json()

    answers = at_once(server.url, cancel)
    counted = Counter(each for answer in answers for each in answer["messageIds"])
    assert counted == Counter(made)
    assert sum(answer["cancelledCount"] for answer in answers) == MESSAGES
    assert sum(answer["jobsRemovedFromQueue"] for answer in answers) == MESSAGES // 2
    assert set(world.jobs().values()) == {"active"}
    assert set(world.statuses().values()) == {"cancelled"}


def test_cancelling_and_adding_at_the_same_time_loses_nothing(server: BackgroundServer, world: World) -> None:
    lead = world.lead(phone="+14155550100")
    path = f"/_tuco/workspaces/{world.id}/messages"

    def act(client: httpx.Client, number: int) -> list[str]:
        if number % 2:
            for _ in range(5):
                client.post(path, json={"leadId": lead}).raise_for_status()
            return []
        found: list[str] = []
        for _ in range(5):
            found += client.post(CANCEL, json={"leadId": lead}, headers=world.headers).json()["messageIds"]
        return found

    counted = Counter(each for found in at_once(server.url, act) for each in found)
    counted.update(world.cancel(leadId=lead)["messageIds"])
    assert counted == Counter(world.statuses().keys())
    assert len(counted) == CLIENTS // 2 * 5


def test_a_worker_and_a_cancellation_never_both_get_a_job(server: BackgroundServer, world: World) -> None:
    lead = world.lead(phone="+14155550100")
    made = [each["id"] for each in world.control("POST", "/messages", [{"leadId": lead}] * CLIENTS, status=201)]

    def act(client: httpx.Client, number: int) -> tuple[int, int]:
        if number == CLIENTS // 2:
            return client.post(CANCEL, json={"leadId": lead}, headers=world.headers).json()["jobsRemovedFromQueue"], 0
        path = f"/_tuco/workspaces/{world.id}/queue/{made[number]}/start"
        return 0, client.post(path).status_code == 200

    answers = at_once(server.url, act)
    removed, taken = (sum(column) for column in zip(*answers, strict=True))
    assert removed + taken == CLIENTS
    assert len(world.jobs()) == taken
    assert set(world.statuses().values()) == {"cancelled"}


def test_workspaces_made_at_the_same_time_are_all_there(server: BackgroundServer, http: httpx.Client) -> None:
    def act(client: httpx.Client, number: int) -> Any:
        return client.post("/_tuco/workspaces", json={"id": f"same.{number // 2}"})

    answers = at_once(server.url, act)
    made = [answer.json() for answer in answers if answer.status_code == 201]
    try:
        assert Counter(answer.status_code for answer in answers) == {201: CLIENTS // 2, 409: CLIENTS // 2}
        assert len({each["apiKeys"][0] for each in made}) == len({each["id"] for each in made}) == CLIENTS // 2
    finally:
        for each in made:
            http.delete(f"/_tuco/workspaces/{each['id']}").raise_for_status()
