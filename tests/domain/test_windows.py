"""Windows of the day and days of the week, against an oracle that looks at every minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tuco_mock.domain.timestamps import MILLIS_MAX, iso, parse_moment
from tuco_mock.domain.windows import Window
from tuco_mock.domain.zones import is_zone

MINUTE = 60_000
ZONES = [
    "UTC",
    "America/New_York",
    "Europe/Berlin",
    "America/Sao_Paulo",  # changed at midnight, so that a day began at 01:00
    "America/Havana",
    "Australia/Lord_Howe",  # changes by half an hour
    "Asia/Kathmandu",
    "Pacific/Apia",  # left out 2011-12-30
    "Africa/Casablanca",
]
AROUND = [
    "2026-03-08",  # New York forward
    "2026-11-01",  # New York back
    "2026-03-29",
    "2026-10-25",
    "2018-11-04",  # Sao Paulo forward, at midnight
    "2019-02-17",
    "2026-04-05",
    "2026-10-04",
    "2011-12-29",
    "2028-02-29",
    "2026-02-28",
    "2026-12-31",
    "2026-04-30",
]
TIMES = st.integers(0, 1439).map(lambda minute: f"{minute // 60:02}:{minute % 60:02}")
MOMENTS = st.builds(
    lambda day, offset: at(f"{day}T00:00:00Z") + offset,
    st.sampled_from(AROUND),
    st.integers(-30 * 60 * MINUTE, 54 * 60 * MINUTE),
)


def at(text: str) -> int:
    """A moment in milliseconds."""
    found = parse_moment(text, 0)
    assert found is not None
    return found


def allowed(moment: int, zone: str, start: str | None, end: str | None, days: list[int] | None) -> bool:
    """The rule, as a person would say it: what does the clock on the wall show?"""
    wall = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=moment)).astimezone(ZoneInfo(zone))
    shown, first, last = wall.strftime("%H:%M"), start or "00:00", end or "24:00"
    if first == last or (first == "00:00" and last == "00:00"):
        in_window = True
    elif first < last:
        in_window = first <= shown < last
    else:
        in_window = shown >= first or shown < last
    return in_window and (not days or (wall.weekday() + 1) % 7 in days)


def oracle(moment: int, zone: str, start: str | None, end: str | None, days: list[int] | None) -> int:
    """The first allowed moment: this one, or the first whole minute after it."""
    if allowed(moment, zone, start, end, days):
        return moment
    moment += MINUTE - moment % MINUTE
    while not allowed(moment, zone, start, end, days):
        moment += MINUTE
    return moment


@given(
    moment=MOMENTS,
    zone=st.sampled_from(ZONES),
    start=st.none() | TIMES,
    end=st.none() | TIMES,
    days=st.none() | st.lists(st.integers(0, 6), max_size=7),
)
@settings(max_examples=400, deadline=None)
@example(at("2026-03-08T06:59:00Z"), "America/New_York", "02:15", "02:45", [0])  # a window that is left out
@example(at("2026-03-08T06:59:00Z"), "America/New_York", "02:30", "04:00", None)  # one that begins with the jump
@example(at("2026-11-01T05:40:00Z"), "America/New_York", "00:30", "01:30", None)  # one that comes again
@example(at("2018-11-04T02:00:00Z"), "America/Sao_Paulo", "00:00", "00:30", [0])
@example(at("2011-12-30T09:59:59Z"), "Pacific/Apia", "09:00", "17:00", [5])  # a Friday that never was
@example(at("2028-02-29T00:00:00Z"), "Africa/Casablanca", None, None, [0])  # a Sunday with a jump, after its midnight
@example(at("2028-02-28T23:00:00Z"), "UTC", "22:00", "06:00", [2])
@example(at("2026-02-28T23:59:59.999Z"), "UTC", "09:00", None, [0])
def test_the_next_moment_is_what_looking_at_every_minute_finds(
    moment: int, zone: str, start: str | None, end: str | None, days: list[int] | None
) -> None:
    window = Window.of(zone, start, end, days)
    found = moment if window is None else window.next(moment)
    assert iso(found) == iso(oracle(moment, zone, start, end, days))
    if window is not None:
        assert (window.in_hours(found), window.in_days(found)) == (True, True)


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        ("2026-03-13T12:59:59.999Z", "2026-03-13T13:00:00.000Z"),  # 09:00 in New York
        ("2026-03-13T20:59:59.999Z", "2026-03-13T20:59:59.999Z"),
        ("2026-03-13T21:00:00Z", "2026-03-16T13:00:00.000Z"),  # Friday evening: Monday
    ],
)
def test_office_hours(given_: str, expected: str) -> None:
    window = Window.of("America/New_York", "09:00", "17:00", [1, 2, 3, 4, 5])
    assert window is not None
    assert iso(window.next(at(given_))) == expected


def test_what_restricts_nothing_is_no_window() -> None:
    assert Window.of("Europe/Berlin", None, None, None) is None
    assert Window.of(None, None, None, []) is None


def test_no_moment_is_left_at_the_end_of_time() -> None:
    assert Window("UTC", 540, 600).next(at("9999-12-31T23:00:00Z")) == MILLIS_MAX


@pytest.mark.parametrize(
    "name", ["localtime", "Factory", "posixrules", "posix/Europe/Berlin", "right/Europe/Berlin", "x"]
)
def test_what_stands_beside_the_zones_is_none(name: str) -> None:
    assert not is_zone(name)
