"""Faults as tests plan them, and what their clients get."""

from __future__ import annotations

import time
from datetime import timedelta

import httpx
import pytest

from tests.client.conftest import CANCEL, REPLIES
from tuco_mock.client import ControlError, Fault, FaultEffect, FaultMatch, Tuco, TucoError
from tuco_mock.client.faults import Drop
from tuco_mock.pytest_plugin import MakeTuco

PHONE = "+14155550100"


def statuses(tuco: Tuco, times: int) -> list[int]:
    return [tuco.client.get(REPLIES).status_code for _ in range(times)]


def test_the_next_call_fails_and_the_one_after_it_doesn_t(tuco: Tuco) -> None:
    planned = tuco.fail_next(503)
    assert (planned.effect.status, planned.times, planned.fired) == (503, 1, 0)
    assert statuses(tuco, 2) == [503, 200]
    [failed, _] = tuco.requests()
    assert failed.fault is not None
    assert failed.fault.id == planned.id
    assert failed.fault.effect == {"status": 503}


def test_a_failure_has_the_body_and_headers_it_is_given(tuco: Tuco) -> None:
    tuco.fail_next(429, retry_after=7, body={"error": "slow down"}, answer_headers={"X-Trace": "9"})
    answer = tuco.client.get(REPLIES)
    assert (answer.status_code, answer.json()) == (429, {"error": "slow down"})
    assert (answer.headers["Retry-After"], answer.headers["X-Trace"]) == ("7", "9")


def test_a_body_may_be_null(tuco: Tuco) -> None:
    tuco.fail_next(500, body=None)
    assert tuco.client.get(REPLIES).content == b"null"


def test_a_failure_is_for_the_calls_that_are_meant(tuco: Tuco) -> None:
    jane, john = tuco.add_lead(phone=PHONE), tuco.add_lead(phone="+14155550101")
    tuco.fail_next(500, lead=jane)
    tuco.fail_next(502, headers={"X-Trace": "1"})
    tuco.fail_next(503, group="replies")
    tuco.fail_next(504, method="POST", path="/api/messages/*")
    post = tuco.client.post
    assert post(CANCEL, json={"leadId": john.id}, headers={"X-Trace": "1"}).status_code == 502
    assert post(CANCEL, json={"leadId": john.id}).status_code == 504
    assert post(CANCEL, json={"leadId": john.id}).status_code == 200
    assert post(CANCEL, json={"recipientPhone": PHONE}).status_code == 500
    assert statuses(tuco, 2) == [503, 200]


def test_after_the_change_is_made_the_answer_fails(tuco: Tuco) -> None:
    lead = tuco.add_lead(phone=PHONE)
    tuco.add_message(lead)
    tuco.fail_next(500, phase="after")
    assert tuco.client.post(CANCEL, json={"leadId": lead.id}).status_code == 500
    assert [message.status for message in tuco.messages(lead)] == ["cancelled"]


def test_answers_take_longer_until_the_fault_is_cleared(tuco: Tuco) -> None:
    tuco.latency(timedelta(milliseconds=80))
    begun = time.monotonic()
    assert statuses(tuco, 2) == [200, 200]
    assert time.monotonic() - begun >= 0.16
    tuco.faults.clear()
    assert tuco.faults.list() == []


def test_latency_may_vary_and_be_for_some_calls_only(tuco: Tuco) -> None:
    planned = tuco.latency("20ms", jitter=0.005, times=1, method="GET")
    assert (planned.effect.delay, planned.effect.jitter, planned.match.method) == ("20ms", "5ms", "GET")
    tuco.client.post(CANCEL, json={})
    [fault] = tuco.faults.list()
    assert fault.fired == 0
    assert statuses(tuco, 1) == [200]
    assert tuco.requests()[-1].duration_ms >= 15


@pytest.mark.parametrize(
    ("kind", "error", "text"),
    [
        ("reset", httpx.ReadError, "Connection reset by peer"),
        ("empty", httpx.RemoteProtocolError, "Server disconnected without sending a response"),
        ("truncated", httpx.RemoteProtocolError, "peer closed connection without sending complete message body"),
    ],
)
def test_a_lost_answer_is_the_error_that_httpx_has_for_it(
    tuco: Tuco, kind: Drop, error: type[Exception], text: str
) -> None:
    tuco.drop_next(kind)
    with pytest.raises(error, match=text):
        tuco.client.get(REPLIES)
    assert tuco.client.get(REPLIES).status_code == 200
    [lost, _] = tuco.requests()
    assert lost.status is None or kind == "truncated"


def test_garbage_is_an_answer_that_can_t_be_read(tuco: Tuco) -> None:
    tuco.drop_next("garbage")
    answer = tuco.client.get(REPLIES)
    assert answer.status_code == 200
    with pytest.raises(ValueError, match=r"decode|Expecting"):
        answer.json()


@pytest.mark.parametrize("after", [True, False])
def test_an_answer_is_lost_after_the_change_or_before_it(tuco: Tuco, after: bool) -> None:
    lead = tuco.add_lead(phone=PHONE)
    tuco.add_message(lead)
    tuco.drop_next(after=after)
    with pytest.raises(httpx.ReadError):
        tuco.client.post(CANCEL, json={"leadId": lead.id})
    assert [message.status for message in tuco.messages(lead)] == ["cancelled" if after else "queued"]


def test_faults_are_added_and_replaced(tuco: Tuco) -> None:
    tuco.faults.add(Fault(id="one", effect=FaultEffect(status=500), match=FaultMatch(path=REPLIES)))
    tuco.faults.add({"id": "two", "effect": {"status": 502}, "times": 3})
    assert [fault.id for fault in tuco.faults.list()] == ["one", "two"]
    assert statuses(tuco, 1) == [500]
    assert [(fault.id, fault.fired) for fault in tuco.faults.list()] == [("one", 1), ("two", 0)]
    [only] = tuco.faults.replace(Fault(effect=FaultEffect(status=504), times=1))
    assert only.effect.status == 504
    assert statuses(tuco, 2) == [504, 200]


def test_a_fault_that_contradicts_itself_is_told(tuco: Tuco) -> None:
    with pytest.raises(ControlError, match="drop contradicts status") as caught:
        tuco.faults.add(Fault(effect=FaultEffect(status=500, drop="reset")))
    assert caught.value.status == 422
    assert tuco.faults.list() == []
    with pytest.raises(ControlError, match="from 400 to 599"):
        tuco.fail_next(200)
    with pytest.raises(ControlError, match="jitter: needs a delay"):
        tuco.faults.add({"effect": {"status": 500, "jitter": "1s"}})


def test_a_mistake_in_a_fault_alone_is_not_told_as_one_of_a_list(tuco: Tuco) -> None:
    for plan in (lambda: tuco.fail_next(200), lambda: tuco.faults.add({"effect": {"status": 200}})):
        with pytest.raises(ControlError, match=r"^effect\.status: expected a status from 400 to 599"):
            plan()
    with pytest.raises(ControlError, match=r"^match\.lead: "):
        tuco.drop_next(lead="nobody")
    with pytest.raises(ControlError, match=r"^effect\.delay: is longer than ten minutes"):
        tuco.latency("11m")
    with pytest.raises(ControlError, match=r"^\[1\]\.effect\.status: "):
        tuco.faults.add({"effect": {"status": 500}}, {"effect": {"status": 200}})
    assert tuco.faults.add() == tuco.faults.list() == []


def test_after_the_change_and_before_it_contradict_each_other(tuco: Tuco) -> None:
    with pytest.raises(TucoError, match='after=True and phase="before" contradict each other'):
        tuco.drop_next(after=True, phase="before")
    assert tuco.drop_next(after=True, phase="after").phase == "after"
    assert tuco.drop_next(phase="after").phase == "after"
    assert tuco.drop_next().phase == "before"


def test_chance_follows_from_the_seed(make_tuco: MakeTuco) -> None:
    """The same seed gives the same chance, whatever another workspace does in between; another seed another one."""
    one, same, other = make_tuco(seed="chance"), make_tuco(seed="chance"), make_tuco(seed="luck")
    for tuco in (one, same, other):
        tuco.fail_next(500, probability=0.5, times=None)
    together = [(statuses(one, 1), statuses(other, 1)) for _ in range(40)]
    assert [mine for mine, _ in together] == [statuses(same, 1) for _ in range(40)]
    assert [mine for mine, _ in together] != [others for _, others in together]
    assert {status for mine, _ in together for status in mine} == {200, 500}
