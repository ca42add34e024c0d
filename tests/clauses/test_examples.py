"""Clauses D1 and D2: the documented examples come out as they stand, on a server started with the default fixture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.clauses.checks import pairs

if TYPE_CHECKING:
    import httpx

    from tests.clauses.engines import OwnServer

KEY = "tuco_sk_xxxxxxxxxxxxx"
WORKSPACE = "/_tuco/workspaces/default"
LEAD = "69b2c41d352a78479d2c623b"

CANCELLED = """
{
  "success": true,
  "cancelledCount": 3,
  "jobsRemovedFromQueue": 2,
  "leadId": "69b2c41d352a78479d2c623b",
  "messageIds": [
    "69dba0001111111111111111",
    "69dba0001111111111111112",
    "69dba0001111111111111113"
  ]
}
"""

LISTED = """
{
  "replies": [
    {
      "leadId": "69b2c41d352a78479d2c623b",
      "messageId": "69b340dd6dae1d942ece4d09",
      "message": "Stop",
      "respondedAtUtc": "2026-03-12T22:40:29.174Z",
      "recipientPhone": "+919042956129",
      "recipientEmail": "goforbg@icloud.com",
      "name": "BG Real",
      "recentReplies": [
        {
          "messageId": "69b340dd6dae1d942ece4d09",
          "message": "Stop",
          "receivedAtUtc": "2026-03-12T22:40:29.174Z"
        },
        {
          "messageId": "69b33fdd6dae1d942ece4d08",
          "message": "Thanks for reaching out",
          "receivedAtUtc": "2026-03-12T21:15:00.000Z"
        }
      ],
      "parentMessages": [
        {
          "messageId": "69b344bc6dae1d942ece4d0e",
          "message": "Here's your document.",
          "sentAtUtc": "2026-03-12T22:57:02.892Z",
          "batchId": null,
          "stepIndex": null
        }
      ]
    }
  ],
  "total": 1,
  "page": 1,
  "limit": 10,
  "totalPages": 1
}
"""
"""The documented page; its limit is the 10 that the documented call asks for."""


def curl_cancel(server: OwnServer) -> httpx.Response:
    """The documented call of cancel-for-lead, its host changed."""
    return server.http.post(
        "/api/messages/cancel-for-lead",
        headers={"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"},
        content=b'{ "recipientPhone": "+14422646782" }',
    )


def curl_replies(server: OwnServer) -> httpx.Response:
    """The documented call of replies, its host changed."""
    return server.http.get(
        f"{server.url}/api/replies?recipientPhone=%2B14422646782&limit=10",
        headers={"Authorization": f"Bearer {KEY}"},
    )


@pytest.mark.clause("D1", "A12")
def test_documented_cancellation_gives_the_documented_answer(own: OwnServer) -> None:
    """The documented call is answered with the documented body, its keys in the documented order."""
    answer = curl_cancel(own)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert pairs(answer.text) == pairs(CANCELLED)


@pytest.mark.clause("D1")
def test_documented_cancellation_does_what_its_numbers_say(own: OwnServer) -> None:
    """Of the lead's queued, pending and scheduled message each is cancelled; the one held job is what stays."""
    ids = ["69dba0001111111111111111", "69dba0001111111111111112", "69dba0001111111111111113"]
    before = own.http.get(f"{WORKSPACE}/state").json()
    waiting = {each["id"]: each["status"] for each in before["messages"] if each["id"] in ids}
    assert sorted(waiting.values()) == ["pending", "queued", "scheduled"]
    jobs = {job["messageId"]: job["state"] for job in own.http.get(f"{WORKSPACE}/queue").json()["jobs"]}
    held = [each for each in ids if jobs[each] == "active"]
    assert len(held) == 1

    curl_cancel(own)
    after = own.http.get(f"{WORKSPACE}/state").json()
    changed = [new["id"] for old, new in zip(before["messages"], after["messages"], strict=True) if old != new]
    assert changed == ids
    assert {each["status"] for each in after["messages"] if each["id"] in ids} == {"cancelled"}
    left = {job["messageId"]: job["state"] for job in own.http.get(f"{WORKSPACE}/queue").json()["jobs"]}
    assert left == {each: state for each, state in jobs.items() if each not in ids or each in held}
    unchanged = {"leads", "replies", "lines", "campaigns", "webhooks", "apiKeys", "clock"}
    assert {name: after[name] for name in unchanged} == {name: before[name] for name in unchanged}


@pytest.mark.clause("D2", "A12")
def test_documented_listing_gives_the_documented_page(own: OwnServer) -> None:
    """The documented call is answered with the documented page, its keys in the documented order."""
    answer = curl_replies(own)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert pairs(answer.text) == pairs(LISTED)


@pytest.mark.clause("D1", "D2")
def test_documented_calls_do_not_disturb_each_other(own: OwnServer) -> None:
    """A cancellation changes nothing about the page, which never shows what was not sent."""
    curl_cancel(own)
    assert pairs(curl_replies(own).text) == pairs(LISTED)
    assert curl_cancel(own).json() == {
        "success": True,
        "cancelledCount": 0,
        "jobsRemovedFromQueue": 0,
        "leadId": LEAD,
        "messageIds": [],
    }
