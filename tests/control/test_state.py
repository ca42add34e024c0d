"""The whole state: out then in is the identity, mistakes change nothing."""

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
CAMPAIGN = "69ab444ac1feb77d7f46462f"
FULL: dict[str, Any] = {
    "name": "Everything there is",
    "seed": "seed",
    "readOnly": True,
    "defaultCountryCode": "+44",
    "rateLimits": {"replies": 7},
    "clock": "2026-03-13T00:00:00Z",
    "lines": [{"id": LINE, "phone": "+16462230920", "isActive": False}, {"email": "line@example.com"}],
    "lists": [{"name": "Before", "createdAt": "-3h"}, {"id": LINE, "name": "Quick Sends", "description": "ours"}],
    "leads": [
        {
            "id": LEAD,
            "firstName": "BG",
            "phone": "+919042956129",
            "altPhone1": "+14422646782",
            "email": " GoForBG@icloud.com ",
            "customFields": {"deep": [{"a": None, "b": [1, 2.5, True]}], "": "empty name"},
            "integrationIds": {"hubspotRecordId": "7"},
            "listId": LINE.upper(),
            "createdAt": "-2h",
        },
        {"altEmail3": "only@example.com"},
    ],
    "campaigns": [
        {"id": CAMPAIGN, "name": "Spring", "leads": [LEAD], "steps": [{"message": "Hi", "delay": "PT5M"}]},
        {"name": "Empty"},
    ],
    "messages": [
        {"leadId": LEAD, "message": "one", "status": "queued"},
        {"leadId": LEAD, "message": "two", "status": "pending", "job": "active", "fromLineId": LINE},
        {"leadId": LEAD, "status": "scheduled", "scheduledDate": "+1d", "campaignId": CAMPAIGN, "stepIndex": 0},
        {"leadId": LEAD, "status": "scheduled", "job": "waiting", "batchId": "b"},
        {"leadId": LEAD, "status": "queued", "job": "none", "messageType": "sms"},
        {"leadId": LEAD, "status": "sent", "sentAt": "-1h"},
        {"leadId": "f" * 24, "status": "failed"},
        {"leadId": None, "recipientPhone": "+14422646782"},
        {"recipientPhone": "020 7946 0958", "recipientName": "Nobody", "messageType": "email"},
        {"recipientEmail": "Stranger@example.com", "status": "cancelled", "job": "active"},
    ],
    "replies": [
        {"leadId": LEAD, "message": "Stop", "receivedAt": "2026-03-12T22:40:29.174Z", "lineId": LINE},
        {"recipientPhone": "+14422646782", "message": "\U0001f44d\u0000\u2028 done", "campaignId": CAMPAIGN},
        {"leadId": None, "recipientEmail": "goforbg@icloud.com", "message": ""},
        {"recipientPhone": "+15005550006", "message": "who is this"},
    ],
    "webhooks": [
        {"url": "http://127.0.0.1:9000/hook", "events": ["message.reply"], "name": "hook", "secret": "s3cret"},
        {"url": "https://example.com/", "events": ["message.sent", "message.failed"], "name": "x", "isActive": False},
    ],
    "pastReplies": [
        {
            "id": LINE.upper(),
            "leadId": CAMPAIGN.upper(),
            "recipientPhone": "+14155550177",
            "addresses": ["jane@EXAMPLE.com", "+1 415 555 0177"],
            "message": "Stop",
            "receivedAt": "-1d",
            "lineId": LINE,
        }
    ],
}


@pytest.fixture
def full(make_world: Callable[..., World]) -> World:
    """A workspace with something of everything."""
    return make_world(**FULL)


def reload(world: World) -> None:
    """State out, state in."""
    world.control("PUT", "/state", world.state())


def test_out_then_in_is_the_identity(full: World) -> None:
    page = full.replies()
    before, jobs = full.state(), full.jobs()
    reload(full)
    assert full.state() == before
    assert full.jobs() == jobs
    assert full.replies() == page


def test_also_after_all_kinds_of_changes(full: World) -> None:
    message = full.message(LEAD, status="queued")
    full.control("POST", f"/queue/{message}/start", status=200)
    full.cancel(leadId=LEAD)
    full.clock(advance="1h30m")
    full.get_replies()
    full.reply(LEAD, message="Hello?")
    full.patch(active=False, apiKeys=[full.key, "tuco_sk_more"])
    full.control("POST", "/deliveries/wait", status=200)  # what a webhook was told is counted in the state
    before, jobs = full.state(), full.jobs()
    reload(full)
    assert full.state() == before
    assert full.jobs() == jobs


def test_the_same_state_in_another_workspace_behaves_the_same(full: World, make_world: Callable[..., World]) -> None:
    other = make_world(state=full.state())
    assert other.replies() == full.replies()
    assert other.jobs() == full.jobs()
    assert other.cancel(leadId=LEAD) == full.cancel(leadId=LEAD)
    assert other.lead(phone="+14155550100")  # and goes on from there


def test_a_state_has_the_words_of_the_fixture_format(full: World) -> None:
    state = full.state()
    assert list(state)[:2] == ["id", "name"]
    for kind in ("lines", "lists", "leads", "campaigns", "messages", "replies", "webhooks"):
        assert len(state[kind]) == len(FULL[kind])
        for given, shown in zip(FULL[kind], state[kind], strict=True):
            kept = {name: value for name, value in given.items() if name in {"message", "status", "name", "leadId"}}
            assert kept.items() <= shown.items()
    jobs = [message.get("job") for message in state["messages"]]
    assert jobs == [None, "active", None, "waiting", "none", None, None, None, None, "active"]
    assert state["messages"][2]["scheduledDate"] == "2026-03-14T00:00:00.000Z"
    assert state["leads"][0]["createdAt"] == "2026-03-12T22:00:00.000Z"


@pytest.mark.parametrize("name", ["default", "agency"])
def test_the_shipped_fixtures_go_out_and_in(own: Callable[..., httpx.Client], name: str) -> None:
    http = own(fixture=name)
    for workspace in http.get("/_tuco/workspaces").json()["workspaces"]:
        path = f"/_tuco/workspaces/{workspace['id']}/state"
        state = http.get(path).json()
        assert http.put(path, json=state).status_code == 200
        assert http.get(path).json() == state


def test_a_frozen_clock_comes_back_exactly(world: World) -> None:
    for moment in ("2026-03-12T22:40:29.174Z", "0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"):
        world.clock(set=moment)
        reload(world)
        assert world.control("GET", "/clock") == {"now": moment, "mode": "frozen"}


@pytest.mark.parametrize("ahead", ["0s", "+1h", "-90s", "+1234ms", "-36500d"])
def test_a_running_clock_comes_back_exactly(make_world: Callable[..., World], ahead: str) -> None:
    world = make_world(clock={"live": ahead})
    before = world.state()["clock"]
    reload(world)
    assert world.state()["clock"] == before
    assert world.control("GET", "/clock")["mode"] == "live"


def test_a_running_clock_that_was_moved_keeps_its_distance(make_world: Callable[..., World]) -> None:
    world = make_world()
    world.clock(advance="2d")
    before = world.state()["clock"]
    assert before == {"live": f"{2 * 86_400_000}ms"} or abs(int(before["live"][:-2]) - 2 * 86_400_000) < 1_000
    reload(world)
    assert world.state()["clock"] == before


def test_buckets_come_back_to_the_last_unit(make_world: Callable[..., World]) -> None:
    world = make_world(clock="2026-03-13T00:00:00Z", rateLimits={"replies": 7})
    for _ in range(7):
        world.replies()
    world.clock(advance="1234ms")
    assert world.get_replies().status_code == 429
    before = world.state()["rateLimitBuckets"]
    wait = world.get_replies().headers["retry-after"]
    reload(world)
    assert world.state()["rateLimitBuckets"] == before
    assert world.get_replies().headers["retry-after"] == wait
    world.clock(advance=f"{wait}s")
    assert world.get_replies().status_code == 200


def test_a_bucket_can_be_said(world: World) -> None:
    level = {"replies": {"tokens": 1.5, "at": "2026-03-13T00:00:00.000Z"}}
    world.control("PUT", "/state", {"clock": "2026-03-13T00:00:00Z", "rateLimitBuckets": level})
    assert world.state()["rateLimitBuckets"] == level
    assert [world.get_replies().status_code for _ in range(2)] == [200, 429]


def test_the_running_number_goes_on_where_it_was(world: World) -> None:
    ids = [world.lead(phone=f"+1415555010{number}") for number in range(3)]
    sequence = world.state()["sequence"]
    reload(world)
    assert world.state()["sequence"] == sequence
    world.control("PUT", "/state", {**world.state(), "leads": []})
    assert world.lead(phone="+14155550100") not in ids  # an id that once was is never given to another


def test_settings_that_are_not_named_stay(full: World) -> None:
    before = full.state()
    full.control("PUT", "/state", {"leads": [{"phone": "+14155550100"}]})
    after = full.state()
    for name in ("id", "name", "apiKeys", "seed", "readOnly", "defaultCountryCode", "rateLimits", "clock"):
        assert after[name] == before[name]
    assert [len(after[kind]) for kind in ("lines", "leads", "campaigns", "messages", "replies", "webhooks")] == [
        0,
        1,
        0,
        0,
        0,
        0,
    ]
    assert full.jobs() == {}
    assert full.replies()["total"] == 0


def test_settings_that_are_named_change(world: World) -> None:
    old = world.key
    shown = world.control("PUT", "/state", {"name": "new", "apiKeys": ["tuco_sk_put"], "active": True})
    assert (shown["name"], shown["apiKeys"]) == ("new", ["tuco_sk_put"])
    assert world.post_cancel({}).status_code == 401
    world.key = "tuco_sk_put"
    assert world.post_cancel({}).status_code == 400
    assert old != world.key


def test_relative_times_count_from_the_clock_that_comes_with_them(world: World) -> None:
    lead = {"phone": "+14155550100", "createdAt": "-2h"}
    world.control("PUT", "/state", {"leads": [lead]})  # from the clock that is there
    assert world.state()["leads"][0]["createdAt"] == "2026-03-12T22:00:00.000Z"
    world.control("PUT", "/state", {"clock": "2027-01-01T00:00:00Z", "leads": [lead]})
    assert world.state()["leads"][0]["createdAt"] == "2026-12-31T22:00:00.000Z"


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"leads": [{"phone": 1}, {}], "nmae": "x"}, {"leads[0].phone", "leads[1]", "nmae"}),
        ({"leads": [{"phone": "+14155550100"}, {"altPhone2": "415 555 0100"}]}, {"leads[1].altPhone2"}),
        ({"leads": [{"id": LEAD, "phone": "1"}, {"id": LEAD.upper(), "phone": "2"}]}, {"leads[1].id"}),
        ({"campaigns": [{"name": "x", "leads": [LEAD]}]}, {"campaigns[0].leads[0]"}),
        ({"replies": [{"leadId": LEAD, "message": "x"}]}, {"replies[0].leadId"}),
        (
            {"messages": [{"leadId": LEAD, "fromLineId": LINE, "campaignId": CAMPAIGN}]},
            {"messages[0].fromLineId", "messages[0].campaignId"},
        ),
        ({"messages": [{"leadId": LEAD, "status": "sent", "job": "waiting"}]}, {"messages[0]"}),
        ({"clock": "9999-12-31T23:59:59Z", "leads": [{"phone": "1", "createdAt": "+1d"}]}, {"leads[0].createdAt"}),
        ({"rateLimitBuckets": {"replies": {"tokens": -1, "at": "x"}}}, {"rateLimitBuckets.replies.tokens"}),
        ({"sequence": -1, "active": None}, {"sequence", "active"}),
        ({"leads": {"id": LEAD}}, {"leads"}),
        ({"leads": None}, {"leads"}),
    ],
    ids=lambda value: str(sorted(value) if isinstance(value, set) else value),
)
def test_a_state_with_mistakes_changes_nothing(full: World, http: httpx.Client, body: Any, where: set[str]) -> None:
    before, jobs = full.state(), full.jobs()
    assert where <= set(paths(http.put(f"/_tuco/workspaces/{full.id}/state", json=body)))
    assert (full.state(), full.jobs()) == (before, jobs)


def test_a_state_of_another_workspace_changes_nothing(full: World, world: World, http: httpx.Client) -> None:
    before = full.state()
    path = f"/_tuco/workspaces/{full.id}/state"
    refused(http.put(path, json=world.state()), 409, world.id, "id")
    refused(http.put(path, json={"name": "x", "apiKeys": [world.key]}), 409, "key")
    no_objects: list[Any] = [[], "text", 1, True]
    for body in no_objects:
        refused(http.put(path, json=body), 400, "object")
    assert full.state() == before
    assert world.cancel(leadId=LEAD)["cancelledCount"] == 0  # its key is its own still


def test_nothing_at_all_is_no_state(full: World, http: httpx.Client) -> None:
    before = full.state()
    for content in (b"", b"null"):  # whoever wants to empty a workspace sends {}
        answer = http.put(f"/_tuco/workspaces/{full.id}/state", content=content)
        assert answer.status_code in {400, 422}, answer.text
    assert full.state() == before
