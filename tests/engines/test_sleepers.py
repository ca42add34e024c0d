"""A process that sleeps through the end of its leases: whatever it does when it wakes up comes too late, and is not."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from tests.cli.running import SOON
from tests.engines.fleet import process_of
from tests.support import World
from tests.support_webhooks import Catcher, register
from tuco_mock.actions.load import make_workspace
from tuco_mock.actions.recovery import recover
from tuco_mock.client.receiving import Answer
from tuco_mock.domain.clocks import Clock
from tuco_mock.domain.deliveries import UNKNOWN, Delivery
from tuco_mock.domain.fixture.check import check_workspace
from tuco_mock.state.engines import open_engines
from tuco_mock.state.real.leases import Leases
from tuco_mock.state.store import Store
from tuco_mock.state.turns import TurnLost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import redis

    from tests.engines.fleet import Fleet
    from tests.engines.servers import MongoServer, RedisServer


@pytest.fixture(scope="module")
def fleet(start_fleet: Callable[[], Fleet]) -> Fleet:
    return start_fleet()


def test_a_process_that_sleeps_while_it_moves_time(fleet: Fleet) -> None:
    """It has sent a message and told of it. Others take over; it is told so, changes nothing, and works on then."""
    with fleet.clients() as clients, Catcher(Answer(hang=True)) as catcher, ThreadPoolExecutor(1) as aside:
        one = next(iter(clients.values()))
        world = World(one, clock="2026-03-13T12:00:00Z", worker="auto")
        register(world, catcher.url, "message.sent")
        world.add("lines", phone="+16462230920")
        later = {"job": "delayed", "status": "scheduled", "scheduledDate": "2026-03-13T12:30:00Z"}
        message = world.message(world.lead(phone="+14155550100"), **later)
        sleeper = process_of(one)  # by now: a connection that nothing was asked by for a while was made anew
        other = next(each for each in clients.values() if process_of(each) != sleeper)
        there = World.existing(other, world.id)
        moving = aside.submit(one.post, f"/_tuco/workspaces/{world.id}/clock", json={"advance": "1h"})
        catcher.wait(1, SOON)
        os.kill(sleeper, signal.SIGSTOP)
        try:
            assert there.clock(advance="2h") == "2026-03-13T14:30:00.000Z"
            there.control("POST", "/deliveries/wait", {"timeout": "20s"})
            before = there.state()
            [told] = there.control("GET", "/deliveries")["deliveries"]
            assert told["state"] == "failed"
        finally:
            os.kill(sleeper, signal.SIGCONT)
        answer = moving.result(SOON)
        assert answer.status_code == 503
        assert "Another process works in workspace" in answer.json()["detail"]
        assert there.state() == before
        assert there.control("GET", "/deliveries")["deliveries"] == [told]
        assert there.statuses() == {message: "delivered"}
        assert len(catcher.came) == 1
        assert world.clock(advance="1h") == "2026-03-13T15:30:00.000Z"


@pytest.fixture
def two(redis_server: RedisServer, mongo_server: MongoServer) -> Iterator[list[Store]]:
    """Two processes on the same engines, as far as these know."""
    opened = [open_engines(mongo_server.url, redis_server.url, "sleepers") for _ in range(2)]
    yield [Store(each) for each in opened]
    for each in opened:
        each.close()


def leases_of(store: Store) -> Leases:
    assert store.engines.peers is not None
    return store.engines.peers.leases


def take_over(one: Store, other: Store) -> None:
    """Let the other one go on with what the one has in its hands."""
    assert one.hands is not None
    assert other.hands is not None
    recover(other, other.hands.of(one.hands.key.rpartition(":")[2]), one.hands.all())


def expire(client: redis.Redis, name: str) -> None:
    """Let time pass for a lease."""
    assert client.delete(f"tuco:lease:{name}") == 1


def test_who_has_lost_a_turn_moves_no_clock(two: list[Store]) -> None:
    """Not even while it doesn't know yet; and its giving it back takes nothing from who has it now."""
    (one, other), turn = two, "turn-w"
    one.vitals.set_clock("w", Clock(True, 1))
    assert leases_of(one).take(turn).number is not None
    one.turns.set_clock("w", Clock(True, 2))
    assert leases_of(other).take(turn).number is None
    expire(one.engines.redis, turn)
    assert leases_of(other).take(turn).number is not None
    with pytest.raises(TurnLost):
        one.turns.set_clock("w", Clock(True, 3))
    assert not one.turns.are_lost("w")
    leases_of(one).renew()
    assert one.turns.are_lost("w")
    with pytest.raises(TurnLost):
        one.turns.check("w")
    leases_of(one).release(turn)
    other.turns.set_clock("w", Clock(True, 4))
    assert one.vitals.clock("w") == Clock(True, 4)
    leases_of(other).release(turn)


def test_a_job_that_was_taken_over_is_not_finished_by_who_had_it(two: list[Store]) -> None:
    """Nor put off; and who has it is not disturbed."""
    one, other = two
    spec = {"clock": "2026-03-13T12:00:00Z", "messages": [{"recipientPhone": "+14155550100", "job": "waiting"}]}
    here = make_workspace(other, check_workspace(spec)).id
    [job] = one.queue.due(here, 0, 9)
    assert one.queue.take(here, job)
    take_over(one, other)
    [again] = other.queue.due(here, 0, 9)
    assert other.queue.take(here, again)
    assert not one.queue.finish(here, job.message_id)
    one.queue.delay(here, job.message_id, 5, 0, 1)
    assert other.queue.is_held(here, job.message_id)
    assert other.queue.finish(here, job.message_id)
    assert other.queue.jobs(here) == []


@pytest.mark.clause("H14")
def test_a_delivery_that_was_taken_over_is_not_sent_or_put_down_by_who_had_it(two: list[Store]) -> None:
    """What had been begun has failed, since nobody knows; what had not been is sent by who takes it next."""
    one, other = two
    here = make_workspace(other, check_workspace({"clock": "2026-03-13T12:00:00Z"})).id
    plain = Delivery(
        webhook_id="69ab444ac1feb77d7f46462f",
        url="http://127.0.0.1:9",
        event="message.sent",
        body="{}",
        signature="",
        timestamp="",
    )
    for _ in range(2):
        other.deliveries.add(here, plain)
    begun, waiting = one.deliveries.take(here)
    assert one.deliveries.is_to_go(here, begun)
    take_over(one, other)
    assert not one.deliveries.is_to_go(here, waiting)
    assert not one.deliveries.finish(here, begun)
    assert [each.id for each in other.deliveries.take(here)] == [waiting.id]
    assert other.deliveries.is_to_go(here, waiting)
    found = {each.id: (each.state, each.error) for each in other.deliveries.all(here)}
    assert found == {begun.id: ("failed", UNKNOWN), waiting.id: ("pending", None)}
    assert other.deliveries.finish(here, waiting)
    assert other.deliveries.pending(here) == 0
