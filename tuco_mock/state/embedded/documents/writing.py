"""Inserts, updates and deletes, each document changed as a whole or not at all."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, NamedTuple

from bson import ObjectId
from pymongo.errors import BulkWriteError, DuplicateKeyError, WriteError

from tuco_mock.state.embedded.documents.borrowed import (
    Document,
    stored_copy,
    validate_field_names,
    validate_is_mapping,
    validate_list_or_mapping,
    validate_update_pipeline,
)
from tuco_mock.state.embedded.documents.copying import clone
from tuco_mock.state.embedded.documents.filters import compile_query
from tuco_mock.state.embedded.documents.reading import select
from tuco_mock.state.embedded.documents.shapes import Lists, shape_of
from tuco_mock.state.embedded.documents.updates import QuickUpdate, compile_update

if TYPE_CHECKING:
    from tuco_mock.state.embedded.documents.collection import IndexedCollection
    from tuco_mock.state.embedded.documents.store import Deferred


def insert_one(
    collection: IndexedCollection,
    given: MutableMapping[str, Any],
    deferred: Deferred | None = None,
    lists: Lists | None = None,
) -> Any:
    """Insert a document and return its ``_id``, which the caller's document gets too when it has none.

    Args:
        collection: where.
        given: the document.
        deferred: see `IndexedStore.insert`.
        lists: see `Shape.kept`.

    Raises:
        ValueError, bson.errors.InvalidDocument, OverflowError, UnicodeError: BSON cannot express the document.
        pymongo.errors.DuplicateKeyError: its ``_id``, or its key in a unique index, is taken.
    """
    try:
        shape = shape_of(given)
    except TypeError as error:
        raise ValueError("Document keys must be strings") from error
    if not shape.plain:
        validate_field_names(given)
    shape.check(given)
    if "_id" not in given:
        given["_id"] = ObjectId()
        shape = shape_of(given)
    document = shape.kept(given, {} if lists is None else lists) if type(given) is dict else _kept(given)
    store = collection.store
    store.insert(document, deferred)
    if store.checked_by_mongomock:
        try:
            collection.check_declared_uniques(document)
        except DuplicateKeyError:
            store.remove(document)
            raise
    return given["_id"]


def _kept(given: Mapping[str, Any]) -> Document:
    """A copy to keep of a document that is no plain dict."""
    kept = stored_copy(given)
    return kept if isinstance(kept, dict) else stored_copy(dict(kept))


def insert_many(collection: IndexedCollection, documents: Iterable[Any], *, ordered: bool) -> list[Any]:
    """Insert documents and return their ids.

    Raises:
        pymongo.errors.BulkWriteError: some could not be inserted; the others were, up to the first when `ordered`.
        Exception: as for one document, when BSON cannot express it; those before it were inserted.
    """
    ids: list[Any] = []
    errors: list[dict[str, Any]] = []
    deferred: Deferred = {}
    lists: Lists = {}
    # unique indexes that mongomock checks are checked by queries, so nothing may be put off
    put_off = None if collection.store.checked_by_mongomock else deferred
    try:
        for index, document in enumerate(documents):
            if type(document) is not dict:
                validate_is_mapping("document", document)
            try:
                ids.append(insert_one(collection, document, put_off, lists))
            except WriteError as error:
                errors.append({"index": index, "code": error.code, "errmsg": str(error), "op": document})
                if ordered:
                    break
    finally:
        collection.store.add_deferred(deferred)
    if errors:
        raise BulkWriteError({"writeErrors": errors, "nInserted": len(ids)})
    return ids


def delete(collection: IndexedCollection, conditions: Any, *, many: bool) -> int:
    """Delete the documents that a filter finds, or the first of them, and return how many."""
    store = collection.store
    found = select(store, compile_query(stored_copy(conditions)), limit=0 if many else 1)
    if len(found) == len(store):
        store.clear()
    else:
        for document in found:
            store.remove(document)
    return len(found)


class Outcome(NamedTuple):
    """What an update did.

    Attributes:
        matched: how many documents the filter found, or 1 for an upsert.
        modified: how many of them are different now.
        inserted: whether a document was inserted,
        upserted_id: and its ``_id``.
    """

    matched: int
    modified: int
    inserted: bool = False
    upserted_id: Any = None


def update(collection: IndexedCollection, conditions: Any, changes: Any, *, many: bool, upsert: bool) -> Outcome:
    """Update the documents that a filter finds, or the first of them.

    Raises:
        pymongo.errors.DuplicateKeyError: a document's new key in a unique index is taken. That document is left as it
            is, those before it are changed.
        pymongo.errors.WriteError, Exception: what mongomock raises for an update that cannot be carried out; likewise.
    """
    validate_is_mapping("spec", conditions)
    quick = compile_update(changes)
    found = select(collection.store, compile_query(conditions), limit=0 if many else 1)
    if quick and found:
        outcome = _update_quickly(collection, found, quick)
        if outcome:
            return outcome
    conditions, changes = stored_copy(conditions), stored_copy(changes)
    validate_list_or_mapping("document", changes)
    if isinstance(changes, list):
        validate_update_pipeline(changes)
    if found or not upsert:
        modified = sum([_update_slowly(collection, document, conditions, changes) for document in found])
        return Outcome(len(found), modified)
    return Outcome(1, 0, True, _upsert(collection, conditions, changes))


def _update_quickly(collection: IndexedCollection, found: list[Document], quick: QuickUpdate) -> Outcome | None:
    """Update documents without mongomock; None, and nothing done, when one of them needs it."""
    quick.check()
    modified = 0
    news = [quick.applied_to(document) for document in found]
    if None in news or collection.store.checked_by_mongomock:
        return None
    for document, new in zip(found, news, strict=True):
        assert new is not None
        modified += new != document
        collection.store.rewrite(document, new, quick.fields)
    return Outcome(len(found), modified)


def _update_slowly(collection: IndexedCollection, document: Document, conditions: Any, changes: Any) -> bool:
    """Let mongomock change a copy of a document, and keep that; returns whether it is different."""
    new = clone(document)
    _apply(collection, new, conditions, changes, inserting=False)
    if new.get("_id") != document.get("_id"):
        raise WriteError(
            "After applying the update, the (immutable) field '_id' was found to have been altered to "
            f"_id: {new.get('_id')}"
        )
    modified = new != document
    old = clone(document) if collection.store.checked_by_mongomock else None
    collection.store.rewrite(document, new)
    if old is not None and modified:
        try:
            collection.check_declared_uniques(document)
        except DuplicateKeyError:
            collection.store.rewrite(document, old)
            raise
    return modified


def _apply(
    collection: IndexedCollection, document: Document, conditions: Any, changes: Any, *, inserting: bool
) -> None:
    # the changes are copied lest documents share values, which a later update would change in all of them
    changes = copy.deepcopy(changes)
    if isinstance(changes, list):
        collection.apply_pipeline(document, changes)
    else:
        collection.apply_operators(document, conditions, changes, inserting=inserting)


def _upsert(collection: IndexedCollection, conditions: Mapping[str, Any], changes: Any) -> Any:
    """Insert what the filter's equalities and the changes make, and return its ``_id``."""
    key = conditions.get("_id")
    if key is None and not isinstance(changes, list):
        key = changes.get("_id")
    document = collection.document_from({**conditions, "_id": ObjectId() if key is None else key})
    _apply(collection, document, conditions, changes, inserting=True)
    return insert_one(collection, document)
