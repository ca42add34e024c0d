"""Replies: which ones a query means, and how a lead who replied is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

Document = Mapping[str, Any]

CONTEXT = 10
"""How many recent replies and how many outbound messages an item shows (R1)."""

EXCERPT = 200
"""Longest text of a message shown as context, in characters (R17, R18)."""

DEFAULT_LIMIT = 50
MAX_LIMIT = 100
MAX_PAGE = 2**53 - 1
"""The largest page number echoed: beyond it a JSON number is no longer exact (R25)."""


class ReplyQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What a caller wants to see; all conditions hold together (R11).

    Attributes:
        lead_id, campaign_id, line_id: only this lead, the leads of this campaign, replies received on this line.
        addresses: index keys of addresses that the sender or one of its own addresses must be (R5, R6); None in it is
            an address that can't be one and matches nothing (R26).
        since, until: bounds on the reply's time, inclusive.
        page, limit: which page, from 1, and how long (R12).
    """

    lead_id: str | None = None
    campaign_id: str | None = None
    line_id: str | None = None
    addresses: tuple[str | None, ...] = ()
    since: str | None = None
    until: str | None = None
    page: int = 1
    limit: int = DEFAULT_LIMIT


def passes(query: ReplyQuery, reply: Document, owners: Iterable[tuple[str, str | None]]) -> bool:
    """Whether a reply meets the query's conditions, but for the campaign.

    Args:
        query: the query.
        reply: the stored reply.
        owners: each address of the query with the id of the lead it belongs to (R6).
    """
    lead_id = reply["leadId"]
    if lead_id is None or (query.lead_id is not None and lead_id != query.lead_id):
        return False
    if query.line_id is not None and reply.get("lineId") != query.line_id:
        return False
    if query.since is not None and reply["receivedAt"] < query.since:
        return False
    if query.until is not None and reply["receivedAt"] > query.until:
        return False
    return all(address in reply["from"] or lead_id == owner for address, owner in owners)


def latest_by_lead(replies: Iterable[Document]) -> list[tuple[str, str]]:
    """Each lead with its most recent reply, newest first; equal times by message id, newest first (R2)."""
    latest: dict[str, str] = {}
    for reply in sorted(replies, key=_moment, reverse=True):
        latest.setdefault(reply["leadId"], reply["id"])
    return list(latest.items())


def _moment(reply: Document) -> tuple[str, str]:
    return reply["receivedAt"], reply["id"]


def item(lead: Document, latest: Document, recent: Iterable[Document], parents: list[dict[str, Any]]) -> dict[str, Any]:
    """A lead who replied, as the API shows it (R15 to R18), keys in the documented order (A12).

    Args:
        lead: the lead.
        latest: its reply that was asked for.
        recent: its most recent replies, newest first.
        parents: what it got, as `parent` makes it.
    """
    return {
        "leadId": lead["id"],
        "messageId": latest["id"],
        "message": latest["message"],
        "respondedAtUtc": latest["receivedAt"],
        "recipientPhone": lead.get("phone"),
        "recipientEmail": lead.get("email"),
        "name": f"{lead.get('firstName') or ''} {lead.get('lastName') or ''}".strip(),
        "recentReplies": [
            {
                "messageId": each["id"],
                "message": each["message"][:EXCERPT],
                "receivedAtUtc": each["receivedAt"],
            }
            for each in recent
        ],
        "parentMessages": parents,
    }


def parent(sent: Document) -> dict[str, Any]:
    """An outbound message as it is shown beside a reply (R18)."""
    return {
        "messageId": sent["id"],
        "message": sent["message"][:EXCERPT],
        "sentAtUtc": sent["sentAt"],
        "batchId": sent.get("batchId"),
        "stepIndex": sent.get("stepIndex"),
    }
