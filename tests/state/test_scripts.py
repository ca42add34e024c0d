"""Each Redis script in Lua on a real Redis, and its twin in Python on the embedded engine, do the same."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import redis
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tuco_mock.state import scripts
from tuco_mock.state.embedded.redis import open_redis
from tuco_mock.state.embedded.scripts import TWINS

KEY, FIELD = "tuco:workspace:w", "bucket:replies"

moments = st.integers(-62_135_596_800_000, 253_402_300_799_999) | st.integers(1_700_000_000_000, 1_700_000_200_000)
clocks = st.none() | st.builds("frozen:{}".format, moments) | st.builds("live:{}".format, st.integers(-90_000, 90_000))
steps = st.tuples(clocks, st.sampled_from([1, 2, 7, 120, 5_000, 1_000_000]), moments)


def test_every_script_has_a_twin() -> None:
    assert set(TWINS) == {text for name, text in vars(scripts).items() if name.isupper()}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(taken=[(None, 1, 1_700_000_000_000)] * 3)
@given(taken=st.lists(steps, max_size=12))
@pytest.mark.clause("R21", "R22")
def test_taking_tokens(real_redis: redis.Redis, taken: list[tuple[str | None, int, int]]) -> None:
    """The same answers, and the same hash afterwards, whatever the clock does."""
    embedded = open_redis()
    real_redis.flushall()
    outcomes = []
    for engine in (real_redis, embedded):
        take = engine.register_script(scripts.TAKE_TOKEN)
        said = []
        for clock, per_minute, real in taken:
            if clock is None:
                engine.hdel(KEY, "clock")
            else:
                engine.hset(KEY, "clock", clock)
            said.append(take(keys=[KEY], args=[FIELD, per_minute, real]))
        outcomes.append((said, engine.hgetall(KEY)))
    assert outcomes[0] == outcomes[1]


@pytest.mark.parametrize("has_start", [True, False])
def test_beginning_a_workspace(real_redis: redis.Redis, has_start: bool) -> None:
    keys = [KEY, "tuco:log:w:marks", *(["tuco:start:w"] if has_start else [])]
    found = []
    for engine in (real_redis, open_redis()):
        begin = engine.register_script(scripts.BEGIN_WORKSPACE)
        said = begin(keys=keys, args=["live:5", 7, 1_700_000_000_000, 1_700_000_000_005, b'{"id":"w"}'])
        found.append((said, engine.hgetall(KEY), engine.hgetall(keys[1]), engine.get("tuco:start:w")))
    assert found[0] == found[1]
    assert found[0][3] == ('{"id":"w"}' if has_start else None)


appends = st.tuples(clocks, st.text(max_size=5), moments, st.integers(1, 4), st.integers(0, 3))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(appended=st.lists(appends, max_size=12), is_claimed=st.booleans())
def test_appending_to_a_log(
    real_redis: redis.Redis, appended: list[tuple[str | None, str, int, int, int]], is_claimed: bool
) -> None:
    """The same log and marks afterwards, whatever the clock shows and whether the workspace is still there."""
    log, marks = "tuco:log:w", "tuco:log:w:marks"
    embedded = open_redis()
    real_redis.flushall()
    outcomes = []
    for engine in (real_redis, embedded):
        append = engine.register_script(scripts.APPEND)
        said = []
        for clock, record, real, kept, slack in appended:
            if clock is None:
                engine.hdel(KEY, "clock")
            else:
                engine.hset(KEY, "clock", clock)
            keys = [log, marks, *([KEY] if is_claimed else [])]
            said.append(append(keys=keys, args=[record.encode(), real, kept, kept + slack]))
        outcomes.append((said, engine.lrange(log, 0, -1), engine.hgetall(marks)))
    assert outcomes[0] == outcomes[1]


ids = st.sampled_from(["a", "b", "c"])
HELD, WAITING, DELAYED = (f"bull:messages-w:{name}" for name in ("active", "prioritized", "delayed"))
hands = st.one_of(
    st.tuples(st.just("wait"), ids),
    st.tuples(st.just("take"), ids),
    st.tuples(st.just("take one that waits"), ids),
    st.tuples(st.just("finish"), ids),
    st.tuples(st.just("delay"), ids),
)


def _hand(engine: redis.Redis, what: str, message: str, number: int) -> object:
    """One thing done with a job; what the engine said of it."""
    job = f"bull:messages-w:{message}"
    if what == "wait":
        engine.hset(job, "delay", "0")
        return engine.zadd(WAITING, {message: number})
    if what == "finish":
        return engine.register_script(scripts.FINISH_JOB)(keys=[HELD, job], args=[message])
    if what == "delay":
        return engine.register_script(scripts.DELAY_JOB)(keys=[HELD, job, DELAYED], args=[message, 5, 4096 * number])
    sets = [WAITING] if what.endswith("waits") else [WAITING, DELAYED]
    return engine.register_script(scripts.TAKE_JOB)(keys=[HELD, *sets], args=[message])


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(done=st.lists(hands, max_size=15))
def test_jobs_in_a_workers_hands(real_redis: redis.Redis, done: list[tuple[str, str]]) -> None:
    """The same answers and the same queue afterwards, whether a job is there, is held or is gone."""
    real_redis.flushall()
    outcomes = []
    for engine in (real_redis, open_redis()):
        said = [_hand(engine, what, message, number) for number, (what, message) in enumerate(done)]
        sets = [engine.zrange(each, 0, -1, withscores=True) for each in (WAITING, DELAYED)]
        jobs = [engine.hgetall(f"bull:messages-w:{each}") for each in "abc"]
        outcomes.append((said, sets, engine.lrange(HELD, 0, -1), jobs))
    assert outcomes[0] == outcomes[1]


ended = st.tuples(st.sampled_from(["begin", "finish", "forget"]), st.integers(1, 3), st.integers(1, 3))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(done=st.lists(ended, max_size=15))
def test_deliveries_that_are_done_or_forgotten(real_redis: redis.Redis, done: list[tuple[str, int, int]]) -> None:
    """What was forgotten meanwhile is put down nowhere; what is kept is the last of it."""
    real_redis.flushall()
    keys = opened, kept, taken = [f"tuco:deliveries:w{part}" for part in (":open", "", ":taken")]
    outcomes = []
    for engine in (real_redis, open_redis()):
        finish = engine.register_script(scripts.FINISH_DELIVERY)
        said: list[object] = []
        for turn, (what, number, limit) in enumerate(done):
            if what == "begin":
                said += [engine.hset(opened, str(number), "text"), engine.sadd(taken, number)]
            elif what == "finish":
                said.append(finish(keys=keys, args=[number, f"text {turn}", limit]))
            else:
                said.append(engine.delete(*keys))
        outcomes.append((said, engine.hgetall(opened), engine.lrange(kept, 0, -1), engine.smembers(taken)))
    assert outcomes[0] == outcomes[1]


def test_replacing_a_field(real_redis: redis.Redis) -> None:
    """Only what is as it was seen, or is not there as it was seen, is replaced."""
    real_redis.flushall()
    for engine in (real_redis, open_redis()):
        replace = engine.register_script(scripts.REPLACE_FIELD)
        seen = [("", "a"), ("", "b"), ("b", "c"), ("a", "d"), ("d", "e")]
        assert [replace(keys=[KEY], args=["field", before, after]) for before, after in seen] == [1, 0, 0, 1, 1]
        assert engine.hget(KEY, "field") == "e"


gone = st.tuples(st.sampled_from(["new", "delayed", "let go", "let go otherwise", "done"]), st.integers(1, 2))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(done=[("delayed", 1), ("let go", 1), ("let go", 1)])
@given(done=st.lists(gone, max_size=12))
def test_deliveries_that_are_let_go(real_redis: redis.Redis, done: list[tuple[str, int]]) -> None:
    """One that waited goes once, and only as it was seen; one that is done does not go again."""
    real_redis.flushall()
    keys = opened, waiting, delayed, numbers = [f"tuco:deliveries:w:{each}" for each in "owdn"]
    outcomes = []
    for engine in (real_redis, open_redis()):
        let_go = engine.register_script(scripts.LET_GO_DELIVERY)
        said: list[object] = []
        for what, number in done:
            if what == "new":
                said.append(let_go(keys=keys, args=[number, "pending"]))
            elif what == "delayed":
                said += [engine.hset(opened, str(number), "later"), engine.zadd(delayed, {str(number): 5})]
            elif what == "done":
                said += [engine.hdel(opened, str(number)), engine.zrem(waiting, str(number))]
            else:
                said.append(let_go(keys=keys, args=[number, "pending", "later" if what == "let go" else "else"]))
        sets = [engine.zrange(each, 0, -1, withscores=True) for each in (waiting, delayed)]
        outcomes.append((said, engine.hgetall(opened), sets, engine.hgetall(numbers)))
    assert outcomes[0] == outcomes[1]


@pytest.mark.clause("R20")
@pytest.mark.parametrize("which", ["real", "embedded"])
def test_of_many_at_once_just_as_many_get_one_as_there_are(real_redis: redis.Redis, which: str) -> None:
    """120 tokens, 200 calls from 8 threads at one moment: 120 get through."""
    engine = real_redis if which == "real" else open_redis()
    engine.hset(KEY, "clock", "frozen:1700000000000")
    take = engine.register_script(scripts.TAKE_TOKEN)
    with ThreadPoolExecutor(8) as threads:
        said = list(threads.map(lambda _: take(keys=[KEY], args=[FIELD, 120, 0]), range(200)))
    assert (said.count(0), said.count(1)) == (120, 80)
