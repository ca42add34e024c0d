"""Processes of a server are killed while they work: others go on, and nothing is done twice, too late or not at all."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.cli.running import SOON
from tests.support import World
from tests.support_webhooks import Catcher, register
from tuco_mock.client.receiving import Answer
from tuco_mock.domain.deliveries import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.engines.fleet import Fleet


@pytest.fixture(scope="module")
def fleet(start_fleet: Callable[[], Fleet]) -> Fleet:
    """A server whose processes are killed."""
    return start_fleet()


def kill(process: int) -> None:
    os.kill(process, signal.SIGKILL)


def until_all_are_there(fleet: Fleet, gone: set[int]) -> None:
    """Wait until as many processes answer as ever, none of them one that is gone."""
    with fleet.clients() as clients:
        assert gone.isdisjoint(clients)


def test_a_process_that_dies_is_replaced(fleet: Fleet) -> None:
    """And ends with the others, orderly."""
    with fleet.clients() as clients:
        first = next(iter(clients))
    kill(first)
    until_all_are_there(fleet, {first})
    with fleet.client() as http:
        assert http.get("/_tuco/readyz").status_code == 200


def test_all_processes_die_while_time_is_moved(fleet: Fleet) -> None:
    """They wait for a receiver when they die. Others move the time; the message isn't sent again, nor told of."""
    with fleet.clients() as clients, Catcher(Answer(hang=True)) as catcher, ThreadPoolExecutor(1) as aside:
        one = next(iter(clients.values()))
        world = World(one, clock="2026-03-13T12:00:00Z", worker="auto")
        register(world, catcher.url, "message.sent")
        world.add("lines", phone="+16462230920")
        message = world.message(world.lead(phone="+14155550100"), job="waiting")
        moving = aside.submit(one.post, f"/_tuco/workspaces/{world.id}/clock", json={"advance": "1h"})
        catcher.wait(1, SOON)
        for each in clients:
            kill(each)
        with pytest.raises(httpx.TransportError):
            moving.result(SOON)
        until_all_are_there(fleet, set(clients))
        with fleet.client() as http:
            there = World.existing(http, world.id)
            there.clock(advance="1h")
            there.control("POST", "/deliveries/wait", {"timeout": "20s"})
            [told] = there.control("GET", "/deliveries")["deliveries"]
            assert (told["event"], told["state"], told["error"]) == ("message.sent", "failed", UNKNOWN)
            assert there.statuses() == {message: "delivered"}
            assert there.jobs() == {}
        assert len(catcher.came) == 1


def test_a_signal_ends_them_all(start_fleet: Callable[[], Fleet]) -> None:
    fleet = start_fleet()
    with fleet.clients() as clients:
        processes = set(clients)
    ended = fleet.serving.end(signal.SIGTERM)
    assert (ended.code, ended.err) == (0, "")
    for each in processes:
        with pytest.raises(ProcessLookupError):
            os.kill(each, 0)
    with pytest.raises(httpx.ConnectError), fleet.client() as http:
        http.get("/_tuco/livez")
