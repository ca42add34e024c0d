"""Clauses R9 and R10: bounds on the time of a reply, and how times may be written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.clauses.checks import FROM_AFTER_TO, NOBODY, contents, invalid, who
from tests.clauses.raw import exchange, request
from tests.support import REPLIES, World, error

if TYPE_CHECKING:
    from tuco_mock.server import BackgroundServer

AT = "2026-03-12T22:40:29.174Z"


@pytest.fixture
def lead(world: World) -> str:
    """A lead who replied once, at `AT`."""
    made = world.lead(phone="+14155550100")
    world.reply(made, message="Stop", receivedAt=AT)
    return made


PASSING: list[dict[str, str]] = [
    {"dateFrom": AT},
    {"dateTo": AT},
    {"dateFrom": AT, "dateTo": AT},
    {"dateFrom": "2026-03-12T22:40:29.173Z"},
    {"dateTo": "2026-03-12T22:40:29.175Z"},
    {"dateFrom": "2026-03-12T22:40:29.173001Z"},
    {"dateTo": "2026-03-12T22:40:29.174999Z"},
    {"dateFrom": "2026-03-12T22:40:29Z", "dateTo": "2026-03-12T22:40:30Z"},
    {"dateFrom": "0001-01-01", "dateTo": "9999-12-31"},
    {"dateFrom": "0001-01-01T00:00:00.000Z", "dateTo": "9999-12-31T23:59:59.999999Z"},
]
FAILING: list[dict[str, str]] = [
    {"dateFrom": "2026-03-12T22:40:29.175Z"},
    {"dateTo": "2026-03-12T22:40:29.173Z"},
    {"dateFrom": "2026-03-12T22:40:29.174001Z"},
    {"dateTo": "2026-03-12T22:40:29.173999Z"},
    {"dateTo": "2026-03-12T22:40:29Z"},
    {"dateFrom": "2026-03-12T22:40:30Z"},
    {"dateFrom": "2026-03-12T22:40:29.175Z", "dateTo": "2026-03-12T22:40:29.175Z"},
    {"dateFrom": "9999-12-31T23:59:59.999999Z"},
    {"dateTo": "0001-01-01T00:00:00Z"},
]


@pytest.mark.clause("R9")
@pytest.mark.parametrize("bounds", PASSING, ids=str)
def test_bounds_are_inclusive(world: World, lead: str, bounds: dict[str, str]) -> None:
    """A reply at a bound is within it, to the millisecond and finer; one that lies between them is too."""
    assert who(world, **bounds) == [lead]
    assert who(world, **bounds, leadId=lead) == [lead]


@pytest.mark.clause("R9")
@pytest.mark.parametrize("bounds", FAILING, ids=str)
def test_reply_outside_the_bounds_is_not_listed(world: World, lead: str, bounds: dict[str, str]) -> None:
    """A reply a millisecond or less outside a bound is not listed."""
    assert world.replies(**bounds) == NOBODY
    assert world.replies(**bounds, leadId=lead) == NOBODY


@pytest.mark.clause("R9", "A10")
@pytest.mark.parametrize(
    ("since", "until"),
    [
        ("2026-03-12T22:40:29.175Z", AT),
        ("2026-03-12T22:40:29.174001Z", AT),
        ("2026-03-13", "2026-03-12"),
        ("2026-03-12T00:00:00+00:00", "2026-03-12T00:00:00+01:00"),
        ("9999-12-31", "0001-01-01"),
    ],
)
def test_refuses_from_after_to(world: World, lead: str, since: str, until: str) -> None:
    """A lower bound after the upper one, by however little, is answered 400."""
    before = contents(world)
    assert error(world.get_replies(dateFrom=since, dateTo=until)) == FROM_AFTER_TO
    assert error(world.get_replies(dateFrom=since, dateTo=until, leadId=lead)) == FROM_AFTER_TO
    assert contents(world) == before


SAME_MOMENTS = {
    "date alone": ("2026-03-12", "2026-03-12T00:00:00.000Z"),
    "date alone, basic": ("20260312", "2026-03-12T00:00:00.000Z"),
    "week date": ("2026-W11-4", "2026-03-12T00:00:00.000Z"),
    "without a zone": ("2026-03-12T08:00:00", "2026-03-12T08:00:00.000Z"),
    "without seconds": ("2026-03-12T08:00", "2026-03-12T08:00:00.000Z"),
    "with decimals, no zone": ("2026-03-12T08:00:00.5", "2026-03-12T08:00:00.500Z"),
    "many decimals": ("2026-03-12T08:00:00.000000000Z", "2026-03-12T08:00:00.000Z"),
    "decimal comma": ("2026-03-12T08:00:00,250Z", "2026-03-12T08:00:00.250Z"),
    "basic": ("20260312T080000Z", "2026-03-12T08:00:00.000Z"),
    "ahead of UTC": ("2026-03-12T13:30:00+05:30", "2026-03-12T08:00:00.000Z"),
    "behind UTC": ("2026-03-12T00:00:00-08:00", "2026-03-12T08:00:00.000Z"),
    "another day there": ("2026-03-13T00:30:00+14:00", "2026-03-12T10:30:00.000Z"),
    "zero offset": ("2026-03-12T08:00:00+00:00", "2026-03-12T08:00:00.000Z"),
    "offset without a colon": ("2026-03-12T13:30:00+0530", "2026-03-12T08:00:00.000Z"),
    "leap day": ("2024-02-29", "2024-02-29T00:00:00.000Z"),
}


@pytest.mark.clause("R10", "R9")
@pytest.mark.parametrize(("written", "moment"), SAME_MOMENTS.values(), ids=SAME_MOMENTS.keys())
def test_times_may_be_written_in_the_ways_of_iso_8601(world: World, written: str, moment: str) -> None:
    """A date alone is midnight UTC, a time without a zone is UTC, and an offset is honoured: exactly that moment."""
    lead = world.lead(phone="+14155550100")
    world.reply(lead, message="Stop", receivedAt=moment)
    assert who(world, dateFrom=written, dateTo=written) == [lead]


@pytest.mark.clause("R10")
def test_date_alone_is_its_first_instant(world: World, lead: str) -> None:
    """A reply in the course of a day is after that day's date as an upper bound."""
    assert world.replies(dateTo="2026-03-12") == NOBODY
    assert who(world, dateFrom="2026-03-12", dateTo="2026-03-13") == [lead]


NO_MOMENTS = {
    "a word": "yesterday",
    "now": "now",
    "relative": "-2h",
    "milliseconds": "1773355229174",
    "seconds": "1773355229",
    "seconds with decimals": "1773355229.174",
    "a year": "2026",
    "a month": "2026-03",
    "slashes": "2026/03/12",
    "American": "03/12/2026",
    "German": "12.03.2026",
    "RFC 1123": "Thu, 12 Mar 2026 22:40:29 GMT",
    "month in letters": "12 March 2026",
    "a blank for the T": "2026-03-12 22:40:29",
    "lower-case t": "2026-03-12t22:40:29z",
    "lower-case z": "2026-03-12T22:40:29z",
    "missing zeros": "2026-3-1",
    "time alone": "22:40:29",
    "T without a time": "2026-03-12T",
    "zone by name": "2026-03-12T22:40:29 UTC",
    "zone name glued": "2026-03-12T22:40:29CET",
    "zone beside Z": "2026-03-12T22:40:29Z+01:00",
    "month 13": "2026-13-01",
    "month 0": "2026-00-01",
    "day 0": "2026-03-00",
    "30 February": "2026-02-30",
    "29 February of a common year": "2026-02-29",
    "hour 25": "2026-03-12T25:00:00Z",
    "minute 60": "2026-03-12T22:60:00Z",
    "second 61": "2026-03-12T22:40:61Z",
    "offset of a day": "2026-03-12T22:40:29+24:00",
    "week 54": "2026-W54-1",
    "year 0": "0000-01-01",
    "five digits of year": "12026-03-12",
    "negative year": "-2026-03-12",
    "before the first year": "0001-01-01T00:00:00+01:00",
    "after the last year": "9999-12-31T23:59:59-01:00",
    "blank": " ",
    "blank before": " 2026-03-12",
    "blank after": "2026-03-12 ",
    "line end after": "2026-03-12\n",
    "more after": "2026-03-12T22:40:29Zx",
    "Arabic digits": "\u0662\u0660\u0662\u0666-\u0660\u0663-\u0661\u0662",
    "full-width digits": "\uff12\uff10\uff12\uff16-03-12",
    "null byte": "2026-03-12\x00",
    "an operator": '{"$gt": ""}',
    "very long": "2026-03-12" * 500,
    "a fraction of a year": "2026.5",
    "not a number": "NaN",
    "null": "null",
}


@pytest.mark.clause("R9", "R10", "A10")
@pytest.mark.parametrize("value", NO_MOMENTS.values(), ids=NO_MOMENTS.keys())
def test_nothing_but_iso_8601_parses(busy: World, value: str) -> None:
    """A bound in any other notation, or that is no moment of the calendar, is answered 400 with its name."""
    before = contents(busy)
    assert error(busy.get_replies(dateFrom=value)) == invalid("dateFrom")
    assert error(busy.get_replies(dateTo=value)) == invalid("dateTo")
    assert contents(busy) == before


@pytest.mark.clause("R10")
def test_unencoded_plus_of_an_offset_is_a_blank(busy: World, server: BackgroundServer) -> None:
    """A `+` that was not percent-encoded makes a date malformed: the blank it becomes is not understood there."""
    asked = request(f"GET {REPLIES}?dateFrom=2026-03-12T08:00:00+05:30", f"Authorization: Bearer {busy.key}")
    assert exchange(server.url, asked).refusal == invalid("dateFrom")


@pytest.mark.clause("R10")
@pytest.mark.parametrize("query", ["dateFrom=", "dateTo=", "dateFrom=&dateTo=", "dateFrom=2000-01-01&dateTo="])
def test_empty_bound_counts_as_absent(world: World, lead: str, query: str) -> None:
    """A bound whose value is empty is as if it were not there."""
    assert who(world, query) == [lead]
