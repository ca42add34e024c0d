"""Questions to a collection whose answer is prepared: neither query nor cursor is made when they are asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

from tuco_mock.state.embedded.documents.collection import IndexedCollection
from tuco_mock.state.questions import Question

if TYPE_CHECKING:
    from collections.abc import Callable

    from tuco_mock.state.embedded.documents.borrowed import Document
    from tuco_mock.state.embedded.documents.looking import Look
    from tuco_mock.state.embedded.documents.store import IndexedStore

T = TypeVar("T")


def question(collection: Any, *asked: Any) -> Question[Any]:
    """A question to a collection, prepared if it is one of this engine itself and nothing put before it."""
    kind: type[Question[Any]] = PreparedQuestion if isinstance(collection, IndexedCollection) else Question
    return kind(collection, *asked)


class PreparedQuestion(Question[T]):
    """A question that goes straight to its index, where that says all; else it is asked the ordinary way."""

    _look: Look | None = None

    def __init__(self, collection: Any, *asked: Any) -> None:
        super().__init__(collection, *asked)
        self._store_of = collection.database_store.existing
        self._lock = collection.lock
        self._name = collection.name
        self._prepared = cast("Callable[[Document], T]", self._read)

    def all(self, *values: str, limit: int = 0) -> list[T]:
        """What is found where the fields have these values, `limit` at most; 0 means all."""
        with self._lock:
            found = self._found(values, limit)
            if found is not None:
                read = self._prepared
                return [read(each) for each in found]
        return super().all(*values, limit=limit)

    def first(self, *values: str) -> T | None:
        """The first of it, or None."""
        with self._lock:
            found = self._found(values, 1)
            if found is not None:
                return self._prepared(found[0]) if found else None
        return super().first(*values)

    def _found(self, values: tuple[str, ...], limit: int) -> list[Document] | None:
        """The stored documents themselves; None when the index does not say all."""
        store = self._store_of(self._name)
        if store is None:
            return []
        look = self._look
        if look is None or look.home is not store.looks:
            look = self._prepare(store)
        if look is None:
            return None
        given = values if self._is_in_order else look.given(self._conditions(values))
        return look.found_at(store, given, 0, limit)

    def _prepare(self, store: IndexedStore) -> Look | None:
        """Find out how to look, with the indexes that there are now; None when they are of no use."""
        conditions = self._conditions(("",) * len(self._fields))
        collection = cast("IndexedCollection", self._collection)
        look = self._look = collection.look(store, conditions, self._wanted, self._sort or None)
        if look is not None:
            self._is_in_order = look.fields == self._fields
            self._prepared = self._read or cast("Callable[[Document], T]", look.copy)
        return look
