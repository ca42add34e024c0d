"""What the clause tests compare with: whole answers, and all that a workspace remembers."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.support import CANCEL, REPLIES, Json, World

if TYPE_CHECKING:
    import httpx

Refused = tuple[int, dict[str, str]]
"""Status and body of a refusal."""

UNAUTHORIZED: Refused = (401, {"error": "Unauthorized"})
INACTIVE: Refused = (400, {"error": "No active workspace"})
NOT_FOUND: Refused = (404, {"error": "Not found"})
METHOD_NOT_ALLOWED: Refused = (405, {"error": "Method not allowed"})
TOO_LARGE: Refused = (413, {"error": "Request body too large"})
RATE_LIMITED: Refused = (429, {"error": "Rate limit exceeded"})
NO_IDENTIFIER: Refused = (400, {"error": "Either leadId, recipientPhone, or recipientEmail is required"})
NOT_JSON: Refused = (400, {"error": "Invalid request body (JSON required)"})
NO_OBJECT: Refused = (400, {"error": "Request body must be a JSON object"})
NO_LEAD: Refused = (404, {"error": "Lead not found or access denied"})
NO_LIST: Refused = (
    404,
    {
        "error": "List not found. The specified listId does not exist or is invalid. "
        "Omit listId to use the Quick Sends list."
    },
)
NO_CAMPAIGN: Refused = (404, {"error": "Campaign not found"})
FROM_AFTER_TO: Refused = (400, {"error": "dateFrom must be <= dateTo"})

METHODS = {CANCEL: "POST", REPLIES: "GET"}
both_operations = pytest.mark.parametrize("path", [CANCEL, REPLIES], ids=["cancelForLead", "getReplies"])

LIMIT_BYTES = 1024 * 1024
"""Longest request body that is read (A14)."""


def invalid(name: str) -> Refused:
    """The refusal of a malformed parameter or field."""
    return 400, {"error": f"Invalid {name}"}


def cancelled(*message_ids: str, lead: str | None, jobs: int | None = None) -> Json:
    """The 200 body of a cancellation; every message's job was removed unless `jobs` says how many were."""
    return {
        "success": True,
        "cancelledCount": len(message_ids),
        "jobsRemovedFromQueue": len(message_ids) if jobs is None else jobs,
        "leadId": lead,
        "messageIds": list(message_ids),
    }


def page_of(*items: Json, total: int | None = None, page: int = 1, limit: int = 50) -> Json:
    """The 200 body of a listing; there are no more leads than these unless `total` says how many there are."""
    total = len(items) if total is None else total
    return {
        "replies": list(items),
        "total": total,
        "page": page,
        "limit": limit,
        "totalPages": -(-total // limit),
    }


NOBODY = page_of()
"""The 200 body of a listing in which nobody is."""


def ids(kind: str, count: int) -> list[str]:
    """So many ids that begin with these four digits, in ascending order."""
    return [f"{kind}{n:020x}" for n in range(1, count + 1)]


def who(world: World, query: str = "", /, **params: Any) -> list[str]:
    """The leads on the page that is asked for."""
    return [item["leadId"] for item in world.replies(query, **params)["replies"]]


def ask(
    world: World, path: str, authorization: str | bytes | None, *, content: bytes = b"", query: str = ""
) -> httpx.Response:
    """Call the operation of a path with this `Authorization` header, or without one."""
    headers: list[tuple[bytes, bytes]] = []
    if authorization is not None:
        value = authorization if isinstance(authorization, bytes) else authorization.encode()
        headers.append((b"Authorization", value))
    return world.http.request(METHODS[path], f"{path}{query}", headers=headers, content=content)


def held(world: World) -> Json:
    """All that is remembered of a workspace: its state and its queue."""
    return {**world.state(), "queue": world.control("GET", "/queue")}


def contents(world: World) -> Json:
    """The same without the rate limiter, from which even a rejected listing takes a token (R22)."""
    return {name: value for name, value in held(world).items() if name != "rateLimitBuckets"}


def after_cancelling(before: Json, message_ids: list[str], at: str) -> Json:
    """What must be held when exactly these messages are cancelled, their jobs removed unless a worker has them."""
    after = copy.deepcopy(before)
    for message in after["messages"]:
        if message["id"] in message_ids:
            message.update(status="cancelled", updatedAt=at)
            if message.get("job") != "active":
                message.pop("job", None)
    jobs = [job for job in after["queue"]["jobs"] if job["messageId"] not in message_ids or job["state"] == "active"]
    counts = {state: sum(job["state"] == state for job in jobs) for state in ("waiting", "delayed", "active")}
    after["queue"] = {"counts": counts, "jobs": jobs}
    return after


def error_of_finish(world: World, message_id: str) -> int:
    """What a worker that says it is done with a job is answered."""
    return world.http.post(f"/_tuco/workspaces/{world.id}/queue/{message_id}/finish").status_code


def without_sequence(state: Json) -> Json:
    """What is held but for the running number, which a cancellation may use up."""
    return {name: value for name, value in state.items() if name != "sequence"}


def pairs(text: str | bytes) -> Any:
    """JSON with its objects as lists of pairs, so that the order of keys counts in a comparison."""
    return json.loads(text, object_pairs_hook=list)
