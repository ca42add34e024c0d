"""Clauses R3 to R11 and R26: which leads a listing means."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest

from tests.clauses.busy import BUSY, CAMPAIGN, JANE, JANE_EMAIL, JANE_PHONE, LINE, OMAR, UNKNOWN
from tests.clauses.checks import FROM_AFTER_TO, NO_CAMPAIGN, NO_LEAD, NOBODY, contents, invalid, page_of, who
from tests.clauses.raw import exchange, request
from tests.support import REPLIES, Json, World, error

if TYPE_CHECKING:
    from collections.abc import Callable

    from tuco_mock.server import BackgroundServer

NO_IDS = {
    "23 digits": JANE[:-1],
    "25 digits": f"{JANE}0",
    "no hexadecimal digit": f"{JANE[:-1]}g",
    "prefixed": f"0x{JANE[2:]}",
    "a word": "jane",
    "a number": "1",
    "blank": " ",
    "blank before": f" {JANE}",
    "blank after": f"{JANE} ",
    "line end after": f"{JANE}\n",
    "Arabic digits": "\u0663" * 24,
    "a list": f'["{JANE}"]',
    "an operator": '{"$gt": ""}',
    "a null byte": f"{JANE}\x00",
    "null": "null",
}


@pytest.mark.clause("R3", "R4", "R7", "A10")
@pytest.mark.parametrize("value", NO_IDS.values(), ids=NO_IDS.keys())
def test_refuses_what_is_no_id(busy: World, value: str) -> None:
    """An id that is not exactly 24 hexadecimal digits is answered 400 with its name, and nothing changes."""
    before = contents(busy)
    for name in ("leadId", "campaignId", "lineId"):
        assert error(busy.get_replies(**{name: value})) == invalid(name)
    assert contents(busy) == before


@pytest.mark.clause("R3")
def test_lead_id_asks_for_that_lead_only(busy: World) -> None:
    """With a `leadId` there is one item at most, that lead's."""
    whole = {item["leadId"]: item for item in busy.replies()["replies"]}
    assert set(whole) == {JANE, OMAR}
    assert busy.replies(leadId=JANE) == page_of(whole[JANE])
    assert busy.replies(leadId=OMAR) == page_of(whole[OMAR])


@pytest.mark.clause("R3")
def test_unknown_lead_is_not_found(busy: World) -> None:
    """A well-formed `leadId` that no lead has is answered 404, also when messages or replies carry it."""
    busy.message(UNKNOWN, recipientPhone="+14155550100")
    assert error(busy.get_replies(leadId=UNKNOWN)) == NO_LEAD
    assert error(busy.get_replies(leadId=CAMPAIGN)) == NO_LEAD


@pytest.mark.clause("R3")
def test_lead_that_never_replied_gives_an_empty_page(busy: World) -> None:
    """A lead who has no reply is 200 with an empty page."""
    silent = busy.lead(phone="+14155550100")
    busy.message(silent, status="delivered")
    assert busy.replies(leadId=silent) == NOBODY


@pytest.mark.clause("R4")
def test_campaign_id_asks_for_its_leads_who_replied(busy: World) -> None:
    """With a `campaignId` only leads in that campaign are listed, and of them only those who replied."""
    silent = busy.lead(phone="+14155550100")
    (omars, empty, silents) = (
        busy.add("campaigns", name=name, leads=leads)["id"]
        for name, leads in (("Both", [OMAR, JANE, silent]), ("None", []), ("Silent", [silent]))
    )
    assert who(busy, campaignId=CAMPAIGN) == [JANE]
    assert who(busy, campaignId=omars) == [OMAR, JANE]
    assert busy.replies(campaignId=empty) == NOBODY
    assert busy.replies(campaignId=silents) == NOBODY


@pytest.mark.clause("R4")
def test_reply_without_enrolment_is_not_of_the_campaign(busy: World) -> None:
    """A lead is in a campaign by being enrolled, not by a reply or message that names the campaign."""
    busy.reply(OMAR, message="Yes", campaignId=CAMPAIGN, receivedAt="2026-03-12T12:00:00Z")
    busy.message(OMAR, status="sent", campaignId=CAMPAIGN)
    assert who(busy, campaignId=CAMPAIGN) == [JANE]


@pytest.mark.clause("R4")
def test_unknown_campaign_is_not_found(busy: World) -> None:
    """A well-formed `campaignId` that no campaign has is answered 404."""
    assert error(busy.get_replies(campaignId=UNKNOWN)) == NO_CAMPAIGN
    assert error(busy.get_replies(campaignId=LINE)) == NO_CAMPAIGN


@pytest.mark.clause("R5")
@pytest.mark.parametrize(
    ("query", "leads"),
    [
        ({"recipientPhone": JANE_PHONE}, [JANE]),
        ({"recipientPhone": "(442) 264-0101"}, [JANE]),
        ({"recipientPhone": "4422640202"}, [OMAR]),
        ({"recipientEmail": JANE_EMAIL.upper()}, [JANE]),
        ({"recipientEmail": "nobody@example.com"}, []),
        ({"recipientPhone": "+14422640999"}, []),
        ({"recipientPhone": JANE_PHONE, "recipientEmail": JANE_EMAIL}, [JANE]),
        ({"recipientPhone": JANE_PHONE, "recipientEmail": "omar@example.com"}, []),
    ],
    ids=str,
)
def test_address_filters_by_the_sender(busy: World, query: dict[str, str], leads: list[str]) -> None:
    """A phone in any form or an email passes the leads whose replies came from it."""
    assert who(busy, **query) == leads


OWN_FIELDS = ["phone", "altPhone1", "altPhone2", "altPhone3", "email", "altEmail1", "altEmail2", "altEmail3"]


@pytest.mark.clause("R6")
@pytest.mark.parametrize("field", OWN_FIELDS)
def test_filter_passes_replies_of_whoever_has_the_address(world: World, field: str) -> None:
    """A reply passes when the address is one of the lead's own, though it came from another one."""
    is_phone = "hone" in field
    address = "+14155550100" if is_phone else "lee@example.com"
    lead = world.lead(**{"phone": "+14155550999", "email": "main@example.com", field: address})
    stop = world.reply(lead, recipientPhone="+14155550777", message="Stop")
    query = {"recipientPhone" if is_phone else "recipientEmail": address}
    (item,) = world.replies(**query)["replies"]
    assert (item["leadId"], item["messageId"]) == (lead, stop)


@pytest.mark.clause("R6")
@pytest.mark.parametrize(
    "sender",
    [{"recipientPhone": "+14155550777"}, {"recipientEmail": "elsewhere@example.com"}],
    ids=["phone", "email"],
)
def test_filter_passes_replies_that_came_from_the_address(world: World, sender: dict[str, str]) -> None:
    """A reply passes when it came from the address, though none of the lead's own is that; others don't."""
    lead = world.lead(phone="+14155550100", email="lee@example.com")
    first = world.reply(lead, **sender, message="Stop", receivedAt="-2h")
    last = world.reply(lead, message="Really", receivedAt="-1h")
    (item,) = world.replies(**sender)["replies"]
    assert (item["leadId"], item["messageId"]) == (lead, first)
    assert [each["messageId"] for each in item["recentReplies"]] == [last, first]
    assert world.replies()["replies"][0]["messageId"] == last


@pytest.mark.clause("R7", "R8")
def test_line_id_asks_for_replies_received_on_that_line(busy: World) -> None:
    """Only leads with a reply on that line are listed, with their last one there; an idle line has none."""
    idle = busy.add("lines", phone="+16462230921")["id"]
    busy.reply(JANE, message="On no line", receivedAt="2026-03-12T23:00:00Z")
    page = busy.replies(lineId=LINE)
    assert [(item["leadId"], item["message"]) for item in page["replies"]] == [(JANE, "Stop")]
    assert page["replies"][0]["recentReplies"][0]["message"] == "On no line"
    assert busy.replies(lineId=idle) == NOBODY


@pytest.mark.clause("R8")
@pytest.mark.parametrize("line", [UNKNOWN, "0" * 24, "f" * 24, CAMPAIGN])
def test_line_that_nobody_has_gives_an_empty_page(busy: World, line: str) -> None:
    """A well-formed `lineId` that no line has is 200 with an empty page, also beside other filters."""
    assert busy.replies(lineId=line) == NOBODY
    assert busy.replies(lineId=line, leadId=JANE) == NOBODY
    assert busy.replies(lineId=line, campaignId=CAMPAIGN, limit=7) == page_of(limit=7)


@pytest.mark.clause("R26", "R5")
@pytest.mark.parametrize("name", ["recipientPhone", "recipientEmail"])
@pytest.mark.parametrize("value", [" ", "   ", "\t", "\u3000", "nobody", "+", "%"], ids=ascii)
def test_filter_that_is_no_address_matches_nothing(busy: World, name: str, value: str) -> None:
    """A filter that is given but means no address leaves the page empty; it is not ignored."""
    assert busy.replies(**{name: value}) == NOBODY
    assert busy.replies(**{name: value}, leadId=JANE) == NOBODY


FILTERS: dict[str, Any] = {
    "leadId": JANE,
    "campaignId": CAMPAIGN,
    "lineId": LINE,
    "recipientPhone": "+14422640111",
    "recipientEmail": JANE_EMAIL,
    "dateFrom": "2026-03-12T08:30:00Z",
    "dateTo": "2026-03-12T10:30:00Z",
}
SUBSETS = [subset for size in range(len(FILTERS) + 1) for subset in itertools.combinations(FILTERS, size)]


def replies_of_many() -> list[Json]:
    """Replies of four leads that differ in what can be filtered by; several of a lead and of others share a moment."""
    senders: list[Json] = [
        {},
        {"recipientPhone": "+14422640111"},
        {"recipientEmail": JANE_EMAIL},
        {"recipientPhone": "+14422640111", "recipientEmail": JANE_EMAIL},
        {"recipientPhone": "+14155550999"},
    ]
    leads = [JANE, OMAR, UNKNOWN, "69b2c41d352a78479d2c0004"]
    return [
        {
            "id": f"69b340dd6dae1d94{n:08x}",
            "leadId": leads[n % 4],
            "message": f"reply {n}",
            "receivedAt": f"2026-03-12T{8 + n * 7 % 4:02}:{n % 7:02}:00.000Z",
            **({"lineId": LINE} if n % 3 else {}),
            **senders[n % 5],
        }
        for n in range(60)
    ]


def expected(replies: list[Json], names: tuple[str, ...]) -> list[tuple[str, str]]:
    """Who must be listed with which reply when these filters are given: the clauses, spelt out plainly."""
    conditions: dict[str, Callable[[Json], bool]] = {
        "leadId": lambda reply: reply["leadId"] == JANE,
        "campaignId": lambda reply: reply["leadId"] in {JANE, UNKNOWN},
        "lineId": lambda reply: reply.get("lineId") == LINE,
        "recipientPhone": lambda reply: reply["leadId"] == JANE or reply.get("recipientPhone") == "+14422640111",
        "recipientEmail": lambda reply: reply["leadId"] == JANE or reply.get("recipientEmail") == JANE_EMAIL,
        "dateFrom": lambda reply: reply["receivedAt"] >= "2026-03-12T08:30:00.000Z",
        "dateTo": lambda reply: reply["receivedAt"] <= "2026-03-12T10:30:00.000Z",
    }
    passing = [reply for reply in replies if all(conditions[name](reply) for name in names)]
    latest: dict[str, str] = {}
    for reply in sorted(passing, key=lambda reply: (reply["receivedAt"], reply["id"]), reverse=True):
        latest.setdefault(reply["leadId"], reply["id"])
    return list(latest.items())


@pytest.mark.clause("R11", "R2", "R1")
def test_all_filters_must_pass(make_world: Any) -> None:
    """Every combination of filters lists the leads with a reply that passes all, each with its last such reply."""
    leads = [
        *BUSY["leads"],
        {"id": UNKNOWN, "phone": "+14155550001"},
        {"id": "69b2c41d352a78479d2c0004", "email": "four@example.com"},
    ]
    campaigns = [{"id": CAMPAIGN, "name": "Spring", "leads": [UNKNOWN, JANE]}]
    replies = replies_of_many()
    state = {"lines": BUSY["lines"], "leads": leads, "campaigns": campaigns, "replies": replies}
    world: World = make_world(state=state, rateLimits={"replies": None})
    sizes = set()
    for names in SUBSETS:
        page = world.replies(**{name: FILTERS[name] for name in names})
        found = [(item["leadId"], item["messageId"]) for item in page["replies"]]
        assert (names, found) == (names, expected(replies, names))
        assert page["total"] == len(found)
        sizes.add(len(found))
    assert sizes >= {1, 2, 4}


@pytest.mark.clause("R11")
def test_context_is_always_the_whole_conversation(busy: World) -> None:
    """What passes the filters decides the item's reply, but not its recent replies and parent messages."""
    (whole,) = busy.replies(leadId=JANE)["replies"]
    (item,) = busy.replies(leadId=JANE, dateTo="2026-03-12T09:30:00Z")["replies"]
    assert (item["message"], item["respondedAtUtc"]) == ("Who is this?", "2026-03-12T09:00:00.000Z")
    changed = {"messageId", "message", "respondedAtUtc"}
    assert {name: value for name, value in item.items() if name not in changed} == {
        name: value for name, value in whole.items() if name not in changed
    }


@pytest.mark.clause("R10")
@pytest.mark.parametrize("name", ["leadId", "campaignId", "lineId", "recipientPhone", "recipientEmail"])
def test_empty_filter_counts_as_absent(busy: World, server: BackgroundServer, name: str) -> None:
    """A filter whose value is empty, with or without `=`, is as if it were not there."""
    everyone = busy.replies()
    assert busy.replies(f"{name}=") == everyone
    asked = request(f"GET {REPLIES}?{name}&limit=", f"Authorization: Bearer {busy.key}")
    assert exchange(server.url, asked).refusal == (200, everyone)


@pytest.mark.clause("R9")
def test_bounds_are_checked_before_anything_is_looked_up(busy: World) -> None:
    """Bounds in the wrong order are refused also when a lead is asked for that nobody has."""
    query = {"dateFrom": "2026-03-13", "dateTo": "2026-03-12", "leadId": UNKNOWN}
    assert error(busy.get_replies(**query)) == FROM_AFTER_TO
