"""What a workspace costs does not depend on how many there are, nor one message on how many there are."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.control.measuring import Steps, Stopwatch, dearer
from tests.support import World
from tuco_mock.app import create_app
from tuco_mock.server import BackgroundServer

if TYPE_CHECKING:
    from collections.abc import Iterator

FEW, MANY = 10, 1_000
GENEROUS = 2.0
"""How much dearer a step may be at most: scanning what is there would cost a hundred times as much."""
LEAD = {"id": "69b2c41d352a78479d2c623b", "phone": "+14155550100"}


def crowd(size: int) -> Iterator[httpx.Client]:
    """A client of a server with as many workspaces."""
    with (
        BackgroundServer(create_app()) as server,
        httpx.Client(base_url=server.url, trust_env=False, verify=False) as http,
    ):
        for number in range(size):
            body = {"id": f"ws-{number}", "leads": [LEAD], "messages": [{"leadId": LEAD["id"]}]}
            assert http.post("/_tuco/workspaces", json=body).status_code == 201
        yield http


@pytest.fixture(scope="module")
def few() -> Iterator[httpx.Client]:
    """A server with few workspaces."""
    yield from crowd(FEW)


@pytest.fixture(scope="module")
def many() -> Iterator[httpx.Client]:
    """A server with many."""
    yield from crowd(MANY)


def life(http: httpx.Client) -> Steps:
    """The life of a workspace, step by step."""
    watch = Stopwatch()
    world = watch.lap("make", World(http, leads=[LEAD]))
    watch.lap("add", world.message(LEAD["id"]))
    cancelled = watch.lap("cancel", world.cancel(recipientPhone="+14155550100"))
    watch.lap("reset", world.control("POST", "/reset", status=200))
    watch.lap("drop", world.drop())
    assert cancelled["cancelledCount"] == 1
    return watch.steps


def test_a_thousand_other_workspaces_cost_nothing(few: httpx.Client, many: httpx.Client) -> None:
    assert dearer(partial(life, few), partial(life, many), GENEROUS) == {}


def test_a_thousand_workspaces_are_all_there_and_apart(many: httpx.Client) -> None:
    listed = many.get("/_tuco/workspaces").json()["workspaces"]
    assert [each["id"] for each in listed[1:]] == [f"ws-{number}" for number in range(MANY)]
    assert len({each["apiKeys"][0] for each in listed}) == MANY + 1
    assert World.existing(many, "ws-500").cancel(leadId=LEAD["id"])["cancelledCount"] == 1
    assert World.existing(many, "ws-501").control("GET", "/messages?status=queued")["total"] == 1


def one_message(world: World) -> Steps:
    """What is done about a single message, step by step."""
    watch = Stopwatch()
    message = watch.lap("add", world.message(recipientPhone="+15005550006"))
    watch.lap("look", world.control("GET", "/messages?recipientPhone=%2B15005550006&limit=1"))
    watch.lap("start", world.control("POST", f"/queue/{message}/start", status=200))
    watch.lap("finish", world.control("POST", f"/queue/{message}/finish", status=200))
    return watch.steps


def test_thousands_of_other_messages_cost_nothing(few: httpx.Client) -> None:
    small, large = (World(few, leads=[LEAD], messages=[{"leadId": LEAD["id"]}] * size) for size in (10, 3_000))
    assert dearer(partial(one_message, small), partial(one_message, large), GENEROUS) == {}
