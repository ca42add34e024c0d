"""What came to the simulated API: listed, found, counted, asserted."""

from __future__ import annotations

import httpx
import pytest

from tests.client.conftest import CANCEL, REPLIES
from tuco_mock.client import Server, Tuco, TucoError
from tuco_mock.pytest_plugin import MakeTuco

PHONE = "+14155550100"
OTHER = "+14155550101"


def cancel(tuco: Tuco, phone: str = PHONE, **headers: str) -> httpx.Response:
    return tuco.client.post(CANCEL, json={"recipientPhone": phone}, headers=headers)


def test_a_request_is_kept_with_its_answer_and_what_it_did(tuco: Tuco) -> None:
    lead = tuco.add_lead(phone=PHONE)
    message = tuco.add_message(lead)
    cancel(tuco, **{"X-Trace": "7"})
    [request] = tuco.requests()
    assert (request.method, request.path, request.status) == ("POST", CANCEL, 200)
    assert request.body == {"recipientPhone": PHONE}
    assert request.answer["messageIds"] == [message.id]
    assert request.headers["x-trace"] == "7"
    assert tuco.api_key not in request.headers["authorization"]
    assert tuco.api_key[-4:] in request.headers["authorization"]
    assert request.lead == lead.id
    assert request.fault is None
    assert {effect.kind for effect in request.effects} == {"messages.cancelled", "jobs.removed"}
    assert request.duration_ms > 0


def test_a_refused_request_tells_clause_and_reason(tuco: Tuco) -> None:
    tuco.client.post(CANCEL, json={})
    [request] = tuco.requests()
    assert request.status == 400
    assert request.clause == "C1"


def test_requests_after_another_one(tuco: Tuco) -> None:
    cancel(tuco)
    [first] = tuco.requests()
    cancel(tuco, OTHER)
    assert [each.body["recipientPhone"] for each in tuco.requests(after=first)] == [OTHER]
    assert tuco.requests(after=first.id) == tuco.find(after=first)


def test_requests_are_found_by_all_that_can_be_asked(tuco: Tuco) -> None:
    cancel(tuco, **{"X-Trace": "7"})
    tuco.client.post(CANCEL, json={})
    tuco.client.get(REPLIES, params={"recipientPhone": PHONE, "limit": 10})
    assert [each.status for each in tuco.find("POST", CANCEL)] == [200, 400]
    assert len(tuco.find(path="/api/*")) == 3
    assert len(tuco.find(status=400)) == 1
    assert len(tuco.find(headers={"X-TRACE": "7"})) == 1
    assert len(tuco.find("GET", REPLIES, query={"limit": 10})) == 1
    assert len(tuco.find(json={"recipientPhone": PHONE})) == 1
    assert tuco.count("POST") == 2
    assert tuco.count() == 3
    assert tuco.count("POST", json={"recipientPhone": OTHER}) == 0
    assert len(tuco.find(query={"recipientPhone": PHONE})) == 1


def test_requests_are_found_by_the_lead_they_are_about(tuco: Tuco) -> None:
    lead, other = tuco.add_lead(phone=PHONE, altEmail1="jane@example.com"), tuco.add_lead(phone=OTHER)
    tuco.drop_next("garbage", lead=lead)
    cancel(tuco)
    tuco.client.get(REPLIES, params={"recipientEmail": "jane@example.com"})
    cancel(tuco, OTHER)
    for named in (lead, lead.id, PHONE, "(415) 555-0100", "Jane@Example.com"):
        assert [each.method for each in tuco.find(lead=named)] == ["POST", "GET"]
        assert tuco.count("POST", CANCEL, lead=named) == 1
        tuco.assert_called("POST", CANCEL, lead=named, times=1)
        assert tuco.wait_for_request("GET", REPLIES, lead=named, timeout=0).lead == lead.id
    tuco.assert_not_called("GET", lead=other)
    with pytest.raises(AssertionError, match=rf"^expected no POST with lead \{OTHER}, but it came once"):
        tuco.assert_not_called("POST", lead=OTHER)


def test_a_miss_tells_which_leads_requests_were_about(tuco: Tuco) -> None:
    lead, other = tuco.add_lead(phone=PHONE), tuco.add_lead(phone=OTHER)
    cancel(tuco)
    told = (
        rf"^expected POST {CANCEL} with lead {other.id}, but it never came\n(.*\n)*.*lead is {lead.id}, not {other.id}"
    )
    with pytest.raises(AssertionError, match=told):
        tuco.assert_called("POST", CANCEL, lead=other)
    with pytest.raises(AssertionError, match=r"no lead has \+14155550109; lead \w+ has "):
        tuco.assert_called("POST", CANCEL, lead="+14155550109")


@pytest.mark.asyncio
async def test_a_request_about_a_lead_is_waited_for(tuco: Tuco) -> None:
    lead = tuco.add_lead(phone=PHONE)
    await tuco.async_client.post(CANCEL, json={"recipientPhone": OTHER})
    await tuco.async_client.post(CANCEL, json={"recipientPhone": PHONE})
    found = await tuco.async_wait_for_request("POST", CANCEL, lead=lead)
    assert found.body == {"recipientPhone": PHONE}


def test_the_journal_can_begin_anew(tuco: Tuco) -> None:
    cancel(tuco)
    tuco.clear_requests()
    assert tuco.requests() == []
    cancel(tuco, OTHER)
    assert tuco.count() == 1


def test_assert_called_gives_the_requests(tuco: Tuco) -> None:
    for phone in (PHONE, OTHER, PHONE):
        cancel(tuco, phone)
    assert [each.body["recipientPhone"] for each in tuco.assert_called("POST", CANCEL)] == [PHONE, OTHER, PHONE]
    assert len(tuco.assert_called("POST", CANCEL, json={"recipientPhone": PHONE}, times=2)) == 2
    assert len(tuco.assert_called("POST", CANCEL, at_least=2)) == 3
    assert tuco.assert_called("GET", REPLIES, times=0) == []
    assert tuco.assert_called("GET", REPLIES, at_least=0) == []


def test_a_request_that_never_came_is_told_with_the_nearest_one(tuco: Tuco) -> None:
    lead = tuco.add_lead(phone=OTHER)
    cancel(tuco, "+14155550102")
    with pytest.raises(AssertionError) as caught:
        tuco.assert_called("POST", CANCEL, json={"recipientPhone": OTHER})
    told = str(caught.value)
    assert told.startswith(f'expected POST {CANCEL} with json {{"recipientPhone":"{OTHER}"}}, but it never came\n')
    assert f'POST {CANCEL} {{"recipientPhone":"+14155550102"}} -> 200' in told
    assert f'body.recipientPhone is "+14155550102", not "{OTHER}"' in told
    assert f"cancel used +14155550102; lead {lead.id} has {OTHER} as phone" in told


def test_a_mistyped_path_is_told_with_what_was_probably_meant(tuco: Tuco) -> None:
    tuco.client.post("/api/messages/cancel-for-leads", json={"recipientPhone": PHONE})
    with pytest.raises(AssertionError, match=f"did you mean.*{CANCEL}"):
        tuco.assert_called("POST", CANCEL)


def test_nothing_at_all_is_told_as_such(tuco: Tuco) -> None:
    with pytest.raises(AssertionError, match="it never came\nno other request came to this workspace"):
        tuco.assert_called("POST", CANCEL)


def test_another_number_of_times_is_told_with_those_that_came(tuco: Tuco) -> None:
    cancel(tuco)
    cancel(tuco, OTHER)
    with pytest.raises(AssertionError, match=f"expected POST {CANCEL} exactly once, but it came twice\n") as caught:
        tuco.assert_called("POST", CANCEL, times=1)
    assert PHONE in str(caught.value)
    assert OTHER in str(caught.value)
    with pytest.raises(AssertionError, match=f"expected POST {CANCEL} at least 3 times, but it came twice\n"):
        tuco.assert_called("POST", CANCEL, at_least=3)
    with pytest.raises(AssertionError, match=f"expected POST {CANCEL} never, but it came twice\n"):
        tuco.assert_called("POST", CANCEL, times=0)


def test_many_requests_are_not_all_listed(tuco: Tuco) -> None:
    for _ in range(13):
        cancel(tuco)
    with pytest.raises(AssertionError, match="… and 3 more"):
        tuco.assert_called("POST", CANCEL, times=1)


def test_times_and_at_least_are_not_both_meant(tuco: Tuco) -> None:
    with pytest.raises(TucoError, match="times or at_least"):
        tuco.assert_called("POST", CANCEL, times=1, at_least=1)


def test_what_must_not_have_come(tuco: Tuco) -> None:
    tuco.assert_not_called()
    cancel(tuco)
    tuco.assert_not_called("GET")
    tuco.assert_not_called("POST", CANCEL, json={"recipientPhone": OTHER})
    with pytest.raises(AssertionError, match=f"expected no POST {CANCEL}, but it came once\nrequests that match:\n"):
        tuco.assert_not_called("POST", CANCEL)
    with pytest.raises(AssertionError, match="expected no request, but it came once"):
        tuco.assert_not_called()


def test_calls_in_order(tuco: Tuco) -> None:
    cancel(tuco)
    tuco.client.get(REPLIES)
    cancel(tuco, OTHER)
    found = tuco.assert_called_in_order(("POST", CANCEL), ("POST", CANCEL, {"recipientPhone": OTHER}))
    assert [each.body["recipientPhone"] for each in found] == [PHONE, OTHER]
    tuco.assert_called_in_order(("POST", CANCEL), ("GET", REPLIES), ("POST", CANCEL))
    assert tuco.assert_called_in_order() == []


def test_calls_out_of_order_are_told(tuco: Tuco) -> None:
    cancel(tuco)
    tuco.client.get(REPLIES)
    with pytest.raises(AssertionError) as caught:
        tuco.assert_called_in_order(("GET", REPLIES), ("POST", CANCEL))
    told = str(caught.value)
    assert told.startswith(f"expected call 2 of 2 in order, POST {CANCEL}, after #")
    assert "but it only came before it" in told
    with pytest.raises(AssertionError, match="call 1 of 2 in order, GET /api/nothing, but it never came"):
        tuco.assert_called_in_order(("GET", "/api/nothing"), ("POST", CANCEL))
    with pytest.raises(AssertionError, match=r"after #\d+ .*but it never came"):
        tuco.assert_called_in_order(("GET", REPLIES), ("DELETE", CANCEL))


def test_a_call_in_order_has_two_or_three_parts(tuco: Tuco) -> None:
    with pytest.raises(TucoError, match=r"call 1 is \(method, path\) or \(method, path, json\), not \('POST',\)"):
        tuco.assert_called_in_order(("POST",))


def test_a_request_with_another_key_is_hinted_at(tuco: Tuco, tuco_server: Server) -> None:
    tuco_server.clear_unclaimed()
    httpx.post(tuco.base_url + CANCEL, headers={"Authorization": "Bearer wrong_key_1234"}, json={}, trust_env=False)
    assert [each.path for each in tuco_server.unclaimed()] == [CANCEL]
    with pytest.raises(AssertionError, match="1 request came with no key of any workspace"):
        tuco.assert_called("POST", CANCEL)
    tuco_server.clear_unclaimed()


def test_a_workspace_sees_its_own_requests_only(make_tuco: MakeTuco) -> None:
    one, other = make_tuco(), make_tuco()
    cancel(one)
    assert one.count() == 1
    assert other.count() == 0
