"""Clause R23: the order in which a listing is checked."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from tests.clauses.busy import BUSY, JANE, NOW, UNKNOWN
from tests.clauses.checks import (
    FROM_AFTER_TO,
    INACTIVE,
    NO_CAMPAIGN,
    NO_LEAD,
    NOBODY,
    RATE_LIMITED,
    UNAUTHORIZED,
    ask,
    contents,
    invalid,
)
from tests.support import REPLIES, Json, World, error

Worlds = Callable[..., World]

Fault = tuple[Json, dict[str, str], str | None, tuple[int, Json]]
FAULTS: dict[str, Fault] = {
    "unknown key": ({}, {}, "Bearer nobody", UNAUTHORIZED),
    "inactive workspace": ({"active": False}, {}, None, INACTIVE),
    "empty bucket": (
        {"rateLimitBuckets": {"replies": {"tokens": 0, "at": NOW}}},
        {},
        None,
        RATE_LIMITED,
    ),
    "invalid leadId": ({}, {"leadId": "x"}, None, invalid("leadId")),
    "invalid campaignId": ({}, {"campaignId": "x"}, None, invalid("campaignId")),
    "invalid lineId": ({}, {"lineId": "x"}, None, invalid("lineId")),
    "invalid dateFrom": ({}, {"dateFrom": "x"}, None, invalid("dateFrom")),
    "invalid dateTo": ({}, {"dateTo": "x"}, None, invalid("dateTo")),
    "from after to": ({}, {"dateFrom": "2026-03-13", "dateTo": "2026-03-12"}, None, FROM_AFTER_TO),
    "unknown lead": ({}, {"leadId": UNKNOWN}, None, NO_LEAD),
    "unknown campaign": ({}, {"campaignId": UNKNOWN}, None, NO_CAMPAIGN),
}
"""Everything that can be wrong, in the order of the checks: state, query, key, and the refusal."""

PAIRS = [
    (first, second)
    for first, second in itertools.combinations(FAULTS, 2)
    if not FAULTS[first][1].keys() & FAULTS[second][1].keys()
]


@pytest.mark.clause("R23", "A10")
@pytest.mark.parametrize(("first", "second"), PAIRS, ids=lambda name: name)
def test_of_two_faults_the_first_in_order_is_told(make_world: Worlds, first: str, second: str) -> None:
    """When two things are wrong at once the answer is that of the earlier check, and no data changes."""
    (state, query, key, refused), (more_state, more_query, *_) = FAULTS[first], FAULTS[second]
    world = make_world(state={**BUSY, **state, **more_state})
    before = contents(world)
    asked = "&".join(f"{name}={value}" for name, value in {**more_query, **query}.items())
    authorization = key or FAULTS[second][2] or f"Bearer {world.key}"
    assert error(ask(world, REPLIES, authorization, query=f"?{asked}")) == refused
    assert contents(world) == before


@pytest.mark.clause("R23")
def test_of_all_faults_the_first_in_order_is_told(make_world: Worlds) -> None:
    """With everything wrong at once, mending one thing after the other brings the answers in their order."""
    world = make_world(state={**BUSY, "active": False, **FAULTS["empty bucket"][0]})
    query = {"leadId": "x", "campaignId": "x", "lineId": "x", "dateFrom": "x", "dateTo": "x"}

    def told(authorization: str | None = None) -> tuple[int, Any]:
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        return error(ask(world, REPLIES, authorization or f"Bearer {world.key}", query=f"?{asked}"))

    assert told("Bearer nobody") == UNAUTHORIZED
    assert told() == INACTIVE
    world.patch(active=True)
    assert told() == RATE_LIMITED
    world.clock(advance="60s")
    mended = {
        "leadId": UNKNOWN,
        "campaignId": UNKNOWN,
        "lineId": UNKNOWN,
        "dateFrom": "2026-03-13",
        "dateTo": "2026-03-12",
    }
    for name, value in mended.items():
        assert told() == invalid(name)
        query[name] = value
    assert told() == FROM_AFTER_TO
    query["dateTo"] = "2026-03-14"
    assert told() == NO_LEAD
    query["leadId"] = JANE
    assert told() == NO_CAMPAIGN
    del query["campaignId"]
    assert told() == (200, NOBODY)
