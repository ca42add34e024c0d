"""What the addresses of the simulated world do, by workspace and normalised address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuco_mock.domain.ids import key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tuco_mock.state.documents import Documents
    from tuco_mock.state.engines import Document, Engines


class Addresses:
    """The documents of addresses; each one's id is its index key, so that it has one at most."""

    def __init__(self, engines: Engines, documents: Documents) -> None:
        self._collection = engines.documents["addresses"]
        self._documents = documents

    def get(self, workspace: str, address_key: str) -> Document | None:
        """What the address does, or None when nothing was said of it."""
        return self._collection.find_one({"_id": key(workspace, address_key)})

    def all(self, workspace: str) -> list[Document]:
        """All of a workspace, emails before phones, each in alphabetical order."""
        return list(self._collection.find({"workspaceId": workspace}, sort=[("id", 1)]))

    def put(self, workspace: str, documents: Sequence[Document]) -> None:
        """Keep what addresses do, in place of what was said of them before."""
        if documents:
            keys = [each["_id"] for each in documents]
            self._documents.remove(workspace, "addresses", {"_id": {"$in": keys}})
            self._documents.insert(workspace, "addresses", documents)

    def forget(self, workspace: str, address_key: str | None = None) -> int:
        """Forget what an address does, or what all of them do; how many there were."""
        chosen = {"workspaceId": workspace} if address_key is None else {"_id": key(workspace, address_key)}
        return self._documents.remove(workspace, "addresses", chosen)
