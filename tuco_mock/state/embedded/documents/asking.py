"""Questions to a collection whose answer is prepared: neither query nor cursor is made when they are asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tuco_mock.state.embedded.documents.collection import IndexedCollection
from tuco_mock.state.questions import Question

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pymongo.collection import Collection

    from tuco_mock.state.embedded.documents.borrowed import Document
    from tuco_mock.state.embedded.documents.looking import Look
    from tuco_mock.state.embedded.documents.store import IndexedStore


def question(
    collection: Collection[Document],
    fields: Sequence[str],
    wanted: Mapping[str, int] | None = None,
    sort: Sequence[tuple[str, int]] = (),
) -> Question:
    """A question to a collection, prepared if it is one of this engine itself and nothing put before it."""
    kind = PreparedQuestion if isinstance(collection, IndexedCollection) else Question
    return kind(collection, fields, wanted, sort)


class PreparedQuestion(Question):
    """A question that goes straight to its index, where that says all; else it is asked the ordinary way."""

    _collection: Any
    _look: Look | None = None

    def __init__(self, collection: Collection[Document], fields: Sequence[str], *how: Any) -> None:
        super().__init__(collection, fields, *how)
        self._kinds = (str,) * len(self._fields)

    def all(self, *values: str, limit: int = 0) -> list[Document]:
        """The documents whose fields have these values, `limit` at most; 0 means all."""
        with self._collection.lock:
            found = self._found(values, limit)
            if found is not None:
                copy = self._copy
                return [copy(each) for each in found]
        return super().all(*values, limit=limit)

    def first(self, *values: str) -> Document | None:
        """The first of them, or None."""
        with self._collection.lock:
            found = self._found(values, 1)
            if found is not None:
                return self._copy(found[0]) if found else None
        return super().first(*values)

    def _found(self, values: tuple[str, ...], limit: int) -> list[Document] | None:
        """The stored documents themselves; None when the index does not say all."""
        store = self._collection.store
        look = self._look
        if look is None or look.home is not store.looks:
            look = self._prepare(store)
        if look is None or tuple(map(type, values)) != self._kinds:
            return None
        given = values if self._is_in_order else look.given(self._conditions(values))
        return look.found_at(store, given, 0, limit)

    def _prepare(self, store: IndexedStore) -> Look | None:
        """Find out how to look, with the indexes that there are now; None when they are of no use."""
        conditions = self._conditions(("",) * len(self._fields))
        look: Look | None = self._collection.look(store, conditions, self._wanted, self._sort or None)
        self._look = look
        if look is not None:
            self._copy, self._is_in_order = look.copy, look.fields == self._fields
        return look
