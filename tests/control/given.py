"""Settings of a workspace, each other than its default, and what a key opens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.support import CANCEL

if TYPE_CHECKING:
    import httpx

LIMITS = {"replies": 120, "messages": 60, "campaignLeads": 200, "availability": 200}
"""Calls a minute of each group that has a documented limit."""

SETTINGS: dict[str, Any] = {
    "name": "Spring",
    "apiKeys": ["tuco_sk_one", "two"],
    "seed": "s",
    "active": False,
    "readOnly": True,
    "defaultCountryCode": "+44",
    "imessage": False,
    "rateLimits": {**LIMITS, "replies": 7},
    "worker": "auto",
    "fallbackConfigured": True,
}


def status(http: httpx.Client, key: str) -> int:
    """What the simulated API says to a key."""
    return http.post(CANCEL, json={"recipientPhone": "+1"}, headers={"Authorization": f"Bearer {key}"}).status_code
