"""The embedded documents engine does what plain mongomock does, whatever is asked of it: mongomock is the oracle."""

from __future__ import annotations

import copy
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any
from unittest import mock

import mongomock
import pymongo
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mongomock.collection import BulkOperationBuilder
from pymongo.errors import BulkWriteError, OperationFailure
from pymongo.results import BulkWriteResult

from tuco_mock.state.embedded.documents import entries, open_documents

Document = dict[str, Any]
Operation = tuple[str, tuple[Any, ...], dict[str, Any]]


class Oracle(mongomock.Collection):  # type: ignore[misc]
    """mongomock with the two differences that the engine documents: updates that fail change nothing, and documents
    share no values. It also takes the `sort` that newer pymongo versions hand to bulk operations."""

    def _apply_update_document(self, existing: Document, spec: Any, document: Any, was_insert: bool) -> None:
        self._atomically(existing, lambda: super(Oracle, self)._apply_update_document(
            existing, spec, copy.deepcopy(document), was_insert))  # fmt: skip

    def _apply_update_pipeline(self, existing: Document, pipeline: Any, session: Any) -> None:
        self._atomically(existing, lambda: super(Oracle, self)._apply_update_pipeline(
            existing, copy.deepcopy(pipeline), session))  # fmt: skip

    def _atomically(self, existing: Document, change: Callable[[], None]) -> None:
        before = copy.deepcopy(existing)
        try:
            change()
        except Exception:
            existing.clear()
            existing.update(before)
            raise

    def bulk_write(self, requests: list[Any], ordered: bool = True) -> BulkWriteResult:
        bulk = _Bulk(self, ordered=ordered)
        for request in requests:
            request._add_to_bulk(bulk)
        return BulkWriteResult(bulk.execute(), acknowledged=True)


class _Bulk(BulkOperationBuilder):  # type: ignore[misc]
    def add_update(self, *args: Any, sort: Any = None, **options: Any) -> None:
        super().add_update(*args, **options)

    def add_replace(self, *args: Any, sort: Any = None, **options: Any) -> None:
        super().add_replace(*args, **options)


# What is asked. Few values, so that documents meet, tie and collide.

TEXTS = st.sampled_from(["", "a", "b", "ab", "\0", "z"])
NUMBERS = st.sampled_from([0, 1, 2, -1, 1.0, 2.5, 2**53 + 1])
SCALARS = st.one_of(TEXTS, NUMBERS, st.sampled_from([None, True, False]))
ARRAYS = st.lists(st.one_of(TEXTS, TEXTS, SCALARS), max_size=3)
NESTED = st.one_of(
    st.fixed_dictionaries({}, optional={"x": SCALARS, "y": TEXTS}),
    st.lists(st.fixed_dictionaries({}, optional={"x": SCALARS}), max_size=2),
    SCALARS,
)
IDS = st.sampled_from(["i0", "i1", "i2", "i3", "i4", "i5", "i6", "i7", 1, True, 2.5])

# text: text only. number: whole numbers only. mixed: any scalar. array: anything with arrays. deep: documents.
# single: scalars, sometimes unique.
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": TEXTS,
    "number": st.integers(0, 4),
    "mixed": SCALARS,
    "array": st.one_of(ARRAYS, ARRAYS, TEXTS, SCALARS, st.lists(ARRAYS, max_size=2)),
    "deep": NESTED,
    "single": st.one_of(st.integers(0, 9), st.integers(0, 9), SCALARS),
}
FIELDS = st.sampled_from([*VALUES, "_id"])
DOCUMENTS = st.fixed_dictionaries({}, optional={**VALUES, "_id": IDS})
INDEXES = [
    ("text",), ("number",), ("mixed",), ("array",), ("single",),
    ("text", "number"), ("number", "text"), ("text", "mixed", "number"), ("mixed", "text"), ("text", "array", "number"),
    ("text", "number", "single", "mixed"), ("array", "deep"), ("number", "_id"), ("text", "deep"), ("deep.x", "text"),
]  # fmt: skip


@st.composite
def conditions(draw: st.DrawFn, field: str) -> Any:
    value = VALUES.get(field, IDS)
    scalar = st.one_of(value, SCALARS) if field in {"mixed", "array", "single"} else value
    simple = scalar.filter(lambda each: not isinstance(each, (dict, list)))
    bound = st.one_of(TEXTS, NUMBERS)
    lists = st.lists(simple, max_size=3)
    operators: dict[str, st.SearchStrategy[Any]] = {
        "$in": lists,
        "$nin": lists,
        "$eq": simple,
        "$ne": simple,
        "$gt": bound,
        "$gte": bound,
        "$lt": bound,
        "$lte": bound,
        "$exists": st.booleans(),
    }
    unusual: dict[str, st.SearchStrategy[Any]] = {
        "$regex": st.sampled_from(["a", "^b", "z$"]),
        "$size": st.integers(0, 2),
        "$all": st.lists(TEXTS, min_size=1, max_size=2),
        "$not": st.fixed_dictionaries({"$gte": bound}),
        "$type": st.sampled_from(["string", "int", "bool", "array"]),
        "$in": st.lists(value, max_size=3),
        "$elemMatch": st.fixed_dictionaries({"$gte": bound}),
    }
    kind = draw(st.integers(0, 9))
    if kind < 4:
        return draw(simple)
    if kind < 5:
        return draw(value)
    if kind < 8:
        names = draw(st.lists(st.sampled_from(sorted(operators)), min_size=1, max_size=2, unique=True))
        return {name: draw(operators[name]) for name in names}
    if kind < 9:
        low, high = draw(st.one_of(st.tuples(TEXTS, TEXTS), st.tuples(NUMBERS, NUMBERS)))
        return {draw(st.sampled_from(["$gt", "$gte"])): low, draw(st.sampled_from(["$lt", "$lte"])): high}
    name = draw(st.sampled_from(sorted(unusual)))
    return {name: draw(unusual[name])}


@st.composite
def filters(draw: st.DrawFn, depth: int = 0) -> Document:
    chosen: Document = {}
    for field in draw(st.lists(FIELDS, max_size=3, unique=True)):
        chosen[field] = draw(conditions(field))
    kind = draw(st.integers(0, 11))
    if kind == 0:
        chosen[draw(st.sampled_from(["deep.x", "array.0", "deep.0.x"]))] = draw(SCALARS)
    if kind == 1 and not depth:
        chosen[draw(st.sampled_from(["$or", "$and", "$nor"]))] = draw(st.lists(filters(1), min_size=1, max_size=2))
    return chosen


SORTS = st.lists(
    st.tuples(st.sampled_from([*VALUES, "_id", "deep.x", "$natural"]), st.sampled_from([1, -1])),
    min_size=1,
    max_size=3,
    unique_by=lambda pair: pair[0],
)
INDEX_SORTS = st.builds(
    lambda fields, start, size, way: [(field, way) for field in fields[start : start + size]] or [("number", way)],
    st.sampled_from(INDEXES), st.integers(0, 2), st.integers(1, 3), st.sampled_from([1, -1]),
)  # fmt: skip
PROJECTIONS = st.one_of(
    st.none(),
    st.dictionaries(st.sampled_from([*VALUES, "deep.x"]), st.just(1), max_size=2),
    st.dictionaries(st.sampled_from([*VALUES, "deep.x"]), st.just(0), max_size=2),
    st.sampled_from([{"_id": 0}, {"_id": 1}, {"_id": 0, "text": 1}, {"_id": 1, "text": 0}, ["text", "_id"], ["mixed"]]),
    st.just({"deep": {"$elemMatch": {"x": 1}}, "text": 1}),
)


def _by_field(fields: list[str]) -> st.SearchStrategy[Document]:
    return st.fixed_dictionaries({}, optional={field: VALUES[field] for field in fields}).filter(bool)


CHANGES = st.one_of(
    st.fixed_dictionaries({"$set": _by_field([*VALUES])}),
    st.fixed_dictionaries(
        {"$set": _by_field(["text", "mixed"])},
        optional={
            "$unset": st.dictionaries(st.sampled_from(["array", "deep"]), st.just(""), min_size=1),
            "$inc": st.just({"number": 1}),
            "$setOnInsert": st.just({"deep": {"x": 1}}),
        },
    ),
    st.fixed_dictionaries({"$unset": st.dictionaries(st.sampled_from([*VALUES]), st.just(1), min_size=1, max_size=2)}),
    st.builds(lambda name, field, by: {name: {field: by}}, st.sampled_from(["$inc", "$max", "$min"]),
              st.sampled_from(["number", "mixed", "single", "deep"]), NUMBERS),  # fmt: skip
    st.builds(lambda name, by: {name: {"text": by}}, st.sampled_from(["$max", "$min"]), TEXTS),
    st.builds(lambda name, by: {name: {"array": by}}, st.sampled_from(["$push", "$pull", "$addToSet"]), SCALARS),
    st.builds(lambda by: {"$push": {"array": {"$each": by, "$slice": -2}}}, ARRAYS),
    st.builds(lambda by: {"$pop": {"array": by}}, st.sampled_from([1, -1])),
    st.builds(lambda by: {"$set": {"deep.x": by}}, SCALARS),
    st.builds(lambda by: {"$set": {"deep": {"x": [by]}}}, SCALARS),
    st.builds(lambda by: {"$push": {"deep.x": by}}, SCALARS),
    st.just({"$rename": {"mixed": "number"}}),
    st.just({"$rename": {"array": "mixed"}}),
    st.just([{"$set": {"mixed": "$text"}}]),
    st.fixed_dictionaries({"$set": st.fixed_dictionaries({"_id": IDS, "text": TEXTS})}),
)


def _operation(name: str, *args: Any, **options: Any) -> st.SearchStrategy[Operation]:
    return st.tuples(st.just(name), st.tuples(*args), st.fixed_dictionaries({}, optional=options))


_index = st.sampled_from(INDEXES).map(lambda fields: [(field, 1) for field in fields])
_unique = st.sampled_from([("single",), ("text", "single")]).map(lambda fields: [(field, 1) for field in fields])
_window = {"sort": st.one_of(SORTS, INDEX_SORTS), "skip": st.integers(0, 3), "limit": st.integers(0, 4)}
_after = {"return_document": st.booleans(), "sort": SORTS, "upsert": st.booleans(), "projection": PROJECTIONS}
_bulk = st.lists(
    st.one_of(
        st.builds(lambda document: pymongo.InsertOne(dict(document)), DOCUMENTS),
        st.builds(pymongo.UpdateOne, filters(), CHANGES, upsert=st.booleans()),
        st.builds(pymongo.UpdateMany, filters(), CHANGES),
        st.builds(pymongo.ReplaceOne, filters(), DOCUMENTS),
        st.builds(pymongo.DeleteOne, filters()),
        st.builds(pymongo.DeleteMany, filters()),
    ),
    min_size=1,
    max_size=3,
)
READS = [
    _operation("find", filters(), PROJECTIONS, **_window),
    _operation("find", filters(), **_window),
    _operation("find_one", filters(), PROJECTIONS, sort=_window["sort"]),
    _operation("count_documents", filters()),
    _operation("distinct", FIELDS, filters()),
    _operation("aggregate", st.builds(lambda each: [{"$match": each}, {"$count": "n"}], filters())),
]
WRITES = [
    _operation("insert_many", st.lists(DOCUMENTS, min_size=1, max_size=6), ordered=st.booleans()),
    _operation("insert_many", st.lists(DOCUMENTS, min_size=1, max_size=6)),
    _operation("insert_one", DOCUMENTS),
    _operation("update_one", filters(), CHANGES, upsert=st.booleans()),
    _operation("update_many", filters(), CHANGES, upsert=st.booleans()),
    _operation("update_many", filters(), CHANGES),
    _operation("replace_one", filters(), DOCUMENTS, upsert=st.booleans()),
    _operation("find_one_and_update", filters(), CHANGES, **_after),
    _operation("find_one_and_delete", filters(), sort=SORTS),
    _operation("find_one_and_replace", filters(), DOCUMENTS, upsert=st.booleans()),
    _operation("delete_one", filters()),
    _operation("delete_many", filters()),
    _operation("bulk_write", _bulk, ordered=st.booleans()),
    _operation("create_index", _index),
    _operation("create_index", _unique, unique=st.just(True)),
    _operation("drop_index", _index),
    _operation("drop_indexes"),
    _operation("drop"),
]
RARE = WRITES[-3:]
OPERATIONS = st.lists(st.one_of(*READS, *READS, *WRITES, *WRITES[:8]), min_size=4, max_size=14)
STARTS = st.lists(st.tuples(_index, st.booleans()), max_size=5)


# How it is compared.


def outcome(collection: Any, operation: Operation) -> Any:
    """What an operation gives back, as something that can be compared; errors by their kind."""
    name, args, options = copy.deepcopy(operation)
    try:
        result = getattr(collection, name)(*args, **options)
        if name == "find":
            return [list(each.items()) for each in result]
        if name == "aggregate":
            return list(result)
    except BulkWriteError as error:
        writes = [(each["index"], each["code"]) for each in error.details["writeErrors"]]
        return "BulkWriteError", writes, error.details["nInserted"]
    except Exception as error:  # noqa: BLE001 whatever the oracle raises
        return type(error).__name__, error.code if isinstance(error, OperationFailure) else None
    if name == "distinct":
        return sorted(map(repr, _without_generated_ids(result)))
    if hasattr(result, "bulk_api_result"):
        return result.bulk_api_result
    if hasattr(result, "raw_result"):
        return {key: value for key, value in result.raw_result.items() if key not in {"connectionId", "upserted"}}
    if name in {"insert_one", "insert_many"}:
        return type(result).__name__
    return result


def contents(collection: Any) -> list[list[tuple[str, Any]]]:
    return [list(document.items()) for document in collection.find({})]


def check_indexes(collection: Any) -> None:
    """The indexes kept are those that would be built from the documents, and documents are numbered in their order."""
    store = collection.store
    numbers = list(store.numbers.values())
    assert list(store.numbers) == list(store.documents_by_id)
    assert numbers == sorted(set(numbers))
    for index in store.kept.values():
        expected = sorted(
            (key, id(document))
            for _id, document in store.documents_by_id.items()
            for key in index.keys_of(document, store.numbers[_id])
        )
        kept = index.entries
        assert [
            (key, id(document))
            for keys, documents in zip(kept.keys, kept.documents, strict=True)
            for key, document in zip(keys, documents, strict=True)
        ] == expected
        assert kept.maxes == [keys[-1] for keys in kept.keys]


def _without_generated_ids(value: Any) -> Any:
    """The same with the ids that each side made up for itself made equal."""
    if isinstance(value, mongomock.ObjectId):
        return "generated"
    if isinstance(value, dict):
        return {key: _without_generated_ids(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_generated_ids(each) for each in value]
    return value


@settings(max_examples=int(__import__("os").environ.get("N","300")), deadline=None, suppress_health_check=list(HealthCheck))
@given(STARTS, st.one_of(st.just([]), st.lists(DOCUMENTS, min_size=1, max_size=12)), OPERATIONS)
def test_every_operation_does_what_mongomock_does(
    indexes: list[tuple[Any, bool]], documents: list[Document], operations: list[Operation]
) -> None:
    with ExitStack() as small_chunks:
        small_chunks.enter_context(mock.patch.object(entries, "LOAD", 4))
        small_chunks.enter_context(mock.patch.object(entries, "_PIECE", 3))
        engine: Any = open_documents()["things"]
        database = mongomock.MongoClient().db
        oracle = Oracle(database, "things", database._store)
        for index, _ in indexes:
            engine.create_index(index)
            oracle.create_index(index)
        starts: list[Operation] = [("insert_one", (document,), {}) for document in documents]
        for operation in starts + operations:
            expected, got = outcome(oracle, operation), outcome(engine, operation)
            assert _without_generated_ids(got) == _without_generated_ids(expected), operation
            if operation[0] not in {"find", "find_one", "count_documents", "distinct", "aggregate"}:
                assert _without_generated_ids(contents(engine)) == _without_generated_ids(contents(oracle)), operation
                check_indexes(engine)
