"""Fixtures of a wanted size: one workspace that is measured, and the rest of the data elsewhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

KEY = "tuco_sk_measured"
STATUSES = ("sent", "delivered", "failed", "sent", "cancelled", "delivered", "sent", "fallback", "queued", "scheduled")


def phone(number: int) -> str:
    """The phone of a lead."""
    return f"+1415{5550000 + number:07d}" if number < 1_000_000 else f"+1628{number:07d}"


def lead_id(number: int) -> str:
    """The id of a lead."""
    return f"1ead{number:020x}"


def workspace(name: str, key: str, messages: int) -> dict[str, Any]:
    """A workspace with that many messages, ten to a lead, and a reply of every second lead."""
    leads = max(messages // 10, 1)
    return {
        "id": name,
        "apiKeys": [key],
        "rateLimits": {"replies": 1_000_000, "messages": 1_000_000},
        "lines": [{"id": f"11e{0:021x}", "phone": "+16462230920"}],
        "leads": [
            {
                "id": lead_id(number),
                "firstName": f"Lead{number}",
                "lastName": "Measured",
                "phone": phone(number),
                "altPhone1": phone(500_000 + number),
                "email": f"lead{number}@example.com",
            }
            for number in range(leads)
        ],
        "messages": [
            {
                "id": f"3e55{number:020x}",
                "leadId": lead_id(number % leads),
                "recipientPhone": phone(number % leads),
                "message": f"Hello from message number {number}, it is nice to write to you.",
                "status": STATUSES[number // leads % len(STATUSES)],
                "createdAt": f"2026-0{1 + number % 6}-{1 + number % 27:02d}T{number % 24:02d}:00:00.000Z",
                "scheduledDate": "2027-01-01T00:00:00.000Z",
            }
            for number in range(messages)
        ],
        "replies": [
            {
                "leadId": lead_id(number),
                "message": "Sounds good, call me tomorrow.",
                "receivedAt": f"2026-07-{1 + number % 27:02d}T{number % 24:02d}:{number % 60:02d}:00.000Z",
                "lineId": f"11e{0:021x}",
            }
            for number in range(0, leads, 2)
        ],
    }


def write(path: Path, messages: int, elsewhere: int) -> Path:
    """A fixture file with the measured workspace and one with the rest of the data."""
    workspaces = [workspace("measured", KEY, messages)]
    if elsewhere:
        workspaces.append(workspace("elsewhere", "tuco_sk_elsewhere", elsewhere))
    path.write_text(json.dumps({"workspaces": workspaces}))
    return path
