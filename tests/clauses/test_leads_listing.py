"""Clauses L12 to L18 and L24: which leads are listed, in which order, on which page, and what is shown of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.clauses.busy import JANE, JANE_EMAIL, JANE_PHONE, NOW, OMAR, UNKNOWN
from tests.clauses.checks import held, invalid, pairs
from tests.clauses.engines import own_server
from tests.support import Json, World, error
from tuco_mock.state.engines import embedded

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.clauses.engines import OwnServer

NO_LEAD = (404, {"error": "Lead not found"})
FIRST, SECOND = "69a1fc43a00b806f64300001", "69a1fc43a00b806f64300002"


def listed(world: World, **params: Any) -> list[str]:
    """The ids on the page that is asked for."""
    return [lead["_id"] for lead in world.leads(**params)["leads"]]


def lead_ids(count: int) -> list[str]:
    """So many ids."""
    return [f"{number:024x}" for number in range(1, count + 1)]


@pytest.fixture
def crowd(make_world: Callable[..., World]) -> World:
    """120 leads, the first the oldest, in two lists by turns."""
    leads = [
        {"id": each, "email": f"l{n}@example.com", "listId": (FIRST, SECOND)[n % 2], "createdAt": f"-{200 - n}s"}
        for n, each in enumerate(lead_ids(120))
    ]
    lists = [{"id": FIRST, "name": "First"}, {"id": SECOND, "name": "Second", "description": "odd ones"}]
    return make_world(state={"clock": NOW, "lists": lists, "leads": leads})


@pytest.mark.clause("L12", "L13", "L16", "A6", "A12")
def test_the_documented_page(make_world: Callable[..., World]) -> None:
    """The published example comes out as it stands, what it leaves out being null."""
    quick, lead = "69a1fc43a00b806f643082df", "69a2e8e6c580cf046a551fde"
    made, changed = "2026-02-27T20:19:15.930Z", "2026-03-01T22:13:29.337Z"
    at = "2026-02-28T13:08:54.421Z"
    words = {"name": "Quick Sends", "description": "Quick send messages"}
    email = "goforbg@icloud.com"
    given = {"id": lead, "firstName": "Tuco test", "email": email, "listId": quick, "source": "api", "createdAt": at}
    world = make_world(
        state={
            "lists": [{"id": quick, **words, "createdAt": made, "updatedAt": changed}],
            "leads": [given, {"phone": "+14155550100", "listId": quick}],
        }
    )
    alternates = dict.fromkeys(("altPhone1", "altPhone2", "altPhone3", "altEmail1", "altEmail2", "altEmail3"))
    shown = {
        "_id": lead,
        "firstName": "Tuco test",
        "lastName": None,
        "email": email,
        "phone": None,
        **alternates,
        **dict.fromkeys(("companyName", "jobTitle", "notes", "linkedinUrl")),
        "customFields": {},
        "listId": quick,
        "workspaceId": world.id,
        "source": "api",
        "contactOwnerEmail": None,
        "integrationIds": dict.fromkeys(("ghlRecordId", "ghlLocationId", "hubspotRecordId", "hubspotPortalId")),
        "availabilityStatus": None,
        "createdAt": at,
        "updatedAt": at,
    }
    page = {
        "leads": [shown],
        "lists": [
            {"_id": quick, **words, "workspaceId": world.id, "leadCount": 2, "createdAt": made, "updatedAt": changed}
        ],
        "pagination": {"page": 1, "limit": 50, "totalCount": 1, "totalPages": 1},
    }
    assert pairs(world.get_leads(search="Tuco").text) == pairs(json.dumps(page))
    assert pairs(world.get_leads(id=lead).text) == pairs(json.dumps({"lead": shown}))


@pytest.mark.clause("L13")
def test_everything_about_a_lead_is_shown(world: World) -> None:
    """All that a lead has comes back under its name."""
    texts = ("firstName", "lastName", "companyName", "jobTitle", "notes", "linkedinUrl", "contactOwnerEmail", "source")
    given: Json = {name: f"its {name}" for name in texts}
    given |= {f"altPhone{n}": f"+1415555010{n}" for n in (1, 2, 3)} | {"phone": "+14155550100"}
    given |= {f"altEmail{n}": f"a{n}@example.com" for n in (1, 2, 3)} | {"email": "a@example.com"}
    given |= {"customFields": {"a": [1]}, "integrationIds": {"hubspotPortalId": "p"}}
    given |= {"availabilityStatus": "unavailable"}
    shown = world.leads(id=world.lead(**given))["lead"]
    integrations = {"ghlRecordId": None, "ghlLocationId": None, "hubspotRecordId": None, "hubspotPortalId": "p"}
    assert given | {"integrationIds": integrations, "listId": None} == {
        name: value for name, value in shown.items() if name not in {"_id", "workspaceId", "createdAt", "updatedAt"}
    }


@pytest.mark.clause("L12")
def test_newest_first(world: World) -> None:
    """By `createdAt`, and of equal times the one that was put there last."""
    times = ["-2h", "-1h", "-3h", "-1h", "-2h"]
    made = [world.lead(phone=f"+1415555010{n}", createdAt=time) for n, time in enumerate(times)]
    assert listed(world) == [made[n] for n in (3, 1, 4, 0, 2)]
    new = world.create({"phone": "+14155550120"}, {"phone": "+14155550121"})["leadIds"]
    assert listed(world)[:2] == new[::-1]


@pytest.mark.clause("L12")
def test_nobody(world: World) -> None:
    """An empty workspace has an empty page and no pages."""
    pagination = {"page": 1, "limit": 50, "totalCount": 0, "totalPages": 0}
    assert world.leads() == {"leads": [], "lists": [], "pagination": pagination}


@pytest.mark.clause("L12", "L17")
@pytest.mark.parametrize("params", [{}, {"listId": FIRST}, {"search": "example"}, {"listId": SECOND, "search": "@"}])
def test_pages_neither_overlap_nor_skip(crowd: World, params: dict[str, str]) -> None:
    """All pages together are all that pass, newest first, whatever is asked."""
    expected = lead_ids(120)[::-1]
    if "listId" in params:
        expected = expected[1::2] if params["listId"] == FIRST else expected[::2]
    for limit in (1, 7, 50, 100):
        pages = -(-len(expected) // limit)
        found: list[str] = []
        for page in range(1, pages + 2):
            answer = crowd.leads(**params, page=page, limit=limit)
            told = {"page": page, "limit": limit, "totalCount": len(expected), "totalPages": pages}
            assert answer["pagination"] == told
            found += [lead["_id"] for lead in answer["leads"]]
        assert found == expected


@pytest.mark.clause("L17")
@pytest.mark.parametrize(
    ("page", "limit", "used"),
    [
        ("", "", (1, 50)),
        ("0", "0", (1, 50)),
        ("-1", "-5", (1, 50)),
        ("x", "1.5", (1, 50)),
        ("1e2", "\u0665", (1, 50)),
        (" 2", "+5", (1, 50)),
        ("2", "5", (2, 5)),
        ("002", "0100", (2, 100)),
        ("1", "101", (1, 100)),
        ("9" * 30, "9" * 5000, (2**53 - 1, 100)),
    ],
)
def test_page_and_limit(crowd: World, page: str, limit: str, used: tuple[int, int]) -> None:
    """What is no number counts as the default, what is too great as the greatest; the answer says what was used."""
    answer = crowd.leads(page=page, limit=limit)
    assert (answer["pagination"]["page"], answer["pagination"]["limit"]) == used
    start = (used[0] - 1) * used[1]
    assert [lead["_id"] for lead in answer["leads"]] == lead_ids(120)[::-1][start : start + used[1]]


@pytest.mark.clause("L14", "A5", "A7")
def test_leads_of_a_list(crowd: World, world: World) -> None:
    """A list's own leads; upper case means the same list, and what is no list here has none."""
    evens = lead_ids(120)[0::2][::-1]
    assert listed(crowd, listId=FIRST, limit=100) == listed(crowd, listId=FIRST.upper(), limit=100) == evens
    for other in (UNKNOWN, "x", " ", f" {FIRST}", "null"):
        assert listed(crowd, listId=other) == []
    assert len(listed(crowd, listId="", limit=100)) == 100
    world.lead(phone="+14155550100")
    assert listed(world, listId=FIRST) == listed(world, listId="x") == []


@pytest.mark.clause("L15")
@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("jane", [JANE]),
        ("JANE", [JANE]),
        (" roe ", [JANE]),
        ("omar@EXAMPLE", [OMAR]),
        ("2640202", [OMAR]),
        ("+1442", [OMAR, JANE]),
        ("acme", [JANE]),
        ("e", [OMAR, JANE]),
        ("jane roe", []),
        ("4422640111", []),
        ("a note", []),
        (" ", [OMAR, JANE]),
        ("", [OMAR, JANE]),
    ],
)
def test_search(make_world: Callable[..., World], search: str, found: list[str]) -> None:
    """The text stands in first or last name, email, phone or company; nowhere else is looked."""
    jane = {"firstName": "Jane", "lastName": "Roe", "phone": JANE_PHONE, "email": JANE_EMAIL, "companyName": "ACME"}
    more = {"altPhone1": "+14422640111", "notes": "a note"}
    omar = {"id": OMAR, "firstName": "Omar", "phone": "+14422640202", "email": "Omar@example.com"}
    world = make_world(leads=[{"id": JANE, **jane, **more}, omar])
    assert listed(world, search=search) == found


@pytest.mark.clause("L15")
@pytest.mark.parametrize(("name", "search"), [("Straße", "STRASSE"), ("ΣΊΣΥΦΟΣ", "σίσυφος"), ("Ünal", "ünal")])
def test_search_folds_case_as_unicode_does(world: World, name: str, search: str) -> None:
    """Case makes no difference in any script."""
    lead = world.lead(phone="+14155550100", firstName=name)
    assert listed(world, search=search) == [lead]


@pytest.mark.clause("L16")
def test_lists_and_their_counts(crowd: World) -> None:
    """All lists come in the order they were made, whatever is asked for; counts and times move with their leads."""

    def lists(**params: Any) -> list[tuple[str, int, str]]:
        found = crowd.leads(**params)["lists"]
        return [(each["name"], each["leadCount"], each["updatedAt"]) for each in found]

    assert lists() == lists(search="nobody") == lists(listId=FIRST) == [("First", 60, NOW), ("Second", 60, NOW)]
    crowd.clock(advance="1h")
    later = "2026-03-13T01:00:00.000Z"
    crowd.create({"phone": "+14155550100"}, {"email": "l1@example.com"}, listId=SECOND)
    assert lists() == [("First", 60, NOW), ("Second", 61, later)]
    crowd.clock(advance="1h")
    assert crowd.delete(*lead_ids(3)[::2]) == 2
    assert lists() == [("First", 58, "2026-03-13T02:00:00.000Z"), ("Second", 61, later)]
    crowd.create({"email": "l1@example.com"}, status=200, listId=FIRST)
    assert lists() == [("First", 58, "2026-03-13T02:00:00.000Z"), ("Second", 61, later)]


@pytest.mark.clause("L18", "A5")
def test_one_lead(busy: World) -> None:
    """By its id in any case, whatever stands beside it; an empty one counts as absent."""
    (jane,) = [lead for lead in busy.leads()["leads"] if lead["_id"] == JANE]
    for params in ({"id": JANE}, {"id": JANE.upper(), "search": "nobody", "page": "7", "listId": "x"}):
        assert busy.leads(**params) == {"lead": jane}
    assert "leads" in busy.leads(id="")
    assert error(busy.get_leads(id=UNKNOWN)) == NO_LEAD
    assert error(busy.get_leads(id=UNKNOWN, listId="x")) == NO_LEAD
    for bad in (JANE[:-1], f" {JANE}", JANE + "0", "x", " "):
        assert error(busy.get_leads(id=bad)) == invalid("lead id")


@pytest.mark.clause("L18", "A7")
def test_a_lead_of_another_workspace_is_unknown(busy: World, world: World) -> None:
    """Its id finds nobody here, and no listing shows it."""
    assert error(world.get_leads(id=JANE)) == NO_LEAD
    assert listed(world) == listed(world, search="jane") == []


@pytest.mark.clause("L12", "A10")
def test_looking_changes_nothing(busy: World) -> None:
    """Neither a listing nor a search nor a look at one lead."""
    before = held(busy)
    for params in ({}, {"search": "jane"}, {"id": JANE}, {"listId": FIRST}):
        busy.leads(**params)
    assert held(busy) == before


@pytest.mark.clause("L24", "A20")
def test_the_search_that_timed_out_can_be_had(busy: World) -> None:
    """By `Prefer`, and by a fault."""
    expected = (503, {"error": "Search timed out. Try a more specific search or fewer results."})
    answer = busy.http.get("/api/leads?search=x", headers={**busy.headers, "Prefer": "code=503"})
    assert error(answer) == expected
    busy.fault({"status": 503}, times=1, match={"path": "/api/leads", "method": "GET"})
    assert error(busy.get_leads(search="x")) == expected
    assert listed(busy, search="x") == [OMAR, JANE]


def test_a_page_looks_at_its_own_leads_only() -> None:
    """Of many leads a page costs its length, with a list or without; so does telling the lists' counts."""
    leads = [{"email": f"l{n}@example.com", "listId": FIRST} for n in range(2_000)]
    with own_server(engines=embedded()) as own:  # which counts what it looks at
        world = own.world(state={"lists": [{"id": FIRST, "name": "First"}], "leads": leads})
        for params in ({}, {"listId": FIRST}, {"page": 3}):
            before = examined(own)
            assert len(world.leads(limit=5, **params)["leads"]) == 5
            assert examined(own) - before <= 20


def examined(own: OwnServer) -> int:
    """How many leads were looked at since the beginning."""
    leads: Any = own.documents._database["leads"]
    return int(leads.examined)
