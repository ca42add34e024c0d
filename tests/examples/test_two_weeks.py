"""Two weeks of a campaign in a moment: a line that may send so much a day, leads in order, and those that answer."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from tuco_mock.client import Message, Tuco

# The code under test.


def enrol(client: httpx.Client, campaign: str, people: list[dict[str, str]]) -> list[str]:
    """Import people and put them into a campaign, in their order; the leads' ids."""
    made = client.post("/api/leads", json={"leads": people}).raise_for_status().json()
    for lead in made["leadIds"]:
        client.post(f"/api/campaigns/{campaign}/leads", json={"leadId": lead}).raise_for_status()
    return list(made["leadIds"])


# The tests.

pytestmark = pytest.mark.tuco(worker="auto", clock="2026-03-02T09:00:00Z")

LIMIT, LEADS, STEPS = 7, 20, 3
"""Messages a day that the line may send, and what there is to send: 60 messages, more than a week's work."""


@pytest.fixture
def leads(tuco: Tuco) -> list[str]:
    """They are in the campaign, whose steps are two days apart."""
    tuco.add_line(phone="+16462230920", dailyTotalMessagesLimit=LIMIT)
    steps = [{"message": f"{number}: {{firstName}}", "delay": "2d"} for number in range(STEPS)]
    campaign = tuco.add_campaign(name="Spring", steps=steps)
    people = [{"firstName": f"Lead {number}", "phone": f"+14155550{number:03}"} for number in range(LEADS)]
    return enrol(tuco.client, campaign.id, people)


def sent(tuco: Tuco) -> list[Message]:
    """What left, in order."""
    return sorted(tuco.messages(status=("sent", "delivered")), key=lambda each: each.sent_at or "")


def days(messages: list[Message]) -> Counter[str]:
    """How many left on which day."""
    return Counter((each.sent_at or "")[:10] for each in messages)


@pytest.mark.parametrize("by", ["14d", "1d", "7h"])
def test_never_more_than_the_limit_a_day_and_all_in_order(tuco: Tuco, leads: list[str], by: str) -> None:
    for _ in range({"14d": 1, "1d": 14, "7h": 48}[by]):
        tuco.clock.advance(by)

    everything = sent(tuco)
    assert len(everything) == LEADS * STEPS
    assert set(days(everything).values()) <= {LIMIT, LEADS * STEPS % LIMIT}
    for lead in leads:
        steps = [each for each in everything if each.lead_id == lead]
        assert [each.step_index for each in steps] == [*range(STEPS)]
    for step in range(STEPS):
        assert [each.lead_id for each in everything if each.step_index == step] == leads
    assert tuco.queue().jobs == []


def test_it_makes_no_difference_how_the_clock_is_moved(tuco: Tuco, leads: list[str]) -> None:
    tuco.snapshot("start")
    tuco.clock.advance("14d")
    at_once = [(each.id, each.sent_at) for each in sent(tuco)]
    tuco.restore("start")

    for _ in range(14):
        tuco.clock.advance("1d")

    assert [(each.id, each.sent_at) for each in sent(tuco)] == at_once


def test_who_answers_gets_no_more_and_leaves_room_for_nobody_twice(tuco: Tuco, leads: list[str]) -> None:
    silent, curious, leaving = leads[0], leads[1], leads[2]
    tuco.set_address("+14155550001", replies={"message": "Tell me more", "after": "3h"})
    tuco.set_address("+14155550002", replies={"message": "STOP", "after": "10m"})

    tuco.clock.advance("14d")

    steps = {lead: [each.status for each in tuco.messages(lead)] for lead in (silent, curious, leaving)}
    assert steps == {
        silent: ["delivered"] * STEPS,
        curious: ["delivered", "cancelled", "cancelled"],
        leaving: ["delivered", "cancelled", "cancelled"],
    }
    assert max(days(sent(tuco)).values()) == LIMIT
    assert len(tuco.assert_nothing_sent_after_stop()) == 1


def test_the_line_shows_what_it_has_sent_today(tuco: Tuco, leads: list[str]) -> None:
    tuco.clock.advance("3d")

    [line] = tuco.client.get("/api/lines/by-user").raise_for_status().json()["lines"]
    today = days(sent(tuco))["2026-03-05"]
    assert (line["usage"]["date"], line["usage"]["totalMessagesCount"]) == ("2026-03-05", today)
    waiting = tuco.messages(status="scheduled")
    assert "Daily limit of 7 messages reached" in {each.delay_reason for each in waiting}
