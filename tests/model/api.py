"""The two documented operations on the model, clause by clause of parts B and C of the contract."""

from __future__ import annotations

from typing import Any, NamedTuple

from tests.model import notation, worker
from tests.model.contents import limit
from tests.model.limiter import take
from tests.model.model import WAITING, Thing, Workspace

MALFORMED = object()
"""Stands for a request body that is not JSON (C3)."""


class Answer(NamedTuple):
    """What the server has to say: status, body, and `Retry-After` where it belongs."""

    status: int
    body: Any
    retry_after: int | None = None


def refusal(status: int, error: str, retry_after: int | None = None) -> Answer:
    return Answer(status, {"error": error}, retry_after)


def by_key(workspaces: list[Workspace], key: str | None) -> Workspace | None:
    """The workspace that an API key opens (A1)."""
    return next((each for each in workspaces if key in each.settings["apiKeys"]), None)


def _object_id(value: object) -> str | None:
    if isinstance(value, str) and len(value) == 24 and not set(value) - set("0123456789abcdefABCDEF"):
        return value.lower()
    return None


# POST /api/messages/cancel-for-lead


def cancel(workspace: Workspace | None, body: object) -> Answer:
    """Cancel what waits for a lead; `body` is the decoded JSON."""
    if workspace is None or not workspace.settings["active"]:
        return _closed(workspace)
    if not isinstance(body, dict):
        malformed = "Invalid request body (JSON required)"
        return refusal(400, malformed if body is MALFORMED else "Request body must be a JSON object")
    given = body.get("leadId")
    lead_id = _object_id(given)
    if lead_id is None and not (given is None or (isinstance(given, str) and given.strip() == "")):
        return refusal(400, "Invalid leadId")
    phone, email = (_text(body.get(name)) for name in ("recipientPhone", "recipientEmail"))
    if lead_id is None and phone is None and email is None:
        return refusal(400, "Either leadId, recipientPhone, or recipientEmail is required")
    return _cancel(workspace, lead_id, phone, email)


def _closed(workspace: Workspace | None) -> Answer:
    """Nobody's key, or that of an inactive workspace (A1, A4)."""
    return refusal(401, "Unauthorized") if workspace is None else refusal(400, "No active workspace")


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _cancel(workspace: Workspace, lead_id: str | None, phone: str | None, email: str | None) -> Answer:
    wanted = [
        None if phone is None else notation.phone(phone, workspace.country_code),
        None if email is None else notation.email(email),
    ]
    if lead_id is None:
        for address in wanted:  # the phone first (C8)
            lead = workspace.owner(address)
            if lead is not None:
                lead_id = lead["id"]
                break
    found = []
    for message in workspace.things["messages"]:
        if lead_id is not None:
            meant = message["leadId"] == lead_id
        else:
            meant = any(address is not None and address in message["_addresses"] for address in wanted)
        if meant and message["status"] in WAITING:
            found.append(message)
    found.sort(key=lambda message: str(message["createdAt"]))  # stable: of the same time the first one put there
    removed = 0
    for message in found:
        message.update(status="cancelled", updatedAt=notation.iso(workspace.now))
        if workspace.jobs.get(message["id"]) in {"waiting", "delayed"}:
            del workspace.jobs[message["id"]]
            removed += 1
    body = {
        "success": True,
        "cancelledCount": len(found),
        "jobsRemovedFromQueue": removed,
        "leadId": lead_id,
        "messageIds": [message["id"] for message in found],
    }
    return Answer(200, body)


# GET /api/replies


def replies(workspace: Workspace | None, parameters: list[tuple[str, str]]) -> Answer:
    """List who replied; `parameters` are those of the query string, decoded, in their order."""
    if workspace is None or not workspace.settings["active"]:
        return _closed(workspace)
    per_minute = limit(workspace)
    if per_minute is not None:
        workspace.bucket, wait = take(workspace.bucket, per_minute, workspace.now)
        if wait:
            return refusal(429, "Rate limit exceeded", wait)
    query: dict[str, str] = {}
    for name, value in parameters:
        query.setdefault(name, value)
    given = {name: value for name, value in query.items() if value != ""}
    error = _mistake(given)
    if error:
        return refusal(400, error)
    missing = {"leads": "Lead not found or access denied", "campaigns": "Campaign not found"}
    for kind, name in (("leads", "leadId"), ("campaigns", "campaignId")):
        if name in given and not workspace.find(kind, given[name].lower()):
            return refusal(404, missing[kind])
    return Answer(200, _page(_items(workspace, given), given))


def _mistake(given: dict[str, str]) -> str | None:
    """The first mistake, in the order of R23."""
    for name in ("leadId", "campaignId", "lineId"):
        if name in given and _object_id(given[name]) is None:
            return f"Invalid {name}"
    for name in ("dateFrom", "dateTo"):
        if name in given and notation.microseconds(given[name]) is None:
            return f"Invalid {name}"
    if "dateFrom" in given and "dateTo" in given:
        first, last = (notation.microseconds(given[name]) for name in ("dateFrom", "dateTo"))
        if first is not None and last is not None and first > last:
            return "dateFrom must be <= dateTo"
    return None


def _page(items: list[Thing], given: dict[str, str]) -> Thing:
    page, length = _number(given.get("page"), 1, 2**53 - 1), _number(given.get("limit"), 50, 100)
    return {
        "replies": items[(page - 1) * length : page * length],
        "total": len(items),
        "page": page,
        "limit": length,
        "totalPages": (len(items) + length - 1) // length,
    }


def _number(text: str | None, default: int, most: int) -> int:
    if text is None or set(text) - set("0123456789") or int(text) < 1:
        return default
    return min(int(text), most)


def _items(workspace: Workspace, given: dict[str, str]) -> list[Thing]:
    """One item a lead of whose replies one passes, newest first (R1, R2)."""
    found = []
    for lead in workspace.things["leads"]:
        conversation = [reply for reply in workspace.things["replies"] if reply["leadId"] == lead["id"]]
        conversation.sort(key=lambda reply: (reply["receivedAt"], reply["id"]), reverse=True)
        passing = [reply for reply in conversation if _passes(workspace, given, lead, reply)]
        if passing:
            found.append((passing[0]["receivedAt"], passing[0]["id"], _item(workspace, lead, passing[0], conversation)))
    found.sort(key=lambda each: each[:2], reverse=True)
    return [item for _, _, item in found]


def _passes(workspace: Workspace, given: dict[str, str], lead: Thing, reply: Thing) -> bool:
    """Whether a lead's reply passes all filters (R3 to R11)."""
    at = notation.microseconds(reply["receivedAt"])
    assert at is not None
    if "leadId" in given and lead["id"] != given["leadId"].lower():
        return False
    if "lineId" in given and reply.get("lineId") != given["lineId"].lower():
        return False
    if "campaignId" in given:
        campaign = workspace.find("campaigns", given["campaignId"].lower())
        if campaign is None or lead["id"] not in campaign["leads"]:
            return False
    if "recipientPhone" in given:
        number = notation.phone_in_query(given["recipientPhone"], workspace.country_code)
        if number not in [*reply["_addresses"], *lead["_addresses"]]:
            return False
    if "recipientEmail" in given:
        address = notation.email(given["recipientEmail"])
        if address not in [*reply["_addresses"], *lead["_addresses"]]:
            return False
    first, last = (notation.microseconds(given.get(name, "")) for name in ("dateFrom", "dateTo"))
    return (first is None or at >= first) and (last is None or at <= last)


def _item(workspace: Workspace, lead: Thing, latest: Thing, conversation: list[Thing]) -> Thing:
    sent = [
        message
        for message in workspace.things["messages"]
        if message["leadId"] == lead["id"] and message["status"] in {"sent", "delivered"}
    ]
    sent.sort(key=lambda message: (message["sentAt"], message["id"]), reverse=True)
    return {
        "leadId": lead["id"],
        "messageId": latest["id"],
        "message": latest["message"],
        "respondedAtUtc": latest["receivedAt"],
        "recipientPhone": lead.get("phone"),
        "recipientEmail": lead.get("email"),
        "name": " ".join([lead.get("firstName", ""), lead.get("lastName", "")]).strip(),
        "recentReplies": [
            {"messageId": reply["id"], "message": reply["message"][:200], "receivedAtUtc": reply["receivedAt"]}
            for reply in conversation[:10]
        ],
        "parentMessages": [
            {
                "messageId": message["id"],
                "message": message["message"][:200],
                "sentAtUtc": message["sentAt"],
                "batchId": message.get("batchId"),
                "stepIndex": message.get("stepIndex"),
            }
            for message in sent[:10]
        ],
    }


# a worker


def start(workspace: Workspace, message_id: str) -> int:
    """A worker takes a message's job; the status of the control plane's answer."""
    if not workspace.find("messages", message_id.lower()):
        return 404
    if workspace.jobs.get(message_id.lower()) not in {"waiting", "delayed"}:
        return 409
    workspace.jobs[message_id.lower()] = "active"
    return 200


def finish(workspace: Workspace, message_id: str) -> int:
    """The worker is done: the message is sent, unless it was cancelled meanwhile (C14)."""
    message = workspace.find("messages", message_id.lower())
    if message is None:
        return 404
    if workspace.jobs.get(message["id"]) != "active":
        return 409
    del workspace.jobs[message["id"]]
    if message["status"] in {*WAITING, "sending"}:
        worker.send(workspace, message)
    return 200
