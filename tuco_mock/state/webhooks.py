"""The webhooks of all workspaces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tuco_mock.domain.ids import key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tuco_mock.state.documents import Documents
    from tuco_mock.state.engines import Document, Engines

_NEWEST_FIRST = [("createdAt", -1), ("seq", -1)]
_OLDEST_FIRST = [("seq", 1)]


class Webhooks:
    """The webhook documents."""

    def __init__(self, engines: Engines, documents: Documents) -> None:
        self._collection = engines.documents["webhooks"]
        self._documents = documents

    def get(self, workspace: str, webhook_id: str) -> Document | None:
        """The webhook, or None."""
        return self._collection.find_one({"_id": key(workspace, webhook_id)})

    def newest(self, workspace: str) -> list[Document]:
        """All webhooks, newest first (H4)."""
        return list(self._collection.find({"workspaceId": workspace}, sort=_NEWEST_FIRST))

    def told(self, workspace: str, event: str) -> list[Document]:
        """The active webhooks that want to be told of an event, oldest first (H10)."""
        found = self._collection.find({"workspaceId": workspace, "events": event}, sort=_OLDEST_FIRST)
        return [each for each in found if each["isActive"]]

    def add(self, workspace: str, webhook: Document) -> None:
        """Keep a new webhook."""
        self._documents.insert(workspace, "webhooks", [webhook])

    def change(self, workspace: str, webhook_id: str, changes: Mapping[str, Any]) -> bool:
        """Give a webhook other fields; False when there is none."""
        chosen = {"_id": key(workspace, webhook_id)}
        return self._documents.update(workspace, "webhooks", chosen, {"$set": changes}).matched_count == 1

    def remove(self, workspace: str, webhook_id: str) -> bool:
        """Remove a webhook; False when there is none."""
        return self._documents.remove(workspace, "webhooks", {"_id": key(workspace, webhook_id)}) == 1

    def note(self, workspace: str, webhook_id: str, at: str, *, succeeded: bool) -> None:
        """Note what came of an attempt; nothing when the webhook is gone by now (H14)."""
        times = {"lastTriggeredAt": at, "lastSuccessAt" if succeeded else "lastFailureAt": at, "updatedAt": at}
        changes: dict[str, Any] = {"$set": {**times, "failureCount": 0}}
        if not succeeded:
            changes = {"$set": times, "$inc": {"failureCount": 1}}
        self._documents.update(workspace, "webhooks", {"_id": key(workspace, webhook_id)}, changes)
