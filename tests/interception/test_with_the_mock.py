"""`tuco.intercept()`: calls to the real service come to the workspace, and its control plane goes on beside it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import aiohttp
import httpx
import pytest
import requests

from tests.interception.clients import CALLS, Call
from tests.interception.servers import TUCO

if TYPE_CHECKING:
    from tuco_mock.client import Tuco
    from tuco_mock.client.faults import Drop
    from tuco_mock.pytest_plugin import MakeTuco

CANCEL = f"{TUCO}/api/messages/cancel-for-lead"
HARD_WIRED = {"Authorization": "Bearer tuco_sk_live", "Content-Type": "application/json"}


@pytest.mark.tuco(intercept=True)
def test_hard_wired_address_and_key(tuco: Tuco, call: Call) -> None:
    lead = tuco.add_lead(phone="+14155550100")
    tuco.add_message(lead, status="queued")
    answer = call("POST", CANCEL, headers=HARD_WIRED, content=b'{"recipientPhone": "+14155550100"}')
    assert (answer.status, answer.json["cancelledCount"]) == (200, 1)
    assert [message.status for message in tuco.messages(lead)] == ["cancelled"]
    (request,) = tuco.assert_called("POST", "/api/messages/cancel-for-lead", times=1)
    assert request.lead == lead.id


@pytest.mark.tuco(intercept=True)
def test_no_key_is_made_up(tuco: Tuco, call: Call) -> None:
    assert call("POST", CANCEL, content=b"{}").status == 401
    assert tuco.requests() == []


@pytest.mark.tuco(intercept=True)
def test_documented_failures(tuco: Tuco, call: Call) -> None:
    tuco.rate_limit.exhaust("replies")
    answer = call("GET", f"{TUCO}/api/replies", headers=HARD_WIRED)
    assert (answer.status, answer.headers["retry-after"]) == (429, "1")


LOST: dict[str, tuple[type[Exception], type[Exception]]] = {
    "httpx": (httpx.ReadError, httpx.RemoteProtocolError),
    "async httpx": (httpx.ReadError, httpx.RemoteProtocolError),
    "requests": (requests.ConnectionError, requests.ConnectionError),
    "aiohttp": (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError),
}


@pytest.mark.parametrize("client", CALLS)
@pytest.mark.parametrize("kind", ["reset", "empty"])
def test_lost_answers(tuco: Tuco, client: str, kind: Drop) -> None:
    tuco.drop_next(kind, times=None)
    with tuco.intercept(), pytest.raises(LOST[client][kind == "empty"]) as caught:
        CALLS[client]("POST", CANCEL, headers=HARD_WIRED, content=b"{}")
    if client != "async httpx":  # which has no words for it
        assert ("reset by peer" in str(caught.value)) == (kind == "reset")


@pytest.mark.tuco(intercept=True)
@pytest.mark.parametrize("kind", ["reset", "empty"])
def test_aiohttp_retries_a_lost_get_by_itself(tuco: Tuco, kind: Drop) -> None:
    tuco.drop_next(kind)
    assert CALLS["aiohttp"]("GET", f"{TUCO}/api/replies", headers=HARD_WIRED).status == 200
    lost, answered = tuco.assert_called("GET", "/api/replies", times=2)
    assert (lost.status, answered.status) == (None, 200)
    tuco.drop_next(kind, times=2)
    with pytest.raises(LOST["aiohttp"][kind == "empty"]):
        CALLS["aiohttp"]("GET", f"{TUCO}/api/replies", headers=HARD_WIRED)
    tuco.assert_called("GET", "/api/replies", after=answered, times=2)


def test_two_workspaces_one_after_the_other(make_tuco: MakeTuco, call: Call) -> None:
    first, second = make_tuco(), make_tuco()
    for tuco in (first, second):
        with tuco.intercept():
            call("GET", f"{TUCO}/api/replies", headers=HARD_WIRED)
    assert [len(tuco.requests()) for tuco in (first, second)] == [1, 1]


@pytest.mark.asyncio
@pytest.mark.tuco(intercept=True)
async def test_in_an_asynchronous_test(tuco: Tuco) -> None:
    async with httpx.AsyncClient(headers=HARD_WIRED) as client, aiohttp.ClientSession(headers=HARD_WIRED) as session:
        assert (await client.get(f"{TUCO}/api/replies")).json()["total"] == 0
        async with session.get(f"{TUCO}/api/replies") as answer:
            assert (await answer.json())["total"] == 0
        assert (await asyncio.to_thread(requests.get, f"{TUCO}/api/replies", headers=HARD_WIRED, timeout=30)).ok
    tuco.assert_called("GET", "/api/replies", times=3)
