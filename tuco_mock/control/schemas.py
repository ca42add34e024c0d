"""JSON Schemas of what the control plane takes and gives; things of a workspace are as in the fixture format."""

from __future__ import annotations

from typing import Any

from tuco_mock.domain.limits import DEFAULT_LIMITS

Schema = dict[str, Any]

KINDS = {
    "lines": "Line",
    "lists": "List",
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
INFO = _object(name=_TEXT, version=_TEXT, process=_COUNT, engines=OBJECT, settings=OBJECT, counts=OBJECT)
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
    "imessage": {"type": "boolean", "description": "whether addresses that nothing is said of have iMessage"},
    "worker": {
        "enum": ["auto", "manual"],
        "description": "jobs are done as the clock goes, or when told to",
    },
    "fallbackConfigured": {"type": "boolean", "description": "whether an SMS can be sent where iMessage fails"},
    "rateLimits": {
        "type": "object",
        "properties": {each: {"type": ["integer", "null"], "minimum": 1} for each in DEFAULT_LIMITS},
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
        "instead": {
            "type": "array",
            "items": {**_TEXT, "not": {"const": "default"}, "pattern": "^[A-Za-z0-9_.-]{1,64}$"},
            "description": "ids of workspaces that are dropped once this one is made",
        },
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
SNAPSHOT_NAME: Schema = {
    **_TEXT,
    "pattern": "^[A-Za-z0-9_.-]*[A-Za-z0-9_-][A-Za-z0-9_.-]*$",
    "maxLength": 64,
    "description": "not dots alone: they mean something else in a path",
}
NEW_SNAPSHOT: Schema = {**_object(name=SNAPSHOT_NAME), "additionalProperties": False}
SNAPSHOT = _object(
    name=SNAPSHOT_NAME,
    takenAt={**_MOMENT, "description": "the workspace's time"},
    changed={**_COUNT, "description": "documents and jobs written since; what putting it back costs"},
)
SNAPSHOTS = _object(snapshots=_list(SNAPSHOT))
_ANY_TEXT: Schema = {"type": ["string", "null"]}
REQUEST = _object(
    id=_COUNT,
    at=_MOMENT,
    method=_TEXT,
    path=_TEXT,
    query=OBJECT,
    headers=OBJECT,
    body={"description": "as JSON where it is JSON, else as text"},
    bodyTruncated={"type": "boolean"},
    status={"type": ["integer", "null"], "description": "null when no answer was sent"},
    answer={},
    answerHeaders=OBJECT,
    durationMs={"type": "number"},
    fault={"type": ["object", "null"]},
    clause={**_ANY_TEXT, "description": "of the catalogue, that a refusal follows from"},
    reason=_ANY_TEXT,
    lead={**_ANY_TEXT, "description": "the lead that it was about"},
    effects=_list(OBJECT),
)
REQUESTS = _object(requests=_list(REQUEST), total=_COUNT, dropped=_COUNT)
CLEARED = _object(cleared=_COUNT)
_FOUND = {
    "matched": {"type": "boolean"},
    "count": _COUNT,
    "requests": _list(REQUEST),
    "nearest": _list(_object(request=REQUEST, differences=_list(_TEXT))),
    "hints": _list(_TEXT),
    "dropped": {**_COUNT, "description": "older records of the asked range that the journal has dropped"},
    "stopped": {"type": "boolean", "description": "the server is about to stop: nothing is waited for any more"},
    "unclaimed": {**_COUNT, "description": "requests with no key of any workspace, since this one was made"},
}
FOUND = _object(**_FOUND)
COUNTED = _object(**{name: schema for name, schema in _FOUND.items() if name != "requests"})
QUESTION: Schema = {"$ref": "#/components/schemas/Question"}
PATIENCE: Schema = {"$ref": "#/components/schemas/Patience"}
EVENT = _object(id=_TEXT, cause=_ANY_TEXT, at=_MOMENT, kind=_TEXT, text=_TEXT)
EVENT_STREAM: Schema = {
    "type": "string",
    "description": "each event's data is an event of the timeline, and its workspace",
}
TIMELINE = _object(events=_list(EVENT), dropped=_COUNT)
FAULT: Schema = {"$ref": "#/components/schemas/Fault"}
FAULT_OR_FAULTS: Schema = {"oneOf": [FAULT, _list(FAULT)]}
FAULTS = _object(
    faults=_list(_object(id=_TEXT, phase={"enum": ["before", "after"]}, effect=OBJECT, seen=_COUNT, fired=_COUNT))
)
DELIVERY = _object(
    id=_COUNT,
    webhookId=_TEXT,
    url=_TEXT,
    event=_TEXT,
    state={"enum": ["pending", "delivered", "failed", "lost", "delayed", "held", "dropped"]},
    timestamp={**_MOMENT, "description": "of the event, as in the body and in X-Tuco-Timestamp"},
    body=OBJECT,
    raw={**_TEXT, "description": "the body, as it is sent"},
    signature=_TEXT,
    leadId=_ANY_TEXT,
    messageId=_ANY_TEXT,
    dueAt=_ANY_TEXT,
    sentAt=_ANY_TEXT,
    status={"type": ["integer", "null"], "description": "of the receiver's answer"},
    response=_ANY_TEXT,
    error={**_ANY_TEXT, "description": "why there was no answer, or why it was dropped"},
    durationMs={"type": ["number", "null"]},
    lab={**_list(_TEXT), "description": "the rules of the lab that it met"},
    repeats={"type": ["integer", "null"], "description": "the delivery that this one repeats"},
    isTest={"type": "boolean", "description": "whether it is a health check"},
)
DELIVERIES = _object(
    deliveries=_list(DELIVERY),
    total=_COUNT,
    pending={**_COUNT, "description": "how many are to be sent or on their way, of all"},
)
WAIT: Schema = {"$ref": "#/components/schemas/Wait"}
DELIVERED = _object(delivered={"type": "boolean"}, pending=_COUNT, stopped={"type": "boolean"})
LAB_RULE: Schema = {"$ref": "#/components/schemas/LabRule"}
LAB_RULE_OR_RULES: Schema = {"oneOf": [LAB_RULE, _list(LAB_RULE)]}
LAB = _object(rules=_list(_object(id=_TEXT, effect=_TEXT, seen=_COUNT, fired=_COUNT)))
LAB_CLEARED = _object(cleared=_COUNT, released={**_COUNT, "description": "how many it had held back"})
_LEVEL = _object(
    perMinute={"type": ["integer", "null"]},
    tokens={"type": ["number", "null"], "description": "calls it would let through at this moment"},
)
LEVELS = _object(**dict.fromkeys(DEFAULT_LIMITS, _LEVEL))
LEVEL: Schema = {**_object(tokens={"type": "number", "minimum": 0}), "additionalProperties": False}
ADDRESS: Schema = {"$ref": "#/components/schemas/Address"}
ADDRESSES = _object(addresses=_list(ADDRESS))
ADDRESS_OR_ADDRESSES: Schema = {"oneOf": [ADDRESS, _list(ADDRESS)]}
PAST_REPLIES = _object(pastReplies=_list({"$ref": "#/components/schemas/PastReply"}))
PROBLEM: Schema = {
    **_object(type=_TEXT, title=_TEXT, status={"type": "integer"}, detail=_TEXT),
}
PROBLEM["properties"] = {**PROBLEM["properties"], "errors": _list(_object(path=_TEXT, message=_TEXT))}

HAPPENED = _object(
    now=_MOMENT,
    counts={"type": "object", "additionalProperties": _COUNT},
    happened=_list(
        {
            **_object(at=_MOMENT, kind=_TEXT, messageId={"type": ["string", "null"]}),
            "properties": {
                "at": _MOMENT,
                "kind": {
                    "enum": [
                        *("sending", "sent", "delivered", "failed", "fallback", "pending", "scheduled", "dropped"),
                        *("reply", "opened"),
                    ]
                },
                "messageId": {"type": ["string", "null"]},
                "replyId": _TEXT,
            },
        }
    ),
    deliveries=_COUNT,
    waiting={
        **_object(
            delayed={**_COUNT, "description": "deliveries that the lab delays"},
            until={"anyOf": [_MOMENT, {"type": "null"}], "description": "when the first of those is due"},
            held={
                **_COUNT,
                "description": "deliveries that it holds back, until their webhook is told more, or the lab is cleared",
            },
        ),
        "description": "what was not waited for",
    },
    nextDue={"anyOf": [_MOMENT, {"type": "null"}], "description": "of jobs, acts and deliveries"},
)
RUN: Schema = {
    "type": "object",
    "additionalProperties": False,
    "properties": {"max": {"type": "integer", "minimum": 1, "description": "so many jobs at most; all that are due"}},
}
FAILURE: Schema = {
    "type": "object",
    "additionalProperties": False,
    "properties": {"error": {**_TEXT, "description": "why; a webhook is told, too"}},
}
