"""Random operations on a collection: few fields and values, so that documents meet, tie and collide."""

from __future__ import annotations

from typing import Any

import pymongo
from hypothesis import strategies as st

Document = dict[str, Any]
Operation = tuple[str, tuple[Any, ...], dict[str, Any]]
"""A method, its arguments, its options."""

TEXTS = st.sampled_from(["", "a", "b", "ab", "\0", "z"])
NUMBERS = st.sampled_from([0, 1, 2, -1, 1.0, 2.5, 2**53 + 1])
SCALARS = st.one_of(TEXTS, NUMBERS, st.sampled_from([None, True, False]))
ARRAYS = st.lists(st.one_of(TEXTS, TEXTS, SCALARS), max_size=3)
BOUNDS = st.one_of(TEXTS, NUMBERS)
IDS = st.sampled_from(["i0", "i1", "i2", "i3", "i4", "i5", "i6", "i7", 1, True, 2.5])

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": TEXTS,
    "number": st.integers(0, 4),
    "mixed": SCALARS,
    "array": st.one_of(ARRAYS, ARRAYS, TEXTS, SCALARS, st.lists(ARRAYS, max_size=2)),
    "deep": st.one_of(
        st.fixed_dictionaries({}, optional={"x": SCALARS, "y": TEXTS}),
        st.lists(st.fixed_dictionaries({}, optional={"x": SCALARS}), max_size=2),
        SCALARS,
    ),
    # never an array: it is unique at times, where mongomock and MongoDB differ about arrays
    "single": st.one_of(st.integers(0, 9), st.integers(0, 9), SCALARS),
}
FIELDS = st.sampled_from([*VALUES, "_id"])
DOCUMENTS = st.fixed_dictionaries({}, optional={**VALUES, "_id": IDS})
INDEXED: list[tuple[str, ...]] = [
    ("text",), ("number",), ("mixed",), ("array",), ("single",), ("text", "number"), ("number", "text"),
    ("text", "mixed", "number"), ("mixed", "text"), ("text", "array", "number"), ("array", "number", "text"),
    ("text", "number", "single", "mixed"), ("array", "deep"), ("number", "_id"), ("text", "deep"), ("deep.x", "text"),
]  # fmt: skip


def _keys(fields: tuple[str, ...]) -> list[tuple[str, int]]:
    return [(field, 1) for field in fields]


INDEXES = st.sampled_from(INDEXED).map(_keys)
UNIQUE_INDEXES = st.sampled_from([("single",), ("text", "single")]).map(_keys)


@st.composite
def conditions(draw: st.DrawFn, field: str) -> Any:
    """A condition on a field."""
    value = VALUES.get(field, IDS)
    wide = st.one_of(value, SCALARS) if field in {"mixed", "array", "single"} else value
    simple = wide.filter(lambda each: not isinstance(each, (dict, list)))
    lists = st.lists(simple, max_size=3)
    usual: dict[str, st.SearchStrategy[Any]] = {
        "$in": lists, "$nin": lists, "$eq": simple, "$ne": simple, "$exists": st.booleans(),
        "$gt": BOUNDS, "$gte": BOUNDS, "$lt": BOUNDS, "$lte": BOUNDS,
    }  # fmt: skip
    unusual: dict[str, st.SearchStrategy[Any]] = {
        "$regex": st.sampled_from(["a", "^b", "z$"]),
        "$size": st.integers(0, 2),
        "$all": st.lists(TEXTS, min_size=1, max_size=2),
        "$not": st.fixed_dictionaries({"$gte": BOUNDS}),
        "$type": st.sampled_from(["string", "int", "bool", "array"]),
        "$in": st.lists(value, max_size=3),
        "$elemMatch": st.fixed_dictionaries({"$gte": BOUNDS}),
    }
    kind = draw(st.integers(0, 9))
    if kind < 4:
        return draw(simple)
    if kind < 5:
        return draw(value)
    if kind < 8:
        names = draw(st.lists(st.sampled_from(sorted(usual)), min_size=1, max_size=2, unique=True))
        return {name: draw(usual[name]) for name in names}
    if kind < 9:
        low, high = draw(st.one_of(st.tuples(TEXTS, TEXTS), st.tuples(NUMBERS, NUMBERS)))
        return {draw(st.sampled_from(["$gt", "$gte"])): low, draw(st.sampled_from(["$lt", "$lte"])): high}
    name = draw(st.sampled_from(sorted(unusual)))
    return {name: draw(unusual[name])}


@st.composite
def filters(draw: st.DrawFn, depth: int = 0) -> Document:
    """A filter of conditions, at times the leading fields of an index, at times with paths or nested filters."""
    chosen: Document = {}
    fields = draw(st.one_of(st.lists(FIELDS, max_size=3, unique=True), st.sampled_from(INDEXED)))
    for field in fields:
        if field in {*VALUES, "_id"}:
            chosen[field] = draw(conditions(field))
    kind = draw(st.integers(0, 11))
    if kind == 0:
        chosen[draw(st.sampled_from(["deep.x", "array.0", "deep.0.x"]))] = draw(SCALARS)
    if kind == 1 and not depth:
        chosen[draw(st.sampled_from(["$or", "$and", "$nor"]))] = draw(st.lists(filters(1), min_size=1, max_size=2))
    return chosen


_directions = st.sampled_from([1, -1])
_any_sorts = st.lists(
    st.tuples(st.sampled_from([*VALUES, "_id", "deep.x", "$natural"]), _directions),
    min_size=1,
    max_size=3,
    unique_by=lambda pair: pair[0],
)
_index_sorts = st.builds(
    lambda fields, start, size, way: [(field, way) for field in fields[start : start + size]] or [("number", way)],
    st.sampled_from(INDEXED), st.integers(0, 2), st.integers(1, 3), _directions,
)  # fmt: skip
SORTS = st.one_of(_any_sorts, _index_sorts, _index_sorts)
PROJECTIONS = st.one_of(
    st.none(),
    st.dictionaries(st.sampled_from([*VALUES, "deep.x"]), st.just(1), max_size=2),
    st.dictionaries(st.sampled_from([*VALUES, "deep.x"]), st.just(0), max_size=2),
    st.sampled_from([{"_id": 0}, {"_id": 1}, {"_id": 0, "text": 1}, {"_id": 1, "text": 0}, ["text", "_id"], ["mixed"]]),
    st.just({"deep": {"$elemMatch": {"x": 1}}, "text": 1}),
)


def _some(fields: list[str]) -> st.SearchStrategy[Document]:
    return st.fixed_dictionaries({}, optional={field: VALUES[field] for field in fields}).filter(bool)


_one_field = st.sampled_from([*VALUES])
CHANGES: st.SearchStrategy[Any] = st.one_of(
    st.fixed_dictionaries({"$set": _some([*VALUES])}),
    st.fixed_dictionaries({"$set": _some(["text", "number"])}),
    st.fixed_dictionaries(
        {"$set": _some(["text", "mixed"])},
        optional={
            "$unset": st.dictionaries(st.sampled_from(["array", "deep"]), st.just(""), min_size=1),
            "$inc": st.just({"number": 1}),
            "$setOnInsert": st.just({"deep": {"x": 1}}),
        },
    ),
    st.fixed_dictionaries({"$unset": st.dictionaries(_one_field, st.just(1), min_size=1, max_size=2)}),
    st.builds(lambda name, field, by: {name: {field: by}}, st.sampled_from(["$inc", "$max", "$min"]),
              st.sampled_from(["number", "mixed", "single", "deep"]), NUMBERS),
    st.builds(lambda name, by: {name: {"text": by}}, st.sampled_from(["$max", "$min"]), TEXTS),
    st.builds(lambda name, by: {name: {"array": by}}, st.sampled_from(["$push", "$pull", "$addToSet"]), SCALARS),
    st.builds(lambda by: {"$push": {"array": {"$each": by, "$slice": -2}}}, ARRAYS),
    st.builds(lambda by: {"$pop": {"array": by}}, _directions),
    st.builds(lambda by: {"$set": {"deep.x": by}}, SCALARS),
    st.builds(lambda by: {"$set": {"deep": {"x": [by]}}}, SCALARS),
    st.builds(lambda by: {"$push": {"deep.x": by}}, SCALARS),
    st.sampled_from([{"$rename": {"mixed": "number"}}, {"$rename": {"array": "mixed"}}]),
    st.just([{"$set": {"mixed": "$text"}}]),
    st.fixed_dictionaries({"$set": st.fixed_dictionaries({"_id": IDS, "text": TEXTS})}),
)  # fmt: skip
_bulks = st.lists(
    st.one_of(
        DOCUMENTS.map(lambda document: pymongo.InsertOne(dict(document))),
        st.builds(pymongo.UpdateOne, filters(), CHANGES, upsert=st.booleans()),
        st.builds(pymongo.UpdateMany, filters(), CHANGES),
        st.builds(pymongo.ReplaceOne, filters(), DOCUMENTS),
        st.builds(pymongo.DeleteOne, filters()),
        st.builds(pymongo.DeleteMany, filters()),
    ),
    min_size=1,
    max_size=3,
)


def _operation(name: str, *args: Any, **options: Any) -> st.SearchStrategy[Operation]:
    return st.tuples(st.just(name), st.tuples(*args), st.fixed_dictionaries({}, optional=options))


_window = {"sort": SORTS, "skip": st.integers(0, 3), "limit": st.integers(0, 4)}
_documents = st.lists(DOCUMENTS, min_size=1, max_size=6)
_upsert = st.booleans()
READS = st.one_of(
    _operation("find", filters(), PROJECTIONS, **_window),
    _operation("find", filters(), **_window),
    _operation("find", filters(), **_window),
    _operation("find_one", filters(), PROJECTIONS, sort=SORTS),
    _operation("count_documents", filters()),
    _operation("distinct", FIELDS, filters()),
    _operation("aggregate", st.builds(lambda each: [{"$match": each}, {"$count": "n"}], filters())),
)
WRITES = st.one_of(
    _operation("insert_many", _documents, ordered=st.booleans()),
    _operation("insert_one", DOCUMENTS),
    _operation("update_one", filters(), CHANGES, upsert=_upsert),
    _operation("update_many", filters(), CHANGES, upsert=_upsert),
    _operation("update_many", filters(), CHANGES),
    _operation("replace_one", filters(), DOCUMENTS, upsert=_upsert),
    _operation("find_one_and_update", filters(), CHANGES, return_document=st.booleans(), sort=SORTS, upsert=_upsert),
    _operation("find_one_and_delete", filters(), sort=SORTS),
    _operation("find_one_and_replace", filters(), DOCUMENTS, upsert=_upsert),
    _operation("delete_one", filters()),
    _operation("delete_many", filters()),
    _operation("bulk_write", _bulks, ordered=st.booleans()),
)
RARE = st.one_of(
    _operation("create_index", INDEXES),
    _operation("create_index", UNIQUE_INDEXES, unique=st.just(True)),
    _operation("drop_index", INDEXES),
    _operation("drop_indexes"),
    _operation("drop"),
)
PROGRAMS = st.lists(st.one_of(READS, READS, WRITES, WRITES, WRITES, RARE), min_size=4, max_size=14)
