"""Many calls at one moment on real engines, two servers in front of them: as one server that takes them in turn."""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from uuid import uuid4

import httpx
import pytest

from tests.support import CANCEL, World
from tuco_mock.app import create_app
from tuco_mock.domain.pacing import DEVICE_GAP
from tuco_mock.domain.timestamps import millis
from tuco_mock.server import BackgroundServer
from tuco_mock.settings import Settings

if TYPE_CHECKING:
    from tests.engines.servers import MongoServer, RedisServer

CLIENTS = 16

AtOnce = Callable[[Callable[[httpx.Client, int], httpx.Response]], list[httpx.Response]]


@pytest.fixture
def servers(redis_server: RedisServer, mongo_server: MongoServer) -> Iterator[list[str]]:
    """Two servers, each of which knows of the other by the engines alone."""
    shared = Settings(mongo_url=mongo_server.patient_url, redis_url=redis_server.url, namespace=f"r-{uuid4().hex[:8]}")
    with BackgroundServer(create_app(shared)) as one, BackgroundServer(create_app(shared)) as other:
        yield [one.url, other.url]


@pytest.fixture
def http(servers: list[str]) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=servers[0], trust_env=False, timeout=60) as client:
        yield client


@pytest.fixture
def at_once(servers: list[str]) -> AtOnce:
    """Let clients with a connection each do something at the same moment, half of them with either server."""
    gate = threading.Barrier(CLIENTS, timeout=60)

    def one(act: Callable[[httpx.Client, int], httpx.Response], number: int) -> httpx.Response:
        with httpx.Client(base_url=servers[number % 2], timeout=60, trust_env=False) as client:
            client.get("/_tuco/livez")  # connected
            gate.wait()
            return act(client, number)

    def all_of_them(act: Callable[[httpx.Client, int], httpx.Response]) -> list[httpx.Response]:
        with ThreadPoolExecutor(CLIENTS) as pool:
            return list(pool.map(lambda number: one(act, number), range(CLIENTS)))

    return all_of_them


@pytest.mark.clause("L1", "L2")
def test_an_address_becomes_one_lead(http: httpx.Client, at_once: AtOnce) -> None:
    """However many import it at once; a row beside it that nobody else has is kept once as well."""
    world = World(http)
    world.create({"phone": "+14155550199"})  # Quick Sends is there

    def add(client: httpx.Client, number: int) -> httpx.Response:
        rows = [{"phone": f"+1415555{1000 + number}"}, {"phone": "+14155550100"}]
        return client.post("/api/leads", json={"leads": rows}, headers=world.headers)

    for answer in at_once(add):
        assert answer.status_code in {200, 201}, answer.text
    phones = [lead["phone"] for lead in world.control("GET", "/leads")["leads"]]
    assert len(phones) == len(set(phones)) == CLIENTS + 2


@pytest.mark.clause("P10")
def test_a_lead_joins_a_campaign_once(http: httpx.Client, at_once: AtOnce) -> None:
    campaign = "69ab444ac1feb77d7f46462f"
    world = World(http, state={"campaigns": [{"id": campaign, "name": "C", "steps": [{"message": "Hi"}]}]})
    lead = world.lead(phone="+14155550100")

    def join(client: httpx.Client, _: int) -> httpx.Response:
        return client.post(f"/api/campaigns/{campaign}/leads", json={"leadId": lead}, headers=world.headers)

    assert {answer.status_code for answer in at_once(join)} <= {200, 201}
    assert len(world.statuses()) == 1


@pytest.mark.clause("C17")
def test_each_message_is_cancelled_once(http: httpx.Client, at_once: AtOnce) -> None:
    world = World(http)
    lead = world.lead(phone="+14155550100")
    sent = [{"leadId": lead, "job": ["waiting", "delayed"][number % 2]} for number in range(200)]
    made = [message["id"] for message in world.control("POST", "/messages", sent, status=201)]
    answers = at_once(lambda client, _: client.post(CANCEL, json={"leadId": lead}, headers=world.headers))
    assert Counter(each for answer in answers for each in answer.json()["messageIds"]) == Counter(made)
    assert sum(answer.json()["jobsRemovedFromQueue"] for answer in answers) == 200
    assert world.jobs() == {}


@pytest.mark.clause("R20")
def test_a_limit_is_a_limit_of_all_servers(http: httpx.Client, at_once: AtOnce) -> None:
    world = World(http, rateLimits={"replies": 5}, clock="2026-03-13T00:00:00Z")
    answers = at_once(lambda client, _: client.get("/api/replies", headers=world.headers))
    assert Counter(answer.status_code for answer in answers) == {200: 5, 429: CLIENTS - 5}
    assert len(world.requests()) == CLIENTS


def test_a_fault_strikes_as_often_as_it_may(http: httpx.Client, at_once: AtOnce) -> None:
    world = World(http)
    world.fault({"status": 500}, times=3)
    answers = at_once(lambda client, _: client.get("/api/replies", headers=world.headers))
    assert Counter(answer.status_code for answer in answers) == {500: 3, 200: CLIENTS - 3}


@pytest.mark.clause("W5")
def test_a_daily_limit_holds_for_simultaneous_sends(http: httpx.Client, at_once: AtOnce) -> None:
    """Five lines may send one message each a day: of all that are sent at this moment, five leave."""
    lines = [{"phone": f"+1646223000{number}", "dailyTotalMessagesLimit": 1} for number in range(5)]
    world = World(http, state={"clock": "2026-03-13T12:00:00Z", "lines": lines})
    leads = [world.lead(phone=f"+1415555{number:04}") for number in range(CLIENTS)]

    def send(client: httpx.Client, number: int) -> httpx.Response:
        return client.post("/api/messages", json={"message": "Hi", "leadId": leads[number]}, headers=world.headers)

    assert {answer.status_code for answer in at_once(send)} == {201}
    assert Counter(world.statuses().values()) == {"sent": 5, "scheduled": CLIENTS - 5}
    used = [line["usage"]["totalMessagesCount"] for line in world.control("GET", "/lines")["lines"]]
    assert used == [1] * 5


@pytest.mark.clause("W11")
def test_a_time_is_booked_once(http: httpx.Client, at_once: AtOnce) -> None:
    """Of all that one line is to send at this moment each gets a time of its own, a gap apart."""
    world = World(http, state={"clock": "2026-03-13T12:00:00Z", "lines": [{"phone": "+16462230920"}]})
    lead = world.lead(phone="+14155550100")
    world.send(leadId=lead)

    def send(client: httpx.Client, number: int) -> httpx.Response:
        return client.post("/api/messages", json={"message": f"{number}", "leadId": lead}, headers=world.headers)

    assert {answer.status_code for answer in at_once(send)} == {201}
    messages = world.control("GET", "/messages?status=pending")["messages"]
    booked = sorted(millis(each["scheduledDate"]) for each in messages)
    assert len(booked) == CLIENTS
    assert {after - before for before, after in itertools.pairwise(booked)} == {DEVICE_GAP}


@pytest.mark.clause("V21")
def test_a_day_s_checks_are_counted_once_each(http: httpx.Client, at_once: AtOnce) -> None:
    world = World(http, state={"clock": "2026-03-13T12:00:00Z", "lines": [{"phone": "+16462230920"}]})
    body = {"addresses": ["+14155550100"] * 10}
    answers = at_once(lambda client, _: client.post("/api/check-availability", json=body, headers=world.headers))
    assert Counter(answer.status_code for answer in answers)[200] == 7
