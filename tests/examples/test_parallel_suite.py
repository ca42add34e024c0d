"""A parametrised suite, made to be run in parallel: `pytest -n auto`.

Each test has a workspace of its own, and under pytest-xdist each worker a server of its own, so nothing is shared and
every test may look at the whole of its world.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from tuco_mock.client import Tuco
    from tuco_mock.pytest_plugin import MakeTuco

# The code under test.


def opt_out(base_url: str, api_key: str, who: dict[str, str]) -> int:
    """Cancel what waits for a lead; how many messages."""
    answer = httpx.post(
        f"{base_url}/api/messages/cancel-for-lead", headers={"Authorization": f"Bearer {api_key}"}, json=who
    )
    return int(answer.raise_for_status().json()["cancelledCount"])


# The tests.


@pytest.mark.parametrize(
    "address",
    [
        {"recipientPhone": "+14155550100"},
        {"recipientPhone": "(415) 555-0100"},
        {"recipientPhone": "1-415-555-0101"},
        {"recipientEmail": "jane@example.com"},
        {"recipientEmail": "  Jane@Example.COM "},
        {"recipientEmail": "jane@work.example"},
    ],
    ids=lambda address: next(iter(address.values())),
)
@pytest.mark.parametrize("status", ["queued", "pending", "scheduled"])
def test_every_address_of_a_lead_opts_out_of_everything_that_waits(
    tuco: Tuco, address: dict[str, str], status: str
) -> None:
    lead = tuco.add_lead(
        phone="+14155550100", altPhone1="+14155550101", email="jane@example.com", altEmail2="jane@work.example"
    )
    tuco.add_message(lead, status=status)
    tuco.add_message(lead, status="sent")

    assert opt_out(tuco.base_url, tuco.api_key, address) == 1

    assert [message.status for message in tuco.messages(lead)] == ["cancelled", "sent"]
    assert len(tuco.requests()) == 1  # nobody else's are seen here


@pytest.mark.tuco(fixture="agency", clock="2026-03-13T00:00:00Z")
@pytest.mark.parametrize("number", range(10))
def test_a_world_of_its_own_from_a_fixture(tuco: Tuco, number: int) -> None:
    lead = tuco.leads()[0]

    tuco.add_message(lead, status="queued", message=f"number {number}")

    assert [each.message for each in tuco.messages(lead) if each.message.startswith("number")] == [f"number {number}"]
    assert tuco.clock.now() == "2026-03-13T00:00:00.000Z"


def test_two_customers_of_one_service(make_tuco: MakeTuco) -> None:
    first, second = make_tuco(), make_tuco()
    for customer in (first, second):
        customer.add_message(customer.add_lead(phone="+14155550100"), status="queued")

    opt_out(first.base_url, first.api_key, {"recipientPhone": "+14155550100"})

    assert [message.status for message in first.messages()] == ["cancelled"]
    assert [message.status for message in second.messages()] == ["queued"]
    second.assert_not_called()
