"""Waiting for requests: at once, when they come, or not at all."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable

import pytest

from tests.client.conftest import CANCEL, REPLIES
from tuco_mock.client import BlockingCall, ControlError, Tuco

SHORT = 0.2
"""A wait that is to fail, in seconds."""


def in_background(call: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=call)
    thread.start()
    return thread


def test_what_has_come_already_is_not_waited_for(tuco: Tuco) -> None:
    tuco.client.get(REPLIES)
    assert tuco.wait_for_request("GET", REPLIES, timeout=0).path == REPLIES


def test_what_comes_later_is_waited_for(tuco: Tuco) -> None:
    tuco.latency("100ms", phase="before")
    client = tuco.client  # made here, used there
    thread = in_background(lambda: client.get(REPLIES))
    assert tuco.wait_for_request("GET", REPLIES).status == 200
    thread.join()


def test_as_many_as_are_wanted_are_waited_for(tuco: Tuco) -> None:
    client = tuco.client
    thread = in_background(lambda: [client.get(REPLIES, params={"page": page}) for page in (1, 2, 3)])
    assert tuco.wait_for_request("GET", REPLIES, times=3).query == {"page": "3"}
    thread.join()


def test_what_came_before_does_not_count_after_it(tuco: Tuco) -> None:
    client = tuco.client
    client.get(REPLIES)
    before = tuco.wait_for_request("GET", REPLIES)
    with pytest.raises(AssertionError, match="it never came"):
        tuco.wait_for_request("GET", REPLIES, after=before, timeout=SHORT)
    thread = in_background(lambda: client.get(REPLIES))
    assert tuco.wait_for_request("GET", REPLIES, after=before).id > before.id
    thread.join()


def test_a_wait_in_vain_ends_in_time_and_tells_what_came_instead(tuco: Tuco) -> None:
    tuco.client.post(CANCEL, json={"recipientPhone": "+14155550100"})
    begun = time.monotonic()
    with pytest.raises(AssertionError) as caught:
        tuco.wait_for_request("POST", CANCEL, json={"recipientPhone": "+14155550199"}, timeout=SHORT)
    assert SHORT <= time.monotonic() - begun < 10
    told = str(caught.value)
    assert told.startswith(f"waited 0.2 s for POST {CANCEL} with json")
    assert 'body.recipientPhone is "+14155550100", not "+14155550199"' in told


def test_too_few_are_told_with_those_that_came(tuco: Tuco) -> None:
    tuco.client.get(REPLIES)
    with pytest.raises(AssertionError, match=f"waited 0.2 s for GET {REPLIES} twice, but it came once\nrequests that"):
        tuco.wait_for_request("GET", REPLIES, times=2, timeout=SHORT)


def test_a_wait_longer_than_the_server_s_longest_is_refused(tuco: Tuco) -> None:
    with pytest.raises(ControlError, match="timeout is at most 60s"):
        tuco.wait_for_request("GET", REPLIES, timeout=61)


@pytest.mark.asyncio
async def test_waiting_in_an_event_loop_is_refused_with_what_to_do_instead(tuco: Tuco) -> None:
    with pytest.raises(BlockingCall, match=r"write `await tuco\.async_wait_for_request\(\.\.\.\)`"):
        tuco.wait_for_request("GET", REPLIES)


@pytest.mark.asyncio
async def test_waiting_in_a_thread_beside_an_event_loop_is_fine(tuco: Tuco) -> None:
    waiting = asyncio.create_task(asyncio.to_thread(tuco.wait_for_request, "GET", REPLIES))
    await tuco.async_client.get(REPLIES)
    assert (await waiting).path == REPLIES


@pytest.mark.asyncio
async def test_asynchronous_waiting_lets_the_loop_go_on(tuco: Tuco) -> None:
    waiting = asyncio.create_task(tuco.async_wait_for_request("GET", REPLIES, times=2))
    await tuco.async_client.get(REPLIES)
    await tuco.async_client.get(REPLIES, params={"page": 2})
    assert (await waiting).query == {"page": "2"}


@pytest.mark.asyncio
async def test_asynchronous_waiting_in_vain_is_told(tuco: Tuco) -> None:
    with pytest.raises(AssertionError, match=f"waited 0.2 s for GET {REPLIES}, but it never came"):
        await tuco.async_wait_for_request("GET", REPLIES, timeout=SHORT)


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["trio"])
async def test_waiting_in_trio(tuco: Tuco) -> None:
    with pytest.raises(BlockingCall):
        tuco.wait_for_request("GET", REPLIES)
    assert (await tuco.async_client.get(REPLIES)).status_code == 200
    assert (await tuco.async_wait_for_request("GET", REPLIES)).path == REPLIES
