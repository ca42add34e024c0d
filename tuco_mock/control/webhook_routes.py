"""The control plane's operations on what webhooks are told."""

from __future__ import annotations

from tuco_mock.control import deliveries, webhook_lab
from tuco_mock.control import schemas as s
from tuco_mock.control.door import ControlOperation

_WS = "/_tuco/workspaces/{ws}"
_PAGE = {"after": "those with a higher id", "limit": "so many of them, the oldest"}

WEBHOOKS = (
    ControlOperation(
        "GET",
        _WS + "/deliveries",
        deliveries.look,
        "What webhooks were told: bodies, signatures, outcomes",
        answer=s.DELIVERIES,
        query={"webhook": "to this webhook", "event": "of this event", "state": "in this state", **_PAGE},
    ),
    ControlOperation(
        "POST",
        _WS + "/deliveries/{deliveryId}/redeliver",
        deliveries.redeliver,
        "Send a delivery's body once more",
        answer=s.DELIVERY,
        status=201,
    ),
    ControlOperation(
        "POST",
        _WS + "/deliveries/wait",
        deliveries.wait,
        "Answer once no delivery is pending, or at the timeout",
        body=s.WAIT,
        answer=s.DELIVERED,
        is_logged=False,
    ),
    ControlOperation("GET", _WS + "/webhook-lab", webhook_lab.look, "What goes wrong with deliveries", answer=s.LAB),
    ControlOperation(
        "POST",
        _WS + "/webhook-lab",
        webhook_lab.replace,
        "Put rules in place of all that are there",
        body=s.LAB_RULE_OR_RULES,
        answer=s.LAB,
        status=201,
    ),
    ControlOperation(
        "PATCH", _WS + "/webhook-lab", webhook_lab.add, "Add rules", body=s.LAB_RULE_OR_RULES, answer=s.LAB
    ),
    ControlOperation(
        "DELETE",
        _WS + "/webhook-lab",
        webhook_lab.clear,
        "Remove all rules, and send what they held back",
        answer=s.LAB_CLEARED,
    ),
)
