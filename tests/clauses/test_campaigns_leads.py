"""Clauses P1 to P13: POST /api/campaigns/{id}/leads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.clauses.busy import BUSY, CAMPAIGN, JANE, JANE_PHONE, OMAR, OMAR_PHONE, UNKNOWN
from tests.clauses.checks import (
    INACTIVE,
    LIMIT_BYTES,
    METHOD_NOT_ALLOWED,
    NO_CAMPAIGN,
    NO_OBJECT,
    NOT_FOUND,
    NOT_JSON,
    RATE_LIMITED,
    TOO_LARGE,
    UNAUTHORIZED,
    Refused,
    contents,
)
from tests.support import Json, World, error

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.clauses.engines import OwnServer

SPRING = "69ab444ac1feb77d7f460abc"
NOW = "2026-03-13T00:00:00.000Z"
MILLIS = 1773360000000
STEPS = [{"message": "Hi {firstName|there}"}, {"message": "Still?"}, {"message": "A", "delay": "1d"}]
STEPS += [{"message": "B"}, {"message": "C", "delay": "36h"}]
PERSON: Json = {"firstName": "Ann", "phone": "(415) 555-0100"}
NO_IDS = {"ghlContactId": None, "ghlLocationId": None, "hsPortalId": None, "hsContactId": None}

EITHER: Refused = (400, {"error": "Either leadId or lead data is required"})
INVALID: Refused = (400, {"error": "Invalid request: must provide leadId or lead data"})
NO_NAME: Refused = (400, {"error": "firstName is required"})
NO_ADDRESS: Refused = (400, {"error": "Either email or phone is required"})
NO_STEPS: Refused = (400, {"error": "Failed to process lead through campaign"})
NO_LEAD: Refused = (404, {"error": "Lead not found"})
READ_ONLY: Refused = (402, {"error": "READ_ONLY", "code": "READ_ONLY", "reason": "past_due"})


@pytest.fixture
def busy(make_world: Callable[..., World]) -> World:
    """The busy workspace with a campaign of five steps that nobody is in; that of `CAMPAIGN` has none, and Jane."""
    campaigns = [*BUSY["campaigns"], {"id": SPRING, "name": "Spring", "steps": STEPS}]
    return make_world(state={**BUSY, "campaigns": campaigns})


def messages(world: World, lead: str) -> list[Json]:
    """The messages of the campaign to the lead, as a fixture writes them."""
    found: list[Json] = world.control("GET", f"/messages?leadId={lead}&campaignId={SPRING}")["messages"]
    return found


def done(world: World) -> list[str]:
    """What the last call did."""
    sent = [each for each in world.requests() if each["method"] == "POST"]
    return [effect["kind"] for effect in sent[-1]["effects"]]


@pytest.mark.clause("P1", "P10")
def test_a_lead_comes_into_a_campaign(busy: World) -> None:
    """The documented answer, a message a step, each its delay after the one before, with the jobs that belong to it."""
    assert busy.enrol(SPRING.upper(), leadId=OMAR.upper()) == {
        "success": True,
        "leadId": OMAR,
        "campaignId": SPRING,
        "messageCount": 5,
        "message": "Lead added to campaign and sequence started",
        "alreadyInCampaign": False,
        **NO_IDS,
    }
    assert done(busy) == ["enrolments.added", "messages.added"]
    made = messages(busy, OMAR)
    assert [each["message"] for each in made] == [step["message"] for step in STEPS]
    assert [each["stepIndex"] for each in made] == [0, 1, 2, 3, 4]
    assert [each["batchId"] for each in made] == [
        f"campaign_{SPRING}_lead_{OMAR}_{MILLIS}_step_{step}" for step in range(5)
    ]
    day, later = "2026-03-14T00:00:00.000Z", "2026-03-15T12:00:00.000Z"
    assert [(each["status"], each.get("scheduledDate")) for each in made] == [
        ("queued", None),
        ("queued", None),
        ("scheduled", day),
        ("scheduled", day),
        ("scheduled", later),
    ]
    jobs = {each["messageId"]: (each["state"], each["dueAt"]) for each in busy.control("GET", "/queue")["jobs"]}
    assert [jobs[each["id"]] for each in made] == [
        ("waiting", None),
        ("waiting", None),
        ("delayed", day),
        ("delayed", day),
        ("delayed", later),
    ]
    (campaign,) = [each for each in busy.state()["campaigns"] if each["id"] == SPRING]
    assert campaign["leads"] == [OMAR]
    assert busy.replies(campaignId=SPRING)["total"] == 1  # what Omar replied before counts (R4)
    assert busy.cancel(leadId=OMAR)["cancelledCount"] == 6


@pytest.mark.clause("P10")
def test_the_first_step_may_wait(busy: World) -> None:
    campaign = busy.add("campaigns", name="Slow", steps=[{"message": "x", "delay": "1h"}])["id"]
    assert busy.enrol(campaign, leadId=OMAR)["messageCount"] == 1
    (made,) = busy.control("GET", f"/messages?campaignId={campaign}")["messages"]
    assert (made["status"], made["scheduledDate"]) == ("scheduled", "2026-03-13T01:00:00.000Z")


@pytest.mark.clause("P8")
def test_a_lead_comes_in_once(busy: World) -> None:
    """However it is named, and however its messages ended."""
    busy.enrol(SPRING, leadId=OMAR)
    busy.cancel(leadId=OMAR)
    before = contents(busy)
    told = busy.enrol(SPRING, status=200, leadId=OMAR)
    assert told == {
        "success": True,
        "leadId": OMAR,
        "campaignId": SPRING,
        "messageCount": 0,
        "message": "Lead already in campaign (re-entry not allowed).",
        "alreadyInCampaign": True,
        "existingLeadIds": [OMAR],
        **NO_IDS,
    }
    assert busy.enrol(SPRING, status=200, lead={**PERSON, "phone": OMAR_PHONE}) == told
    assert contents(busy) == before
    assert busy.enrol(CAMPAIGN, status=200, leadId=JANE)["alreadyInCampaign"] is True  # it has no steps


@pytest.mark.clause("P6", "N1", "N2")
@pytest.mark.parametrize(
    "lead",
    [
        {"phone": "442 264 0101"},
        {"phone": "+14422640111", "email": "omar@example.com"},
        {"email": " JANE@example.com"},
        {"phone": "+14155550199", "altPhone3": JANE_PHONE},
        {"email": "new@example.com", "altEmail2": "jane@EXAMPLE.com"},
    ],
    ids=str,
)
def test_a_lead_with_the_address_is_used_as_it_is(busy: World, lead: Json) -> None:
    before = busy.state()["leads"]
    assert busy.enrol(SPRING, lead={"firstName": "X", "notes": "n", **lead})["leadId"] == JANE
    assert busy.state()["leads"] == before
    assert len(messages(busy, JANE)) == 5


@pytest.mark.clause("P6", "P7")
def test_a_lead_is_found_by_its_ids_in_other_systems(busy: World) -> None:
    """They go before addresses; what it lacks is filled in, what it has stays, and it is found by both."""
    known = busy.lead(phone="+14155550111", integrationIds={"ghlRecordId": "g1"})
    person = {**PERSON, "phone": OMAR_PHONE, "ghlContactId": "g1", "hsContactId": "h1", "ghlLocationId": "here"}
    told = busy.enrol(SPRING, lead=person)
    assert told["leadId"] == known
    assert done(busy) == ["leads.changed", "enrolments.added", "messages.added"]
    assert {name: told[name] for name in NO_IDS} == {
        "ghlContactId": "g1",
        "ghlLocationId": "here",
        "hsPortalId": None,
        "hsContactId": "h1",
    }
    again = busy.enrol(
        SPRING, status=200, lead={**PERSON, "hsContactId": "h1", "ghlContactId": "g2", "hsPortalId": "p"}
    )
    assert (again["leadId"], again["ghlContactId"], again["hsPortalId"]) == (known, "g1", "p")
    lead = busy.leads(id=known)["lead"]
    assert (lead["firstName"], lead["phone"]) == (None, "+14155550111")
    state = busy.state()
    busy.control("PUT", "/state", state)
    assert busy.state() == state
    assert busy.enrol(SPRING, status=200, lead={**PERSON, "hsContactId": "h1"})["leadId"] == known
    assert busy.enrol(SPRING, lead={**PERSON, "hsContactId": "g1"})["leadId"] != known  # another system's
    busy.control("PUT", "/state", {**state, "leads": [], "messages": [], "replies": [], "campaigns": []})
    assert busy.create({"phone": "+14155550112", "hsContactId": "h9"})["savedCount"] == 1


@pytest.mark.clause("P6", "P7")
def test_ids_that_an_import_or_a_message_brought(busy: World) -> None:
    """A lead is found by the ids whatever brought them."""
    first = busy.create({"phone": "+14155550111", "hsContactId": "h1"})["leadId"]
    second = busy.send(recipientPhone="+14155550112", ghlContactId="g1")["leadId"]
    assert busy.enrol(SPRING, lead={**PERSON, "hsContactId": "h1"})["leadId"] == first
    assert busy.enrol(SPRING, lead={**PERSON, "ghlContactId": "g1"})["leadId"] == second
    busy.delete(first)
    assert busy.enrol(SPRING, lead={**PERSON, "hsContactId": "h1"})["leadId"] not in {first, second}


@pytest.mark.clause("P6", "P11", "L5")
def test_a_lead_is_made(busy: World) -> None:
    """In Quick Sends, with all that was said of it."""
    fields: Json = {
        "firstName": "Ann",
        "lastName": "Lee",
        "email": "Ann@example.com",
        "phone": "+14155550100",
        "altPhone1": "+14155550101",
        "altEmail3": "lee@example.com",
        "companyName": "Acme",
        "jobTitle": "CTO",
        "linkedinUrl": "https://linkedin.example/ann",
        "notes": "n",
        "customFields": {"plan": ["gold", {"n": 1}]},
        "contactOwnerEmail": "own@example.com",
    }
    told = busy.enrol(SPRING, lead={**fields, "contactOwnerId": 5, "ghlContactId": "g", "unknown": {}}, leadId=None)
    lead = busy.leads(id=told["leadId"])["lead"]
    assert fields.items() <= lead.items()
    assert (lead["source"], lead["integrationIds"]["ghlRecordId"]) == ("api", "g")
    assert busy.leads(id=told["leadId"])["lead"]["listId"] == busy.state()["lists"][0]["id"]
    assert done(busy) == ["lists.added", "leads.added", "enrolments.added", "messages.added"]
    assert busy.requests()[-1]["effects"] == []
    assert busy.enrol(SPRING, lead={"firstName": "B", "phone": "call me"})["messageCount"] == 5


@pytest.mark.clause("P2", "P3", "P4", "P5", "P9", "A10")
@pytest.mark.parametrize(
    ("body", "expected", "clause"),
    [
        ({}, EITHER, "P2"),
        ({"leadId": None, "lead": None}, EITHER, "P2"),
        ({"leadId": " "}, EITHER, "P2"),
        ({"lead": []}, INVALID, "P2"),
        ({"lead": "Ann"}, INVALID, "P2"),
        ({"lead": 5}, INVALID, "P2"),
        ({"lead": {}}, NO_NAME, "P5"),
        ({"lead": {**PERSON, "firstName": " "}}, NO_NAME, "P5"),
        ({"lead": {**PERSON, "firstName": None}}, NO_NAME, "P5"),
        ({"lead": {"firstName": "Ann"}}, NO_ADDRESS, "P5"),
        ({"lead": {"firstName": "Ann", "phone": "", "email": None, "altPhone1": OMAR_PHONE}}, NO_ADDRESS, "P5"),
        ({"lead": {**PERSON, "firstName": 5}}, (400, {"error": "lead.firstName: expected a text"}), "P5"),
        ({"lead": {**PERSON, "phone": 4155550100}}, (400, {"error": "lead.phone: expected a text"}), "P5"),
        ({"lead": {**PERSON, "ghlContactId": []}}, (400, {"error": "lead.ghlContactId: expected a text"}), "P5"),
        ({"leadId": UNKNOWN}, NO_LEAD, "P4"),
        ({"leadId": "x", "lead": PERSON}, NO_LEAD, "P4"),
        ({"leadId": 5}, NO_LEAD, "P4"),
        ({"leadId": {"$ne": None}}, NO_LEAD, "P4"),
    ],
    ids=lambda value: repr(value)[:60],
)
def test_bodies_that_are_refused(busy: World, body: Json, expected: Refused, clause: str) -> None:
    """With the clause in the journal, and nothing changed; the body goes before the campaign, that before the lead."""
    before = contents(busy)
    assert error(busy.post_enrolment(SPRING, body)) == expected
    assert busy.requests()[-1]["clause"] == clause
    other = NO_CAMPAIGN if expected == NO_LEAD else expected
    for campaign in (UNKNOWN, "x"):
        assert error(busy.post_enrolment(campaign, body)) == other
    assert contents(busy) == before


@pytest.mark.clause("P5", "L11")
@pytest.mark.parametrize("value", [[], "x", 5, {"a": {"\0": 1}}], ids=str)
def test_custom_fields_that_are_none(busy: World, value: Any) -> None:
    status, body = error(busy.post_enrolment(SPRING, {"lead": {**PERSON, "customFields": value}}))
    assert (status, body["error"].partition(":")[0]) == (400, "lead.customFields")


@pytest.mark.clause("P3", "A7")
@pytest.mark.parametrize("campaign", [UNKNOWN, "x", " ", SPRING[:-1], "%2e%2e", "{id}", "$ne", "\0", JANE])
def test_no_such_campaign(busy: World, campaign: str) -> None:
    before = contents(busy)
    assert error(busy.post_enrolment(campaign, {"lead": PERSON})) == NO_CAMPAIGN
    assert contents(busy) == before


@pytest.mark.clause("P3", "P4", "A7")
def test_things_of_others_are_unknown(busy: World, make_world: Callable[..., World]) -> None:
    other = make_world(campaigns=[{"id": CAMPAIGN, "name": "Theirs", "steps": STEPS}])
    assert error(other.post_enrolment(SPRING, {"lead": PERSON})) == NO_CAMPAIGN
    assert error(other.post_enrolment(CAMPAIGN, {"leadId": OMAR})) == NO_LEAD


@pytest.mark.clause("P9", "P2", "A10")
def test_a_campaign_without_steps(busy: World) -> None:
    """Nobody can be put into it; whether there is such a lead is looked at first."""
    before = contents(busy)
    assert error(busy.post_enrolment(CAMPAIGN, {"lead": PERSON})) == NO_STEPS
    assert error(busy.post_enrolment(CAMPAIGN, {"leadId": OMAR})) == NO_STEPS
    assert error(busy.post_enrolment(CAMPAIGN, {"leadId": UNKNOWN})) == NO_LEAD
    assert contents(busy) == before


@pytest.mark.clause("P5")
def test_what_is_never_answered_of_itself(busy: World) -> None:
    """`Prefer` brings it about."""
    headers = {**busy.headers, "Prefer": "code=400, example=leadNotResolved"}
    answer = busy.http.post(f"/api/campaigns/{SPRING}/leads", headers=headers, json={"leadId": OMAR})
    assert error(answer) == (400, {"error": "Lead not resolved"})


@pytest.mark.clause("C2", "C3", "A14", "A10")
@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", EITHER),
        (b"{", NOT_JSON),
        (b'{"lead":"\xff"}', NOT_JSON),
        (b'{"lead":{"firstName":"\\ud800","phone":"1"}}', NOT_JSON),
        (b'{"lead":' * 65 + b"1" + b"}" * 65, NOT_JSON),
        (b"[]", NO_OBJECT),
        (b"null", NO_OBJECT),
        (b"[1]" + b" " * LIMIT_BYTES, TOO_LARGE),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_bodies_that_cannot_be_used(busy: World, content: bytes, expected: Refused) -> None:
    before = contents(busy)
    assert error(busy.post_enrolment(SPRING, content=content)) == expected
    assert contents(busy) == before


@pytest.mark.clause("A1", "A4", "A21", "P11", "A10")
def test_keys_and_workspaces_that_may_not(busy: World) -> None:
    before = contents(busy)
    path = f"/api/campaigns/{SPRING}/leads"
    busy.patch(readOnly=True)
    assert error(busy.post_enrolment(SPRING, {"leadId": OMAR})) == READ_ONLY
    busy.patch(active=False)
    assert error(busy.post_enrolment(SPRING, content=b"{")) == INACTIVE
    assert error(busy.http.post(path, content=b"{", headers={"Authorization": "Bearer nobody"})) == UNAUTHORIZED
    busy.patch(readOnly=False, active=True)
    assert contents(busy) == before


@pytest.mark.clause("A9", "A16", "A18")
def test_other_methods_and_paths(busy: World) -> None:
    path = f"/api/campaigns/{SPRING}/leads"
    for method in ("GET", "PUT", "PATCH", "DELETE", "OPTIONS"):
        answer = busy.http.request(method, path, headers=busy.headers, json={"leadId": OMAR})
        assert (error(answer), answer.headers["allow"]) == (METHOD_NOT_ALLOWED, "POST")
    for other in (f"{path}/", "/api/campaigns//leads", "/api/campaigns/leads", f"/api/campaigns/{SPRING}/x/leads"):
        assert error(busy.http.post(other, headers=busy.headers, json={"leadId": OMAR})) == NOT_FOUND


@pytest.mark.clause("P12", "R21", "A10")
def test_two_hundred_a_minute(busy: World) -> None:
    """Whatever becomes of them; waiting as long as it says is enough."""
    assert {busy.post_enrolment(SPRING, {}).status_code for _ in range(200)} == {400}
    before = contents(busy)
    answer = busy.post_enrolment(SPRING, {"leadId": OMAR})
    assert (error(answer), answer.headers["retry-after"]) == (RATE_LIMITED, "1")
    assert contents(busy) == before
    assert busy.send(leadId=OMAR)["leadId"] == OMAR
    busy.clock(advance="1s")
    assert busy.enrol(SPRING, leadId=OMAR)["messageCount"] == 5


@pytest.mark.clause("A11", "P13", "A10")
@pytest.mark.parametrize("failing", ["workspaces", "leads", "campaigns"])
def test_failure_of_an_engine_is_the_documented_500(own: OwnServer, failing: str) -> None:
    world = own.world(state={**BUSY, "campaigns": [{"id": SPRING, "name": "Spring", "steps": STEPS}]})
    before = contents(world)

    def fail(collection: str, called: str) -> None:
        if collection == failing:
            raise RuntimeError(f"secret detail of {collection}.{called}")

    own.documents.watch = fail
    path = f"/api/campaigns/{SPRING}/leads"
    answer = own.http.post(path, headers=world.headers, json={"lead": PERSON})
    own.documents.watch = None
    assert error(answer) == (500, {"error": "Internal server error"})
    assert contents(world) == before
    assert own.http.post(path, headers=world.headers, json={"lead": PERSON}).status_code == 201


@pytest.mark.clause("P1")
def test_a_fault_for_a_lead_or_a_path(busy: World) -> None:
    busy.fault({"status": 503}, match={"lead": OMAR, "path": "/api/campaigns/*/leads"})
    assert busy.post_enrolment(SPRING, {"lead": {**PERSON, "phone": OMAR_PHONE}}).status_code == 503
    assert busy.post_enrolment(SPRING, {"leadId": JANE}).status_code == 201
    assert busy.post_enrolment(SPRING, {"lead": PERSON}).status_code == 201
