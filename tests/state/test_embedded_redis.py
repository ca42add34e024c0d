"""The embedded Redis cannot be told from fakeredis, nor from Redis as far as fakeredis cannot; it is only faster."""

from __future__ import annotations

import gc
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.state.redis_outcomes import dump, outcomes
from tests.state.redis_pair import CORNERS, OTHER_SETTINGS, SAMPLE, TEXT, Pair, is_direct, server_of, watched
from tests.state.redis_programs import Call, Pipe, programs
from tuco_mock.state.embedded.redis import open_redis

if TYPE_CHECKING:
    from tests.state.redis_programs import Step


@pytest.fixture
def client() -> Any:
    """An embedded Redis."""
    return open_redis()


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([TEXT] * 4 + OTHER_SETTINGS), programs(with_quirks=True))
def test_programs_answer_as_on_fakeredis(options: dict[str, Any], program: list[Step]) -> None:
    Pair(**options).check(program)


@settings(
    max_examples=100, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(programs(with_quirks=False))
def test_programs_answer_as_on_redis(real_redis: redis.Redis, program: list[Step]) -> None:
    real_redis.flushall()
    embedded = open_redis()
    expected = outcomes(real_redis, real_redis, program, ordered=False)
    assert outcomes(embedded, embedded, program, ordered=False) == expected
    assert dump(embedded) == dump(real_redis)


@pytest.mark.parametrize("options", [TEXT, *OTHER_SETTINGS], ids=str)
def test_the_sample_answers_as_on_fakeredis(options: dict[str, Any]) -> None:
    pair = Pair(**options)
    pair.check(SAMPLE)
    pair.check(CORNERS)
    assert is_direct(pair.embedded)


def test_a_random_member_of_one() -> None:
    one: list[Step] = [Call("sadd", ("s", "m")), Call("zadd", ("z", {"m": 1}))]
    drawn = [Call("srandmember", ("s", 2)), Call("spop", ("s",)), Call("zrandmember", ("z",)), Call("randomkey")]
    Pair(**TEXT).check([*one, *drawn])


def test_bytes_that_are_no_text() -> None:
    reads = [Call("get", ("k",)), Call("get", ("l",))]
    binary: list[Step] = [Call("set", ("k", b"\xff")), Call("set", ("l", "v")), Call("setbit", ("b", 0, 1)), *reads]
    Pair(**TEXT).check([*binary, Pipe(reads, transaction=True, raise_on_error=False), Call("getbit", ("b", 0))])
    Pair().check([*binary, Pipe(reads, transaction=False, raise_on_error=True), Call("getrange", ("b", 0, -1))])


def test_many_members_at_once() -> None:
    members = {f"m{number}": number % 7 for number in range(1000)}
    removed = [f"m{number}" for number in range(0, 1000, 2)]
    ranks: list[Step] = [Call("zrange", ("z", 0, -1), {"withscores": True}), Call("zrank", ("z", "m501"))]
    Pair(**TEXT).check([Call("zadd", ("z", members)), *ranks, Call("zrem", ("z", *removed)), *ranks])


def test_it_is_empty_its_own_and_opens_nothing_in_advance() -> None:
    threads = threading.active_count()
    first, second = open_redis(), open_redis()
    assert server_of(first).sockets == []
    first.set("k", "é")
    assert (first.get("k"), second.get("k")) == ("é", None)
    assert is_direct(first)
    assert len(server_of(first).sockets) == 1
    assert threading.active_count() == threads


def test_a_transaction_is_tried_again_when_a_watched_key_was_touched(client: Any) -> None:
    client.hset("bucket", "tokens", "5")
    tries: list[str] = []

    def take(pipe: Any) -> str:
        tokens: str = pipe.hget("bucket", "tokens")
        tries.append(tokens)
        if len(tries) == 1:
            client.hset("bucket", "tokens", "3")
        pipe.multi()
        pipe.hset("bucket", "tokens", str(int(tokens) - 1))
        return tokens

    assert client.transaction(take, "bucket", value_from_callable=True) == "3"
    assert tries == ["5", "3"]
    assert client.hget("bucket", "tokens") == "2"


def test_response_callbacks_of_the_user_are_used() -> None:
    def shape_or_refuse(reply: str, **_: Any) -> str:
        if reply == "bad":
            raise redis.ResponseError("refused")
        return f"<{reply}>"

    pair = Pair(**TEXT)
    for each in (pair.embedded, pair.plain):
        each.set_response_callback("get", shape_or_refuse)
        each.mset({"good": "good", "bad": "bad"})
        assert each.get("good") == "<good>"
        assert each.pipeline().get("good").execute() == ["<good>"]
        replies = each.pipeline(transaction=False).get("bad").get("good").execute(raise_on_error=False)
        assert [str(reply) for reply in replies] == ["refused", "<good>"]
        with pytest.raises(redis.ResponseError, match=r"^refused"):
            each.pipeline().get("bad").execute()
        with pytest.raises(redis.ResponseError, match=r"^Command # 1 "):
            each.pipeline(transaction=False).get("bad").execute()


def test_threads_lose_nothing(client: Any) -> None:
    workers, rounds = 8, 150

    def increment(pipe: Any) -> None:
        before = pipe.get("read and written")
        pipe.multi()
        pipe.set("read and written", int(before or 0) + 1)

    def work(_: int) -> None:
        for _ in range(rounds):
            client.incr("counted")
            client.transaction(increment, "read and written")
            client.pipeline(transaction=False).incr("counted").rpush("list", "x").execute()

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, range(workers)))
    assert client.mget("counted", "read and written") == [str(2 * workers * rounds), str(workers * rounds)]
    assert client.llen("list") == workers * rounds
    assert not watched(server_of(client))


def test_transactions_leave_nothing_behind(client: Any) -> None:
    server = server_of(client)

    def change(pipe: Any) -> None:
        before = pipe.hget("k0", "f")
        pipe.multi()
        pipe.hset("k0", "f", int(before or 0) + 1)

    for number in range(10_000):
        client.transaction(change, "k0", f"k{number}")
    client.pipeline().watch("abandoned")
    assert client.hget("k0", "f") == "10000"
    assert (len(server.sockets), len(server.closed_sockets), watched(server)) == (1, 0, {})
    assert server.sockets[0]._subkey_events == []


@pytest.mark.parametrize("leave_direct", [False, True])
def test_a_pipeline_collected_under_the_lock_does_not_block(client: Any, leave_direct: bool) -> None:
    server = server_of(client)

    def collect() -> None:
        pipe = client.pipeline()
        pipe.watch("k")
        if leave_direct:
            pipe.echo("x")
        pipe.itself = pipe
        del pipe
        with server.lock:
            gc.collect()

    thread = threading.Thread(target=collect, daemon=True)
    thread.start()
    thread.join(20)
    assert not thread.is_alive()
    client.set("k", "v")
    assert client.transaction(lambda pipe: pipe.get("k"), "k") == []
    assert not any(watched(server).values())


def test_a_blocked_client_wakes_when_a_direct_command_writes(client: Any) -> None:
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(client.blpop, ["queue"], 20)
        client.rpush("queue", "job")
        assert waiting.result(20) == ("queue", "job")


def test_subscribers_hear_of_direct_writes() -> None:
    pair = Pair(**TEXT)
    heard = []
    for each in (pair.embedded, pair.plain):
        each.set("before", 1)
        listener = each.pubsub(ignore_subscribe_messages=True)
        listener.psubscribe("__key*__:*")
        listener.get_message()
        each.set("k", "v")
        each.pipeline().hset("h", "f", "v").get("k").execute()
        heard.append([listener.get_message() for _ in range(5)])
        listener.close()
    assert heard[0] == heard[1]
    assert sum(message is not None for message in heard[0]) == 4


def test_keys_expire(monkeypatch: pytest.MonkeyPatch) -> None:
    pair = Pair(**TEXT)
    for each in (pair.embedded, pair.plain):
        each.set("k", "v", ex=100)
        each.hset("h", "f", "v")
        each.expire("h", 100)
    later = time.time() + 101
    monkeypatch.setattr(time, "time", lambda: later)
    for each in (pair.embedded, pair.plain):
        assert each.pipeline().get("k").exists("k").execute() == [None, 0]
        assert (each.hset("h", "g", "w"), each.hgetall("h"), each.ttl("h")) == (1, {"g": "w"}, -1)
        assert each.dbsize() == 1
    monkeypatch.setattr(time, "time", lambda: later + 101)
    for each in (pair.embedded, pair.plain):
        each.set("k", "v", px=1)
        assert each.get("k") == "v"
    monkeypatch.setattr(time, "time", lambda: later + 202)
    assert (pair.embedded.get("k"), pair.plain.get("k")) == (None, None)


def test_fields_expire() -> None:
    """hpexpireat in the past, and a field whose end is to come: the quick commands leave both to fakeredis."""
    pair = Pair(**TEXT)
    said = []
    for each in (pair.embedded, pair.plain):
        each.hset("h", mapping={"f": "v", "g": "w", "past": "x"})
        each.hpexpireat("h", 1, "past")
        each.hpexpireat("h", 4_000_000_000_000, "f")
        before = each.hpexpiretime("h", "f")
        read = each.hget("h", "f"), each.hmget("h", ["f", "past"])
        wrote = each.hset("h", "f", "again"), each.hset("h", "past", "back")
        said.append((before, read, wrote, each.hpexpiretime("h", "f"), each.hgetall("h")))
    assert said[0] == said[1]
    assert said[0][0] != said[0][3]  # writing a field ends its end


def test_a_pipeline_without_transaction_sees_time_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter(range(1_800_000_000, 1_900_000_000))
    monkeypatch.setattr(time, "time", lambda: float(next(ticks)))
    for transaction in (False, True):
        pair = Pair(**TEXT)
        for each in (pair.embedded, pair.plain):
            pipe = each.pipeline(transaction=transaction)
            pipe.set("k", "v")
            pipe.expire("k", 0)
            pipe.exists("k")
            assert pipe.execute() == [True, True, int(transaction)]
