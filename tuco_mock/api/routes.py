"""The one table of the simulated API's operations, and the routes made from it."""

from __future__ import annotations

import contextlib
import logging
from typing import TYPE_CHECKING

from starlette.routing import Route

from tuco_mock.api import (
    add_to_campaign,
    cancel_for_lead,
    check_availability,
    check_leads,
    create_leads,
    delete_leads,
    get_leads,
    get_lines,
    health_check,
    replies,
    send_message,
    webhooks,
)
from tuco_mock.api.door import Door, Operation, claimed_by
from tuco_mock.api.errors import not_found
from tuco_mock.api.visit import Visit
from tuco_mock.domain.paths import nearest
from tuco_mock.state.away import AWAY
from tuco_mock.wire.answer import encode, send_body

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from tuco_mock.settings import Settings
    from tuco_mock.state.store import Store

log = logging.getLogger("tuco_mock.api")

_CHECK, _CHECK_ANY = "/api/check-availability", "/api/check-availability-rr"
_CHECK_LEADS = "/api/leads/check-availability"

AVAILABILITY = (
    Operation("GET", _CHECK, check_availability.handle_one, check_availability.lead_of_one, group="availability"),
    Operation(
        "POST",
        _CHECK,
        check_availability.handle_many,
        check_availability.lead_of_many,
        group="availability",
        has_body=True,
    ),
    Operation(
        "POST",
        _CHECK_ANY,
        check_availability.handle_any,
        check_availability.lead_of_any,
        group="availability",
        has_body=True,
    ),
    Operation("GET", _CHECK_LEADS, check_leads.handle_one, check_leads.lead_of_one, group="availability"),
    Operation(
        "POST",
        _CHECK_LEADS,
        check_leads.handle_many,
        check_leads.lead_of_many,
        group="availability",
        has_body=True,
        inactive="No active workspace - No orgId",
    ),
)

OPERATIONS = (
    Operation(
        "POST",
        "/api/messages/cancel-for-lead",
        cancel_for_lead.handle,
        cancel_for_lead.lead_of,
        has_body=True,
    ),
    Operation(
        "GET", "/api/replies", replies.handle, replies.lead_of, failure="Failed to fetch replies", group="replies"
    ),
    Operation(
        "POST",
        "/api/messages",
        send_message.handle,
        send_message.lead_of,
        group="messages",
        has_body=True,
        is_write=True,
    ),
    Operation(
        "POST",
        "/api/campaigns/{id}/leads",
        add_to_campaign.handle,
        add_to_campaign.lead_of,
        group="campaignLeads",
        has_body=True,
        is_write=True,
    ),
    Operation("GET", "/api/leads", get_leads.handle, get_leads.lead_of),
    Operation("POST", "/api/leads", create_leads.handle, create_leads.lead_of, has_body=True, is_write=True),
    Operation("DELETE", "/api/leads", delete_leads.handle, delete_leads.lead_of, has_body=True),
    Operation("GET", "/api/lines/by-user", get_lines.handle, get_lines.lead_of),
    *AVAILABILITY,
    Operation("GET", "/api/webhooks", webhooks.list_all),
    Operation("POST", "/api/webhooks", webhooks.create, has_body=True, is_write=True),
    Operation("GET", "/api/webhooks/{id}", webhooks.look),
    Operation("PATCH", "/api/webhooks/{id}", webhooks.change, has_body=True, is_write=True),
    Operation("DELETE", "/api/webhooks/{id}", webhooks.remove, is_write=True),
    Operation("POST", "/api/webhooks/{id}/health-check", health_check.handle),
)


def routes(store: Store, settings: Settings) -> list[Route]:
    """The routes of all operations: one door a path."""
    paths = dict.fromkeys(operation.path for operation in OPERATIONS)
    return [Route(path, endpoint=Door(store, settings, *_at(path))) for path in paths]


def _at(path: str) -> list[Operation]:
    return [operation for operation in OPERATIONS if operation.path == path]


class UnknownPath:
    """The ASGI application of every other path: 404, its record and the log name the nearest documented one (A9)."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - as ASGI has it
        """Answer one request."""
        if scope["type"] != "http":
            return
        path = scope["path"].encode("unicode_escape").decode()  # a path can't begin a line of its own
        near = nearest(path, [operation.path for operation in OPERATIONS])
        hint = f"did you mean {near}?" if near else None
        log.warning("404 %s %s%s", scope["method"], path, f": {hint}" if hint else "")
        visit = Visit(scope)
        refusal = not_found(hint)
        with contextlib.suppress(*AWAY):
            visit.workspace = await self._store.engines.run(claimed_by, self._store, scope)
        visit.clause, visit.reason = refusal.clause, refusal.reason
        body = encode(refusal.answer.body)
        await visit.end(self._store, refusal.answer.status, body)
        await send_body(send, refusal.answer.status, body, ())
