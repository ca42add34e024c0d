"""A reply poller: it misses nothing, tells nothing twice, and waits as long as Tuco asks it to."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from tuco_mock.client import Tuco

# The code under test. How to sleep comes in from outside, so that a test need not wait.


class ReplyPoller:
    """Finds the replies that have come since it looked last."""

    def __init__(self, client: httpx.Client, sleep: Callable[[float], object] = time.sleep) -> None:
        self._client = client
        self._sleep = sleep
        self._seen: set[str] = set()

    def poll(self) -> list[str]:
        """What leads have written since, the oldest first."""
        new = {reply["messageId"]: reply for lead in self._leads() for reply in lead["recentReplies"]}
        found = sorted((new[name] for name in new.keys() - self._seen), key=lambda reply: reply["receivedAtUtc"])
        self._seen |= new.keys()
        return [reply["message"] for reply in found]

    def _leads(self) -> Iterator[dict[str, Any]]:
        page = pages = 1
        while page <= pages:
            answer = self._client.get("/api/replies", params={"page": page, "limit": 2})
            if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
                self._sleep(float(answer.headers["Retry-After"]))
                continue
            found = answer.raise_for_status().json()
            yield from found["replies"]
            page, pages = page + 1, found["totalPages"]


# The tests.


@pytest.fixture
def naps() -> list[float]:
    """How long the poller has slept each time, in seconds."""
    return []


@pytest.fixture
def poller(tuco: Tuco, naps: list[float]) -> ReplyPoller:
    """A poller that sleeps on the workspace's clock: no time passes but there."""
    tuco.clock.freeze()

    def sleep(seconds: float) -> None:
        naps.append(seconds)
        tuco.clock.advance(seconds)

    return ReplyPoller(tuco.client, sleep)


def test_each_reply_is_told_once(tuco: Tuco, poller: ReplyPoller) -> None:
    leads = [tuco.add_lead(phone=f"+1415555010{number}") for number in range(5)]
    for number, lead in enumerate(leads):
        tuco.clock.advance("1m")
        tuco.reply(lead, f"reply {number}")

    assert poller.poll() == [f"reply {number}" for number in range(5)]
    tuco.assert_called("GET", "/api/replies", times=3)  # two leads a page

    tuco.reply(leads[0], "and another thing")
    assert poller.poll() == ["and another thing"]


def test_it_waits_as_long_as_it_is_asked_to(tuco: Tuco, poller: ReplyPoller, naps: list[float]) -> None:
    tuco.reply(tuco.add_lead(phone="+14155550100"), "Stop")
    tuco.rate_limit.exhaust("replies")

    assert poller.poll() == ["Stop"]

    refused, _ = tuco.assert_called("GET", "/api/replies", times=2)
    assert (refused.status, naps) == (429, [float(refused.answer_headers["retry-after"])])


def test_it_asks_for_the_same_page_again(tuco: Tuco, poller: ReplyPoller, naps: list[float]) -> None:
    for number in range(4):
        tuco.reply(tuco.add_lead(phone=f"+1415555010{number}"), f"reply {number}")
    tuco.rate_limit.set("replies", 1)  # a call a minute

    assert len(poller.poll()) == 4

    answered = tuco.find("GET", "/api/replies", status=200)
    assert [request.query["page"] for request in answered] == ["1", "2"]
    assert naps == [60.0]
