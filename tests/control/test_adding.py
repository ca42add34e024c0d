"""Put leads, messages, replies, lines, campaigns and webhooks there directly: one, or many; all of them or none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.control.described import paths, refused

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from tests.support import World

LEAD = "69b2c41d352a78479d2c623b"
LINE = "69ab427ac1feb77d7f46462e"
NOW = "2026-03-13T00:00:00.000Z"
HOOK = {"url": "http://127.0.0.1:9000/hook", "events": ["message.reply"], "name": "hook", "secret": "s3cret"}
ONE: dict[str, dict[str, Any]] = {
    "lines": {"phone": "+16462230920"},
    "lists": {"name": "Quick Sends", "description": "Quick send messages"},
    "leads": {"firstName": "Jane", "phone": "+14155550100", "customFields": {"a": [1, None]}},
    "campaigns": {"name": "Spring", "steps": [{"message": "Hi"}], "leads": [LEAD]},
    "messages": {"leadId": LEAD, "message": "Hi", "status": "queued"},
    "replies": {"leadId": LEAD, "message": "Stop"},
    "webhooks": HOOK,
}


@pytest.fixture
def peopled(make_world: Callable[..., World]) -> World:
    """A workspace with one lead and one line."""
    return make_world(
        clock=NOW,
        leads=[{"id": LEAD, "phone": "+919042956129", "altPhone1": "+14422646782", "email": "goforbg@icloud.com"}],
        lines=[{"id": LINE, "phone": "+16462230000"}],
    )


def post(world: World, kind: str, body: Any) -> httpx.Response:
    """Add, whatever comes of it."""
    return world.http.post(f"/_tuco/workspaces/{world.id}/{kind}", json=body)


@pytest.mark.parametrize("kind", ONE)
def test_one_is_answered_with_one(peopled: World, kind: str) -> None:
    before = len(peopled.state()[kind])
    shown = peopled.add(kind, **ONE[kind])
    assert len(shown["id"]) == 24
    assert ONE[kind].items() <= shown.items()
    stored = peopled.state()[kind]
    assert (len(stored), stored[-1]) == (before + 1, shown)


@pytest.mark.parametrize("kind", ONE)
def test_many_are_answered_with_many_in_order(peopled: World, kind: str) -> None:
    many = [dict(ONE[kind]) for _ in range(3)]
    for number, each in enumerate(many):
        if kind == "leads":
            each["phone"] = f"+1415555010{number}"
        else:
            each["name" if kind in {"campaigns", "lists", "webhooks"} else "message"] = f"number {number}"
        if kind == "lines":
            each.pop("message")
    shown = post(peopled, kind, many)
    assert shown.status_code == 201
    assert len({each["id"] for each in shown.json()}) == 3
    for given, each in zip(many, shown.json(), strict=True):
        assert given.items() <= each.items()
    assert peopled.state()[kind][-3:] == shown.json()


@pytest.mark.parametrize("kind", ONE)
def test_a_list_of_none_adds_none(peopled: World, kind: str) -> None:
    before = peopled.state()
    answer = post(peopled, kind, [])
    assert (answer.status_code, answer.json()) == (201, [])
    assert peopled.state() == before


@pytest.mark.parametrize("kind", ONE)
def test_all_of_them_or_none(peopled: World, kind: str) -> None:
    before = peopled.state()
    good = {**ONE[kind], "phone": "+14155550177"} if kind in {"leads", "lines"} else ONE[kind]
    assert paths(post(peopled, kind, [good, {**ONE[kind], "nonsense": 1}, {"id": 5}]))[0] == "[1].nonsense"
    assert peopled.state() == before
    assert peopled.jobs() == {}


@pytest.mark.parametrize("kind", ONE)
@pytest.mark.parametrize("body", [None, "text", 7, [None], [[]], {"id": "short"}, {}], ids=str)
def test_what_is_no_thing_is_refused(peopled: World, kind: str, body: Any) -> None:
    before = peopled.state()
    refused(post(peopled, kind, body), 422)
    assert peopled.state() == before


@pytest.mark.parametrize(
    ("kind", "thing", "where"),
    [
        ("leads", {"phone": 4155550100}, "phone"),
        ("leads", {"firstName": "Nobody"}, ""),
        ("leads", {"id": LEAD.upper(), "phone": "+14155550100"}, "id"),
        ("leads", {"altPhone3": "(442) 264-6782"}, "altPhone3"),
        ("leads", {"altEmail1": " GOFORBG@icloud.com"}, "altEmail1"),
        ("leads", {"phone": "+14155550100", "createdAt": "-9999999d"}, "createdAt"),
        ("leads", {"phone": "+14155550100", "listId": "f" * 24}, "listId"),
        ("lists", {"description": "without a name"}, ""),
        ("lines", {"id": LINE, "phone": "+16462230001"}, "id"),
        ("lines", {}, ""),
        ("campaigns", {"name": "x", "leads": ["f" * 24]}, "leads[0]"),
        ("campaigns", {"name": "x", "leads": [LEAD, LEAD]}, "leads[1]"),
        ("campaigns", {"name": "x", "steps": [{"message": "Hi", "delay": "soon"}]}, "steps[0].delay"),
        ("messages", {"leadId": LEAD, "status": "queud"}, "status"),
        ("messages", {"leadId": LEAD, "status": "sent", "job": "waiting"}, ""),
        ("messages", {"leadId": LEAD, "fromLineId": "f" * 24}, "fromLineId"),
        ("messages", {"leadId": LEAD, "campaignId": "f" * 24}, "campaignId"),
        ("messages", {"leadId": None}, ""),
        ("replies", {"leadId": "f" * 24, "message": "x"}, "leadId"),
        ("replies", {"leadId": LEAD, "message": "x", "lineId": "f" * 24}, "lineId"),
        ("replies", {"message": "from nobody"}, ""),
        ("webhooks", {**HOOK, "url": "ftp://example.com"}, "url"),
        ("webhooks", {**HOOK, "events": []}, "events"),
        ("webhooks", {**HOOK, "events": ["message.gone"]}, "events[0]"),
    ],
    ids=str,
)
def test_the_path_of_a_mistake_starts_at_what_was_sent(
    peopled: World, kind: str, thing: dict[str, Any], where: str
) -> None:
    before = peopled.state()
    assert paths(post(peopled, kind, thing)) == [where]
    inside_a_list = f"[1].{where}".removesuffix(".")
    good = {**ONE[kind], "phone": "+14155550177"} if kind in {"leads", "lines"} else ONE[kind]
    assert paths(post(peopled, kind, [good, thing])) == [inside_a_list]
    assert peopled.state() == before


def test_two_of_one_list_must_not_share_what_is_unique(peopled: World) -> None:
    same = [{"phone": "+14155550100"}, {"altPhone1": "415-555-0100"}]
    assert paths(post(peopled, "leads", same)) == ["[1].altPhone1"]
    twins = [{"id": "a" * 24, "phone": "+14155550101"}, {"id": "A" * 24, "phone": "+14155550102"}]
    assert paths(post(peopled, "leads", twins)) == ["[1].id"]


def test_an_id_of_another_workspace_is_free_here(peopled: World, world: World) -> None:
    assert world.lead(id=LEAD, phone="+919042956129") == LEAD
    world.message(LEAD)
    assert peopled.cancel(leadId=LEAD)["cancelledCount"] == 0


def test_a_lead_is_found_at_once(peopled: World) -> None:
    lead = peopled.lead(email="Jane@Example.com", altPhone2="(415) 555-0100")
    assert peopled.cancel(recipientPhone="+14155550100")["leadId"] == lead
    assert peopled.cancel(recipientEmail=" JANE@example.com ")["leadId"] == lead


def test_a_message_goes_to_whoever_owns_its_address(peopled: World) -> None:
    assert peopled.add("messages", recipientPhone="442-264-6782")["leadId"] == LEAD
    assert peopled.add("messages", recipientEmail="GoForBG@iCloud.com")["leadId"] == LEAD
    assert peopled.add("messages", recipientPhone="+15005550006")["leadId"] is None
    assert peopled.add("messages", recipientPhone="+14422646782", leadId=None)["leadId"] is None
    assert peopled.cancel(leadId=LEAD)["cancelledCount"] == 2


def test_a_message_to_a_lead_that_is_nowhere_may_be_there(peopled: World) -> None:
    message = peopled.message("F" * 24)
    assert peopled.cancel(leadId="f" * 24)["messageIds"] == [message]


@pytest.mark.parametrize(
    ("status", "job", "wanted"),
    [
        ("queued", None, "waiting"),
        ("pending", None, "waiting"),
        ("scheduled", None, "delayed"),
        ("queued", "active", "active"),
        ("scheduled", "waiting", "waiting"),
        ("pending", "none", None),
        ("sending", "active", "active"),
        ("sent", None, None),
        ("cancelled", None, None),
    ],
)
def test_a_message_says_its_status_and_its_job(
    peopled: World, status: str, job: str | None, wanted: str | None
) -> None:
    given = {"status": status} if job is None else {"status": status, "job": job}
    message = peopled.message(LEAD, **given)
    assert peopled.statuses() == {message: status}
    assert peopled.jobs() == ({message: wanted} if wanted else {})


def test_times_are_absolute_or_count_from_the_clock(peopled: World) -> None:
    peopled.clock(advance="1h")
    message = peopled.add("messages", leadId=LEAD, status="sent", sentAt="-30m")
    assert message["sentAt"] == message["createdAt"] == "2026-03-13T00:30:00.000Z"
    assert peopled.add("replies", leadId=LEAD, message="x")["receivedAt"] == "2026-03-13T01:00:00.000Z"
    assert (
        peopled.add("replies", leadId=LEAD, message="y", receivedAt="2026-03-12T23:40:29.1749+01:00")["receivedAt"]
        == "2026-03-12T22:40:29.174Z"
    )


def test_a_reply_shows_up_in_the_simulated_api(peopled: World) -> None:
    reply = peopled.reply(LEAD, message="Stop", lineId=LINE)
    [item] = peopled.replies(lineId=LINE)["replies"]
    assert (item["leadId"], item["messageId"], item["message"]) == (LEAD, reply, "Stop")
    later = peopled.reply(recipientPhone="(442) 264-6782", message="Please", receivedAt="+1s")
    assert peopled.replies()["replies"][0]["messageId"] == later


def test_a_campaign_enrols_its_leads(peopled: World) -> None:
    campaign = str(peopled.add("campaigns", name="Spring", leads=[LEAD])["id"])
    assert peopled.replies(campaignId=campaign)["total"] == 0
    peopled.reply(LEAD, message="Hi")
    assert peopled.replies(campaignId=campaign)["total"] == 1
    late = str(peopled.add("campaigns", name="Later", leads=[LEAD])["id"])  # who replied before counts, too
    assert peopled.replies(campaignId=late)["total"] == 1


def test_thousands_at_once(peopled: World) -> None:
    answer = post(peopled, "messages", [{"leadId": LEAD, "message": str(number)} for number in range(1_200)])
    assert [each["message"] for each in answer.json()] == [str(number) for number in range(1_200)]
    cancelled = peopled.cancel(leadId=LEAD)
    assert (cancelled["cancelledCount"], cancelled["jobsRemovedFromQueue"]) == (1_200, 1_200)
    assert cancelled["messageIds"] == [each["id"] for each in answer.json()]
