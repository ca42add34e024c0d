"""The answer to a query: found and copied at first access, handed out one by one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from operator import length_hint
from typing import TYPE_CHECKING, Any

from tuco_mock.state.embedded.documents.borrowed import BaseCursor, Document, Sort
from tuco_mock.state.embedded.documents.filters import compile_query
from tuco_mock.state.embedded.documents.reading import select
from tuco_mock.state.embedded.documents.sorting import normal_sort

if TYPE_CHECKING:
    from tuco_mock.state.embedded.documents.collection import IndexedCollection
    from tuco_mock.state.embedded.documents.copying import Copier
    from tuco_mock.state.embedded.documents.filters import Query
    from tuco_mock.state.embedded.documents.looking import Look
    from tuco_mock.state.embedded.documents.store import IndexedStore


class IndexedCursor(BaseCursor):
    """A cursor that reads no more than its window, once. As mongomock's it asks again when it found nothing."""

    session = None
    _collation = None
    _results: list[Document] | tuple[()] = ()
    _window: tuple[int, int | None] | None = None
    _unread: Iterator[Document] | None = None

    def __init__(
        self, collection: IndexedCollection, query: Query, sort: Sort, copier: Copier, skip: int, limit: int
    ) -> None:
        # without mongomock's own, which copies the filter and binds a factory
        self.collection = collection
        self._query = query
        self._sort = sort
        self._copier = copier
        self._skip = skip
        self._limit = limit

    def _fetch(self, skip: int, limit: int) -> list[Document]:
        """Copies of the documents in a window."""
        database, copy = self.collection.database_store, self._copier
        with database.lock:
            return [copy(each) for each in self._found(database[self.collection.name], skip, limit)]

    def _found(self, store: IndexedStore, skip: int, limit: int) -> list[Document]:
        """The stored documents in a window."""
        return select(store, self._query, self._sort, skip, limit)

    def _compute_results(self, with_limit_and_skip: bool = False) -> list[Document]:
        if not with_limit_and_skip:
            return self._fetch(0, 0)
        window = (self._skip, self._limit)
        if not self._results or window != self._window:
            skip, limit = window[0], abs(window[1] or 0)
            # mongomock cuts with slices, so a negative skip counts from the end
            self._results = self._fetch(skip, limit) if skip >= 0 else self._fetch(0, 0)[skip:][: limit or None]
            self._window = window
        return self._results

    def _iterator(self) -> Iterator[Document]:
        unread = self._unread
        if unread is None:
            unread = self._unread = iter(self._compute_results(with_limit_and_skip=True))
        elif not self._results or self._window != (self._skip, self._limit):
            passed = self._emitted
            unread = self._unread = iter(self._compute_results(with_limit_and_skip=True)[passed:])
        return unread

    @property
    def _emitted(self) -> int:
        return 0 if self._unread is None else len(self._results) - length_hint(self._unread)

    def __iter__(self) -> Iterator[Document]:
        return self._iterator()

    def __next__(self) -> Document:
        return next(self._iterator())

    next = __next__

    def to_list(self, length: int | None = None) -> list[Document]:
        """The documents not read yet, or as many as `length` of them."""
        return list(islice(self._iterator(), length))

    def rewind(self) -> IndexedCursor:
        """Start again from the first document."""
        self._unread = None
        return self

    def sort(self, key_or_list: Any, direction: int | None = None) -> IndexedCursor:
        """Sort by a field, or by several, each with its direction.

        Raises:
            ValueError: no field is given.
        """
        sort = normal_sort(key_or_list, direction)
        if not sort:
            raise ValueError("key_or_list must not be the empty list")
        self._sort = sort
        self._unread = self._window = None
        return self

    def clone(self) -> IndexedCursor:
        """A cursor for the same query, not read yet."""
        return IndexedCursor(self.collection, self._query, self._sort, self._copier, self._skip, self._limit or 0)


class LookingCursor(IndexedCursor):
    """The same for a query of a usual shape, which nobody has taken apart."""

    def __init__(
        self, collection: IndexedCollection, look: Look, conditions: dict[str, Any], skip: int, limit: int
    ) -> None:
        self.collection = collection
        self._look = look
        self._conditions = conditions
        self._sort = look.sort
        self._copier = look.copy
        self._skip = skip
        self._limit = limit

    def __iter__(self) -> Iterator[Document]:
        skip, limit = self._skip, self._limit
        if self._unread is not None or self._window is not None or skip < 0:
            return self._iterator()
        self._results = self._fetch(skip, abs(limit or 0))  # as `_iterator` does, without the ways around
        self._window = (skip, limit)
        unread = self._unread = iter(self._results)
        return unread

    def _found(self, store: IndexedStore, skip: int, limit: int) -> list[Document]:
        look = self._look
        if look.home is store.looks and self._sort is look.sort:
            found = look.found(store, self._conditions, skip, limit)
            if found is not None:
                return found
        return select(store, compile_query(self._conditions), self._sort, skip, limit)

    def clone(self) -> IndexedCursor:
        """A cursor for the same query, not read yet."""
        query = compile_query(self._conditions)
        return IndexedCursor(self.collection, query, self._sort, self._copier, self._skip, self._limit or 0)
