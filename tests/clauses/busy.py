"""A workspace in which a wrong match would hit something: two leads and a stranger, in every state that matters."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support import Json

JANE = "69b2c41d352a78479d2c0001"
OMAR = "69b2c41d352a78479d2c0002"
UNKNOWN = "69b2c41d352a78479d2cffff"
LINE = "69ab427ac1feb77d7f460001"
CAMPAIGN = "69ab444ac1feb77d7f460001"

JANE_PHONE = "+14422640101"
JANE_EMAIL = "jane@example.com"
OMAR_PHONE = "+14422640202"
OMAR_EMAIL = "omar@example.com"
STRANGER_PHONE = "+14422640303"

QUEUED = "69dba0000000000000000001"
PENDING_HELD = "69dba0000000000000000002"
SCHEDULED = "69dba0000000000000000003"
SENT = "69dba0000000000000000004"
OMARS = "69dba0000000000000000005"
STRANGERS = "69dba0000000000000000006"
JANES_WAITING = (QUEUED, PENDING_HELD, SCHEDULED)

NOW = "2026-03-13T00:00:00.000Z"
BUSY: Json = {
    "clock": NOW,
    "lines": [{"id": LINE, "phone": "+16462230920"}],
    "leads": [
        {
            "id": JANE,
            "firstName": "Jane",
            "lastName": "Roe",
            "phone": JANE_PHONE,
            "altPhone1": "+14422640111",
            "email": JANE_EMAIL,
        },
        {"id": OMAR, "firstName": "Omar", "phone": OMAR_PHONE, "email": OMAR_EMAIL},
    ],
    "campaigns": [{"id": CAMPAIGN, "name": "Spring", "leads": [JANE]}],
    "messages": [
        {"id": QUEUED, "leadId": JANE, "status": "queued", "createdAt": "2026-03-12T08:00:01Z"},
        {
            "id": PENDING_HELD,
            "leadId": JANE,
            "status": "pending",
            "job": "active",
            "createdAt": "2026-03-12T08:00:02Z",
        },
        {"id": SCHEDULED, "leadId": JANE, "status": "scheduled", "createdAt": "2026-03-12T08:00:03Z"},
        {
            "id": SENT,
            "leadId": JANE,
            "message": "Hello Jane",
            "status": "sent",
            "sentAt": "2026-03-12T08:00:04Z",
        },
        {"id": OMARS, "leadId": OMAR, "status": "queued", "createdAt": "2026-03-12T08:00:05Z"},
        {
            "id": STRANGERS,
            "recipientPhone": STRANGER_PHONE,
            "status": "queued",
            "createdAt": "2026-03-12T08:00:06Z",
        },
    ],
    "replies": [
        {
            "id": "69b340dd6dae1d942ece0001",
            "leadId": JANE,
            "message": "Who is this?",
            "lineId": LINE,
            "receivedAt": "2026-03-12T09:00:00Z",
        },
        {
            "id": "69b340dd6dae1d942ece0002",
            "leadId": JANE,
            "message": "Stop",
            "lineId": LINE,
            "receivedAt": "2026-03-12T10:00:00Z",
        },
        {
            "id": "69b340dd6dae1d942ece0003",
            "leadId": OMAR,
            "message": "Fine",
            "receivedAt": "2026-03-12T11:00:00Z",
        },
    ],
}
