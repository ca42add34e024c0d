"""/api/webhooks and /api/webhooks/{id}: parse, act, render (clauses H1 to H7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tuco_mock.actions.webhooks import change_webhook, create_webhook, remove_webhook
from tuco_mock.api.errors import ApiError
from tuco_mock.api.json_body import json_object
from tuco_mock.domain.errors import NotFound
from tuco_mock.domain.ids import object_id
from tuco_mock.domain.journal import Effect
from tuco_mock.domain.webhooks import EVENTS, is_webhook_url, shown
from tuco_mock.wire.answer import Answer

if TYPE_CHECKING:
    from tuco_mock.api.door import Call
    from tuco_mock.state.engines import Document

_WARNING = "Save this secret now. You will not be able to see it again."
_LONGEST_EVENT = 100


def list_all(call: Call) -> Answer:
    """Show all webhooks, newest first."""
    return Answer(200, {"webhooks": [shown(each) for each in call.store.webhooks.newest(call.workspace.id)]})


def look(call: Call) -> Answer:
    """Show one webhook."""
    return Answer(200, shown(webhook_of(call)))


def create(call: Call) -> Answer:
    """Register a webhook; the answer has its secret, which no other answer has."""
    body = json_object(call.body)
    fields: dict[str, Any] = {"url": _url(body), "events": _events(body.get("events")), "name": _name(body)}
    fields["description"] = _description(body)
    made = create_webhook(call.store, call.workspace, {k: v for k, v in fields.items() if v is not None})
    call.visit.effects = (Effect("webhooks.added", ids=(made["id"],)),)
    return Answer(
        201,
        {
            "id": made["id"],
            "secret": made["secret"],
            **fields,
            "createdAt": made["createdAt"],
            "warning": _WARNING,
        },
    )


def change(call: Call) -> Answer:
    """Change what the body names."""
    webhook = webhook_of(call)
    body = json_object(call.body)
    changes: dict[str, Any] = {}
    if "url" in body:
        changes["url"] = _url(body)
    if "events" in body:
        changes["events"] = _events(body["events"])
    if "name" in body:
        changes["name"] = _name(body)
    if "description" in body:
        changes["description"] = _description(body)
    if "isActive" in body:
        if not isinstance(body["isActive"], bool):
            raise _refused("isActive must be true or false")
        changes["isActive"] = body["isActive"]
    try:
        change_webhook(call.store, call.workspace, webhook["id"], changes)
    except NotFound as error:
        raise not_found() from error
    call.visit.effects = (Effect("webhooks.changed", ids=(webhook["id"],)),)
    return Answer(200, {"success": True})


def remove(call: Call) -> Answer:
    """Remove a webhook."""
    webhook_id = object_id(call.path["id"])
    try:
        remove_webhook(call.store, call.workspace, webhook_id or "")
    except NotFound as error:
        raise not_found() from error
    call.visit.effects = (Effect("webhooks.removed", ids=(str(webhook_id),)),)
    return Answer(200, {"success": True})


def webhook_of(call: Call) -> Document:
    """The webhook that the path names.

    Raises:
        ApiError: 404, the workspace has none of that id, or it is no id (H5).
    """
    webhook_id = object_id(call.path["id"])
    found = None if webhook_id is None else call.store.webhooks.get(call.workspace.id, webhook_id)
    if found is None:
        raise not_found()
    return found


def not_found() -> ApiError:
    """404 for an id that no webhook of the workspace has (H5)."""
    return ApiError(404, "Webhook not found", clause="H5")


def _url(body: dict[str, Any]) -> str:
    given = body.get("url")
    if given is None or (isinstance(given, str) and not given.strip()):
        raise _refused("URL is required")
    if not isinstance(given, str) or not is_webhook_url(given):
        raise _refused("Invalid URL format")
    return given


def _events(given: object) -> list[str]:
    """The events, each once, in the order given."""
    if given is None or given == [] or (isinstance(given, str) and not given.strip()):
        raise _refused("At least one event must be selected")
    wanted = given if isinstance(given, list) else [given]
    unknown = [_short(each) for each in wanted if each not in EVENTS]
    if unknown or not isinstance(given, list):
        raise _refused(f"Invalid events: {', '.join(unknown or map(_short, wanted))}")
    return list(dict.fromkeys(wanted))


def _short(value: object) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= _LONGEST_EVENT else f"{text[: _LONGEST_EVENT - 1]}…"


def _name(body: dict[str, Any]) -> str:
    given = body.get("name")
    if given is None or (isinstance(given, str) and not given.strip()):
        raise _refused("Name is required")
    if not isinstance(given, str):
        raise _refused("name must be a text")
    return given


def _description(body: dict[str, Any]) -> str | None:
    given = body.get("description")
    if given is not None and not isinstance(given, str):
        raise _refused("description must be a text")
    return given


def _refused(error: str) -> ApiError:
    return ApiError(400, error, clause="H2")
