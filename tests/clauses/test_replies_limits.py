"""Clauses R20 to R22: the rate limit."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests.clauses.busy import BUSY, JANE, JANES_WAITING, NOW, UNKNOWN
from tests.clauses.checks import NOBODY, RATE_LIMITED, UNAUTHORIZED, ask, cancelled, held
from tests.support import REPLIES, World, error

Worlds = Callable[..., World]


def tokens(world: World) -> float:
    """What is left in the bucket, by the exported state."""
    return float(world.state()["rateLimitBuckets"]["replies"]["tokens"])


def with_tokens(make_world: Worlds, left: float, per_minute: int = 120, **made_with: Any) -> World:
    """A workspace whose bucket holds so many tokens, its clock frozen."""
    limits = {"rateLimits": {"replies": per_minute}, "rateLimitBuckets": {"replies": {"tokens": left, "at": NOW}}}
    return make_world(state={**BUSY, **limits}, **made_with)


@pytest.mark.clause("R20", "R21")
def test_allows_120_calls_a_minute(busy: World, world: World) -> None:
    """On a frozen clock 120 calls are answered, then 429 with `Retry-After`; other workspaces are not concerned."""
    assert {busy.get_replies().status_code for _ in range(120)} == {200}
    for _ in range(3):
        answer = busy.get_replies()
        assert error(answer) == RATE_LIMITED
        assert answer.headers["retry-after"] == "1"
        assert answer.headers["content-type"] == "application/json"
    assert world.get_replies().status_code == 200
    assert busy.cancel(leadId=JANE) == cancelled(*JANES_WAITING, lead=JANE, jobs=2)


@pytest.mark.clause("R20")
def test_keys_of_a_workspace_share_its_bucket(make_world: Worlds) -> None:
    """Two keys of one workspace take from the same 120 tokens, and a key made anew does too."""
    one, two = (f"tuco_sk_{uuid.uuid4().hex}" for _ in range(2))
    world = make_world(clock=NOW, apiKeys=[one, two])
    statuses = [ask(world, REPLIES, f"Bearer {(one, two)[n % 2]}").status_code for n in range(124)]
    assert statuses == [200] * 120 + [429] * 4
    (new,) = world.patch(rotateApiKeys=True)["apiKeys"]
    assert error(ask(world, REPLIES, f"Bearer {new}")) == RATE_LIMITED


@pytest.mark.clause("R21", "R22")
@pytest.mark.parametrize(
    ("per_minute", "left", "retry_after", "needed"),
    [
        (120, 0, 1, 500),
        (120, 0.5, 1, 250),
        (120, 0.998, 1, 1),
        (60, 0, 1, 1000),
        (59, 0, 2, 1017),
        (40, 0, 2, 1500),
        (30, 0, 2, 2000),
        (30, 0.001, 2, 1998),
        (29, 0, 3, 2069),
        (7, 0, 9, 8572),
        (1, 0, 60, 60_000),
        (1, 0.5, 30, 30_000),
        (1, 0.9999, 1, 6),
    ],
)
def test_waiting_as_long_as_told_is_enough(
    make_world: Worlds, *, per_minute: int, left: float, retry_after: int, needed: int
) -> None:
    """`Retry-After` is the wait in whole seconds, at least 1; a millisecond less than the wait is too little."""
    told = with_tokens(make_world, left, per_minute)
    answer = told.get_replies()
    assert (error(answer), answer.headers["retry-after"]) == (RATE_LIMITED, str(retry_after))
    told.clock(advance=f"{retry_after}s")
    assert told.get_replies().status_code == 200

    exact = with_tokens(make_world, left, per_minute)
    exact.clock(advance=f"{needed - 1}ms")
    answer = exact.get_replies()
    assert (error(answer), answer.headers["retry-after"]) == (RATE_LIMITED, "1")
    exact.clock(advance="1ms")
    assert exact.get_replies().status_code == 200
    assert exact.get_replies().status_code == 429


@pytest.mark.clause("R21", "A10")
def test_rejected_call_takes_and_changes_nothing(make_world: Worlds) -> None:
    """However often it is repeated, a call that is answered 429 leaves everything as it was, the bucket too."""
    world = with_tokens(make_world, 0.75)
    before = held(world)
    assert [error(world.get_replies()) for _ in range(5)] == [RATE_LIMITED] * 5
    assert held(world) == before
    world.clock(advance="125ms")
    assert world.get_replies().status_code == 200


@pytest.mark.clause("R22")
def test_bucket_is_refilled_evenly_by_fractions(make_world: Worlds) -> None:
    """Each 500 ms of the clock bring one token, shorter times their share, and none is lost in between."""
    world = with_tokens(make_world, 1)
    assert [world.get_replies().status_code for _ in range(2)] == [200, 429]
    for _ in range(4):
        world.clock(advance="125ms")
        last = world.get_replies().status_code
        assert last == (200 if _ == 3 else 429)
    world.clock(advance="1250ms")
    assert [world.get_replies().status_code for _ in range(3)] == [200, 200, 429]
    world.clock(advance="250ms")
    assert [world.get_replies().status_code for _ in range(2)] == [200, 429]


@pytest.mark.clause("R22")
def test_bucket_holds_120_tokens_at_most(make_world: Worlds) -> None:
    """After a long pause there are 120 tokens, not more; a full minute fills an empty bucket."""
    world = with_tokens(make_world, 0)
    world.clock(advance="60s")
    assert world.get_replies().status_code == 200
    assert tokens(world) == 119
    world.clock(advance="30d")
    assert [world.get_replies().status_code for _ in range(121)] == [200] * 120 + [429]


@pytest.mark.clause("R22")
def test_bucket_goes_by_the_clock_of_the_workspace(make_world: Worlds) -> None:
    """A clock that is set back refills nothing, and from then on the bucket fills by what it shows."""
    world = with_tokens(make_world, 1)
    assert world.get_replies().status_code == 200
    assert error(world.get_replies()) == RATE_LIMITED
    world.clock(set="2020-01-01T00:00:00Z")
    assert error(world.get_replies()) == RATE_LIMITED
    world.clock(advance="499ms")
    assert error(world.get_replies()) == RATE_LIMITED
    world.clock(advance="1ms")
    assert world.get_replies().status_code == 200


@pytest.mark.clause("R22")
@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 200),
        ("leadId=x", 400),
        ("dateFrom=x", 400),
        ("dateFrom=2026-03-13&dateTo=2026-03-12", 400),
        (f"leadId={UNKNOWN}", 404),
        (f"campaignId={UNKNOWN}", 404),
    ],
)
def test_rejected_queries_take_a_token_too(make_world: Worlds, query: str, status: int) -> None:
    """A call that is answered 400 or 404 takes a token just as one that is answered 200."""
    world = with_tokens(make_world, 2)
    assert world.get_replies(query).status_code == status
    assert tokens(world) == 1
    assert world.get_replies(query).status_code == status
    assert tokens(world) == 0
    assert error(world.get_replies(query)) == RATE_LIMITED


@pytest.mark.clause("R22")
def test_unauthorized_calls_take_no_token(make_world: Worlds) -> None:
    """Calls that are answered 401, 404 for the path or 405 leave the bucket alone."""
    world = with_tokens(make_world, 1)
    for _ in range(3):
        assert error(ask(world, REPLIES, "Bearer nobody")) == UNAUTHORIZED
        assert world.http.post(REPLIES, headers=world.headers).status_code == 405
        assert world.http.get(f"{REPLIES}/", headers=world.headers).status_code == 404
    assert tokens(world) == 1
    assert world.get_replies().status_code == 200


@pytest.mark.clause("R20")
def test_limit_can_be_lifted_and_changed(make_world: Worlds) -> None:
    """The workspace's own number of calls a minute takes the place of the documented one; null lifts the limit."""
    world = make_world(clock=NOW, rateLimits={"replies": 3})
    assert [world.get_replies().status_code for _ in range(4)] == [200, 200, 200, 429]
    world.patch(rateLimits={"replies": None})
    assert {world.get_replies().status_code for _ in range(130)} == {200}
    assert world.replies() == NOBODY
