"""Strategies for calls of the simulated API: who calls, with what body or query string."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st

from tests.model.api import MALFORMED
from tests.model.strategies import (
    CAMPAIGNS,
    LINES,
    UNKNOWN,
    Draw,
    Pick,
    Strategy,
    emails,
    phones,
    weighted,
)

NO_IDS = ["x", UNKNOWN[1:], UNKNOWN + "0", " " + UNKNOWN, UNKNOWN + "\n", "g" * 24, "\u0663" * 24]
BLANKS = ["", " ", "\t\n", "\u3000"]

RAW_BODIES: list[tuple[bytes, object]] = [
    (b"", {}),
    (b"{", MALFORMED),
    (b"{'leadId':1}", MALFORMED),
    (b'{"leadId":NaN}', MALFORMED),
    (b'{"recipientEmail":"\xff"}', MALFORMED),
    (b"[" * 5000 + b"]" * 5000, MALFORMED),
    (b"[]", []),
    (b"null", None),
    (b'"recipientPhone"', "recipientPhone"),
    (b'{"leadId":"x","leadId":null,"recipientEmail":"ann@example.com"}', {"recipientEmail": "ann@example.com"}),
]
"""Bodies as bytes, and what they mean."""


def lead_ids() -> Strategy[Pick]:
    """The id of a lead that is there, in either case."""
    return st.builds(Pick, st.just("leads"), st.integers(0, 9), form=st.sampled_from(["plain", "plain", "upper"]))


_SPELLINGS = ("plain", "national", "bare")


def _of_lead(field: str, *forms: str) -> Strategy[Pick]:
    return st.builds(Pick, st.just("leads"), st.integers(0, 9), st.just(field), st.sampled_from(forms or ["plain"]))


def _of_message(field: str) -> Strategy[Pick]:
    return st.builds(Pick, st.just("messages"), st.integers(0, 30), st.just(field))


_ABSENT = object()
_WRONG: list[Any] = [5, 1.5, True, ["+14155550000"], {"x": 1}]
_NOT_GIVEN = weighted((4, st.just(_ABSENT)), (1, st.sampled_from([None, *BLANKS])))


def _wanted(of_lead: str, of_message: str, any_: Strategy[str]) -> list[tuple[int, Strategy[Any]]]:
    return [(3, _of_lead(of_lead, *_SPELLINGS)), (3, _of_message(of_message)), (2, any_), (5, _NOT_GIVEN)]


@st.composite
def cancel_bodies(draw: Draw) -> Any:
    """A body of cancel-for-lead: a pair of bytes and meaning, or a value with `Pick`s in it."""
    if not draw(st.integers(0, 15)):
        return draw(st.sampled_from(RAW_BODIES))
    strange = st.sampled_from([UNKNOWN, *NO_IDS, *_WRONG, UNKNOWN])
    wrong = st.sampled_from([_ABSENT, *_WRONG])
    body = {
        "leadId": draw(weighted((3, lead_ids()), (2, _of_message("leadId")), (7, _NOT_GIVEN), (1, strange))),
        "recipientPhone": draw(weighted(*_wanted("phone", "recipientPhone", phones()), (1, wrong))),
        "recipientEmail": draw(weighted(*_wanted("email", "recipientEmail", emails()), (1, wrong))),
        "unknown": draw(st.sampled_from([_ABSENT, _ABSENT, 1])),
    }
    return {name: value for name, value in body.items() if value is not _ABSENT}


_FORMS = ["plain", "plain", "microseconds", "offset", "no zone", "comma"]
_SHIFTS = [0, 0, 0, 0, 1, -1, 1000, -1000, 1_000_000, -3_600_000_000]
_DATES = ["2026-03-12", "2026-03-13", "2026-03-14", "2026-03-13T00:00Z", "2026-03-12T23:00:00-01:00"]
_NO_TIMES = ["soon", " ", "2026-02-30", "2026-13-01", "1773360000", "2026-03-13 00:00", "2026-03-13T00:00:00 01:00"]


def _times() -> Strategy[Any]:
    """A time at that of a reply or just beside it, in several notations; or a date; or no time."""
    edges = st.builds(
        Pick,
        st.just("replies"),
        st.integers(0, 20),
        st.just("receivedAt"),
        st.sampled_from(_FORMS),
        st.sampled_from(_SHIFTS),
    )
    return weighted((10, edges), (3, st.sampled_from(_DATES)), (1, st.sampled_from(_NO_TIMES)))


def _ids(known: list[str]) -> Strategy[str]:
    return weighted((12, st.sampled_from([*known[:-1] * 3, *known])), (1, st.sampled_from([known[0].upper(), *NO_IDS])))


_NUMBERS = ["1", "2", "3", "02", "0", "-1", "+2", "1.5", "x", "100", "101", "99999999999999999999"]
_NUMBER = weighted((3, st.sampled_from(["1", "2"])), (1, st.sampled_from(_NUMBERS)))
_VALUES: dict[str, Strategy[Any]] = {
    "leadId": weighted((8, lead_ids()), (1, st.sampled_from([UNKNOWN, *NO_IDS]))),
    "campaignId": _ids(CAMPAIGNS),
    "lineId": _ids(LINES),
    "recipientPhone": weighted((4, phones()), (4, _of_lead("phone", *_SPELLINGS, "space")), (1, st.just(" "))),
    "recipientEmail": weighted((4, emails()), (4, _of_lead("email")), (1, st.just("\t"))),
    "dateFrom": _times(),
    "dateTo": _times(),
    "page": _NUMBER,
    "limit": _NUMBER,
    "unknown": st.just("1"),
}
_NAMES: Strategy[list[str]] = weighted(
    (3, st.lists(st.sampled_from(list(_VALUES)), max_size=1)),
    (2, st.lists(st.sampled_from(list(_VALUES)), min_size=2, max_size=3)),
    (1, st.lists(st.sampled_from(list(_VALUES)), min_size=3, max_size=5)),
    (1, st.sampled_from([["dateFrom", "dateTo"], ["campaignId", "dateFrom"], ["lineId", "dateFrom"]])),
)


@st.composite
def queries(draw: Draw) -> list[tuple[str, Any]]:
    """Parameters of a listing, some repeated, some empty, some with `Pick`s as values."""
    return [(name, "" if not draw(st.integers(0, 20)) else draw(_VALUES[name])) for name in draw(_NAMES)]


def encoded(parameters: list[tuple[str, str]], *, bare_plus: bool) -> str:
    """The query string; with `bare_plus`, spaces are sent as the `+` that somebody forgot to encode (N3)."""
    pairs = [f"{name}={quote(value, safe='')}" for name, value in parameters]
    return "&".join(pairs).replace("%20", "+") if bare_plus else "&".join(pairs)
