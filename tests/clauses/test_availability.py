"""Clauses V10 to V20 and V22: which addresses and leads have iMessage, and what is kept of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.clauses.busy import BUSY, JANE, JANE_EMAIL, JANE_PHONE, OMAR, OMAR_PHONE, UNKNOWN
from tests.clauses.checking import (
    CHECK,
    CHECK_ANY,
    CHECK_LEADS,
    LINE,
    SOMEBODY,
    ask,
    checks,
    is_available,
    status_of,
    told,
)
from tests.clauses.checks import contents
from tests.support import Json, World, error

if TYPE_CHECKING:
    from collections.abc import Callable

LIST = "69a1fc43a00b806f643082df"
NO_ADDRESSES = "addresses array is required and must not be empty"
ABSENT: list[Any] = [None, "", " \t", 5, True, [], {}, ["x"]]
"""What counts as no text."""
NO_TEXTS: list[Any] = [None, 5, {}, ["x"], True]
NO_LISTS: list[Any] = [None, "", "x", 5, True, [], {"0": "x"}]
"""What counts as no list of anything."""


def without(world: World, *addresses: str) -> World:
    """The workspace, these addresses without iMessage."""
    world.control("POST", "/addresses", [{"address": each, "imessage": False} for each in addresses])
    return world


def check_lead(world: World, lead: str) -> Json:
    """The 200 body of a look at one lead."""
    found: Json = told(ask(world, "GET", f"{CHECK_LEADS}?id={lead}"))
    return found


def check_leads(world: World, **body: Any) -> Json:
    """The 200 body of a look at leads."""
    found: Json = told(ask(world, "POST", CHECK_LEADS, body))
    return found


# addresses


@pytest.mark.clause("V11", "V7", "N3")
@pytest.mark.parametrize(
    ("query", "address"),
    [
        ("%2B14155550100", "+14155550100"),
        ("+14155550100", "+14155550100"),
        ("(415)%20555-0100", "(415) 555-0100"),
        ("%20Jane%40Example.com%20", "Jane@Example.com"),
    ],
)
def test_one_address(busy: World, query: str, address: str) -> None:
    """It is given back as it came; whether it has iMessage is as the workspace says, in every notation."""
    path = f"{CHECK}?address={query}&address=x&x=1"
    assert told(ask(busy, "GET", path)) == {"success": True, "available": True, "address": address}
    without(busy, SOMEBODY, JANE_EMAIL)
    assert told(ask(busy, "GET", path)) == {"success": True, "available": False, "address": address}


@pytest.mark.clause("V11", "A10")
@pytest.mark.parametrize("query", ["", "?address=", "?address=%20%09", "?Address=x", "?addresses=x"])
def test_no_address(busy: World, query: str) -> None:
    """Missing or blank is refused."""
    before = contents(busy)
    text = "Address parameter is required (phone or email)"
    assert error(ask(busy, "GET", CHECK + query)) == (400, {"error": text})
    assert contents(busy) == before


@pytest.mark.clause("V12", "A12")
def test_several_addresses(busy: World) -> None:
    """Each in its place, as it was written, doubles too; one alone as `address`."""
    without(busy, SOMEBODY)
    given = ["(415) 555-0100", JANE_PHONE, "4155550100", JANE_PHONE]
    assert told(ask(busy, "POST", CHECK, {"addresses": given})) == {
        "success": True,
        "results": [
            {"address": address, "available": available}
            for address, available in zip(given, [False, True, False, True], strict=True)
        ],
    }
    one = {"success": True, "results": [{"address": SOMEBODY, "available": False}]}
    assert told(ask(busy, "POST", CHECK, {"address": SOMEBODY, "addresses": given})) == one
    assert checks(busy) == [5]


@pytest.mark.clause("V12", "A10", "C2", "C3")
def test_addresses_that_can_not_be_used(busy: World) -> None:
    """None, too many, and one that is no text; 100 are let by."""
    before = contents(busy)
    for absent in ABSENT:
        body = {"address": absent}
        assert error(ask(busy, "POST", CHECK, body)) == (400, {"error": NO_ADDRESSES}), absent
    for wrong in NO_LISTS:
        assert error(ask(busy, "POST", CHECK, {"addresses": wrong})) == (400, {"error": NO_ADDRESSES}), wrong
    answer = busy.http.post(CHECK, headers=busy.headers, content=b"")
    assert error(answer) == (400, {"error": NO_ADDRESSES})
    too_many = error(ask(busy, "POST", CHECK, {"addresses": ["a@b.c"] * 101}))
    assert too_many == (400, {"error": "Maximum 100 addresses per request"})
    for wrong in NO_TEXTS:
        answer = ask(busy, "POST", CHECK, {"addresses": [SOMEBODY, wrong]})
        assert error(answer) == (400, {"error": "addresses[1]: expected a text"})
    assert contents(busy) == before
    busy.add("lines", phone="+16462230921")
    assert is_available(busy, *["a@b.c"] * 100) == [True] * 100


@pytest.mark.clause("V10", "N4")
def test_what_is_no_address(busy: World) -> None:
    """It is not available, is no error, and costs no check."""
    strange = ["", " ", "nobody", "12", "+1415555010012345678", "\x00", "\u0664\u0661", "🙂", "x" * 5000]
    assert is_available(busy, *strange, "a@b", SOMEBODY) == [False] * len(strange) + [True, True]
    assert checks(busy) == [2]
    assert told(ask(busy, "GET", f"{CHECK}?address=%ff"))["available"] is False
    assert told(ask(busy, "POST", CHECK_ANY, {"phones": ["nobody"]}))["available"] is False
    assert checks(busy) == [2]


@pytest.mark.clause("V10", "N2")
def test_phones_are_read_in_the_workspace_s_country(make_world: Callable[..., World]) -> None:
    """A number without a calling code gets the workspace's own."""
    world = make_world(state={"defaultCountryCode": "+44", "lines": [LINE]})
    without(world, "+441134960101")
    assert is_available(world, "0113 496 0101", "+44 113 496 0101", "0113 496 0102") == [False, False, True]


@pytest.mark.clause("A7", "V8")
def test_worlds_are_apart(make_world: Callable[..., World]) -> None:
    """What one workspace says of an address is nothing to another."""
    mine, other = make_world(state={"lines": [LINE]}), make_world(state={"lines": [LINE]})
    without(mine, SOMEBODY)
    assert (is_available(mine, SOMEBODY), is_available(other, SOMEBODY)) == ([False], [True])


# somebody with several addresses


@pytest.mark.clause("V13")
def test_somebody(busy: World) -> None:
    """Phones before emails, up to the first that has iMessage; only those cost a check."""
    none = {"available": False, "reason": "Contact not available on iMessage"}
    contact = {"phones": [SOMEBODY, JANE_PHONE], "emails": [JANE_EMAIL]}
    assert told(ask(busy, "POST", CHECK_ANY, contact)) == {"available": True}
    assert checks(busy) == [1]
    without(busy, SOMEBODY)
    assert told(ask(busy, "POST", CHECK_ANY, {"emails": [JANE_EMAIL], **contact})) == {"available": True}
    assert checks(busy) == [3]
    without(busy, JANE_PHONE, JANE_EMAIL)
    assert told(ask(busy, "POST", CHECK_ANY, contact)) == none
    assert checks(busy) == [6]
    assert told(ask(busy, "POST", CHECK_ANY, {"emails": [5, None, OMAR_PHONE + "@x", ""]})) == {"available": True}


@pytest.mark.clause("V13", "V22", "A10", "C3")
def test_nobody(busy: World) -> None:
    """Without any address it is refused in its own words."""
    before = contents(busy)
    refused = (400, {"available": False, "reason": "No phone or email addresses provided"})
    for absent in [*NO_LISTS, [*NO_TEXTS, "", " "]]:
        assert error(ask(busy, "POST", CHECK_ANY, {"phones": absent, "emails": absent})) == refused, absent
    assert error(busy.http.post(CHECK_ANY, headers=busy.headers, content=b" ")) == refused
    assert contents(busy) == before


# one lead


@pytest.mark.clause("V14", "V15", "A5", "A12")
def test_one_lead(busy: World) -> None:
    """It is available at one of its addresses, or not, and that is kept; nothing else of it changes but `updatedAt`."""
    ids = {"ghlRecordId": "aMU", "ghlLocationId": "eL7", "hubspotRecordId": "1", "hubspotPortalId": "2"}
    lead = busy.lead(phone=SOMEBODY, integrationIds=ids)
    before = busy.leads(id=lead)["lead"]
    assert before["availabilityStatus"] is None
    outside = {"ghlContactId": "aMU", "ghlLocationId": "eL7", "hsPortalId": "2", "hsContactId": "1"}
    found = {"success": True, "leadId": lead, "available": True, "status": "available", **outside}
    assert list(check_lead(busy, lead.upper()).items()) == list(found.items())
    assert busy.leads(id=lead)["lead"] == {**before, "availabilityStatus": "available"}
    without(busy, SOMEBODY)
    busy.clock(advance="1h")
    assert check_lead(busy, lead) == {**found, "available": False, "status": "unavailable"}
    after = {**before, "availabilityStatus": "unavailable", "updatedAt": "2026-03-13T01:00:00.000Z"}
    assert busy.leads(id=lead)["lead"] == after
    assert status_of(busy, JANE) is None


@pytest.mark.clause("V15")
def test_the_order_of_a_lead_s_addresses(world: World) -> None:
    """Phone, email, other phones, other emails; the first that has iMessage ends it, so the checks tell the order."""
    world.add("lines", **LINE)
    fields = ["phone", "email", "altPhone1", "altPhone2", "altPhone3", "altEmail1", "altEmail2", "altEmail3"]
    addresses = {name: f"{name}@x.com" if "mail" in name else f"+1415555010{n}" for n, name in enumerate(fields)}
    lead = world.lead(**addresses)
    counted = 0
    for position, name in enumerate(fields, 1):
        assert check_lead(world, lead)["available"] is True
        assert checks(world)[0] - counted == position, name
        counted += position
        without(world, addresses[name])
    assert check_lead(world, lead)["available"] is False
    assert checks(world) == [counted + len(fields)]


@pytest.mark.clause("V15", "V10")
def test_a_lead_without_an_address_that_is_one(world: World) -> None:
    """It is unavailable, at no cost; the same address in two fields is looked up once."""
    world.add("lines", **LINE)
    odd = world.lead(phone="nobody")
    assert check_lead(world, odd)["status"] == status_of(world, odd) == "unavailable"
    assert checks(world) == [0]
    twice = world.lead(phone=SOMEBODY, altPhone1="(415) 555-0100")
    without(world, SOMEBODY)
    assert check_lead(world, twice)["available"] is False
    assert checks(world) == [1]


@pytest.mark.clause("V14", "A7", "A10")
def test_leads_that_are_not_there(busy: World, make_world: Callable[..., World]) -> None:
    """None is named, or nobody has the id, or somebody else's lead has it."""
    strangers = make_world(state=BUSY).lead(phone=SOMEBODY)
    before = contents(busy)
    for query in ("", "?id=", "?ID=x", "?leadId=" + JANE):
        assert error(ask(busy, "GET", CHECK_LEADS + query)) == (400, {"error": "Lead ID is required"})
    for wrong in (UNKNOWN, JANE[:-1], "x", "%20", "%ff", f"%20{JANE}", strangers):
        assert error(ask(busy, "GET", f"{CHECK_LEADS}?id={wrong}")) == (404, {"error": "Lead not found"}), wrong
    assert contents(busy) == before


# leads


@pytest.mark.clause("V16")
def test_one_address_without_a_lead(busy: World) -> None:
    """With an address nothing else is looked at, and no lead is changed."""
    without(busy, JANE_EMAIL)
    body = {"address": JANE_EMAIL, "leadIds": [JANE], "listId": LIST}
    assert told(ask(busy, "POST", CHECK_LEADS, body)) == {"success": True, "available": False, "address": JANE_EMAIL}
    assert status_of(busy, JANE) is None
    assert checks(busy) == [1]


@pytest.mark.clause("V17", "V15", "A5", "A12")
def test_leads_by_their_ids(busy: World) -> None:
    """In the order they are named, each once; what is kept is what is told."""
    without(busy, OMAR_PHONE, "omar@example.com")
    for absent in ABSENT:
        named = [OMAR, "x", JANE.upper(), UNKNOWN, OMAR, None, 5]
        found = check_leads(busy, address=absent, leadIds=named, listId=LIST)
        assert list(found.items()) == [
            ("success", True),
            ("checked", 2),
            ("successful", 2),
            ("errors", 0),
            (
                "results",
                [
                    {"leadId": OMAR, "available": False, "status": "unavailable"},
                    {"leadId": JANE, "available": True, "status": "available"},
                ],
            ),
            ("processingMode", "synchronous"),
        ]
    assert (status_of(busy, OMAR), status_of(busy, JANE)) == ("unavailable", "available")
    assert checks(busy) == [3 * len(ABSENT)]


@pytest.mark.clause("V17")
def test_leads_by_their_list(busy: World) -> None:
    """All of the list, newest first, and only when no ids are given."""
    busy.add("lists", id=LIST, name="Ours")
    made = [busy.lead(email=f"l{n}@x.com", listId=LIST, createdAt=f"-{n}d") for n in (2, 1, 3)]
    wanted = [made[1], made[0], made[2]]
    for absent in NO_LISTS:
        found = check_leads(busy, listId=LIST.upper(), leadIds=absent)
        assert [each["leadId"] for each in found["results"]] == wanted
    assert [status_of(busy, each) for each in wanted] == ["available"] * 3
    assert status_of(busy, JANE) is None
    assert check_leads(busy, listId=LIST, leadIds=[JANE])["results"][0]["leadId"] == JANE


@pytest.mark.clause("V18", "A7", "A10", "C2")
def test_nobody_to_look_up(busy: World, make_world: Callable[..., World]) -> None:
    """No lead is named, or none that is there."""
    other = make_world(state=BUSY)
    strangers = other.lead(phone=SOMEBODY)
    other.add("lists", id=LIST, name="Theirs")
    before = contents(busy)
    nobody = (404, {"error": "No leads found to check"})
    bodies: list[Any] = [{}, {"leadIds": [UNKNOWN, "x", strangers]}, {"listId": LIST}, {"listId": "x"}]
    bodies += [{"leadIds": absent, "listId": absent, "address": absent} for absent in ABSENT]
    bodies += [{"leadIds": [UNKNOWN], "listId": None}, {"leadIds": JANE}, {"listId": [LIST]}]
    for body in bodies:
        assert error(ask(busy, "POST", CHECK_LEADS, body)) == nobody, body
    assert error(busy.http.post(CHECK_LEADS, headers=busy.headers, content=b"")) == nobody
    assert contents(busy) == before


@pytest.mark.clause("V19", "V17")
@pytest.mark.parametrize(("count", "mode"), [(100, "synchronous"), (101, "background")])
def test_large_batches(world: World, count: int, mode: str) -> None:
    """Over 100 leads are a job of which only its id is told; what was found is there when the answer is."""
    world.control("POST", "/lines", [LINE, {"phone": "+16462230921"}])
    leads = world.create(*({"email": f"l{n}@example.com"} for n in range(count)))["leadIds"]
    without(world, "l7@example.com")
    found = check_leads(world, leadIds=leads)
    assert (found["processingMode"], found["checked"]) == (mode, count)
    if mode == "background":
        assert list(found) == ["success", "message", "jobId", "checked", "processingMode"]
        assert found["message"] == "Availability check started for 101 leads"
        assert world.control("GET", "/queue")["jobs"] == []
    kept = [each["availabilityStatus"] for each in world.state()["leads"]]
    assert kept == ["unavailable" if n == 7 else "available" for n in range(count)]
    assert check_leads(world, leadIds=leads[:1])["processingMode"] == "synchronous"


@pytest.mark.clause("V19")
def test_every_job_has_an_id_of_its_own(world: World) -> None:
    """Two jobs of one moment are told apart."""
    world.control("POST", "/lines", [{"phone": f"+1646223090{n}"} for n in range(4)])
    world.control("POST", "/leads", [{"email": f"l{n}@example.com"} for n in range(101)])
    leads = [each["id"] for each in world.state()["leads"]]
    one, two = (check_leads(world, leadIds=leads)["jobId"] for _ in range(2))
    assert one != two


@pytest.mark.clause("V20")
def test_read_only_workspaces_look_up(busy: World) -> None:
    """They are not refused, and keep what was found."""
    busy.patch(readOnly=True)
    assert is_available(busy, SOMEBODY) == [True]
    assert check_lead(busy, JANE)["status"] == status_of(busy, JANE) == "available"
    assert check_leads(busy, leadIds=[OMAR])["successful"] == 1
    assert status_of(busy, OMAR) == "available"


# beside it


@pytest.mark.clause("V15", "V17")
def test_what_was_found_is_part_of_the_state(busy: World) -> None:
    """It is exported and loaded again, seen in a listing, and put back with a snapshot; so are the counts."""
    busy.control("POST", "/snapshots", {"name": "before"})
    check_leads(busy, leadIds=[JANE, OMAR])
    state = busy.state()
    assert {each["_id"]: each["availabilityStatus"] for each in busy.leads()["leads"]} == dict.fromkeys(
        (JANE, OMAR), "available"
    )
    busy.control("PUT", "/state", state)
    assert busy.state() == state
    assert checks(busy) == [2]
    busy.control("POST", "/snapshots/before/restore")
    assert (status_of(busy, JANE), checks(busy)) == (None, [0])


@pytest.mark.clause("V11", "V12", "V13", "V14", "V17")
def test_the_journal_tells_what_was_done(busy: World) -> None:
    """The lead that a call is about, and what it did."""
    ask(busy, "GET", f"{CHECK}?address={JANE_EMAIL}")
    ask(busy, "POST", CHECK, {"addresses": ["nobody", SOMEBODY, OMAR_PHONE]})
    ask(busy, "POST", CHECK_ANY, {"emails": [JANE_EMAIL]})
    ask(busy, "GET", f"{CHECK_LEADS}?id={JANE}")
    ask(busy, "POST", CHECK_LEADS, {"leadIds": [OMAR, JANE]})
    ask(busy, "POST", CHECK_LEADS, {"address": "nobody"})
    checked = {"kind": "availability.checked"}
    assert [(each["lead"], each["effects"]) for each in busy.requests()] == [
        (JANE, [{**checked, "count": 1}]),
        (OMAR, [{**checked, "count": 2}]),
        (JANE, [{**checked, "count": 1}]),
        (JANE, [{"kind": "leads.checked", "ids": [JANE]}, {**checked, "count": 1}]),
        (OMAR, [{"kind": "leads.checked", "ids": [OMAR, JANE]}, {**checked, "count": 2}]),
        (None, []),
    ]


@pytest.mark.clause("V11", "V12", "V13", "V14", "V16", "V17")
def test_a_fault_for_a_lead_meets_calls_about_it(busy: World) -> None:
    """However they name it; others, and calls that can't be used, are answered as ever."""
    busy.fault({"status": 418}, match={"lead": JANE, "group": "availability"})
    about: list[tuple[str, str, Any]] = [
        ("GET", f"{CHECK}?address={JANE_EMAIL}", None),
        ("POST", CHECK, {"address": JANE_PHONE}),
        ("POST", CHECK_ANY, {"phones": [JANE_PHONE]}),
        ("GET", f"{CHECK_LEADS}?id={JANE}", None),
        ("POST", CHECK_LEADS, {"address": JANE_PHONE}),
        ("POST", CHECK_LEADS, {"leadIds": ["x", JANE]}),
    ]
    assert [ask(busy, *call).status_code for call in about] == [418] * len(about)
    others: list[tuple[str, str, Any]] = [
        ("GET", f"{CHECK}?address={OMAR_PHONE}", None),
        ("POST", CHECK, {"address": "nobody"}),
        ("GET", CHECK, None),
        ("POST", CHECK, {}),
        ("POST", CHECK_ANY, {}),
        ("GET", CHECK_LEADS, None),
        ("POST", CHECK_LEADS, {}),
    ]
    assert [ask(busy, *call).status_code for call in others] == [200, 200, 400, 400, 400, 400, 404]
