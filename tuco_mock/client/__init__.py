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
from tuco_mock.client.fault_models import Fault, FaultEffect, FaultMatch
from tuco_mock.client.models import (
    Campaign,
    Event,
    Job,
    Lead,
    LeadList,
    Line,
    Message,
    PastReply,
    Queue,
    Reply,
    Request,
    Snapshot,
)
from tuco_mock.client.models_world import Address
from tuco_mock.client.server import Server
from tuco_mock.client.settled import Happened, Settled, Waiting
from tuco_mock.client.tuco import Tuco
from tuco_mock.client.webhook_models import Delivery, LabRule, Webhook

__all__ = [
    "Address",
    "BlockingCall",
    "Campaign",
    "ControlError",
    "Delivery",
    "Event",
    "Fault",
    "FaultEffect",
    "FaultMatch",
    "FixtureError",
    "Happened",
    "Job",
    "LabRule",
    "Lead",
    "LeadList",
    "Line",
    "Message",
    "Mistake",
    "PastReply",
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
    "Waiting",
    "Webhook",
]
