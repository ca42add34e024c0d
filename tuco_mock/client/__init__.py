"""What a test talks to a server with: `Server` makes workspaces, `Tuco` is the handle of one. Knows HTTP only.

It imports nothing of the house, so that it drives a server of another process or machine just as well.
"""

from __future__ import annotations

from tuco_mock.client.errors import (
    BlockingCall,
    ControlError,
    FixtureError,
    Mistake,
    ServerStopped,
    ServerUnreachable,
    TucoError,
)
from tuco_mock.client.models import (
    Campaign,
    Event,
    Fault,
    FaultEffect,
    FaultMatch,
    Job,
    Lead,
    LeadList,
    Line,
    Message,
    Queue,
    Reply,
    Request,
    Snapshot,
    Webhook,
)
from tuco_mock.client.server import Server
from tuco_mock.client.settled import Happened, Settled
from tuco_mock.client.tuco import Tuco

__all__ = [
    "BlockingCall",
    "Campaign",
    "ControlError",
    "Event",
    "Fault",
    "FaultEffect",
    "FaultMatch",
    "FixtureError",
    "Happened",
    "Job",
    "Lead",
    "LeadList",
    "Line",
    "Message",
    "Mistake",
    "Queue",
    "Reply",
    "Request",
    "Server",
    "ServerStopped",
    "ServerUnreachable",
    "Settled",
    "Snapshot",
    "Tuco",
    "TucoError",
    "Webhook",
]
