"""The inbound replies of all workspaces, and the threads kept from them: who replied last, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tuco_mock.domain.ids import key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tuco_mock.state.documents import Documents
    from tuco_mock.state.engines import Document, Engines

_NEWEST_FIRST = [("receivedAt", -1), ("id", -1)]
_SHOWN_FIELDS = {"_id": 0, "id": 1, "leadId": 1, "message": 1, "receivedAt": 1}
_WRITERS_FIELDS = {"_id": 0, "id": 1, "leadId": 1, "receivedAt": 1}


class Replies:
    """The reply documents and, derived from them, one thread a lead and scope (see `domain.threads`)."""

    def __init__(self, engines: Engines, documents: Documents) -> None:
        self._replies = engines.documents["replies"]
        self._threads = engines.documents["threads"]
        self._documents = documents
        self._shown_of_lead = engines.ask("replies", ("workspaceId", "leadId"), _SHOWN_FIELDS, _NEWEST_FIRST)
        self._writers_from = engines.ask("replies", ("workspaceId", "from"), _WRITERS_FIELDS)

    def of_lead(self, workspace: str, lead_id: str) -> list[Document]:
        """The lead's replies, newest first."""
        return list(self._replies.find({"workspaceId": workspace, "leadId": lead_id}, sort=_NEWEST_FIRST))

    def shown_of_lead(self, workspace: str, lead_id: str, limit: int) -> list[Document]:
        """The lead's newest replies, newest first, no more of them than is shown (R17)."""
        return self._shown_of_lead.all(workspace, lead_id, limit=limit)

    def from_address(self, workspace: str, address_key: str) -> list[Document]:
        """The replies that came from the address, whoever it belongs to."""
        return list(self._replies.find({"workspaceId": workspace, "from": address_key}))

    def writers_from(self, workspace: str, address_key: str) -> list[Document]:
        """Of the same replies who wrote each, when, and its id."""
        return self._writers_from.all(workspace, address_key)

    def between(self, workspace: str, since: str | None, until: str | None) -> list[Document]:
        """The replies within the bounds, both inclusive, newest first (R9)."""
        # of texts of one length, those up to `until` are those before anything longer; said so, since SecantusDB's $lte
        # leaves out the bound itself where an index goes on behind the field
        behind = None if until is None else until + "~"
        bounds = {name: bound for name, bound in (("$gte", since), ("$lt", behind)) if bound is not None}
        chosen: dict[str, Any] = {"workspaceId": workspace, **({"receivedAt": bounds} if bounds else {})}
        return list(self._replies.find(chosen, sort=_NEWEST_FIRST))

    def get(self, workspace: str, reply_id: str) -> Document | None:
        """The reply, or None."""
        return self._replies.find_one({"_id": key(workspace, reply_id)})

    def of_leads(self, workspace: str, lead_ids: Sequence[str]) -> list[Document]:
        """All replies of these leads, in order of creation."""
        chosen = {"workspaceId": workspace, "leadId": {"$in": list(lead_ids)}}
        return list(self._replies.find(chosen, sort=[("seq", 1)]))

    def that_came(self, workspace: str, said: Mapping[str, Any], since: str) -> Document | None:
        """A reply with the text and from the lead or the address that `said` has, at or after `since`; or None."""
        chosen = {"workspaceId": workspace, "message": said.get("message") or "", "receivedAt": {"$gte": since}}
        whom = {name: said[name] for name in ("leadId", "recipientPhone", "recipientEmail") if said.get(name)}
        if "leadId" in whom:
            whom = {"leadId": whom["leadId"].lower()}
        return self._replies.find_one({**chosen, **whom})

    def touch(self, workspace: str, threads: Iterable[Document]) -> None:
        """Note replies in their threads; an older reply never hides a newer one, whatever order they come in."""
        changes = {}
        for thread in threads:
            fixed = {name: value for name, value in thread.items() if name not in {"_id", "last"}}
            changes[thread["_id"]] = {"$setOnInsert": fixed, "$max": {"last": thread["last"]}}
        self._documents.merge(workspace, "threads", changes)

    def start(self, workspace: str, threads: list[Document]) -> None:
        """Keep the threads of a workspace that has none yet."""
        self._documents.insert(workspace, "threads", threads)

    def last_of(self, workspace: str, lead_id: str, scope: str) -> str | None:
        """The cursor of the lead's most recent reply in the scope."""
        thread = self._threads.find_one({"_id": key(workspace, lead_id, scope)}, {"last": 1})
        return None if thread is None else str(thread["last"])

    def count_threads(self, workspace: str, scope: str, since: str | None) -> int:
        """How many leads replied in the scope, at or after `since`."""
        return self._threads.count_documents(_in_scope(workspace, scope, since))

    def threads(self, workspace: str, scope: str, since: str | None, skip: int = 0, limit: int = 0) -> list[Document]:
        """Who replied in the scope, at or after `since`, newest first; all of them when `limit` is 0."""
        chosen, wanted = _in_scope(workspace, scope, since), {"leadId": 1, "last": 1}
        return list(self._threads.find(chosen, wanted, sort=[("last", -1)], skip=skip, limit=limit))


def _in_scope(workspace: str, scope: str, since: str | None) -> dict[str, Any]:
    chosen: dict[str, Any] = {"workspaceId": workspace, "scope": scope}
    if since is not None:
        chosen["last"] = {"$gte": since}
    return chosen
