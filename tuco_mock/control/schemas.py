"""JSON Schemas of what the control plane takes and gives; things of a workspace are as in the fixture format."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

KINDS = {
    "lines": "Line",
    "leads": "Lead",
    "campaigns": "Campaign",
    "messages": "Message",
    "replies": "Reply",
    "webhooks": "Webhook",
}
"""The kinds of things in a workspace, with the names of their schemas."""

_TEXT: Schema = {"type": "string"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_MOMENT: Schema = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$"}


def _object(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def thing(kind: str) -> Schema:
    """One thing of a kind."""
    return {"$ref": f"#/components/schemas/{KINDS[kind]}"}


def one_or_many(kind: str) -> Schema:
    """One thing of a kind, or a list of them."""
    return {"oneOf": [thing(kind), _list(thing(kind))]}


def page_of(kind: str) -> Schema:
    """A page of things of a kind."""
    return _object(**{kind: _list(thing(kind)), "total": _COUNT, "page": _COUNT, "limit": _COUNT})


OBJECT: Schema = {"type": "object"}
STATUS = _object(status=_TEXT)
IDS = _object(workspaces=_list(_TEXT))
INFO = _object(name=_TEXT, version=_TEXT, engines=OBJECT, settings=OBJECT, counts=OBJECT)
CLOCK = _object(now=_MOMENT, mode={"enum": ["live", "frozen"]})
CLOCK_CHANGE: Schema = {
    "type": "object",
    "minProperties": 1,
    "maxProperties": 1,
    "additionalProperties": False,
    "properties": {
        "freeze": {"anyOf": [{"const": True}, _TEXT], "description": "true: now; or a time that is not past"},
        "advance": {**_TEXT, "description": "how far, as 90s, 5m, 1h30m, 2d or PT5M"},
        "set": {**_TEXT, "description": "a time, also an earlier one"},
        "resume": {"const": True},
    },
}
STATE: Schema = {"$ref": "#/components/schemas/Workspace"}
_SETTINGS: dict[str, Schema] = {
    "name": _TEXT,
    "apiKeys": _list(_TEXT),
    "seed": _TEXT,
    "active": {"type": "boolean"},
    "readOnly": {"type": "boolean"},
    "defaultCountryCode": _TEXT,
    "rateLimits": {
        "type": "object",
        "properties": {"replies": {"type": ["integer", "null"], "minimum": 1}},
        "description": "calls a minute of each group; null lifts the limit, a group left out has the documented one",
    },
}
SETTINGS: Schema = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        **_SETTINGS,
        "rotateApiKeys": {"type": "boolean", "description": "revoke all keys and make a new one"},
    },
}
NEW_WORKSPACE: Schema = {
    "type": "object",
    "properties": {
        "id": _TEXT,
        **_SETTINGS,
        "state": {**STATE, "description": "what it holds; its id and keys are not taken over"},
    },
}
WORKSPACES = _object(workspaces=_list(_object(id=_TEXT, **_SETTINGS)))
WORKSPACE = _object(id=_TEXT, **_SETTINGS, clock=CLOCK, counts=OBJECT)
QUEUE = _object(
    counts=_object(waiting=_COUNT, delayed=_COUNT, active=_COUNT),
    jobs=_list(
        _object(
            messageId=_TEXT,
            state={"enum": ["waiting", "delayed", "active"]},
            dueAt={"anyOf": [_MOMENT, {"type": "null"}]},
        )
    ),
)
PROBLEM: Schema = {
    **_object(type=_TEXT, title=_TEXT, status={"type": "integer"}, detail=_TEXT),
}
PROBLEM["properties"] = {**PROBLEM["properties"], "errors": _list(_object(path=_TEXT, message=_TEXT))}
