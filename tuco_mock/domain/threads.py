"""Threads: a lead's latest reply in a scope, kept so that listing who replied costs a page (R1, R2, R4, R7).

A scope is ``all``, ``line:<id>`` (replies received on that line) or ``campaign:<id>`` (all replies of a lead
enrolled there). A cursor ``<receivedAt>/<reply id>`` orders replies as the API lists them; it is text, so that of
two the greater can be kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tuco_mock.domain import ids

if TYPE_CHECKING:
    from collections.abc import Mapping

ALL = "all"
"""Scope of every reply of a lead."""


def line(line_id: str) -> str:
    """Scope of the replies received on one line (R7)."""
    return "line:" + line_id


def campaign(campaign_id: str) -> str:
    """Scope of the replies of the leads enrolled in one campaign (R4)."""
    return "campaign:" + campaign_id


def scopes_of(reply: Mapping[str, Any]) -> list[str]:
    """The scopes a reply belongs to by itself; those of campaigns follow from the enrolments of its lead.

    A reply without a lead is in none (R19).
    """
    if reply.get("leadId") is None:
        return []
    line_id = reply.get("lineId")
    return [ALL] if line_id is None else [ALL, line(line_id)]


def cursor(reply: Mapping[str, Any]) -> str:
    """Where a reply stands among the others: by time, then by id (R2)."""
    return f"{reply['receivedAt']}/{reply['id']}"


def split(last: str) -> tuple[str, str]:
    """The time and the reply id of a cursor."""
    received_at, _, reply_id = last.partition("/")
    return received_at, reply_id


def document(workspace_id: str, lead_id: str, scope: str, last: str) -> dict[str, Any]:
    """The stored thread of a lead in a scope, whose latest reply stands at the cursor `last`."""
    return {
        "_id": ids.key(workspace_id, lead_id, scope),
        "workspaceId": workspace_id,
        "leadId": lead_id,
        "scope": scope,
        "last": last,
    }
