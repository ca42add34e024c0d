"""Code that has Tuco's address hard-wired: its calls are led to the mock, and nothing reaches the real service."""

from __future__ import annotations

import os
import urllib.request
from typing import TYPE_CHECKING

import httpx
import pytest

from tuco_mock.interception import UnsupportedClient

if TYPE_CHECKING:
    from tuco_mock.client import Tuco

# The code under test.

CANCEL = "https://app.tuco.ai/api/messages/cancel-for-lead"


def opt_out(phone: str) -> int:
    """Cancel what waits for a lead; how many messages."""
    key = os.environ.get("TUCO_API_KEY", "tuco_sk_live")
    answer = httpx.post(CANCEL, headers={"Authorization": f"Bearer {key}"}, json={"recipientPhone": phone})
    return int(answer.raise_for_status().json()["cancelledCount"])


# The tests.


@pytest.mark.tuco(intercept=True)
def test_it_comes_to_the_workspace_whatever_key_it_has(tuco: Tuco) -> None:
    tuco.add_message(tuco.add_lead(phone="+14155550100"), status="queued")

    assert opt_out("+14155550100") == 1

    tuco.assert_called("POST", "/api/messages/cancel-for-lead", json={"recipientPhone": "+14155550100"})


def test_for_a_part_of_a_test(tuco: Tuco) -> None:
    with tuco.intercept():
        assert opt_out("+14155550100") == 0


@pytest.mark.tuco(intercept=True)
def test_a_broken_connection_is_as_the_client_has_it(tuco: Tuco) -> None:
    tuco.drop_next("reset")

    with pytest.raises(httpx.ReadError):
        opt_out("+14155550100")


@pytest.mark.tuco(intercept=True)
def test_a_client_that_can_t_be_led_is_told_so(tuco: Tuco) -> None:
    with pytest.raises(UnsupportedClient, match=r"urllib\.request tried to reach app\.tuco\.ai"):
        urllib.request.urlopen(CANCEL)
