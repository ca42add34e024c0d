"""A webhook can be lost: the service asks for replies from time to time, and finds what it was not told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from tuco_mock.client import Tuco

# The code under test. `on_reply` is called by the web server that webhooks come to, `catch_up` by a schedule.


class OptOuts:
    """Cancels what waits for leads that opt out, however it learns of it, and once for each reply."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client
        self._done: set[str] = set()
        self._since: str | None = None

    def on_reply(self, event: dict[str, Any]) -> None:
        """A webhook has come."""
        self._handle(event["data"]["reply"]["leadId"], event["messageId"], event["message"])

    def catch_up(self) -> None:
        """Look through the replies since the newest one that was seen; one that was handled is not handled again."""
        newest = self._since
        page = pages = 1
        while page <= pages:
            query = {"page": str(page), "dateFrom": self._since or ""}
            found = self._client.get("/api/replies", params=query).raise_for_status().json()
            for lead in found["replies"]:
                for reply in lead["recentReplies"]:  # the last three of each lead, the newest first
                    self._handle(lead["leadId"], reply["messageId"], reply["message"])
                newest = max(newest or "", lead["respondedAtUtc"])
            page, pages = page + 1, found["totalPages"]
        self._since = newest

    def _handle(self, lead: str, reply: str, text: str) -> None:
        if reply in self._done:
            return
        if text.strip(" .!").lower() in {"stop", "unsubscribe"}:
            self._client.post("/api/messages/cancel-for-lead", json={"leadId": lead}).raise_for_status()
        self._done.add(reply)  # not before: what failed is tried again


# The tests.

CANCEL = "/api/messages/cancel-for-lead"

pytestmark = pytest.mark.tuco(worker="auto", clock="2026-03-13T17:00:00Z")


@pytest.fixture
def lead(tuco: Tuco) -> str:
    """A lead that got a message, and is to get another one a day later."""
    tuco.add_line(phone="+16462230920")
    found = tuco.add_lead(firstName="Jane", phone="+14155550100").id
    tuco.client.post("/api/messages", json={"leadId": found, "message": "Hi"}).raise_for_status()
    later = {"leadId": found, "message": "Still there?", "scheduledDate": "2026-03-14T17:00:00Z"}
    tuco.client.post("/api/messages", json=later).raise_for_status()
    return found


def told(tuco: Tuco, service: OptOuts, since: int = 0) -> int:
    """Hand the service what came to the receiver; how much that is by now."""
    tuco.wait_for_deliveries()
    came = tuco.webhooks.received
    for each in came[since:]:
        if each.event == "message.reply":
            service.on_reply(each.body)
    return len(came)


def test_a_webhook_that_is_lost_is_made_up_for(tuco: Tuco, lead: str) -> None:
    service = OptOuts(tuco.client)
    tuco.webhook_lab.lose(event="message.reply")
    assert tuco.webhooks.received == []

    tuco.reply(lead, "Stop")
    told(tuco, service)
    assert [each.state for each in tuco.deliveries(event="message.reply")] == ["lost"]
    tuco.assert_not_called("POST", CANCEL)

    tuco.clock.advance("5m")
    service.catch_up()

    tuco.clock.advance("7d")
    tuco.assert_nothing_sent_after_stop()
    tuco.assert_called("POST", CANCEL, times=1)


def test_without_it_the_lost_webhook_is_found_out(tuco: Tuco, lead: str) -> None:
    service = OptOuts(tuco.client)
    tuco.webhook_lab.lose(event="message.reply")
    assert tuco.webhooks.received == []

    tuco.reply(lead, "Stop")
    told(tuco, service)
    tuco.clock.advance("7d")

    with pytest.raises(AssertionError, match="'Still there\\?'"):
        tuco.assert_nothing_sent_after_stop()


def test_what_both_tell_is_done_once(tuco: Tuco, lead: str) -> None:
    service = OptOuts(tuco.client)
    assert tuco.webhooks.received == []

    tuco.reply(lead, "Stop")
    told(tuco, service)
    service.catch_up()

    tuco.assert_called("POST", CANCEL, times=1)


def test_a_cancellation_that_failed_is_made_up_for_too(tuco: Tuco, lead: str) -> None:
    service = OptOuts(tuco.client)
    tuco.fail_next(500, lead=lead)
    tuco.reply(lead, "Stop")
    with pytest.raises(httpx.HTTPStatusError):
        service.catch_up()

    service.catch_up()

    assert [each.status for each in tuco.messages(lead)] == ["sent", "cancelled"]


def test_a_long_night_is_read_page_by_page(tuco: Tuco) -> None:
    tuco.add_line(phone="+16462230920")
    service = OptOuts(tuco.client)
    leads = [tuco.add_lead(phone=f"+14155551{number:03}") for number in range(60)]
    for each in leads:
        tuco.add_message(each, status="scheduled", scheduledDate="+1d")
        tuco.reply(each, "Stop")

    service.catch_up()

    assert {each.status for each in tuco.messages()} == {"cancelled"}
    tuco.assert_called("GET", "/api/replies", times=2)
    tuco.reply(leads[0], "Yes?")
    service.catch_up()
    tuco.assert_called("POST", CANCEL, times=60)
