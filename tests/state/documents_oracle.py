"""Plain mongomock as the oracle for the embedded documents engine, and how the two are compared."""

from __future__ import annotations

import copy
import warnings
from typing import TYPE_CHECKING, Any

import mongomock
from bson import ObjectId
from mongomock import collection as mongomock_collection
from pymongo.errors import BulkWriteError, OperationFailure
from pymongo.results import BulkWriteResult, InsertManyResult, InsertOneResult

from tuco_mock.state.embedded.documents import open_documents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.state.documents_programs import Operation

Document = dict[str, Any]

# mongomock's stubs claim that its classes are pymongo's
_Collection: Any = mongomock_collection.Collection
_BulkOperationBuilder: Any = mongomock_collection.BulkOperationBuilder


class Oracle(_Collection):  # type: ignore[misc] # Any to mypy, see above
    """mongomock, but for the two things the engine documents to do as MongoDB does: an update that fails leaves its
    document as it was, and documents share no values. It also takes the `sort` that pymongo hands to bulk operations.
    """

    def __init__(self) -> None:
        database: Any = mongomock.MongoClient().tuco
        super().__init__(database, name="things", _db_store=database._store)

    def _apply_update_document(self, document: Document, spec: Any, changes: Any, was_insert: bool) -> None:
        apply = super()._apply_update_document
        _whole(document, lambda: apply(document, spec, copy.deepcopy(changes), was_insert))

    def _apply_update_pipeline(self, document: Document, pipeline: Any, session: Any) -> None:
        apply = super()._apply_update_pipeline
        _whole(document, lambda: apply(document, copy.deepcopy(pipeline), session))

    def bulk_write(self, requests: Iterable[Any], ordered: bool = True) -> BulkWriteResult:
        bulk = _Bulk(self, ordered=ordered)
        for request in requests:
            request._add_to_bulk(bulk)
        return BulkWriteResult(bulk.execute(), acknowledged=True)


class _Bulk(_BulkOperationBuilder):  # type: ignore[misc] # Any to mypy, see above
    def add_update(self, *args: Any, **options: Any) -> None:
        assert options.pop("sort", None) is None
        super().add_update(*args, **options)

    def add_replace(self, *args: Any, **options: Any) -> None:
        assert options.pop("sort", None) is None
        super().add_replace(*args, **options)


def _whole(document: Document, change: Callable[[], None]) -> None:
    before = copy.deepcopy(document)
    try:
        change()
    except Exception:
        document.clear()
        document.update(before)
        raise


def new_engine() -> Any:
    """A collection of the engine; untyped, since the tests look inside."""
    return open_documents()["things"]


def outcome(collection: Any, operation: Operation) -> Any:
    """What an operation gives back, in a form that can be compared; errors by their kind."""
    name, args, options = copy.deepcopy(operation)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # mongomock's own, on newer Pythons
            result = getattr(collection, name)(*args, **options)
            if name == "find":
                result = list(result)
                # all of a document in its order; projected fields may come in the order they were asked for
                result = result if len(args) > 1 and args[1] else [list(each.items()) for each in result]
            elif name == "aggregate":
                result = list(result)
    except BulkWriteError as error:
        errors = error.details["writeErrors"]
        return "BulkWriteError", [(each["index"], each["code"]) for each in errors], error.details["nInserted"]
    except Exception as error:  # noqa: BLE001 - whatever mongomock raises
        return type(error).__name__, error.code if isinstance(error, OperationFailure) else None
    if isinstance(result, (InsertOneResult, InsertManyResult)):
        result = result.inserted_id if isinstance(result, InsertOneResult) else result.inserted_ids
    elif hasattr(result, "bulk_api_result"):
        result = result.bulk_api_result
    elif hasattr(result, "raw_result"):
        result = {key: value for key, value in result.raw_result.items() if key != "connectionId"}
    result = without_generated_ids(result)
    return sorted(map(repr, result)) if name == "distinct" else result


def contents(collection: Any) -> Any:
    """All documents, in natural order, with their fields in order."""
    return without_generated_ids([list(document.items()) for document in collection.find({})])


def without_generated_ids(value: Any) -> Any:
    """The same, with the ids that each side makes up for itself made equal, and tuples as lists."""
    if isinstance(value, ObjectId):
        return "generated"
    if isinstance(value, dict):
        return {key: without_generated_ids(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [without_generated_ids(each) for each in value]
    return value


def check_indexes(collection: Any) -> None:
    """Check that the indexes kept are those that would be built anew, and documents numbered in natural order."""
    store = collection.store
    numbers = list(store.numbers.values())
    assert list(store.numbers) == list(store.documents_by_id)
    assert numbers == sorted(set(numbers))
    for index in store.kept.values():
        expected = sorted(
            (key, id(document))
            for identity, document in store.documents_by_id.items()
            for key in index.keys_of(document, store.numbers[identity])
        )
        entries = index.entries
        assert all(entries.keys), "an empty chunk"
        assert entries.maxes == [keys[-1] for keys in entries.keys]
        assert [
            (key, id(document))
            for keys, documents in zip(entries.keys, entries.documents, strict=True)
            for key, document in zip(keys, documents, strict=True)
        ] == expected
