"""The timeline: what happened in a workspace, in order, with causes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from tests.support import CANCEL, REPLIES, World

if TYPE_CHECKING:
    from collections.abc import Callable

PHONE = "+14155550101"


def test_what_happened_in_order_with_causes(world: World) -> None:
    lead = world.lead(phone=PHONE)
    message = world.message(lead)
    world.fault({"drop": "reset"}, times=1, phase="after")
    with pytest.raises(httpx.ReadError):
        world.post_cancel({"recipientPhone": PHONE})
    world.post_cancel({})
    world.clock(advance="5m")
    world.get_replies(limit=5)
    found = world.control("GET", "/timeline")
    assert [
        (event["id"], event["cause"], event["at"][14:19], event["kind"], event["text"]) for event in found["events"]
    ] == [
        ("1", None, "00:00", "control", 'control: POST /leads {"phone":"+14155550101"}'),
        ("1.1", "1", "00:00", "leads.added", f"leads.added: 1 ({lead})"),
        ("2", None, "00:00", "control", f'control: POST /messages {{"leadId":"{lead}"}}'),
        ("2.1", "2", "00:00", "messages.added", f"messages.added: 1 ({message})"),
        (
            "3",
            None,
            "00:00",
            "control",
            'control: PATCH /faults {"effect":{"drop":"reset"},"times":1,"phase":"after"}',
        ),
        (
            "4",
            None,
            "00:00",
            "request",
            f'POST {CANCEL} {{"recipientPhone":"{PHONE}"}} -> no answer by fault fault-1, after the change: drop reset',
        ),
        ("4.1", "4", "00:00", "messages.cancelled", f"messages.cancelled: 1 ({message})"),
        ("4.2", "4", "00:00", "jobs.removed", "jobs.removed: 1"),
        ("5", None, "00:00", "request", f"POST {CANCEL} {{}} -> 400 (C1)"),
        ("6", None, "05:00", "control", 'control: POST /clock {"advance":"5m"}'),
        ("7", None, "05:00", "request", f"GET {REPLIES}?limit=5 -> 200"),
    ]
    assert found["dropped"] == 0


def test_looking_searching_and_refused_calls_leave_no_trace(world: World) -> None:
    world.control("GET", "/leads")
    world.find(path=CANCEL)
    world.control("POST", "/leads", {}, status=422)
    world.control("POST", "/queue/nothing/start", status=404)
    assert world.control("GET", "/timeline")["events"] == []


def test_clearing_the_journal_leaves_the_timeline(world: World) -> None:
    world.get_replies()
    world.control("DELETE", "/requests")
    assert [event["kind"] for event in world.control("GET", "/timeline")["events"]] == ["request"]


def test_the_tail_of_it(world: World) -> None:
    for number in range(1, 6):
        world.get_replies(limit=number)
    found = world.control("GET", "/timeline?limit=2")
    assert [event["text"] for event in found["events"]] == [f"GET {REPLIES}?limit={number} -> 200" for number in (4, 5)]


def test_it_is_bounded_as_the_journal_is(own: Callable[..., httpx.Client]) -> None:
    world = World(own(journal_limit=5))
    for _ in range(100):
        world.lead(email=f"{_}@example.com")
    found = world.control("GET", "/timeline")
    assert (found["dropped"], len(found["events"])) == (95, 10)


def test_default_names_the_first_workspace_in_the_timeline_too(own: Callable[..., httpx.Client]) -> None:
    http = own()
    assert http.post("/_tuco/workspaces/default/leads", json={"email": "a@example.com"}).status_code == 201
    first = http.get("/_tuco/workspaces").json()["workspaces"][0]["id"]
    events = http.get(f"/_tuco/workspaces/{first}/timeline").json()["events"]
    assert events[0]["text"] == 'control: POST /leads {"email":"a@example.com"}'


def test_the_recording_has_the_start_and_everything_since(make_world: Callable[..., World]) -> None:
    world = make_world(seed="seed", clock="2026-03-13T00:00:00Z", state={"leads": [{"phone": PHONE}]})
    world.post_cancel({"recipientPhone": PHONE})
    found = world.control("GET", "/recording")
    assert (found["format"], found["seed"], found["startedAt"]) == (1, "seed", "2026-03-13T00:00:00.000Z")
    assert found["start"]["leads"] == [{"phone": PHONE}]
    assert found["start"]["apiKeys"] == [world.key]
    assert found["start"]["clock"] == "2026-03-13T00:00:00.000Z"
    assert [(record["method"], record["path"], record["status"]) for record in found["records"]] == [
        ("POST", CANCEL, 200)
    ]
    assert found["dropped"] == 0
