"""Clauses R2, R12 to R14 and R25: the order of leads, and pages of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.clauses.busy import NOW
from tests.clauses.checks import ids, page_of, who
from tests.support import Json, World

Worlds = Callable[..., World]

MANY = 120
LARGEST_PAGE = 9007199254740991


def crowd() -> Json:
    """A state in which many leads replied once."""
    leads = [f"cccc{n:020x}" for n in range(MANY)]
    return {
        "clock": NOW,
        "leads": [{"id": lead, "email": f"{lead}@example.com"} for lead in leads],
        "replies": [{"leadId": lead, "message": "Hi", "receivedAt": f"-{n + 1}m"} for n, lead in enumerate(leads)],
    }


@pytest.mark.clause("R12", "R13")
@pytest.mark.parametrize(
    ("query", "page", "limit", "first", "length"),
    [
        ("", 1, 50, 0, 50),
        ("page=1", 1, 50, 0, 50),
        ("page=2", 2, 50, 50, 50),
        ("page=3", 3, 50, 100, 20),
        ("page=4", 4, 50, 0, 0),
        ("limit=1", 1, 1, 0, 1),
        ("limit=99", 1, 99, 0, 99),
        ("limit=100", 1, 100, 0, 100),
        ("limit=101", 1, 100, 0, 100),
        ("limit=100&page=2", 2, 100, 100, 20),
        ("limit=1000000&page=2", 2, 100, 100, 20),
        ("limit=7&page=18", 18, 7, 119, 1),
        ("limit=7&page=19", 19, 7, 0, 0),
        (f"page={LARGEST_PAGE}&limit=100", LARGEST_PAGE, 100, 0, 0),
    ],
)
@pytest.mark.parametrize("filters", ["", "&dateTo=2027-01-01"], ids=["plain", "filtered"])
def test_pages_through_the_leads(
    make_world: Worlds, *, query: str, page: int, limit: int, first: int, length: int, filters: str
) -> None:
    """Pages count from 1 and have 50 leads unless told, 100 at most; one beyond the last is empty."""
    world = make_world(state=crowd())
    shown = world.replies(f"{query}{filters}".lstrip("&"))
    leads = [item["leadId"] for item in shown["replies"]]
    assert leads == [f"cccc{n:020x}" for n in range(first, first + length)]
    expected = page_of(*shown["replies"], total=MANY, page=page, limit=limit)
    assert shown == expected


NO_NUMBERS = {
    "missing": None,
    "empty": "",
    "zero": "0",
    "zeros": "000",
    "negative": "-1",
    "with a plus": "+5",
    "fraction": "1.5",
    "whole fraction": "2.0",
    "exponent": "1e1",
    "comma": "1,5",
    "underscore": "1_0",
    "hexadecimal": "0x10",
    "blank": " ",
    "blank before": " 5",
    "blank after": "5 ",
    "line end after": "5\n",
    "letters": "abc",
    "letters after": "5a",
    "Arabic digits": "\u0665",
    "full-width digits": "\uff15",
    "superscript": "\u00b2",
    "Roman numeral": "\u2164",
    "null byte": "5\x00",
    "NaN": "NaN",
    "infinity": "Infinity",
    "null": "null",
    "true": "true",
    "list": "[5]",
    "operator": '{"$gt": ""}',
    "emoji": "5️⃣",
    "very long zero": "0" * 5000,
}


@pytest.mark.clause("R13", "R25")
@pytest.mark.parametrize("value", NO_NUMBERS.values(), ids=NO_NUMBERS.keys())
def test_what_is_no_number_becomes_the_default(world: World, value: str | None) -> None:
    """A page or limit that is missing, below 1 or not written in the digits 0 to 9 is taken as its default."""
    given = {} if value is None else {"page": value}
    assert world.replies(**given, limit=7) == page_of(limit=7)
    given = {} if value is None else {"limit": value}
    assert world.replies(**given, page=3) == page_of(page=3)


@pytest.mark.clause("R13", "R25", "R12")
@pytest.mark.parametrize(
    ("written", "page", "limit"),
    [
        ("1", 1, 1),
        ("007", 7, 7),
        ("99", 99, 99),
        ("100", 100, 100),
        ("101", 101, 100),
        ("2147483648", 2147483648, 100),
        ("9007199254740990", 9007199254740990, 100),
        ("9007199254740991", LARGEST_PAGE, 100),
        ("9007199254740992", LARGEST_PAGE, 100),
        ("18446744073709551616", LARGEST_PAGE, 100),
        ("9" * 30, LARGEST_PAGE, 100),
        ("9" * 5000, LARGEST_PAGE, 100),
        ("0" * 5000 + "8", 8, 8),
    ],
    ids=lambda value: str(value)[:24],
)
def test_numbers_are_cut_to_the_largest(world: World, written: str, page: int, limit: int) -> None:
    """A limit above 100 becomes 100, a page above 2^53 - 1 becomes that, and the answer says what was used."""
    assert world.replies(page=written) == page_of(page=page)
    assert world.replies(limit=written) == page_of(limit=limit)


QUERIES: list[Json] = [
    {},
    {"dateFrom": "2026-03-01"},
    {"dateTo": "2026-04-01"},
    {"lineId": "69ab427ac1feb77d7f460001"},
    {"campaignId": "69ab444ac1feb77d7f460001"},
    {"campaignId": "69ab444ac1feb77d7f460001", "lineId": "69ab427ac1feb77d7f460001"},
    {"recipientPhone": "+14155550777"},
]


@pytest.mark.clause("R2")
@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_pages_neither_overlap_nor_skip(make_world: Worlds, query: Json) -> None:
    """Newest reply first and at equal times the highest id first, so that pages put together are the whole."""
    leads = ids("cccc", 7)
    line, campaign = "69ab427ac1feb77d7f460001", "69ab444ac1feb77d7f460001"
    seconds = [5, 5, 9, 5, 5, 1, 9]  # of the last reply of each lead
    order = [4, 1, 6, 3, 0, 5, 2]  # how the ids of those replies lie
    last = [f"69b340dd6dae1d942ece00{order[n]:02x}" for n in range(7)]
    replies = [
        {
            "id": last[n],
            "leadId": leads[n],
            "message": "Stop",
            "recipientPhone": "+14155550777",
            "lineId": line,
            "receivedAt": f"2026-03-12T08:00:0{seconds[n]}Z",
        }
        for n in range(7)
    ]
    replies += [
        {"leadId": lead, "message": "Before", "lineId": line, "receivedAt": "2026-03-12T08:00:00Z"} for lead in leads
    ]
    state = {
        "lines": [{"id": line, "phone": "+16462230920"}],
        "leads": [{"id": lead, "email": f"{lead}@example.com"} for lead in leads],
        "campaigns": [{"id": campaign, "name": "Spring", "leads": leads}],
        "replies": replies,
    }
    world = make_world(state=state)
    whole = sorted(range(7), key=lambda n: (seconds[n], last[n]), reverse=True)
    expected = [leads[n] for n in whole]
    assert who(world, **query) == expected
    for limit in (1, 2, 3, 6):
        pages = [who(world, **query, limit=limit, page=page) for page in range(1, 9)]
        assert [lead for page in pages for lead in page] == expected
        assert all(len(page) <= limit for page in pages)


@pytest.mark.clause("R2")
def test_reply_that_comes_late_moves_its_lead_to_the_front(busy: World) -> None:
    """A newer reply brings its lead first, and one that is added later but is older changes nothing."""
    jane, omar = "69b2c41d352a78479d2c0001", "69b2c41d352a78479d2c0002"
    assert who(busy) == [omar, jane]
    busy.reply(jane, message="Old", receivedAt="2026-03-01T00:00:00Z")
    assert who(busy) == [omar, jane]
    busy.reply(jane, message="New", receivedAt="2026-03-12T11:00:00.001Z")
    assert who(busy) == [jane, omar]


@pytest.mark.clause("R14")
@pytest.mark.parametrize("leads", [0, 1, 2, 3, 4, 5])
def test_counts_leads_and_pages(make_world: Worlds, leads: int) -> None:
    """`total` counts leads, not replies; `totalPages` is rounded up, and 0 when there are none."""
    made = [{"id": each, "email": f"{each}@example.com"} for each in ids("cccc", leads)]
    replies = [{"leadId": lead["id"], "message": "Hi", "receivedAt": f"-{n}h"} for lead in made for n in (1, 2)]
    world = make_world(state={"leads": made, "replies": replies})
    for limit, pages in ((1, leads), (2, -(-leads // 2)), (4, -(-leads // 4)), (50, min(leads, 1))):
        page = world.replies(limit=limit)
        assert list(page) == ["replies", "total", "page", "limit", "totalPages"]
        told = (page["total"], page["page"], page["limit"], page["totalPages"])
        assert told == (leads, 1, limit, pages)
        assert len(page["replies"]) == min(limit, leads)


@pytest.mark.clause("R14")
def test_counts_what_passes_the_filters(busy: World) -> None:
    """With filters `total` and `totalPages` count the leads that pass."""
    page = busy.replies(dateTo="2026-03-12T10:30:00Z", limit=1)
    assert (page["total"], page["totalPages"], len(page["replies"])) == (1, 1, 1)
