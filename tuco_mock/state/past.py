"""What removed leads had said, by workspace: it is known on, so that nobody is written to who opted out (P19)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tuco_mock.state.documents import Documents
    from tuco_mock.state.engines import Document, Engines

KIND = "pastReplies"
"""The name of their collection."""


class PastReplies:
    """The replies of leads that are gone."""

    def __init__(self, engines: Engines, documents: Documents) -> None:
        self._collection = engines.documents[KIND]
        self._documents = documents

    def all(self, workspace: str) -> list[Document]:
        """All of a workspace, oldest first."""
        return list(self._collection.find({"workspaceId": workspace}, sort=[("receivedAt", 1), ("id", 1)]))

    def keep(self, workspace: str, documents: Sequence[Document]) -> None:
        """Keep these; one of an id that is there already takes its place."""
        if documents:
            self._documents.remove(workspace, KIND, {"_id": {"$in": [each["_id"] for each in documents]}})
            self._documents.insert(workspace, KIND, documents)
