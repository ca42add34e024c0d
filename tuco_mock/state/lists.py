"""The lists that leads are kept in. Who is in one stands in the leads, so a list's count is never out of step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuco_mock.domain.ids import key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tuco_mock.state.documents import Documents
    from tuco_mock.state.engines import Document, Engines


class Lists:
    """The list documents of all workspaces."""

    def __init__(self, engines: Engines, documents: Documents) -> None:
        self._lists = engines.documents["lists"]
        self._leads = engines.documents["leads"]
        self._documents = documents

    def named(self, workspace: str, name: str) -> str | None:
        """The id of the workspace's first list of that name."""
        found = next(iter(self._lists.find({"workspaceId": workspace, "name": name}, sort=[("seq", 1)], limit=1)), None)
        return None if found is None else str(found["id"])

    def with_counts(self, workspace: str) -> list[tuple[Document, int]]:
        """All lists, in order of creation, each with how many leads are in it."""
        lists = self._lists.find({"workspaceId": workspace}, sort=[("seq", 1)])
        return [(each, self._leads.count_documents({"workspaceId": workspace, "listId": each["id"]})) for each in lists]

    def touch(self, workspace: str, list_ids: Iterable[str], at: str) -> None:
        """Note that leads came to lists, or left them, at a moment."""
        chosen = {"_id": {"$in": [key(workspace, each) for each in list_ids]}}
        self._documents.update(workspace, "lists", chosen, {"$set": {"updatedAt": at}})
