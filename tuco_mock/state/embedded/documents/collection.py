"""A collection in the pymongo API that reads and writes through its indexes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any

from pymongo.errors import DuplicateKeyError, OperationFailure
from pymongo.results import BulkWriteResult, InsertManyResult, UpdateResult

from tuco_mock.state.embedded.documents.borrowed import (
    BaseCollection,
    Document,
    create_index_list,
    gen_index_name,
    process_pipeline,
    timezone_aware_copy,
    validate_is_mapping,
    validate_ok_for_update,
)
from tuco_mock.state.embedded.documents.bulk import Bulk, refuse
from tuco_mock.state.embedded.documents.copying import Copier, copier, copy_document
from tuco_mock.state.embedded.documents.cursor import IndexedCursor, LookingCursor
from tuco_mock.state.embedded.documents.filters import compile_query
from tuco_mock.state.embedded.documents.reading import count, select
from tuco_mock.state.embedded.documents.sorting import normal_sort
from tuco_mock.state.embedded.documents.writing import delete, insert_many, insert_one, update

if TYPE_CHECKING:
    import threading

    from tuco_mock.state.embedded.documents.looking import Look
    from tuco_mock.state.embedded.documents.store import IndexedDatabaseStore, IndexedStore


class IndexedCollection(BaseCollection):
    """A mongomock collection whose queries go through its indexes; what they find is the same.

    Every operation holds the lock of the database. Options that mongomock does not carry out (sessions, hints,
    collations, array filters, `let`) are refused with NotImplementedError.
    """

    _db_store: IndexedDatabaseStore

    @property
    def database_store(self) -> IndexedDatabaseStore:
        """What the database holds."""
        return self._db_store

    @property
    def store(self) -> IndexedStore:
        """What the collection holds."""
        return self._db_store[self._name]

    @property
    def lock(self) -> threading.RLock:
        """The lock of the database."""
        return self._db_store.lock

    @property
    def examined(self) -> int:
        """How many documents and index entries the queries so far have looked at."""
        return self.store.examined

    # Reading

    def find(
        self,
        filter: Any = None,
        projection: Any = None,
        skip: int = 0,
        limit: int = 0,
        *args: Any,
        **options: Any,
    ) -> IndexedCursor:
        """A cursor over the documents that a filter finds."""
        sort = options.get("sort")
        if type(filter) is dict and not args and len(options) == ("sort" in options):
            look = self.look(self.store, filter, projection, sort)
            if look is not None:
                return LookingCursor(self, look, filter.copy(), skip, limit)
        if args or (options and options.keys() != {"sort"}):
            sort = super().find({}, projection, skip, limit, *args, **options)._sort  # noqa: SLF001 - checks them all
        if type(filter) is not dict:
            filter = {} if filter is None else filter  # noqa: A001 - pymongo's name
            validate_is_mapping("filter", filter)
        query = compile_query(filter)
        return IndexedCursor(self, query, normal_sort(sort), self.copier(projection), skip, limit)

    def find_one(
        self,
        filter: Any = None,
        projection: Any = None,
        *args: Any,
        **options: Any,
    ) -> Document | None:
        """The first document that a filter, or an ``_id``, finds; None when there is none."""
        if type(filter) is not dict:
            filter = {} if filter is None else filter if isinstance(filter, Mapping) else {"_id": filter}  # noqa: A001 - pymongo's name
        if args or (options and options.keys() != {"sort"}):
            return next(iter(self.find(filter, projection, *args, **options)), None)
        database = self._db_store
        with database.lock:
            store = database[self._name]
            look = self.look(store, filter, projection, options.get("sort"))
            found = None if look is None else look.found(store, filter, 0, 1)
            if look is None or found is None:
                sort = normal_sort(options["sort"]) if options else ()
                found, copy = select(store, compile_query(filter), sort, 0, 1), self.copier(projection)
            else:
                copy = look.copy
            return copy(found[0]) if found else None

    def look(self, store: IndexedStore, filter: Any, projection: Any, sort: Any) -> Look | None:
        """How to answer a query of a usual shape; None when it is not of one."""
        return None if self._codec_options.tz_aware else store.looks.of(store, filter, projection, sort)

    def count_documents(self, filter: Any, **options: Any) -> int:
        """How many documents a filter finds."""
        if options or not isinstance(filter, dict):
            return super().count_documents(filter, **options)
        query = compile_query(filter)
        with self.lock:
            return count(self.store, query)

    def aggregate(self, pipeline: list[Any], session: Any = None, **_options: Any) -> Any:
        """The outcome of an aggregation pipeline; a ``$match`` it begins with goes through the indexes."""
        first = pipeline[0] if isinstance(pipeline, list) and pipeline else None
        conditions = first["$match"] if isinstance(first, dict) and first.keys() == {"$match"} else None
        return process_pipeline(list(self.find(conditions)), self.database, pipeline, session)

    def copier(self, projection: Any) -> Copier:
        """What copies a document, or the fields of it that are asked for."""
        quick = copier(projection)
        if quick and not self._codec_options.tz_aware:
            return quick
        fields = dict(projection) if isinstance(projection, Mapping) else projection

        def copy(document: Document) -> Document:
            own = dict(fields) if isinstance(fields, dict) else fields  # mongomock takes it apart
            copied = quick(document) if quick else self._copy_only_fields(copy_document(document), own, dict)
            aware: Document = timezone_aware_copy(copied) if self._codec_options.tz_aware else copied
            return aware

        return copy

    def _iter_documents(self, filter: Any) -> Iterator[Document]:
        """What mongomock's own code finds documents with."""
        with self.lock:
            return iter(select(self.store, compile_query(filter)))

    # Writing

    def _insert(self, data: Any, session: Any = None, ordered: bool = True) -> Any:
        refuse(session=session)
        with self.lock:
            if isinstance(data, MutableMapping):
                return insert_one(self, data)
            return insert_many(self, data, ordered=ordered)

    def insert_many(
        self, documents: Iterable[Any], ordered: bool = True, bypass_document_validation: bool = False, **options: Any
    ) -> InsertManyResult:
        """Insert documents; an iterator is asked for the next one when the one before it is kept."""
        if options or bypass_document_validation or not isinstance(documents, Iterator):
            result: InsertManyResult = super().insert_many(documents, ordered, bypass_document_validation, **options)
            return result
        return InsertManyResult(self._insert(documents, ordered=ordered), acknowledged=True)

    def update_one(self, filter: Any, update: Any, upsert: bool = False, **options: Any) -> UpdateResult:
        """Update the first document that a filter finds."""
        validate_ok_for_update(update)
        return UpdateResult(self._update(filter, update, upsert, **options), acknowledged=True)

    def update_many(self, filter: Any, update: Any, upsert: bool = False, **options: Any) -> UpdateResult:
        """Update all documents that a filter finds."""
        validate_ok_for_update(update)
        return UpdateResult(self._update(filter, update, upsert, multi=True, **options), acknowledged=True)

    def _update(
        self, spec: Any, document: Any, upsert: bool = False, multi: bool = False, **options: Any
    ) -> dict[str, Any]:
        if options:
            options.pop("remove", None)  # what mongomock's bulk calls a replacement
            refuse(**options)
        with self.lock:
            outcome = update(self, spec, document, many=multi, upsert=upsert)
        return {
            "connectionId": self.database.client._id,  # noqa: SLF001 - mongomock's own answer has it
            "err": None,
            "n": outcome.matched,
            "nModified": outcome.modified,
            "ok": 1,
            "upserted": outcome.upserted_id,
            "updatedExisting": outcome.matched > 0 and not outcome.inserted,
        }

    def _delete(self, filter: Any, multi: bool = False, **options: Any) -> dict[str, Any]:
        refuse(**options)
        with self.lock:
            deleted = delete(self, filter, many=multi)
        return {"connectionId": self.database.client._id, "n": deleted, "ok": 1.0, "err": None}  # noqa: SLF001 - mongomock's own answer has it

    def _find_and_modify(self, query: Any, *args: Any, **options: Any) -> Document | None:
        with self.lock:
            return super()._find_and_modify(query, *args, **options)

    def bulk_write(self, requests: Iterable[Any], ordered: bool = True, **options: Any) -> BulkWriteResult:
        """Carry out several writes."""
        refuse(**options)
        bulk = Bulk(self, ordered=ordered)
        for request in requests:
            request._add_to_bulk(bulk)  # noqa: SLF001 - there is no other way
        with self.lock:
            return BulkWriteResult(bulk.execute(), acknowledged=True)

    def drop(self, session: Any = None) -> None:
        """Drop documents and indexes."""
        refuse(session=session)
        with self.lock:
            self.store.drop()

    # What mongomock does to a document

    def apply_operators(self, document: Document, conditions: Any, changes: Any, *, inserting: bool) -> None:
        """Change a document by update operators, or replace it."""
        self._apply_update_document(document, conditions, changes, inserting)

    def apply_pipeline(self, document: Document, pipeline: list[Any]) -> None:
        """Change a document by an aggregation pipeline."""
        self._apply_update_pipeline(document, pipeline, None)

    def document_from(self, conditions: Document) -> Document:
        """The document that the equalities of a filter describe."""
        document: Document = self._discard_operators(self._expand_dots(conditions))[0]
        return document

    def check_declared_uniques(self, document: Document) -> None:
        """Check a stored document against the unique indexes that are declared only.

        Raises:
            pymongo.errors.DuplicateKeyError: another document has the same values.
        """
        self._ensure_uniques(document)

    # Indexes

    def create_index(self, key_or_list: Any, session: Any = None, **options: Any) -> str:
        """Create an index, unless it exists, and return its name.

        Raises:
            pymongo.errors.DuplicateKeyError: it is to be unique, and the documents are not.
            pymongo.errors.OperationFailure: there is another index of that name.
        """
        refuse(session=session)
        keys = list(create_index_list(key_or_list))
        name = str(options.get("name") or gen_index_name(keys))
        declared: dict[str, Any] = {"key": keys}
        declared |= {option: True for option in ("sparse", "unique") if options.get(option)}
        for option in ("expireAfterSeconds", "partialFilterExpression"):
            if options.get(option) is not None:
                declared[option] = options[option]
        with self.lock:
            existing = self.store.indexes.get(name)
            if existing == declared:
                return name
            if existing:
                raise OperationFailure(f"Index with name: {name} already exists with different options")
            self.store.create_index(name, declared)
            try:
                for document in self.store.all() if self.store.checked_by_mongomock else ():
                    self.check_declared_uniques(document)
            except DuplicateKeyError:
                self.store.drop_index(name)
                raise
        return name

    def drop_index(self, index_or_name: Any, session: Any = None) -> None:
        """Drop an index.

        Raises:
            pymongo.errors.OperationFailure: there is none of that name.
        """
        with self.lock:
            super().drop_index(index_or_name, session)

    def drop_indexes(self, session: Any = None) -> None:
        """Drop all indexes."""
        refuse(session=session)
        with self.lock:
            self.store.drop_indexes()

    def with_options(self, **options: Any) -> IndexedCollection:
        """The same collection with other options."""
        other: IndexedCollection = super().with_options(**options)
        if other is self:
            return self
        names = ("write_concern", "read_concern", "read_preference", "codec_options")
        kept = {name: getattr(other, name) for name in names}
        return IndexedCollection(self.database, self.name, _db_store=self._db_store, **kept)
