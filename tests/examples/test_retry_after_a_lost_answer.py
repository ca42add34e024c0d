"""A retry after a lost answer: was the change made? It need not be known, since cancelling twice is cancelling once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from tuco_mock.client import Tuco
    from tuco_mock.client.faults import Drop

# The code under test.

ATTEMPTS = 3


def opt_out(client: httpx.Client, lead: str) -> None:
    """Cancel what waits for a lead, also over a bad connection."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            client.post("/api/messages/cancel-for-lead", json={"leadId": lead}).raise_for_status()
        except httpx.TransportError:
            if attempt == ATTEMPTS:
                raise
        else:
            return


# The tests.


@pytest.mark.parametrize("kind", ["reset", "empty", "truncated"])
def test_the_change_was_made_and_the_answer_lost(tuco: Tuco, kind: Drop) -> None:
    lead = tuco.add_lead(phone="+14155550100")
    tuco.add_message(lead, status="queued")
    tuco.add_message(lead, status="scheduled")
    tuco.drop_next(kind, after=True)

    opt_out(tuco.client, lead.id)

    first, second = tuco.assert_called("POST", "/api/messages/cancel-for-lead", times=2)
    assert [effect.kind for effect in first.effects] == ["messages.cancelled", "jobs.removed"]
    assert (second.answer["cancelledCount"], second.effects) == (0, [])  # there was nothing left to do
    assert {message.status for message in tuco.messages(lead)} == {"cancelled"}


def test_the_request_was_lost(tuco: Tuco) -> None:
    lead = tuco.add_lead(phone="+14155550100")
    tuco.add_message(lead, status="queued")
    tuco.drop_next("reset")

    opt_out(tuco.client, lead.id)

    first, second = tuco.assert_called("POST", "/api/messages/cancel-for-lead", times=2)
    assert (first.effects, second.answer["cancelledCount"]) == ([], 1)


def test_it_does_not_go_on_for_ever(tuco: Tuco) -> None:
    tuco.drop_next("reset", times=None)

    with pytest.raises(httpx.ReadError):
        opt_out(tuco.client, tuco.add_lead(phone="+14155550100").id)

    tuco.assert_called("POST", "/api/messages/cancel-for-lead", times=ATTEMPTS)
