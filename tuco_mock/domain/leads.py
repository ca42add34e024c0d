"""Leads and lists as the API shows them, what a search finds, and the list of those that name none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from tuco_mock.domain.addresses import EMAIL_FIELDS, PHONE_FIELDS

Document = Mapping[str, Any]

QUICK_SENDS = "Quick Sends"
"""Name of the list that leads are in when a call names none (L5)."""

QUICK_SENDS_DESCRIPTION = "Quick send messages"

DEFAULT_SOURCE = "csv"
"""Where leads come from when a call doesn't say (L8)."""

DEFAULT_LIMIT = 50
MAX_LIMIT = 100
MAX_PAGE = 2**53 - 1
"""The largest page number echoed: beyond it a JSON number is no longer exact (L17)."""

SEARCHED = ("firstName", "lastName", "email", "phone", "companyName")
"""The fields that a search looks at (L15)."""

_NAMES = ("firstName", "lastName")
_MORE = ("companyName", "jobTitle", "notes", "linkedinUrl")
_INTEGRATIONS = ("ghlRecordId", "ghlLocationId", "hubspotRecordId", "hubspotPortalId")


class LeadQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which leads a caller wants to see.

    Attributes:
        list_id: only those of this list; the empty text is one that no lead is in (L14).
        search: only those in which this stands, in the form that `searchable` gives; None for all (L15).
        page, limit: which page, from 1, and how long (L17).
    """

    list_id: str | None = None
    search: str | None = None
    page: int = 1
    limit: int = DEFAULT_LIMIT


def searchable(text: str) -> str:
    """The form of a text in which case makes no difference (L15)."""
    return text.casefold()


def is_found(lead: Document, search: str) -> bool:
    """Whether one of the searched fields holds the text, which is `searchable` already (L15)."""
    return any(search in searchable(lead[name]) for name in SEARCHED if lead.get(name))


def shown(lead: Document) -> dict[str, Any]:
    """A lead as the API shows it: all fields always, keys in the documented order (L13, A12)."""
    integrations = lead.get("integrationIds") or {}
    return {
        "_id": lead["id"],
        **{name: lead.get(name) for name in (*_NAMES, "email", "phone")},
        **{name: lead.get(name) for name in (*PHONE_FIELDS[1:], *EMAIL_FIELDS[1:], *_MORE)},
        "customFields": lead.get("customFields") or {},
        "listId": lead.get("listId"),
        "workspaceId": lead["workspaceId"],
        "source": lead.get("source"),
        "contactOwnerEmail": lead.get("contactOwnerEmail"),
        "integrationIds": {name: integrations.get(name) for name in _INTEGRATIONS},
        "availabilityStatus": lead.get("availabilityStatus"),
        "createdAt": lead["createdAt"],
        "updatedAt": lead["updatedAt"],
    }


def brief(lead: Document) -> dict[str, Any]:
    """A lead as it is shown beside its duplicate (L4)."""
    return {"_id": lead["id"], **{name: lead.get(name) for name in (*_NAMES, "email", "phone")}}


def integration_ids(lead: Document) -> dict[str, str | None]:
    """What a lead is called in other systems, in the words of an answer (L7)."""
    known = lead.get("integrationIds") or {}
    return {
        "ghlContactId": known.get("ghlRecordId"),
        "ghlLocationId": known.get("ghlLocationId"),
        "hsPortalId": known.get("hubspotPortalId"),
        "hsContactId": known.get("hubspotRecordId"),
    }


def outside_keys(lead: Document) -> list[str]:
    """How the ids of a lead in other systems are kept in an index, by which it is found again (P6)."""
    known = lead.get("integrationIds") or {}
    kept = (("ghl:", known.get("ghlRecordId")), ("hs:", known.get("hubspotRecordId")))
    return [system + each for system, each in kept if each]


def with_missing_ids(lead: Document, given: Document) -> dict[str, str] | None:
    """The ids of a lead in other systems with given ones in place of those it lacks; None when it lacks none (M17, P7).

    An id that it has is never overwritten.
    """
    known: dict[str, str] = lead.get("integrationIds") or {}
    filled = {name: known.get(name) or given.get(name) for name in _INTEGRATIONS}
    kept = {name: each for name, each in filled.items() if each}
    return None if kept == known else kept


def shown_list(lead_list: Document, lead_count: int) -> dict[str, Any]:
    """A list as the API shows it (L16)."""
    return {
        "_id": lead_list["id"],
        "name": lead_list["name"],
        "description": lead_list.get("description"),
        "workspaceId": lead_list["workspaceId"],
        "leadCount": lead_count,
        "createdAt": lead_list["createdAt"],
        "updatedAt": lead_list["updatedAt"],
    }
