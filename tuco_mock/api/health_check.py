"""POST /api/webhooks/{id}/health-check: send, wait, render (clauses H8, H9)."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from tuco_mock.actions.webhooks import health_check
from tuco_mock.api.webhooks import webhook_of
from tuco_mock.delivery.attempt import attempt
from tuco_mock.domain.clocks import hold_moment
from tuco_mock.domain.deliveries import TIMEOUT
from tuco_mock.domain.journal import Effect
from tuco_mock.wire.answer import Answer

if TYPE_CHECKING:
    from tuco_mock.api.door import Call
    from tuco_mock.domain.deliveries import Delivery, Outcome

_NO_ANSWER = "fetch failed"


async def handle(call: Call) -> Answer:
    """Send a webhook a test, and tell what came of it."""
    delivery = await call.store.engines.run(_begun, call)
    outcome = await attempt(call.store, call.workspace.id, delivery)
    hold_moment()  # it may have taken its time
    return Answer(200, _told(outcome))


def _begun(call: Call) -> Delivery:
    webhook = webhook_of(call)
    test = health_check(call.store, call.workspace, webhook)
    delivery = call.store.deliveries.begin(call.workspace.id, test)
    call.visit.effects = (Effect("webhooks.checked", ids=(webhook["id"],), deliveries=(delivery.id,)),)
    return delivery


def _told(outcome: Outcome) -> dict[str, Any]:
    if outcome.is_success:
        return {
            "success": True,
            "message": "Health check passed",
            "statusCode": outcome.status,
            "response": outcome.response,
        }
    if outcome.status is not None:
        phrase = outcome.reason or _phrase(outcome.status)
        return {
            "success": False,
            "error": f"HTTP {outcome.status}: {phrase}",
            "details": outcome.response,
            "statusCode": outcome.status,
        }
    if outcome.error == TIMEOUT:
        return {"success": False, "error": TIMEOUT}
    return {"success": False, "error": _NO_ANSWER, "details": outcome.error}


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
