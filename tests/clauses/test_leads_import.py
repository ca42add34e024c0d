"""Clauses L1 to L9: which rows make leads, in which list, and what is told of the others."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.clauses.busy import JANE, JANE_EMAIL, JANE_PHONE, NOW, OMAR, OMAR_EMAIL, OMAR_PHONE, UNKNOWN
from tests.clauses.checks import NO_LIST, held, pairs
from tests.support import Json, World, error

if TYPE_CHECKING:
    from collections.abc import Callable

NO_IDS: Json = {"ghlContactId": None, "ghlLocationId": None, "hsPortalId": None, "hsContactId": None}
QUICK = {"name": "Quick Sends", "description": "Quick send messages"}
LIST = "69a1fc43a00b806f643082df"


def one(world: World, lead_id: str) -> Json:
    """The lead as the API shows it."""
    found: Json = world.leads(id=lead_id)["lead"]
    return found


@pytest.mark.clause("L1", "L5", "A12")
def test_one_row_makes_one_lead_in_quick_sends(world: World) -> None:
    """The answer to one new row is 201 with the documented keys in their order; list and lead are there."""
    row = {"firstName": "John", "lastName": "Doe", "email": "john@example.com", "phone": "+12025551234"}
    answer = world.post_leads({"leads": [row], "source": "api"})
    state = world.state()
    (lead,), (quick,) = state["leads"], state["lists"]
    assert answer.status_code == 201
    assert pairs(answer.text) == pairs(
        json.dumps(
            {
                "message": "Leads saved successfully",
                "savedCount": 1,
                "duplicateCount": 0,
                "totalProcessed": 1,
                "listId": quick["id"],
                "leadId": lead["id"],
                "leadIds": [lead["id"]],
                "leadListIds": [quick["id"]],
                **NO_IDS,
            }
        )
    )
    dates = {"createdAt": NOW, "updatedAt": NOW}
    assert lead == {"id": lead["id"], **row, "listId": quick["id"], "source": "api", **dates}
    assert quick == {"id": quick["id"], **QUICK, **dates}


@pytest.mark.clause("L1", "L2")
def test_rows_and_duplicates_together(busy: World) -> None:
    """New rows make leads in their order; the others are told of with the lead that has their address."""
    done = busy.create(
        {"firstName": "New", "email": "new@example.com"},
        {"firstName": "J", "phone": "(442) 264-0111"},
        {"altEmail3": "other@example.com"},
        {"altPhone2": OMAR_PHONE},
    )
    first, second = done["leadIds"]
    assert [one(busy, each)["email"] for each in (first, second)] == ["new@example.com", None]
    assert (done["savedCount"], done["duplicateCount"], done["totalProcessed"]) == (2, 2, 4)
    assert (done["leadId"], done["leadListIds"]) == (first, [done["listId"]] * 2)
    assert done["duplicates"] == [
        {
            "input": {"firstName": "J", "phone": "(442) 264-0111"},
            "existingLead": {
                "_id": JANE,
                "firstName": "Jane",
                "lastName": "Roe",
                "email": JANE_EMAIL,
                "phone": JANE_PHONE,
            },
        },
        {
            "input": {"altPhone2": OMAR_PHONE},
            "existingLead": {
                "_id": OMAR,
                "firstName": "Omar",
                "lastName": None,
                "email": OMAR_EMAIL,
                "phone": OMAR_PHONE,
            },
        },
    ]
    assert list(done)[7:10] == ["leadListIds", "duplicates", "ghlContactId"]


@pytest.mark.clause("L2", "N1", "N2")
@pytest.mark.parametrize("field", ["phone", "altPhone1", "altPhone2", "altPhone3"])
@pytest.mark.parametrize("written", ["+14155550100", "(415) 555-0100", "4155550100", "1 415 555 0100"])
def test_a_phone_in_any_field_and_notation_is_the_same(world: World, field: str, written: str) -> None:
    """A row is a duplicate of the lead that has its phone in any field, however either is written."""
    lead = world.lead(**{"email": "a@example.com", field: "415-555-0100"})
    done = world.create({"firstName": "Again", "altPhone2": written}, status=200)
    assert done["existingLeadIds"] == [lead]
    assert len(world.state()["leads"]) == 1


@pytest.mark.clause("L2", "N1")
@pytest.mark.parametrize("field", ["email", "altEmail1", "altEmail2", "altEmail3"])
def test_an_email_in_any_field_and_case_is_the_same(world: World, field: str) -> None:
    """A row is a duplicate of the lead that has its email in any field, whatever the case."""
    lead = world.lead(**{"phone": "+14155550100", field: "Ann@Example.com"})
    assert world.create({"altEmail1": " ann@EXAMPLE.com "}, status=200)["leadId"] == lead


@pytest.mark.clause("L2")
def test_of_several_leads_the_first_address_decides(busy: World) -> None:
    """A row with addresses of two leads means the one with its first address: phones go before emails."""
    assert busy.create({"email": JANE_EMAIL, "phone": OMAR_PHONE}, status=200)["leadId"] == OMAR
    assert busy.create({"email": JANE_EMAIL, "altEmail1": OMAR_EMAIL}, status=200)["leadId"] == JANE
    assert busy.create({"altPhone1": JANE_PHONE, "altPhone2": OMAR_PHONE}, status=200)["leadId"] == JANE


@pytest.mark.clause("L2")
def test_the_list_makes_no_difference(world: World) -> None:
    """A lead of another list is the same lead."""
    other = world.add("lists", name="Other")["id"]
    made = world.create({"phone": "+14155550100"}, listId=other)
    assert made["listId"] == other
    assert world.create({"phone": "+14155550100"}, status=200)["leadIds"] == made["leadIds"]
    assert one(world, made["leadId"])["listId"] == other


@pytest.mark.clause("L3", "A12", "A10")
def test_only_duplicates_are_answered_200(busy: World) -> None:
    """When every row is a duplicate nothing changes, and each lead is named once, in the order of the rows."""
    rows = [{"phone": OMAR_PHONE}, {"email": JANE_EMAIL}, {"email": OMAR_EMAIL}]
    before = held(busy)
    answer = busy.post_leads({"leads": rows})
    leads = {
        OMAR: {"_id": OMAR, "firstName": "Omar", "lastName": None, "email": OMAR_EMAIL, "phone": OMAR_PHONE},
        JANE: {"_id": JANE, "firstName": "Jane", "lastName": "Roe", "email": JANE_EMAIL, "phone": JANE_PHONE},
    }
    assert answer.status_code == 200
    assert pairs(answer.text) == pairs(
        json.dumps(
            {
                "message": "Leads were duplicates; existing lead IDs returned.",
                "duplicateOnly": True,
                "duplicateCount": 3,
                "totalProcessed": 3,
                "leadId": OMAR,
                "existingLeadIds": [OMAR, JANE],
                "leadIds": [OMAR, JANE],
                "duplicates": [
                    {"input": row, "existingLead": leads[each]}
                    for row, each in zip(rows, (OMAR, JANE, OMAR), strict=True)
                ],
                **NO_IDS,
            }
        )
    )
    assert held(busy) == before


@pytest.mark.clause("L3", "L7")
def test_the_documented_duplicate(world: World) -> None:
    """The published example of a duplicate comes out as it stands."""
    lead = "69b2c41d352a78479d2c623b"
    names = {"firstName": "BG", "lastName": "Real", "email": "goforbg@icloud.com", "phone": "+919042956129"}
    integrations = {"ghlRecordId": "aMUQn0u0Z7cw0NQ7tJ5R", "ghlLocationId": "eL7DD22BdZ0rismu7qCA"}
    world.add("leads", id=lead, **names, integrationIds=integrations)
    assert world.create(names, status=200) == {
        "message": "Lead was a duplicate; existing lead ID returned.",
        "duplicateOnly": True,
        "duplicateCount": 1,
        "totalProcessed": 1,
        "leadId": lead,
        "existingLeadIds": [lead],
        "leadIds": [lead],
        "duplicates": [{"input": names, "existingLead": {"_id": lead, **names}}],
        "ghlContactId": "aMUQn0u0Z7cw0NQ7tJ5R",
        "ghlLocationId": "eL7DD22BdZ0rismu7qCA",
        "hsPortalId": None,
        "hsContactId": None,
    }


@pytest.mark.clause("L4")
def test_the_second_of_two_rows_is_a_duplicate_of_the_first(world: World) -> None:
    """Two rows of one call with the same address make one lead; the row is given back as it was sent."""
    second = {"altPhone3": "4155550100", "unknown": [1, {"x": None}], "firstName": None}
    done = world.create({"firstName": "A", "phone": "+1 415 555 0100"}, second, {"email": "b@example.com"})
    shown = {"firstName": "A", "lastName": None, "email": None, "phone": "+14155550100"}
    assert (done["savedCount"], done["duplicateCount"]) == (2, 1)
    assert done["duplicates"] == [{"input": second, "existingLead": {"_id": done["leadId"], **shown}}]


@pytest.mark.clause("L4")
def test_a_duplicate_changes_nothing_about_its_lead(busy: World) -> None:
    """What a duplicate row says is not put into the lead."""
    before = one(busy, JANE)
    row = {"phone": JANE_PHONE, "firstName": "X", "altPhone3": "+14155550177", "ghlContactId": "g"}
    busy.create(row, {"email": "new@example.com"}, source="api")
    assert one(busy, JANE) == before


@pytest.mark.clause("L5")
def test_quick_sends_is_made_once(world: World) -> None:
    """The list is made with the first lead that needs it, and not for duplicates alone."""
    world.lead(phone="+14155550100")
    world.create({"phone": "+14155550100"}, status=200)
    assert world.state()["lists"] == []
    first = world.create({"phone": "+14155550101"})["listId"]
    second = world.create({"phone": "+14155550102"}, listId=" ")["listId"]
    assert first == second
    assert [each["id"] for each in world.state()["lists"]] == [first]


@pytest.mark.clause("L5")
def test_a_list_of_that_name_is_used(world: World) -> None:
    """A list that is called Quick Sends already is the one, of two the older."""
    world.control("POST", "/lists", [{"name": "Quick"}, {"id": LIST, "name": "Quick Sends"}, {"name": "Quick Sends"}])
    assert world.create({"phone": "+14155550100"})["listId"] == LIST


@pytest.mark.clause("L6", "A10")
@pytest.mark.parametrize("given", [UNKNOWN, "x", f" {LIST}", 5, True, [LIST], {"$ne": None}], ids=str)
def test_no_such_list(busy: World, given: Any) -> None:
    """A list that is not there, or an id that is none, is answered 404 and nothing changes."""
    busy.add("lists", id=LIST, name="Ours")
    before = held(busy)
    assert error(busy.post_leads({"leads": [{"phone": "+14155550100"}], "listId": given})) == NO_LIST
    assert held(busy) == before


@pytest.mark.clause("L6", "A5", "A7")
def test_lists_of_others_are_unknown(world: World, make_world: Callable[..., World]) -> None:
    """The list of another workspace is unknown here; an id in upper case means the same list."""
    other = make_world(state={"lists": [{"id": LIST, "name": "Theirs"}]})
    row = {"phone": "+14155550100"}
    assert error(world.post_leads({"leads": [row], "listId": LIST})) == NO_LIST
    assert other.create(row, listId=LIST.upper())["listId"] == LIST


@pytest.mark.clause("L7")
def test_ids_in_other_systems_are_kept_and_told(world: World) -> None:
    """A row's ids in other systems are the lead's, the body's location stands in, and the first lead's are told."""
    done = world.create(
        {"phone": "+14155550101", "ghlContactId": "g1", "ghlLocationId": "here"},
        {"phone": "+14155550102", "hsContactId": "h2", "hsPortalId": "p2"},
        ghlLocationId="batch",
    )
    shown = [one(world, each)["integrationIds"] for each in done["leadIds"]]
    first, second = shown
    assert first == {"ghlRecordId": "g1", "ghlLocationId": "here", "hubspotRecordId": None, "hubspotPortalId": None}
    assert second == {"ghlRecordId": None, "ghlLocationId": "batch", "hubspotRecordId": "h2", "hubspotPortalId": "p2"}
    told = {name: done[name] for name in NO_IDS}
    assert told == {"ghlContactId": "g1", "ghlLocationId": "here", "hsPortalId": None, "hsContactId": None}
    again = world.create({"phone": "+14155550102"}, status=200)
    assert (again["hsContactId"], again["hsPortalId"], again["ghlLocationId"]) == ("h2", "p2", "batch")
    assert world.create({"phone": "+14155550103", "ghlContactId": "g1"})["savedCount"] == 1


@pytest.mark.clause("L8")
def test_fields_that_are_not_given(world: World) -> None:
    """Nulls and blanks are as good as nothing; source and contact owner have their defaults."""
    nothing = {"lastName": None, "companyName": "", "jobTitle": " \t", "email": "", "altPhone1": " ", "externalId": "7"}
    done = world.create(
        {"firstName": "A", "phone": "+14155550100", **nothing},
        {"phone": "+14155550101", "contactOwnerEmail": "own@example.com"},
        contactOwnerEmail="all@example.com",
        source="",
    )
    first, second = (one(world, each) for each in done["leadIds"])
    assert {first[name] for name in nothing if name != "externalId"} == {None}
    assert "externalId" not in first
    assert (first["source"], first["contactOwnerEmail"]) == ("csv", "all@example.com")
    assert second["contactOwnerEmail"] == "own@example.com"
    alone = world.create({"phone": "+14155550102"}, contactOwnerEmail=None, source="hubspot")["leadId"]
    assert (one(world, alone)["contactOwnerEmail"], one(world, alone)["source"]) == (None, "hubspot")


@pytest.mark.clause("L9", "N2", "N4")
def test_default_country_code(make_world: Callable[..., World]) -> None:
    """Phones without a calling code get the call's, else the workspace's; what is no phone is kept as it is."""
    world = make_world(defaultCountryCode="+44")
    rows = [{"phone": "020 7946 0958"}, {"phone": "+1 415 555 0100"}, {"phone": "call me"}]
    found = [one(world, each)["phone"] for each in world.create(*rows)["leadIds"]]
    assert found == ["+442079460958", "+14155550100", "call me"]
    done = world.create({"phone": "415 555 0101"}, {"phone": "(415) 555-0100"}, defaultCountryCode="+1")
    assert one(world, done["leadId"])["phone"] == "+14155550101"
    assert done["duplicates"][0]["existingLead"]["phone"] == "+14155550100"
    assert world.create({"phone": "call me"}, {"phone": "call me"})["savedCount"] == 2


@pytest.mark.clause("L9")
def test_what_is_no_phone_by_the_call_s_code_may_be_one_by_the_workspace_s(world: World) -> None:
    """So that a state reads back as it is: a phone that can be one under the workspace's code never stays raw."""
    lead = world.create({"phone": "4155550100"}, defaultCountryCode="+376")["leadId"]
    assert one(world, lead)["phone"] in {"+14155550100", "+3764155550100"}
    before = world.state()
    world.control("PUT", "/state", before)
    assert world.state() == before
