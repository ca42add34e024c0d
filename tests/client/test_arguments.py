"""Arguments that can't be meant are told with what to write instead, before anything is sent."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.client.conftest import CANCEL, REPLIES
from tuco_mock.client import ControlError, FixtureError, Server, Tuco, TucoError

Verb = Callable[..., Any]

VERBS: dict[str, Callable[[Tuco], Verb]] = {
    "assert_called": lambda tuco: tuco.assert_called,
    "assert_not_called": lambda tuco: tuco.assert_not_called,
    "wait_for_request": lambda tuco: tuco.wait_for_request,
    "find": lambda tuco: tuco.find,
    "count": lambda tuco: tuco.count,
}
every_verb = pytest.mark.parametrize("verb", VERBS)


@pytest.mark.parametrize("timeout", ["5s", "5000ms", timedelta(seconds=5), 5, 0.5, Decimal("0.5")])
def test_a_wait_s_length_is_a_text_a_timedelta_or_a_number(tuco: Tuco, timeout: Any) -> None:
    tuco.client.get(REPLIES)
    assert tuco.wait_for_request("GET", REPLIES, timeout=timeout).status == 200


def test_a_wait_in_vain_is_told_with_its_length_as_it_was_written(tuco: Tuco) -> None:
    with pytest.raises(AssertionError, match=f"^waited 20ms for GET {REPLIES}, but it never came"):
        tuco.wait_for_request("GET", REPLIES, timeout="20ms")
    with pytest.raises(AssertionError, match=f"^waited 0.02 s for GET {REPLIES}, but it never came"):
        tuco.wait_for_request("GET", REPLIES, timeout=timedelta(milliseconds=20))


@pytest.mark.parametrize("timeout", [None, math.inf, math.nan, 10**400, True, [5]])
def test_a_wait_s_length_that_is_none_is_told(tuco: Tuco, timeout: Any) -> None:
    with pytest.raises(TucoError, match="timeout is a text as '1500ms' or '5s', a timedelta, or a number of seconds; "):
        tuco.wait_for_request("GET", REPLIES, timeout=timeout)


def test_a_wait_below_zero_is_told(tuco: Tuco) -> None:
    with pytest.raises(TucoError, match="timeout is a number of seconds from 0 to 60, not -1"):
        tuco.wait_for_request("GET", REPLIES, timeout=-1)


def test_a_wait_s_length_that_the_server_can_t_read_is_told(tuco: Tuco) -> None:
    with pytest.raises(ControlError, match="timeout: expected a duration as `90s`"):
        tuco.wait_for_request("GET", REPLIES, timeout="5 seconds")


@pytest.mark.asyncio
async def test_asynchronous_waiting_takes_and_refuses_the_same(tuco: Tuco) -> None:
    await tuco.async_client.get(REPLIES)
    assert (await tuco.async_wait_for_request("GET", REPLIES, timeout="5s")).status == 200
    with pytest.raises(TucoError, match="timeout is a text as"):
        await tuco.async_wait_for_request("GET", REPLIES, timeout=None)  # type: ignore[arg-type] # what is told
    with pytest.raises(TucoError, match="times is a whole number from 1, not 0"):
        await tuco.async_wait_for_request("GET", REPLIES, times=0)


@pytest.mark.parametrize("times", [0, -1, 1.5, "2", True, None])
def test_a_wait_is_for_one_request_or_more(tuco: Tuco, times: Any) -> None:
    tuco.client.get(REPLIES)
    with pytest.raises(TucoError, match="times is a whole number from 1, not "):
        tuco.wait_for_request("GET", REPLIES, times=times)


@pytest.mark.parametrize("name", ["times", "at_least"])
@pytest.mark.parametrize("value", [-1, 1.5, "2"])
def test_nothing_comes_less_often_than_never(tuco: Tuco, name: str, value: Any) -> None:
    with pytest.raises(TucoError, match=f"{name} is a whole number from 0, not "):
        tuco.assert_called("GET", REPLIES, **{name: value})


@every_verb
def test_parameters_and_headers_are_mappings(tuco: Tuco, verb: str) -> None:
    ask = VERBS[verb](tuco)
    with pytest.raises(TucoError, match=r"""query is a mapping of names to values, as {"limit": 10}, not 'limit=5'"""):
        ask("GET", REPLIES, query="limit=5")
    with pytest.raises(TucoError, match=r"""headers is a mapping of names to values, as {"X-Trace": "7"}, not \["""):
        ask("GET", REPLIES, headers=["X-Trace"])


@every_verb
def test_a_path_with_parameters_is_told_to_be_two_arguments(tuco: Tuco, verb: str) -> None:
    told = r"path is the path alone: write '/api/replies' and query={'limit': '5'}, not '/api/replies\?limit=5'"
    with pytest.raises(TucoError, match=told):
        VERBS[verb](tuco)("GET", f"{REPLIES}?limit=5")


@every_verb
def test_a_whole_url_is_told_to_be_a_path(tuco: Tuco, verb: str) -> None:
    with pytest.raises(
        TucoError, match=r"path is the path alone: write '/api/replies', not 'https://app\.tuco\.ai/api"
    ):
        VERBS[verb](tuco)("GET", f"https://app.tuco.ai{REPLIES}")
    with pytest.raises(TucoError, match="path is the path alone: write '/', not"):
        VERBS[verb](tuco)("GET", tuco.base_url)
    with pytest.raises(TucoError, match="path is the path alone, as '/api/replies', not"):
        VERBS[verb](tuco)("GET", "http://[::1/api/replies")


@every_verb
def test_method_and_path_are_texts(tuco: Tuco, verb: str) -> None:
    with pytest.raises(TucoError, match="method is a text, not 5"):
        VERBS[verb](tuco)(5, REPLIES)
    with pytest.raises(TucoError, match="path is a text, not b'/api/replies'"):
        VERBS[verb](tuco)("GET", REPLIES.encode())


@every_verb
@pytest.mark.parametrize("after", ["1", True, 1.5])
def test_what_came_later_than_something_else_is_told(tuco: Tuco, verb: str, after: Any) -> None:
    with pytest.raises(TucoError, match="after is a request, as `requests`, `find` and `assert_called` give it, or"):
        VERBS[verb](tuco)("GET", REPLIES, after=after)


@every_verb
@pytest.mark.parametrize("lead", [5, True, b"+14155550100", {"id": "x"}])
def test_what_is_no_lead_is_told(tuco: Tuco, verb: str, lead: Any) -> None:
    with pytest.raises(TucoError, match="lead is a lead, as `add_lead` gives it, its id, phone or email; not "):
        VERBS[verb](tuco)("GET", REPLIES, lead=lead)


@every_verb
def test_a_text_that_can_be_nobody_s_is_told(tuco: Tuco, verb: str) -> None:
    with pytest.raises(ControlError, match=r"match\.lead: expected a lead's id, or one of its phones or emails, found"):
        VERBS[verb](tuco)("GET", REPLIES, lead="Jane")


@every_verb
def test_a_keyword_that_a_verb_does_not_take_is_told(tuco: Tuco, verb: str) -> None:
    ask = VERBS[verb](tuco)
    with pytest.raises(
        TypeError, match=rf"^{verb}\(\) got an unexpected keyword argument 'header'; did you mean 'headers'"
    ):
        ask("GET", REPLIES, header={})
    others = "besides its own there are after, headers, json, lead, query, status$"
    with pytest.raises(TypeError, match=rf"^{verb}\(\) got an unexpected keyword argument 'colour'; {others}"):
        ask("GET", REPLIES, colour=1)


def test_a_keyword_that_a_fault_s_verb_does_not_take_is_told(tuco: Tuco) -> None:
    plans: dict[str, Verb] = {"fail_next": tuco.fail_next, "latency": tuco.latency, "drop_next": tuco.drop_next}
    for (verb, plan), first in zip(plans.items(), (500, 1, "reset"), strict=True):
        with pytest.raises(
            TypeError, match=rf"^{verb}\(\) got an unexpected keyword argument 'paths'; did you mean 'path'"
        ):
            plan(first, paths=REPLIES)
    assert tuco.faults.list() == []


@pytest.mark.parametrize("calls", [("GET", REPLIES), (5, 6)])
def test_calls_in_order_are_tuples(tuco: Tuco, calls: Any) -> None:
    with pytest.raises(TucoError, match=r"call 1 is \(method, path\) or \(method, path, json\), not ('GET'|5)"):
        tuco.assert_called_in_order(*calls)


def test_a_path_of_calls_in_order_is_alone_too(tuco: Tuco) -> None:
    with pytest.raises(TucoError, match="path is the path alone"):
        tuco.assert_called_in_order(("GET", f"{REPLIES}?limit=5"))


@every_verb
@pytest.mark.parametrize("name", ["Authorization", "authorization"])
def test_a_key_can_t_be_asked_for(tuco: Tuco, verb: str, name: str) -> None:
    with pytest.raises(TucoError, match="carries this workspace's key anyway: leave Authorization out of headers"):
        VERBS[verb](tuco)("GET", REPLIES, headers={name: tuco.headers["Authorization"]})


def test_a_fault_s_path_is_alone(tuco: Tuco) -> None:
    for plan in (tuco.drop_next, lambda path: tuco.fail_next(500, path=path), lambda path: tuco.latency(1, path=path)):
        with pytest.raises(TucoError, match=r"write '/api/replies' \(a fault can't be for some parameters only\), not"):
            plan(path=f"{REPLIES}?limit=5")
    assert tuco.faults.list() == []


@pytest.mark.parametrize("value", [None, math.inf, math.nan, True, object()])
def test_a_delay_or_jitter_that_is_no_duration_is_told(tuco: Tuco, value: Any) -> None:
    with pytest.raises(
        TucoError, match="delay is a text as '1500ms' or '5s', a timedelta, or a number of seconds; not"
    ):
        tuco.latency(value)
    with pytest.raises(TucoError, match="a duration is a text as '1500ms' or '5s'"):
        tuco.clock.advance(value)
    if value is not None:
        with pytest.raises(TucoError, match="jitter is a text as"):
            tuco.latency(1, jitter=value)
    assert tuco.faults.list() == []


def test_a_fixture_that_is_no_path_is_told(tuco: Tuco) -> None:
    told = "a fixture is a file's path or a shipped name, as 'default', not 5"
    with pytest.raises(FixtureError, match=told):
        tuco.load(5)  # type: ignore[arg-type] # what is told
    with pytest.raises(FixtureError, match=told):
        tuco.save(5)  # type: ignore[arg-type] # what is told


@pytest.mark.parametrize("value", [object(), "\ud800", float("nan"), [float("inf")], (None, {"a": -float("inf")})])
def test_what_json_has_no_word_for_is_told(tuco: Tuco, value: Any) -> None:
    with pytest.raises(TucoError, match="that can't be sent as JSON: "):
        tuco.assert_called("POST", CANCEL, json={"recipientPhone": value})


def test_a_limit_that_is_no_number_lifts_none(tuco_server: Server) -> None:
    with pytest.raises(TucoError, match="that can't be sent as JSON: there is no number nan in it"):
        tuco_server.workspace(rate_limits={"replies": float("nan")})  # type: ignore[dict-item] # what is told
