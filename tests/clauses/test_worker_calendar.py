"""The worker over changes of the clock, leap days, ends of months: windows, days, daily limits (W5 to W7, W23).

All of it through the API that customers use; the clock is moved over the change at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.clauses.worker import LINES

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support import Json, World

    Make = Callable[..., World]

NEW_YORK, BERLIN, AUCKLAND = "America/New_York", "Europe/Berlin", "Pacific/Auckland"


def open_at(make_world: Make, start: str, **limits: Any) -> World:
    """A workspace with one line, whose worker follows a clock that stands there."""
    line = {"id": LINES[0], "phone": "+16462230000", **limits}
    return make_world(worker="auto", clock=start, lines=[line], rateLimits={"messages": None})


def sent_at(world: World) -> list[str]:
    """When each message was sent, oldest message first."""
    found: list[Json] = world.control("GET", "/messages")["messages"]
    return [each["sentAt"] for each in sorted(found, key=lambda each: str(each["message"]))]


@pytest.mark.clause("W6", "W7", "W23")
@pytest.mark.parametrize(
    ("start", "window", "sent"),
    [
        # 02:00 to 03:00 of the 8th of March is left out in New York
        ("2026-03-08T05:30:00Z", (NEW_YORK, "02:15", "02:45"), "2026-03-09T06:15:00.000Z"),
        ("2026-03-08T05:30:00Z", (NEW_YORK, "02:30", "04:00"), "2026-03-08T07:00:00.000Z"),
        ("2026-03-08T05:30:00Z", (NEW_YORK, "09:00", "17:00"), "2026-03-08T13:00:00.000Z"),
        ("2026-03-07T23:00:00Z", (NEW_YORK, "22:00", "02:30"), "2026-03-08T03:00:00.000Z"),
        # 01:00 to 02:00 of the 1st of November comes twice
        ("2026-11-01T04:30:00Z", (NEW_YORK, "01:15", "01:45"), "2026-11-01T05:15:00.000Z"),
        ("2026-11-01T05:50:00Z", (NEW_YORK, "01:15", "01:45"), "2026-11-01T06:15:00.000Z"),
        ("2026-11-01T06:50:00Z", (NEW_YORK, "01:15", "01:45"), "2026-11-02T06:15:00.000Z"),
        # 02:00 to 03:00 of the 25th of October comes twice in Berlin, and of the 28th of March 2027 not at all
        ("2026-10-25T00:45:00Z", (BERLIN, "02:00", "02:30"), "2026-10-25T01:00:00.000Z"),
        ("2027-03-28T00:00:00Z", (BERLIN, "02:00", "02:30"), "2027-03-29T00:00:00.000Z"),
        # south of the equator it is the other way round
        ("2026-04-04T20:30:00Z", (AUCKLAND, "09:00", "17:00"), "2026-04-04T21:00:00.000Z"),
        ("2026-09-26T19:30:00Z", (AUCKLAND, "09:00", "17:00"), "2026-09-26T20:00:00.000Z"),
    ],
)
def test_a_window_follows_the_clock_on_the_wall(
    make_world: Make, start: str, window: tuple[str, str, str], sent: str
) -> None:
    world = open_at(make_world, start)
    zone, first, last = window
    world.send(recipientPhone="+14155550100", timezone=zone, sendWindowStart=first, sendWindowEnd=last)
    world.clock(advance="3d")
    assert sent_at(world) == [sent]


@pytest.mark.clause("W6", "W7", "W23")
@pytest.mark.parametrize(
    ("start", "zone", "days", "sent"),
    [
        ("2028-02-28T12:00:00Z", "UTC", [2], "2028-02-29T00:00:00.000Z"),  # the leap day is a Tuesday
        ("2027-02-28T12:00:00Z", "UTC", [1], "2027-03-01T00:00:00.000Z"),  # there is none in 2027
        ("2028-02-29T12:00:00Z", NEW_YORK, [3], "2028-03-01T05:00:00.000Z"),
        ("2026-12-31T12:00:00Z", BERLIN, [5], "2026-12-31T23:00:00.000Z"),  # the new year comes earlier there
        ("2026-03-07T12:00:00Z", NEW_YORK, [1], "2026-03-09T04:00:00.000Z"),  # the Sunday before has 23 hours
        ("2026-10-31T12:00:00Z", NEW_YORK, [1], "2026-11-02T05:00:00.000Z"),  # and this one 25
        ("2026-04-30T12:00:00Z", AUCKLAND, [6], "2026-05-01T12:00:00.000Z"),
    ],
)
def test_days_of_the_week_begin_at_the_zone_s_midnight(
    make_world: Make, start: str, zone: str, days: list[int], sent: str
) -> None:
    world = open_at(make_world, start)
    world.send(recipientPhone="+14155550100", timezone=zone, allowedDaysOfWeek=days)
    world.clock(advance="9d")
    assert sent_at(world) == [sent]


@pytest.mark.clause("W5", "W23")
@pytest.mark.parametrize(
    ("start", "days"),
    [
        ("2028-02-28T12:00:00Z", ["2028-02-28", "2028-02-29", "2028-03-01"]),
        ("2026-02-28T12:00:00Z", ["2026-02-28", "2026-03-01", "2026-03-02"]),
        ("2026-04-30T12:00:00Z", ["2026-04-30", "2026-05-01", "2026-05-02"]),
        ("2026-12-31T12:00:00Z", ["2026-12-31", "2027-01-01", "2027-01-02"]),
        ("2026-03-07T12:00:00Z", ["2026-03-07", "2026-03-08", "2026-03-09"]),  # over a change of America's clocks
    ],
)
@pytest.mark.parametrize("limit", ["dailyTotalMessagesLimit", "dailyNewConversationsLimit"])
def test_a_line_s_limits_are_those_of_a_day_of_the_calendar(
    make_world: Make, start: str, days: list[str], limit: str
) -> None:
    world = open_at(make_world, start, **{limit: 2})
    for number in range(6):
        world.send(message=str(number), recipientPhone=f"+1415555010{number}")
    for day in days:
        usage = world.http.get("/api/lines/by-user", headers=world.headers).json()["lines"][0]["usage"]
        assert usage["date"] == day
        world.clock(set=f"{day}T23:59:59.999Z")
        usage = world.http.get("/api/lines/by-user", headers=world.headers).json()["lines"][0]["usage"]
        assert usage == {"date": day, "newConversationsCount": 2, "totalMessagesCount": 2}
        world.clock(advance="1ms")
    assert [each[:10] for each in sent_at(world)] == sorted(days * 2)


@pytest.mark.clause("W5", "W6", "W23")
def test_windows_and_limits_together_over_a_change_of_the_clock(make_world: Make) -> None:
    """One a day from nine in New York: 14:00 UTC in winter, 13:00 in summer, also when a week is passed at once."""
    world = open_at(make_world, "2026-03-06T00:00:00Z", dailyTotalMessagesLimit=1)
    for number in range(5):
        world.send(
            message=str(number),
            recipientPhone=f"+1415555010{number}",
            timezone=NEW_YORK,
            sendWindowStart="09:00",
            sendWindowEnd="17:00",
        )
    world.clock(advance="7d")
    hours = ["06T14", "07T14", "08T13", "09T13", "10T13"]
    assert sent_at(world) == [f"2026-03-{each}:00:00.000Z" for each in hours]


@pytest.mark.clause("P7", "W23")
@pytest.mark.parametrize("start", ["2028-02-28T10:00:00.000Z", "2026-03-07T10:00:00.000Z", "2026-12-31T10:00:00.000Z"])
def test_a_day_between_steps_is_24_hours(make_world: Make, start: str) -> None:
    world = open_at(make_world, start)
    steps = [{"message": "0"}, *({"message": str(number), "delay": "1d"} for number in (1, 2))]
    campaign = world.add("campaigns", name="Spring", steps=steps)["id"]
    world.enrol(campaign, lead={"firstName": "Jane", "phone": "+14155550100"})
    expected = [world.clock(advance=each) for each in ("0s", "1d", "1d")]
    assert sent_at(world) == expected
