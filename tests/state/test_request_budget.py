"""What a request may ask of the engines: the whole of it is listed, from the key to the journal's record."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.state.counting import Counted
from tests.state.snapshot_worlds import Place
from tests.support import CANCEL, REPLIES
from tuco_mock.app import TucoApp
from tuco_mock.settings import Settings
from tuco_mock.state.embedded.documents.collection import IndexedCollection
from tuco_mock.state.engines import embedded
from tuco_mock.state.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable

PHONE, OTHER = "+14155550100", "+14155550101"
LEADS = [{"id": f"{n:024x}", "phone": phone} for n, phone in enumerate((PHONE, OTHER), 1)]
STATE: dict[str, Any] = {
    "leads": LEADS,
    "lines": [{"id": f"{9:024x}", "phone": "+16462230920"}],
    "messages": [
        {"leadId": LEADS[0]["id"], "message": "Hello", "status": status}
        for status in ("sent", "delivered", "scheduled", "queued")
    ],
    "replies": [{"leadId": LEADS[0]["id"], "message": "Yes"}],
}
KEY = {"workspaces.find_one": 1}
LIMIT = {"HMGET": 1, "HSET": 1}
JOURNAL = {"HGET": 1, "RPUSH": 1}

Budget = dict[str, int]


def asking(store: Store) -> Callable[[str, str, Any], None]:
    """What asks a server with that store, in which the state is, and is answered well."""
    place = Place(store, "ws", **STATE)
    app = TucoApp(store, Settings())

    def ask(method: str, path: str, body: Any) -> None:
        async def answered() -> httpx.Response:
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://mock") as client:
                headers = {"Authorization": f"Bearer key-of-{place.id}"}
                return await client.request(method, path, json=body, headers=headers)

        assert asyncio.run(answered()).is_success

    return ask


def spend(monkeypatch: pytest.MonkeyPatch, before: tuple[Any, ...], asked: tuple[str, str, Any]) -> tuple[Budget, int]:
    """What a request asks of the engines, after some others that do not count, and how many documents it looks at."""
    counted = Counted(monkeypatch)
    ask = asking(counted.store)
    for each in (LOOKING, *before):  # the first request finds the worker rung for the state that was put in
        ask(*each)
    cost = dict(counted.of(lambda: ask(*asked)))
    examined = cost.pop("examined", 0)
    cost.pop("values", None)
    return cost, examined


LOOKING = ("GET", "/api/lines/by-user", None)
GET = ("GET", f"{REPLIES}?recipientPhone=%2B14155550100&limit=10", None)
GET_BY_LEAD = ("GET", f"{REPLIES}?leadId={LEADS[0]['id']}", None)
GET_ALL = ("GET", REPLIES, None)
CANCELLING = ("POST", CANCEL, {"recipientPhone": PHONE})
SENDING = ("POST", "/api/messages", {"recipientPhone": OTHER, "message": "Hello"})


@pytest.mark.parametrize("repeated", [0, 1])
@pytest.mark.parametrize(
    ("asked", "budget", "examined"),
    [
        (GET, {"leads.find_one": 1, "replies.find": 2, "messages.find": 1}, 6),
        (GET_BY_LEAD, {"leads.find_one": 1, "replies.find": 2, "messages.find": 1}, 6),
        (
            GET_ALL,
            {
                "threads.count_documents": 1,
                "threads.find": 1,
                "leads.find_one": 1,
                "replies.find": 1,
                "messages.find": 1,
            },
            6,
        ),
    ],
)
def test_listing_replies(
    monkeypatch: pytest.MonkeyPatch, asked: tuple[str, str, Any], budget: Budget, examined: int, repeated: int
) -> None:
    cost = spend(monkeypatch, (asked,) * repeated, asked)
    assert cost == (KEY | LIMIT | JOURNAL | budget, examined)


def test_cancelling_two(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {"leads.find_one": 1, "messages.find": 1}
    cancelled = {"HINCRBY": 1, "messages.update_many": 1, "DEL": 1, "ZREM": 2}
    snapshots = {"HKEYS": 2}
    budget = KEY | found | cancelled | snapshots | {"HGET": 2, "RPUSH": 1}  # the clock is read for the journal, too
    assert spend(monkeypatch, (), CANCELLING) == (budget, 6)


def test_cancelling_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    budget = KEY | JOURNAL | {"leads.find_one": 1, "messages.find": 1}
    assert spend(monkeypatch, (CANCELLING,), CANCELLING) == (budget, 2)


def test_calls_that_change_nothing_ask_prepared_questions_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """No query is taken apart, and no cursor made, by the calls that are made most."""
    ask = asking(Store(embedded()))
    for each in (LOOKING, CANCELLING):
        ask(*each)
    for method in ("find", "find_one", "aggregate", "count_documents"):
        monkeypatch.setattr(IndexedCollection, method, None)
    for each in (GET, GET, CANCELLING, CANCELLING):
        ask(*each)


def test_sending(monkeypatch: pytest.MonkeyPatch) -> None:
    """To somebody who is known, by a line that must pause: a message and a job are kept, and a time is booked."""
    documents = {
        "workspaces.find_one": 2,  # by key, and once more by the worker, whom a new job wakes
        "leads.find_one": 2,
        "lines.find_one": 1,
        "lines.find": 1,
        "messages.find_one": 2,
        "messages.insert_many": 1,
        "messages.update_many": 1,
    }
    clock_and_bookings = {"HGET": 6, "HINCRBY": 2}
    job = {"ZSCORE": 2, "SADD": 1, "ZADD": 1, "HKEYS": 3}
    budget = documents | clock_and_bookings | job | {"HMGET": 1, "HSET": 3, "RPUSH": 1}
    assert spend(monkeypatch, (SENDING,), SENDING) == (budget, 8)
