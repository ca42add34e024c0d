"""The clock and the rate limits of a workspace."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.client.conftest import REPLIES
from tuco_mock.client import ControlError, Tuco
from tuco_mock.client.control import PATIENCE, Control

START = "2026-03-13T00:00:00.000Z"
frozen = pytest.mark.tuco(clock="2026-03-13T00:00:00Z")


@frozen
def test_the_clock_moves_as_it_is_told(tuco: Tuco) -> None:
    clock = tuco.clock
    assert clock.now() == START
    assert clock.advance("5m") == "2026-03-13T00:05:00.000Z"
    assert clock.advance(timedelta(days=1, milliseconds=250)) == "2026-03-14T00:05:00.250Z"
    assert clock.advance(0.5) == "2026-03-14T00:05:00.750Z"
    assert clock.freeze("2026-03-15T00:00:00Z") == "2026-03-15T00:00:00.000Z"
    assert clock.set(datetime(2026, 3, 13, tzinfo=UTC)) == START


@frozen
def test_a_resumed_clock_runs_and_a_frozen_one_stands(tuco: Tuco) -> None:
    assert tuco.clock.resume() >= START
    stands = tuco.clock.freeze()
    assert tuco.clock.now() == stands


@frozen
def test_the_clock_does_not_freeze_in_the_past(tuco: Tuco) -> None:
    with pytest.raises(ControlError, match=r"never runs backwards; use \{set: a time\}"):
        tuco.clock.freeze("2026-03-12T00:00:00Z")


def test_a_duration_that_is_none_is_told(tuco: Tuco) -> None:
    with pytest.raises(ControlError, match="'five minutes' is no duration"):
        tuco.clock.advance("five minutes")


@frozen
def test_an_exhausted_limit_brings_the_next_call_to_429(tuco: Tuco) -> None:
    assert tuco.rate_limit.tokens() == 120
    tuco.rate_limit.exhaust("replies")
    assert tuco.rate_limit.tokens() == 0
    refused = tuco.client.get(REPLIES)
    assert refused.status_code == 429
    tuco.clock.advance(int(refused.headers["Retry-After"]))
    assert tuco.client.get(REPLIES).status_code == 200


@frozen
def test_a_refilled_limit_lets_calls_through(tuco: Tuco) -> None:
    tuco.rate_limit.exhaust()
    tuco.rate_limit.refill()
    assert tuco.rate_limit.tokens() == 120
    assert tuco.client.get(REPLIES).status_code == 200


@frozen
def test_a_limit_can_be_set_and_lifted(tuco: Tuco) -> None:
    tuco.rate_limit.set("replies", 2)
    assert [tuco.client.get(REPLIES).status_code for _ in range(3)] == [200, 200, 429]
    tuco.rate_limit.set("replies", None)
    assert tuco.rate_limit.tokens() is None
    tuco.rate_limit.refill()  # there is nothing to fill
    assert tuco.client.get(REPLIES).status_code == 200
    with pytest.raises(ControlError, match="replies has no limit here"):
        tuco.rate_limit.exhaust()


def test_a_group_that_does_not_exist_is_told(tuco: Tuco) -> None:
    with pytest.raises(ControlError, match="no rate-limit group 'reply'; there are replies"):
        tuco.rate_limit.exhaust("reply")


@pytest.mark.tuco(rate_limits={"replies": 1}, clock="2026-03-13T00:00:00Z")
def test_limits_can_be_given_from_the_start(tuco: Tuco) -> None:
    assert [tuco.client.get(REPLIES).status_code for _ in range(2)] == [200, 429]


def test_time_may_take_long_to_pass(tuco: Tuco, monkeypatch: pytest.MonkeyPatch) -> None:
    """Receivers are waited for when it does, longer than for any other answer."""
    asked: dict[str, float] = {}
    call = Control.call

    def watched(self: Control, method: str, path: str, body: Any = None, **options: Any) -> Any:
        asked[path.rpartition("/")[2]] = options["seconds"]
        return call(self, method, path, body, **options)

    monkeypatch.setattr(Control, "call", watched)
    tuco.clock.advance("1d")
    tuco.run_queue()
    tuco.settle()
    tuco.messages()
    assert asked == {"clock": 600.0, "run": 600.0, "settle": 600.0, "messages": PATIENCE}
