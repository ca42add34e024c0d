"""What webhooks are told: the bodies of the five events, byte for byte, and how they are signed (H10 to H13, H19)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.support_webhooks import EVENTS, Catcher, fire, register, settled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support import Json, World
    from tuco_mock.server import BackgroundServer

NOW = "2026-03-13T00:00:00.000Z"
PHONE = "+14155550100"
HEAD = ["event", "timestamp", "workspaceId", "messageId"]
OWNER = ["contactOwnerEmail", "ghlContactId", "ghlLocationId", "hsPortalId", "hsContactId"]
MESSAGE_KEYS = [*HEAD, "message", "leadId", "lead", "campaignId", "campaignName", *OWNER, "data"]
REPLY_KEYS = [
    *HEAD,
    *("leadId", "firstName", "lastName", "phone", "listId", "campaignId", "campaignName", "fromLineId"),
    *(
        "recipientName",
        "repliedAtUtc",
        "parentMessages",
        "message",
        "data",
        "originalMessageId",
        "originalMessage",
        "lead",
    ),
]


@pytest.fixture
def catcher() -> Iterator[Catcher]:
    """A receiver that takes everything."""
    with Catcher() as found:
        yield found


@pytest.fixture
def jane(world: World) -> str:
    """A lead with everything."""
    return world.lead(
        firstName="Jané",
        lastName="Doe",
        phone=PHONE,
        email="jane@example.com",
        contactOwnerEmail="owner@example.com",
        integrationIds={"ghlRecordId": "g", "ghlLocationId": "l", "hubspotRecordId": "h", "hubspotPortalId": "p"},
        customFields={"😀": "é\u2028", "b": 1.0, "2": 1e21, "1": [1e-7, 0.5]},
        listId=world.add("lists", name="A list")["id"],
    )


def lead_of(world: World, lead: str) -> Json:
    """The lead as the API shows it."""
    found: Json = world.leads(id=lead)["lead"]
    return found


@pytest.mark.clause("H11", "A12")
@pytest.mark.parametrize(
    ("event", "status", "data"),
    [
        ("message.sent", "sent", {}),
        ("message.failed", "failed", {"error": "Failed to send"}),
        (
            "message.fallback",
            "fallback",
            {"reason": "Prospect's iMessage not available on +14155550100", "checkedAddresses": [PHONE]},
        ),
        ("message.opened", "delivered", {"readAt": NOW}),
    ],
)
def test_an_event_about_a_message(
    world: World, server: BackgroundServer, catcher: Catcher, jane: str, event: str, status: str, data: Json
) -> None:
    register(world, catcher.url)
    line = world.add("lines", phone="+16462230920", email="line@example.com")["id"]
    campaign = world.add("campaigns", name="Spring", leads=[jane])["id"]
    message = world.message(
        jane, message="Hi", status=status, fromLineId=line, campaignId=campaign, batchId="b", stepIndex=0
    )
    fire(server, world, message, event, **data)
    (came,) = catcher.wait()
    body = came.body
    assert list(body) == MESSAGE_KEYS
    sent = {"sentAt": NOW} if status in {"sent", "delivered"} else {}
    assert body == {
        "event": event,
        "timestamp": NOW,
        "workspaceId": world.id,
        "messageId": message,
        "message": {
            "_id": message,
            "message": "Hi",
            "messageType": "imessage",
            "status": status,
            "fromLineId": line,
            "fromLinePhone": "+16462230920",
            "fromLineEmail": "line@example.com",
            "leadId": jane,
            "workspaceId": world.id,
            "campaignId": campaign,
            "batchId": "b",
            "stepIndex": 0,
            "createdAt": NOW,
            "updatedAt": NOW,
            **sent,
        },
        "leadId": jane,
        "lead": lead_of(world, jane),
        "campaignId": campaign,
        "campaignName": "Spring",
        "contactOwnerEmail": "owner@example.com",
        "ghlContactId": "g",
        "ghlLocationId": "l",
        "hsPortalId": "p",
        "hsContactId": "h",
        "data": data,
    }


@pytest.mark.clause("H11")
def test_outside_a_campaign_and_without_a_line(
    world: World, server: BackgroundServer, catcher: Catcher, jane: str
) -> None:
    register(world, catcher.url)
    fire(server, world, world.message(jane, status="sent"))
    body = catcher.wait()[0].body
    assert (body["campaignId"], body["campaignName"]) == (None, None)
    assert not {"fromLineId", "fromLinePhone", "campaignId", "readAt", "errorMessage"} & body["message"].keys()


@pytest.mark.clause("H19")
def test_a_message_to_nobody(world: World, server: BackgroundServer, catcher: Catcher) -> None:
    register(world, catcher.url)
    fire(server, world, world.message(recipientPhone=PHONE, status="sent"))
    body = catcher.wait()[0].body
    assert list(body) == [each for each in MESSAGE_KEYS if each not in {"leadId", "lead", *OWNER}]
    assert body["message"]["recipientPhone"] == PHONE


@pytest.mark.clause("H12", "A12")
def test_a_reply(world: World, server: BackgroundServer, catcher: Catcher, jane: str) -> None:
    register(world, catcher.url)
    line = world.add("lines", phone="+16462230920")["id"]
    sent = [
        world.message(jane, message=str(n), status="sent", sentAt=f"2026-03-12T0{n}:00:00.000Z", fromLineId=line)
        for n in range(3)
    ]
    world.reply(jane, message="before", receivedAt="2026-03-12T10:00:00.000Z")
    reply = world.reply(jane, message="Stop " + "x" * 300, lineId=line)
    *_, came = catcher.wait(2)
    body = came.body
    (item,) = world.replies()["replies"]
    parents = [
        {
            "messageId": sent[n],
            "message": str(n),
            "sentAtUtc": f"2026-03-12T0{n}:00:00.000Z",
            "batchId": None,
            "stepIndex": None,
        }
        for n in (2, 1)
    ]
    assert list(body) == REPLY_KEYS
    lead = lead_of(world, jane)
    original = body.pop("originalMessage")
    assert body == {
        "event": "message.reply",
        "timestamp": NOW,
        "workspaceId": world.id,
        "messageId": reply,
        "leadId": jane,
        "firstName": "Jané",
        "lastName": "Doe",
        "phone": PHONE,
        "listId": lead["listId"],
        "campaignId": None,
        "campaignName": None,
        "fromLineId": line,
        "recipientName": "Jané Doe",
        "repliedAtUtc": NOW,
        "parentMessages": parents,
        "message": "Stop " + "x" * 300,
        "data": {"reply": item, "repliedAtUtc": NOW, "parentMessages": parents},
        "originalMessageId": sent[2],
        "lead": lead,
    }
    assert (original["_id"], original["fromLinePhone"], original["sentAt"]) == (
        sent[2],
        "+16462230920",
        "2026-03-12T02:00:00.000Z",
    )
    # the very bytes of the item, too
    listing = world.get_replies().content
    start = listing.index(b'{"leadId"')
    assert came.raw.find(listing[start : listing.index(b'],"total"')]) > 0


@pytest.mark.clause("H12")
def test_a_reply_to_a_campaign_has_that_campaign_s_messages(
    world: World, server: BackgroundServer, catcher: Catcher, jane: str
) -> None:
    register(world, catcher.url)
    campaign, other = (world.add("campaigns", name=name, leads=[jane])["id"] for name in ("Spring", "Autumn"))
    of_it = [
        world.message(jane, status="sent", campaignId=campaign, sentAt=f"2026-03-0{n}T00:00:00Z") for n in (1, 2, 3)
    ]
    world.message(jane, status="sent", campaignId=other, sentAt="2026-03-09T00:00:00Z")
    world.message(jane, status="sent", sentAt="2026-03-10T00:00:00Z")
    world.message(jane, status="scheduled", campaignId=campaign)
    world.reply(jane, message="Stop", campaignId=campaign)
    body = catcher.wait()[0].body
    assert [each["messageId"] for each in body["parentMessages"]] == [of_it[2], of_it[1]]
    assert (body["campaignId"], body["campaignName"], body["originalMessageId"]) == (campaign, "Spring", of_it[2])
    assert len(body["data"]["reply"]["parentMessages"]) == 5
    assert body["data"]["reply"] == world.replies()["replies"][0]


@pytest.mark.clause("H12")
def test_a_reply_to_nothing(world: World, server: BackgroundServer, catcher: Catcher, jane: str) -> None:
    register(world, catcher.url)
    world.reply(jane, message="Hello")
    body = catcher.wait()[0].body
    assert (body["parentMessages"], body["data"]["parentMessages"]) == ([], [])
    assert (body["originalMessageId"], body["originalMessage"], body["fromLineId"]) == (None, None, None)


@pytest.mark.clause("H19")
def test_a_reply_of_nobody(world: World, server: BackgroundServer, catcher: Catcher) -> None:
    register(world, catcher.url)
    reply = world.reply(recipientPhone=PHONE, message="Hello")
    body = catcher.wait()[0].body
    gone = {"leadId", "firstName", "lastName", "phone", "listId", "lead"}
    assert list(body) == [each for each in REPLY_KEYS if each not in gone]
    assert body["recipientName"] is None
    assert body["data"]["reply"] == {
        "messageId": reply,
        "message": "Hello",
        "respondedAtUtc": NOW,
        "recipientPhone": PHONE,
        "recipientEmail": None,
        "name": "",
        "recentReplies": [{"messageId": reply, "message": "Hello", "receivedAtUtc": NOW}],
        "parentMessages": [],
    }


@pytest.mark.clause("H13")
def test_the_headers_and_the_signature_over_the_exact_bytes(
    world: World, server: BackgroundServer, catcher: Catcher, jane: str
) -> None:
    register(world, catcher.url + "?a=%20b#c")
    world.reply(jane, message='Stop "é😀" </script>\n')
    (came,) = catcher.wait()
    assert came.is_signed()
    assert not came.is_signed("another")
    assert {name: came.headers[name] for name in ("content-type", "x-tuco-event", "x-tuco-timestamp")} == {
        "content-type": "application/json",
        "x-tuco-event": "message.reply",
        "x-tuco-timestamp": came.body["timestamp"],
    }
    assert int(came.headers["content-length"]) == len(came.raw)
    compact = json.dumps(came.body, ensure_ascii=False, separators=(",", ":")).encode()
    assert b'"customFields":{"1":[1e-7,0.5],"2":1e+21,"\xf0\x9f\x98\x80":"\xc3\xa9\xe2\x80\xa8","b":1}' in came.raw
    assert json.loads(compact) == came.body
    assert b": " not in came.raw.replace(b'"message": ', b"")
    assert "é😀".encode() in came.raw


@pytest.mark.clause("H10")
def test_every_webhook_that_wants_to_know_is_told_once(
    world: World, server: BackgroundServer, catcher: Catcher
) -> None:
    all_events = register(world, catcher.url)
    register(world, catcher.url, isActive=False)
    replies = register(world, catcher.url, "message.reply")
    opened = register(world, catcher.url, "message.opened", "message.sent")
    message = world.message(recipientPhone=PHONE)
    for event in EVENTS[:-1]:
        fire(server, world, message, event)
    world.reply(recipientPhone=PHONE, message="x")
    found = [(each["webhookId"], each["event"]) for each in settled(world)]
    assert sorted(found) == sorted(
        [
            *((all_events, event) for event in EVENTS),
            (replies, "message.reply"),
            (opened, "message.opened"),
            (opened, "message.sent"),
        ]
    )
    assert len(catcher.came) == len(found)


@pytest.mark.clause("H10")
def test_nobody_is_told_what_happens_in_another_workspace(
    world: World, server: BackgroundServer, catcher: Catcher, make_world: Any
) -> None:
    register(make_world(), catcher.url)
    fire(server, world, world.message(recipientPhone=PHONE))
    assert settled(world) == []
