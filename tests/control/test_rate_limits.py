"""The rate limiter's buckets: look, fill, empty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.control.given import LIMITS

if TYPE_CHECKING:
    from tests.support import World


def test_looking_shows_limit_and_tokens(world: World) -> None:
    full = {group: {"perMinute": limit, "tokens": limit} for group, limit in LIMITS.items()}
    assert world.control("GET", "/rate-limits") == full
    world.replies()
    assert world.control("GET", "/rate-limits") == {**full, "replies": {"perMinute": 120, "tokens": 119}}
    world.clock(advance="250ms")
    assert world.control("GET", "/rate-limits") == {**full, "replies": {"perMinute": 120, "tokens": 119.5}}


@pytest.mark.clause("R21")
def test_an_emptied_bucket_brings_the_next_call_to_429(world: World) -> None:
    assert world.control("PUT", "/rate-limits/replies", {"tokens": 0})["replies"]["tokens"] == 0
    refused = world.get_replies()
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
    world.clock(advance="1s")
    assert world.get_replies().status_code == 200


def test_a_bucket_filled_again(world: World) -> None:
    world.control("PUT", "/rate-limits/replies", {"tokens": 0})
    world.control("PUT", "/rate-limits/replies", {"tokens": 2})
    assert [world.get_replies().status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.parametrize("body", [None, {}, {"tokens": -1}, {"tokens": 121}, {"tokens": True}, {"tokens": "0"}, [0]])
def test_what_is_no_number_of_tokens_is_refused(world: World, body: Any) -> None:
    assert world.control("PUT", "/rate-limits/replies", body, status=400)["detail"] == (
        "Send {tokens: a number from 0 to 120}."
    )


def test_groups_that_are_not_there_or_have_no_limit(world: World) -> None:
    assert (
        f"there are {', '.join(LIMITS)}"
        in world.control("PUT", "/rate-limits/sends", {"tokens": 0}, status=404)["detail"]
    )
    world.patch(rateLimits={"replies": None})
    assert world.control("GET", "/rate-limits")["replies"] == {"perMinute": None, "tokens": None}
    assert "has no limit here" in world.control("PUT", "/rate-limits/replies", {"tokens": 0}, status=409)["detail"]
