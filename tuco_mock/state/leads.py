"""The leads of all workspaces, found by id or by any of their addresses."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

from tuco_mock.domain.ids import key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from tuco_mock.state.engines import Document, Engines

_NEWEST_FIRST = [("createdAt", -1), ("seq", -1)]
_BY_ADDRESS = ("workspaceId", "identity")
_SHOWN_FIELDS = {"_id": 0, "id": 1, "phone": 1, "email": 1, "firstName": 1, "lastName": 1}
_ID: Callable[[Document], str] = itemgetter("id")


class Leads:
    """The lead documents."""

    def __init__(self, engines: Engines) -> None:
        self._collection = engines.documents["leads"]
        self._id_of = engines.ask("leads", _BY_ADDRESS, {"id": 1}, read=_ID)
        self._shown = engines.ask("leads", ("_id",), _SHOWN_FIELDS)
        self._shown_with_address = engines.ask("leads", _BY_ADDRESS, _SHOWN_FIELDS)

    def id_of(self, workspace: str, address_key: str) -> str | None:
        """The id of the lead that has the address, primary or alternate (C7)."""
        return self._id_of.first(workspace, address_key)

    def first_with(self, workspace: str, address_keys: Iterable[str]) -> str | None:
        """The id of the first lead that has one of the addresses, tried in their order (C8)."""
        found = (self.id_of(workspace, address_key) for address_key in address_keys)
        return next((lead_id for lead_id in found if lead_id is not None), None)

    def exists(self, workspace: str, lead_id: str) -> bool:
        """Whether the workspace has the lead."""
        return self._collection.find_one({"_id": key(workspace, lead_id)}, {"_id": 1}) is not None

    def get(self, workspace: str, lead_id: str) -> Document | None:
        """The lead, or None."""
        return self._collection.find_one({"_id": key(workspace, lead_id)})

    def shown(self, workspace: str, lead_id: str) -> Document | None:
        """The same, no more of it than is shown beside its replies (R15)."""
        return self._shown.first(key(workspace, lead_id))

    def with_address(self, workspace: str, address_key: str) -> Document | None:
        """The lead that has the address, primary or alternate (C7)."""
        return self._collection.find_one({"workspaceId": workspace, "identity": address_key})

    def shown_with_address(self, workspace: str, address_key: str) -> Document | None:
        """The same lead, no more of it than is shown."""
        return self._shown_with_address.first(workspace, address_key)

    def with_outside_id(self, workspace: str, outside_keys: Sequence[str]) -> Document | None:
        """The lead that is called so in another system, by the first of the keys that one has (P6)."""
        found = (
            self._collection.find_one({"workspaceId": workspace, "outside": each}, sort=[("seq", 1)])
            for each in outside_keys
        )
        return next((lead for lead in found if lead is not None), None)

    def some(self, workspace: str, limit: int) -> list[Document]:
        """The workspace's first leads, `limit` at most."""
        return list(self._collection.find({"workspaceId": workspace}).sort([("seq", 1)]).limit(limit))

    def of_ids(self, workspace: str, lead_ids: Iterable[str]) -> list[Document]:
        """The leads of these ids, in their order; one that the workspace doesn't have is left out."""
        keys = [key(workspace, each) for each in lead_ids]
        found = {each["_id"]: each for each in self._collection.find({"_id": {"$in": keys}})}
        return [found[each] for each in keys if each in found]

    def page(self, workspace: str, list_id: str | None, skip: int, limit: int) -> tuple[int, list[Document]]:
        """How many leads there are, in one list or in all, and a page of them, newest first (L12)."""
        chosen = _chosen(workspace, list_id)
        total = self._collection.count_documents(chosen)
        if skip >= total:
            return total, []
        return total, list(self._collection.find(chosen, sort=_NEWEST_FIRST, skip=skip, limit=limit))

    def newest(self, workspace: str, list_id: str | None, fields: Sequence[str]) -> Iterator[Document]:
        """All leads, of one list or of all, newest first; of each its id and these fields."""
        wanted = dict.fromkeys(("id", *fields), 1)
        return iter(self._collection.find(_chosen(workspace, list_id), wanted, sort=_NEWEST_FIRST))


def _chosen(workspace: str, list_id: str | None) -> dict[str, Any]:
    return {"workspaceId": workspace} if list_id is None else {"workspaceId": workspace, "listId": list_id}
