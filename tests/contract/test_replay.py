"""A recording runs again to the same end, and tells when it doesn't."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.support import CANCEL, REPLIES, World
from tuco_mock.contract.replay import read_recording, replay
from tuco_mock.domain.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Callable

PHONE = "+14155550101"
STATE = {
    "campaigns": [{"name": "Spring"}],
    "leads": [{"phone": PHONE, "altEmail1": "jane@example.com"}, {"email": "joe@example.com"}],
    "messages": [{"recipientPhone": PHONE, "job": "active"}, {"recipientEmail": "joe@example.com"}],
    "replies": [{"recipientPhone": PHONE, "message": "Who is this?", "receivedAt": "-2h"}],
}


def lived(world: World) -> None:
    """Do a little of everything."""
    lead = world.lead(phone="+14155550102")
    for job in ("waiting", "delayed", "active"):
        world.message(lead, job=job)
    world.reply(lead, message="Stop")
    world.control("POST", "/snapshots", {"name": "before"}, status=201)
    world.fault({"drop": "reset"}, phase="after", times=1, match={"lead": lead})
    world.fault({"status": 503, "delay": "1ms"}, probability=0.5)
    for _ in range(3):
        with contextlib.suppress(httpx.HTTPError):
            world.post_cancel({"recipientPhone": "415 555 0102"})
    world.clock(advance="90s")
    world.control("POST", "/snapshots/before/restore")
    world.control("DELETE", "/faults")
    world.control("DELETE", "/requests")
    for query in ("limit=1", "recipientPhone=%2B14155550101", "dateFrom=2026-03-13", "leadId=x", "page=2&limit=1"):
        world.get_replies(query)
    world.post_cancel(content=b"{")
    world.http.get("/api/reply", headers=world.headers)
    world.http.put(REPLIES, headers=world.headers)
    world.post_cancel({"leadId": lead}, Prefer="code=500")
    world.patch(rateLimits={"replies": 1})
    assert [world.get_replies().status_code for _ in range(2)] == [200, 429]
    world.control("PUT", "/rate-limits/replies", {"tokens": 1})
    world.cancel(recipientEmail="joe@example.com")
    message = world.message(lead)
    world.control("POST", f"/queue/{message}/start")
    new = world.create({"email": "new@example.com"}, {"phone": PHONE}, {"phone": "+14155550109"}, source="api")
    world.message(new["leadId"])
    world.leads(search="new")
    world.leads(id=new["leadIds"][1])
    assert world.delete(*new["leadIds"]) == 2
    world.cancel(leadId=lead)
    world.control("POST", f"/queue/{message}/finish")
    world.control("PUT", "/state", {"leads": [{"phone": "+14155550103"}]})
    world.cancel(recipientPhone="+14155550103")


def recorded(world: World) -> dict[str, Any]:
    found: dict[str, Any] = world.control("GET", "/recording")
    return found


def again(recording: dict[str, Any]) -> list[str]:
    return [
        f"{each.number} {each.call}: {each.told}" for each in replay(read_recording(json.dumps(recording).encode()))
    ]


@pytest.mark.parametrize("clock", ["2026-03-13T00:00:00Z", {"live": "-3d"}], ids=["frozen", "live"])
def test_what_was_recorded_runs_again_to_the_same_end(make_world: Callable[..., World], clock: Any) -> None:
    world = make_world(clock=clock, seed="seed", state=STATE)
    lived(world)
    recording = recorded(world)
    assert len(recording["records"]) > 30
    assert again(recording) == []


def test_after_a_reset_the_recording_begins_there(world: World) -> None:
    world.lead(phone=PHONE)
    world.control("POST", "/reset")
    world.lead(email="jane@example.com")
    world.cancel(recipientEmail="jane@example.com")
    recording = recorded(world)
    assert [record["path"] for record in recording["records"]] == ["/reset", "/leads", CANCEL]
    assert again(recording) == []


def test_a_difference_is_told_with_the_call_and_what_it_was(make_world: Callable[..., World]) -> None:
    world = make_world(clock="2026-03-13T00:00:00Z", state=STATE)
    world.cancel(recipientPhone=PHONE)
    world.cancel(recipientEmail="joe@example.com")
    recording = recorded(world)
    recording["start"]["messages"][1]["status"] = "sent"
    first, *more = again(recording)
    assert first.startswith(f'2 POST {CANCEL}: answer was {{"success":true,"cancelledCount":1')
    assert '"cancelledCount":0' in first
    assert [told.partition(": ")[2].partition(" ")[0] for told in more] == ["effects"]


def test_a_call_that_no_longer_comes_about_is_told(world: World) -> None:
    world.lead(phone=PHONE)
    recording = recorded(world)
    recording["records"][0]["body"] = '{"phone": 7}'
    assert again(recording) == ["0 in all: 1 calls were recorded, 0 came about"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"format": 99}, "format: is 99; this version reads 1"),
        ({"dropped": 3}, "dropped: 3 records were dropped while recording"),
        ({"records": [{"id": 1}]}, "this is no recording of tuco-mock"),
        ({"startedAt": "never"}, "startedAt: is no time"),
        ({"start": {"leads": [{"fone": "1"}]}}, r"start\.leads\[0\]\.fone: unknown field"),
        ({"records": [{"id": 1, "at": "soon", "method": "GET", "path": "/"}]}, "'soon', is none"),
        (
            {"records": [{"id": 1, "at": "2026-01-01", "kind": "control", "method": "DELETE", "path": ""}]},
            "DELETE of the workspace itself is never recorded",
        ),
    ],
)
def test_what_can_t_be_run_again_says_why(world: World, change: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        read_recording(json.dumps({**recorded(world), **change}).encode())


def test_a_body_that_was_kept_in_part_can_t_be_run_again(world: World) -> None:
    world.post_cancel({"leadId": "x" * 100_000})
    with pytest.raises(InvalidInput, match=r"records\[0\]: its body was 100013 bytes long"):
        read_recording(json.dumps(recorded(world)).encode())
