"""What a collection holds: its documents by ``_id``, and its indexes, always in step with them."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from tuco_mock.state.embedded.documents.borrowed import (
    BaseDatabaseStore,
    BaseServerStore,
    BaseStore,
    Document,
    Sort,
    hashable_document,
)
from tuco_mock.state.embedded.documents.entries import Key
from tuco_mock.state.embedded.documents.errors import duplicate_key
from tuco_mock.state.embedded.documents.filters import Query
from tuco_mock.state.embedded.documents.index import Index
from tuco_mock.state.embedded.documents.looking import Looks
from tuco_mock.state.embedded.documents.planning import Plan, Shape, can_be_kept, make_plan, shape_of
from tuco_mock.state.embedded.documents.shapes import become
from tuco_mock.state.embedded.documents.values import is_same

_MOST_PLANS = 1000

Deferred = dict[int, Document]
"""The documents of a bulk insert, by number, that wait to be added to the indexes all together."""

Affected = list[tuple[Index, tuple[int, ...]]]
"""Indexes whose entries an update may change, and the columns it may change in them."""


class IndexedStore(BaseStore):
    """The documents of a collection in natural order, which is the order they were inserted in, and its indexes.

    The documents are numbered in that order: the number ends every index key, so that equal keys lie in natural order
    and anything found through an index can be put back into it. A document that is changed keeps its number.

    Attributes:
        documents_by_id: the documents.
        numbers: their numbers.
        kept: the indexes kept in step, by name. `indexes` has all that were declared: those with options that change
            which documents they hold (sparse, partial) or over dotted fields are declared only, and not read.
        looks: how to answer queries of the usual shapes.
        examined: how many documents and index entries the queries so far have looked at.
    """

    def __init__(self, name: str, database: str) -> None:
        super().__init__(name)
        self.documents_by_id: dict[Any, Document] = {}
        self.numbers: dict[Any, int] = {}
        self.kept: dict[str, Index] = {}
        self.examined = 0
        self._documents = self.documents_by_id
        self._database = database
        self._next_number = itertools.count()
        self._indexes_changed()

    def _indexes_changed(self) -> None:
        self._plans: dict[Shape, Plan] = {}
        self.looks = Looks()
        self._affected: dict[tuple[str, ...] | None, tuple[Affected, Affected]] = {}
        self._unique = [index for index in self.kept.values() if index.unique]
        self._plain = [index for index in self.kept.values() if not index.unique]
        self.checked_by_mongomock = any(
            each.get("unique") and name not in self.kept for name, each in self.indexes.items()
        )

    # Reading

    @property
    def expires(self) -> bool:
        """Whether documents go by themselves."""
        return bool(self._ttl_indexes)

    def plan(self, query: Query, sort: Sort) -> Plan:
        """How to answer the query."""
        if self._ttl_indexes:
            self._remove_expired_documents()
        shape = shape_of(query, sort)
        plan = self._plans.get(shape)
        if plan is None:
            if len(self._plans) >= _MOST_PLANS:
                self._plans.clear()
            plan = self._plans[shape] = make_plan(self.kept.values(), shape)
        return plan

    def all(self, end: int | None = None) -> list[Document]:
        """The documents in natural order, all or as many as `end`."""
        return list(itertools.islice(self.documents_by_id.values(), end))

    # Writing

    def insert(self, document: Document, deferred: Deferred | None = None) -> None:
        """Add a document, which from now on belongs to the store.

        Args:
            document: the document.
            deferred: takes the document, for `add_deferred` to add it to the indexes that are not unique.

        Raises:
            pymongo.errors.DuplicateKeyError: its ``_id``, or its key in a unique index, is taken.
        """
        if self._ttl_indexes:
            self._remove_expired_documents()
        key = _key_of(document)
        if key in self.documents_by_id:
            raise duplicate_key(self._database, self.name, "_id_", ("_id",), document)
        number = next(self._next_number)
        unique_keys = []
        for index in self._unique:
            own = index.keys_of(document, number)
            self._check_free(index, own, document)
            unique_keys.append(own)
        self.documents_by_id[key] = document
        self.numbers[key] = number
        for index, own in zip(self._unique, unique_keys, strict=True):
            index.add(own, document)
        if deferred is None:
            for index in self._plain:
                index.add(index.keys_of(document, number), document)
        else:
            deferred[number] = document

    def add_deferred(self, deferred: Deferred) -> None:
        """Add to the indexes what a bulk insert put off: sorted first, that costs less than one at a time."""
        for index in self._plain:
            index.fill(deferred)

    def rewrite(self, document: Document, new: Document, fields: tuple[str, ...] | None = None) -> None:
        """Change a stored document.

        Args:
            document: the stored document.
            new: what it is to be.
            fields: the only fields in which the two may differ; None for any.

        Raises:
            pymongo.errors.DuplicateKeyError: its new key in a unique index is taken; nothing has changed then.
        """
        if fields is not None:
            fields = tuple([each for each in fields if "." in each or not is_same(document.get(each), new.get(each))])
        unique, plain = self._affected_by(fields)
        changes = []
        if unique or plain:
            number = self.numbers[_key_of(document)]
            for index, _ in unique:
                keys = index.keys_of(new, number)
                self._check_free(index, keys, new)
                changes.append((index, index.keys_of(document, number), keys))
            for index, columns in plain:
                if not index.shift(document, new, number, columns):
                    changes.append((index, index.keys_of(document, number), index.keys_of(new, number)))
        become(document, new)
        for index, old_keys, new_keys in changes:
            if old_keys != new_keys:
                index.move(old_keys, new_keys, document)

    def remove(self, document: Document) -> None:
        """Remove a stored document."""
        key = _key_of(document)
        number = self.numbers.pop(key)
        del self.documents_by_id[key]
        for index in self.kept.values():
            index.remove(index.keys_of(document, number))

    def clear(self) -> None:
        """Remove all documents; the indexes stay."""
        self.documents_by_id.clear()
        self.numbers.clear()
        for index in self.kept.values():
            index.clear()

    def _affected_by(self, fields: tuple[str, ...] | None) -> tuple[Affected, Affected]:
        """The unique indexes that have one of the fields, and in which columns; and the others."""
        affected = self._affected.get(fields)
        if affected is None:
            if len(self._affected) >= _MOST_PLANS:
                self._affected.clear()
            affected = self._affected[fields] = _affected(self._unique, fields), _affected(self._plain, fields)
        return affected

    def _check_free(self, index: Index, keys: Sequence[Key], document: Document) -> None:
        if index.holder(keys, document) is not None:
            raise duplicate_key(self._database, self.name, index.name, index.fields, document)

    # Indexes

    def create_index(self, index_name: str, index_dict: dict[str, Any]) -> None:
        """Declare an index, and build it from the documents that are there.

        Raises:
            pymongo.errors.DuplicateKeyError: it is to be unique, and they are not; it is not declared then.
        """
        if can_be_kept(index_dict):
            self.kept[index_name] = self._built(index_name, index_dict)
        super().create_index(index_name, index_dict)
        self._indexes_changed()

    def _built(self, name: str, declared: dict[str, Any]) -> Index:
        index = Index(name, [field for field, _ in declared["key"]], unique=declared.get("unique", False))
        by_number = dict(zip(self.numbers.values(), self.documents_by_id.values(), strict=True))
        if index.unique:
            for number, document in by_number.items():
                own = index.keys_of(document, number)
                self._check_free(index, own, document)
                index.add(own, document)
        else:
            index.fill(by_number)
        return index

    def drop_index(self, index_name: str) -> None:
        """Forget an index.

        Raises:
            KeyError: there is none of that name.
        """
        super().drop_index(index_name)
        self.kept.pop(index_name, None)
        self._indexes_changed()

    def drop_indexes(self) -> None:
        """Forget all indexes."""
        self.indexes = {}
        self._ttl_indexes = {}
        self.kept = {}
        self._indexes_changed()

    def drop(self) -> None:
        """Forget documents and indexes."""
        self.drop_indexes()
        self.clear()
        self._is_force_created = False

    # What mongomock's own code calls. Its lock is not needed: the database's is held.

    def __contains__(self, key: Any) -> bool:
        return key in self.documents_by_id

    def __getitem__(self, key: Any) -> Document:
        return self.documents_by_id[key]

    def __delitem__(self, key: Any) -> None:
        self.remove(self.documents_by_id[hashable_document(key) if isinstance(key, dict) else key])

    def __len__(self) -> int:
        return len(self.documents_by_id)

    @property
    def documents(self) -> Iterator[Document]:
        """The documents in natural order."""
        yield from self.documents_by_id.values()


class IndexedDatabaseStore(BaseDatabaseStore):
    """The collections of a database, and the lock that every operation on one of them takes."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.lock = threading.RLock()
        self.existing: Callable[[str], IndexedStore | None] = self._collections.get  # one that is not made by asking

    def __getitem__(self, col_name: str) -> IndexedStore:
        try:
            found: IndexedStore = self._collections[col_name]
        except KeyError:
            found = self._collections[col_name] = IndexedStore(col_name, self.name)
        return found


class IndexedServerStore(BaseServerStore):
    """The databases of a client."""

    def __getitem__(self, db_name: str) -> IndexedDatabaseStore:
        try:
            found: IndexedDatabaseStore = self._databases[db_name]
        except KeyError:
            found = self._databases[db_name] = IndexedDatabaseStore(db_name)
        return found


def _key_of(document: Document) -> Any:
    """What a document is found by: its ``_id``, as something hashable."""
    key = document.get("_id")
    return key if type(key) is str or not isinstance(key, dict) else hashable_document(key)


def _affected(indexes: Iterable[Index], fields: tuple[str, ...] | None) -> Affected:
    columns = [
        (index, tuple(n for n, field in enumerate(index.fields) if fields is None or field in fields))
        for index in indexes
    ]
    return [(index, own) for index, own in columns if own]
