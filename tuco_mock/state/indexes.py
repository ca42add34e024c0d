"""The indexes, declared once for every documents engine.

Each is written as equality fields first, then the order in which results are wanted, so that a page costs the same
in a large workspace as in a small one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymongo.errors import OperationFailure

from tuco_mock.state.away import first_line
from tuco_mock.state.engines import UnusableEngine

if TYPE_CHECKING:
    from tuco_mock.state.engines import Engines

IN_WORKSPACE = (
    *("leads", "lines", "lists", "campaigns", "enrolments", "messages", "replies", "threads", "webhooks"),
    *("addresses", "pastReplies"),
)
"""The collections whose documents belong to a workspace."""

_WITHOUT_SEQUENCE = frozenset({"threads", "addresses", "pastReplies"})
"""Those of them whose documents have no running number."""

INDEXES: dict[str, dict[str, tuple[str, ...]]] = {
    "workspaces": {"by_order": ("order",)},
    "leads": {
        "newest": ("workspaceId", "createdAt", "seq"),
        "newest_of_list": ("workspaceId", "listId", "createdAt", "seq"),
        "by_outside_id": ("workspaceId", "outside"),
    },
    "lines": {"in_turn": ("workspaceId", "isActive", "lastSentAt", "seq")},
    "lists": {"by_name": ("workspaceId", "name", "seq")},
    "addresses": {"by_address": ("workspaceId", "id")},
    "pastReplies": {"by_time": ("workspaceId", "receivedAt", "id")},
    "campaigns": {},
    "webhooks": {"newest": ("workspaceId", "createdAt", "seq"), "told": ("workspaceId", "events", "seq")},
    "enrolments": {"of_campaign": ("workspaceId", "campaignId", "seq"), "of_lead": ("workspaceId", "leadId")},
    "messages": {
        "cancellable_of_lead": ("workspaceId", "leadId", "phase", "createdAt", "seq"),
        "cancellable_to_address": ("workspaceId", "to", "phase", "createdAt", "seq"),
        "sent_to_lead": ("workspaceId", "leadId", "phase", "sentAt", "id"),
    },
    "replies": {
        "of_lead": ("workspaceId", "leadId", "receivedAt", "id"),
        "from_address": ("workspaceId", "from", "receivedAt", "id"),
        "by_time": ("workspaceId", "receivedAt", "id"),
    },
    "threads": {
        "newest": ("workspaceId", "scope", "last"),
        "of_lead": ("workspaceId", "leadId", "scope", "last"),
    },
}
"""Name and fields of every index, by collection."""

UNIQUE: dict[str, dict[str, tuple[str, ...]]] = {
    "workspaces": {"api_key": ("apiKeys",)},
    "leads": {"identity": ("workspaceId", "identity")},
}
"""The same, for what may exist only once: an API key, and a lead's address in its workspace."""


def create(engines: Engines) -> None:
    """Create every index; those that exist are left as they are.

    Raises:
        UnusableEngine: there are others of the same names.
    """
    try:
        _create(engines)
    except OperationFailure as error:
        raise UnusableEngine(
            f"{engines.documents_name} has no room for our indexes (--fresh drops those of another version): "
            f"{first_line(error)}"
        ) from error


def _create(engines: Engines) -> None:
    for name, declared in INDEXES.items():
        collection = engines.documents[name]
        if name in IN_WORKSPACE and name not in _WITHOUT_SEQUENCE:
            collection.create_index([("workspaceId", 1), ("seq", 1)], name="of_workspace")
        for index, fields in declared.items():
            collection.create_index([(field, 1) for field in fields], name=index)
        for index, fields in UNIQUE.get(name, {}).items():
            collection.create_index([(field, 1) for field in fields], name=index, unique=True)
