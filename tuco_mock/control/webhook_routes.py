"""The control plane's operations on what webhooks are told."""

from __future__ import annotations

from tuco_mock.control import deliveries, webhook_lab
from tuco_mock.control import schemas as s
from tuco_mock.control.door import ControlOperation
from tuco_mock.control.places import PAGE, WORKSPACE

WEBHOOKS = (
    ControlOperation(
        "GET",
        WORKSPACE + "/deliveries",
        deliveries.look,
        "What webhooks were told: bodies, signatures, outcomes",
        answer=s.DELIVERIES,
        query={"webhook": "to this webhook", "event": "of this event", "state": "in this state", **PAGE},
    ),
    ControlOperation(
        "POST",
        WORKSPACE + "/deliveries/{deliveryId}/redeliver",
        deliveries.redeliver,
        "Send a delivery's body once more",
        answer=s.DELIVERY,
        status=201,
    ),
    ControlOperation(
        "POST",
        WORKSPACE + "/deliveries/wait",
        deliveries.wait,
        "Answer once no delivery is pending, or at the timeout",
        body=s.WAIT,
        answer=s.DELIVERED,
        is_logged=False,
    ),
    ControlOperation(
        "GET", WORKSPACE + "/webhook-lab", webhook_lab.HANDLERS.look, "What goes wrong with deliveries", answer=s.LAB
    ),
    ControlOperation(
        "POST",
        WORKSPACE + "/webhook-lab",
        webhook_lab.HANDLERS.replace,
        "Put rules in place of all that are there",
        body=s.LAB_RULE_OR_RULES,
        answer=s.LAB,
        status=201,
    ),
    ControlOperation(
        "PATCH",
        WORKSPACE + "/webhook-lab",
        webhook_lab.HANDLERS.add,
        "Add rules",
        body=s.LAB_RULE_OR_RULES,
        answer=s.LAB,
    ),
    ControlOperation(
        "DELETE",
        WORKSPACE + "/webhook-lab",
        webhook_lab.HANDLERS.clear,
        "Remove all rules, and send what they held back",
        answer=s.LAB_CLEARED,
    ),
)
