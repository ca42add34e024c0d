"""What the code under test gets: address, key, environment, clients."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from tests.client.conftest import REPLIES
from tuco_mock.client import Server, Tuco


def test_address_and_key_are_what_a_customer_has(tuco: Tuco, tuco_server: Server) -> None:
    assert tuco.base_url == tuco_server.url
    assert tuco.headers == {"Authorization": f"Bearer {tuco.api_key}"}
    assert httpx.get(tuco.base_url + REPLIES, headers=tuco.headers, trust_env=False).status_code == 200


def test_the_environment_names_both(tuco: Tuco) -> None:
    assert tuco.env == {"TUCO_BASE_URL": tuco.base_url, "TUCO_API_KEY": tuco.api_key, "TUCO_MOCK_URL": tuco.base_url}


def test_a_client_that_was_closed_is_made_anew(tuco: Tuco) -> None:
    with tuco.client as client:
        assert tuco.client is client
        assert client.get(REPLIES).status_code == 200
    assert tuco.client.get(REPLIES).status_code == 200


@pytest.mark.asyncio
async def test_an_asynchronous_client_that_was_closed_is_made_anew(tuco: Tuco) -> None:
    async with tuco.async_client as client:
        assert tuco.async_client is client
    assert (await tuco.async_client.get(REPLIES)).status_code == 200


def test_an_asynchronous_client_works_in_one_event_loop_after_the_other(tuco: Tuco) -> None:
    async def ask() -> int:
        return (await tuco.async_client.get(REPLIES)).status_code

    assert [asyncio.run(ask()) for _ in range(3)] == [200, 200, 200]
    assert tuco.count("GET", REPLIES) == 3


@pytest.mark.asyncio
async def test_an_asynchronous_client_keeps_no_connection(tuco: Tuco) -> None:
    answers = await asyncio.gather(*(tuco.async_client.get(REPLIES) for _ in range(10)))
    assert [answer.status_code for answer in answers] == [200] * 10
    transport = tuco.async_client._transport
    assert isinstance(transport, httpx.AsyncHTTPTransport)
    assert transport._pool.connections == []
