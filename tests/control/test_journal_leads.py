"""The journal is asked for requests about a lead, by its id or any of its addresses, however they named it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from tests.support import CANCEL, REPLIES, World

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

PHONE, OTHER, EMAIL = "+14155550101", "+14155550102", "jane@example.com"
MESSAGES, LEADS = "/api/messages", "/api/leads"


@pytest.fixture
def lead(world: World) -> str:
    """A lead with a phone, another one and an email, beside somebody else."""
    world.lead(phone="+442079460958")
    return world.lead(phone=PHONE, altPhone2=OTHER, email=EMAIL)


def paths(world: World, lead: str, **match: Any) -> list[tuple[str, str]]:
    """Method and path of the requests about a lead."""
    return [(each["method"], each["path"]) for each in world.find(lead=lead, **match)["requests"]]


def test_requests_are_found_however_they_and_the_question_name_the_lead(world: World, lead: str) -> None:
    world.add("lines", phone="+16462230000")
    world.cancel(leadId=lead)
    world.cancel(recipientPhone="(415) 555-0102")
    world.replies(recipientEmail=EMAIL.upper())
    world.post_message({"message": "Hi", "recipientPhone": PHONE})
    world.http.get(f"{LEADS}?id={lead}", headers=world.headers)
    world.cancel(recipientPhone="+442079460958")
    world.replies()
    for name in (lead, lead.upper(), PHONE, "415-555-0101", OTHER, EMAIL, f" {EMAIL.title()} "):
        assert paths(world, name) == [
            ("POST", CANCEL),
            ("POST", CANCEL),
            ("GET", REPLIES),
            ("POST", MESSAGES),
            ("GET", LEADS),
        ]
    assert paths(world, lead, method="POST", path=CANCEL) == [("POST", CANCEL)] * 2
    assert world.control("POST", "/requests/count", {"match": {"lead": PHONE}})["count"] == 5


@pytest.mark.parametrize(
    "fault",
    [
        {"effect": {"status": 500}},
        {"effect": {"status": 500}, "phase": "after"},
        {"effect": {"drop": "garbage"}},
        {"effect": {"delay": "1ms"}},
    ],
    ids=["before", "after", "drop", "delay"],
)
@pytest.mark.parametrize("name", ["leadId", "recipientPhone", "recipientEmail"])
def test_requests_that_met_a_fault_are_about_their_lead_too(world: World, lead: str, fault: Any, name: str) -> None:
    value = {"leadId": lead, "recipientPhone": OTHER, "recipientEmail": EMAIL}[name]
    world.fault(**fault)
    world.http.post(CANCEL, json={name: value}, headers=world.headers)
    world.http.get(REPLIES, params={name: value}, headers=world.headers)
    assert paths(world, lead) == [("POST", CANCEL), ("GET", REPLIES)]


def test_requests_that_are_refused_or_get_a_preferred_answer_are_about_their_lead_too(world: World, lead: str) -> None:
    headers = {**world.headers, "Prefer": "code=500"}
    assert world.http.post(CANCEL, json={"recipientPhone": PHONE}, headers=headers).status_code == 500
    assert world.get_replies(recipientPhone=OTHER, campaignId="0" * 24).status_code == 404
    assert world.get_replies(recipientPhone=OTHER, campaignId="none").status_code == 400  # it is not understood
    assert paths(world, lead) == [("POST", CANCEL), ("GET", REPLIES)]


def test_what_is_done_to_several_leads_is_about_each(world: World, lead: str) -> None:
    other = world.lead(email="joe@example.com")
    world.http.post(
        LEADS, json={"leads": [{"phone": "+14155550111"}, {"phone": "+14155550112"}]}, headers=world.headers
    )
    assert paths(world, "+14155550112") == [("POST", LEADS)]
    world.http.request("DELETE", LEADS, json={"ids": [other, lead]}, headers=world.headers)
    assert paths(world, lead) == [("DELETE", LEADS)]
    assert paths(world, other) == [("DELETE", LEADS)]


def test_a_lead_that_is_gone_is_asked_for_by_its_id(world: World, lead: str) -> None:
    world.cancel(recipientPhone=PHONE)
    world.http.request("DELETE", LEADS, json={"ids": [lead]}, headers=world.headers)
    assert paths(world, lead) == [("POST", CANCEL), ("DELETE", LEADS)]
    found = world.find(lead=PHONE)
    assert found["count"] == 0
    assert f"no lead has {PHONE}" in found["hints"]


def test_a_miss_tells_whom_requests_were_about(world: World, lead: str) -> None:
    world.cancel(recipientPhone="+442079460958")
    [theirs] = world.requests()
    found = world.find(method="POST", lead=PHONE)
    assert found["nearest"][0]["differences"] == [f"lead is {theirs['lead']}, not {lead}"]
    world.replies()
    assert world.find(path=REPLIES, lead=lead)["nearest"][0]["differences"] == [f"lead is none, not {lead}"]


def test_a_miss_tells_that_there_is_no_such_lead(world: World, lead: str) -> None:
    world.cancel(recipientPhone=PHONE)
    found = world.find(lead="+14155550109")
    assert found["nearest"][0]["differences"] == [f"lead is {lead}, not one with +14155550109"]
    assert found["hints"][0].startswith("no lead has +14155550109; lead ")
    assert world.find(lead="0" * 24)["hints"] == [f"the workspace has no lead {'0' * 24}"]


@pytest.mark.parametrize("name", ["Jane", "", "+1", "69b2c41d352a78479d2c623", " "])
def test_what_names_nobody_is_refused(world: World, http: httpx.Client, name: str) -> None:
    for verb in ("find", "count", "wait"):
        answer = http.post(f"/_tuco/workspaces/{world.id}/requests/{verb}", json={"match": {"lead": name}})
        assert answer.status_code == 422
        assert answer.json()["errors"] == [
            {"path": "match.lead", "message": f"expected a lead's id, or one of its phones or emails, found {name!r}"}
        ]


def test_a_lead_that_comes_to_be_while_it_is_waited_for(world: World, make_world: Callable[..., World]) -> None:
    """It is made by the very request that is waited for."""
    found: list[Any] = []
    question = {"match": {"path": LEADS, "lead": EMAIL}, "timeout": "20s"}
    waiting = threading.Thread(target=lambda: found.append(world.control("POST", "/requests/wait", question)))
    waiting.start()
    world.http.post(LEADS, json={"leads": [{"email": EMAIL}]}, headers=world.headers)
    waiting.join()
    assert found[0]["matched"]
    assert make_world().find(lead=EMAIL)["count"] == 0
