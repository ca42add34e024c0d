"""An opt-out handler: when a lead answers "Stop", nothing that waits for that lead may be sent any more."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from tuco_mock.client import Tuco

# The code under test. It finds Tuco by two environment variables.

OPT_OUT = {"stop", "unsubscribe", "opt out", "remove me"}


def handle_reply(phone: str, text: str) -> int:
    """Act on what a lead wrote; how many messages were cancelled."""
    if text.strip(" .!").lower() not in OPT_OUT:
        return 0
    answer = httpx.post(
        f"{os.environ['TUCO_BASE_URL']}/api/messages/cancel-for-lead",
        headers={"Authorization": f"Bearer {os.environ['TUCO_API_KEY']}"},
        json={"recipientPhone": phone},
    )
    answer.raise_for_status()
    return int(answer.json()["cancelledCount"])


# The tests. `tuco` is a workspace of the test's own, on a server that starts once a session.


@pytest.fixture(autouse=True)
def led_to_the_mock(tuco: Tuco, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the code find the mock where it looks for the real service."""
    for name, value in tuco.env.items():
        monkeypatch.setenv(name, value)


def test_stop_cancels_everything(tuco: Tuco) -> None:
    lead = tuco.add_lead(firstName="Jane", phone="+14155550100", altPhone1="+14422646782")
    tuco.add_message(lead, status="queued")
    tuco.add_message(lead, status="scheduled", job="active")

    handle_reply(phone="+14422646782", text="Stop")

    assert {message.status for message in tuco.messages(lead)} == {"cancelled"}
    tuco.assert_called("POST", "/api/messages/cancel-for-lead", times=1)


def test_what_a_worker_holds_is_cancelled_too_and_never_sent(tuco: Tuco) -> None:
    lead = tuco.add_lead(phone="+14155550100")
    message = tuco.add_message(lead, status="queued")
    tuco.start_job(message)  # a worker has it in hand

    assert handle_reply(phone="+14155550100", text="STOP!") == 1

    assert tuco.finish_job(message).status == "cancelled"


def test_somebody_else_s_messages_stay(tuco: Tuco) -> None:
    tuco.add_lead(phone="+14155550100")
    other = tuco.add_lead(phone="+14155550199")
    tuco.add_message(other, status="queued")

    handle_reply(phone="+14155550100", text="Stop")

    assert [message.status for message in tuco.messages(other)] == ["queued"]


def test_a_friendly_answer_cancels_nothing(tuco: Tuco) -> None:
    handle_reply(phone="+14155550100", text="Please don't stop, tell me more")

    tuco.assert_not_called()


def test_a_failure_is_not_taken_for_done(tuco: Tuco) -> None:
    tuco.fail_next(500)

    with pytest.raises(httpx.HTTPStatusError):
        handle_reply(phone="+14155550100", text="Stop")
