"""Queries of the usual shape, which the embedded documents engine prepares, find what plain mongomock finds."""

from __future__ import annotations

import contextlib
from typing import Any
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymongo.errors import DuplicateKeyError

from tests.state.documents_oracle import Oracle, new_engine
from tuco_mock.state.embedded.documents import entries

INDEXES = (
    ("a",),
    ("a", "b"),
    ("a", "b", "n"),
    ("b", "a", "n"),
    ("tags",),
    ("a", "tags"),
    ("a", "t", "n"),
    ("a", "n", "tags"),
)
FILTERS = (("a",), ("a", "b"), ("tags",), ("a", "tags"), ("b",), ("_id",), ("a", "_id"), ("a", "t"), ())
SORTS: tuple[Any, ...] = (
    None,
    [("b", 1), ("n", 1)],
    [("n", 1)],
    [("n", -1)],
    [("b", -1), ("n", -1)],
    [("tags", -1)],
    [("t", -1), ("n", -1)],
    [("t", 1)],
    [("b", -1)],
)
texts = st.sampled_from(["x", "y", "x\0", ""])
tags = st.lists(texts, max_size=3) | texts
things = st.fixed_dictionaries(
    {"a": st.just("x") | texts, "b": texts},
    optional={
        "n": st.integers(0, 3),
        "t": texts | st.none() | st.integers(0, 1) | st.booleans() | st.fixed_dictionaries({"d": st.integers(0, 2)}),
        "tags": tags,
    },
)
queries = st.tuples(
    st.sampled_from(FILTERS).flatmap(lambda fields: st.fixed_dictionaries(dict.fromkeys(fields, texts))),
    st.sampled_from([None, {"n": 1}, {"_id": 0, "b": 1, "tags": True}, {"b": 0}]),
    st.sampled_from(SORTS),
    st.integers(0, 3),
    st.integers(0, 4),
)


@settings(max_examples=150, deadline=None)
@given(
    indexes=st.sets(st.sampled_from(INDEXES)),
    stored=st.lists(things, min_size=1, max_size=25),
    asked=st.lists(queries, min_size=1, max_size=12),
)
def test_windows_and_orders(indexes: set[tuple[str, ...]], stored: list[dict[str, Any]], asked: list[Any]) -> None:
    with mock.patch.object(entries, "LOAD", 4):
        engine, oracle = new_engine(), Oracle()
        for fields in sorted(indexes):
            engine.create_index([(field, 1) for field in fields])
        for each in (engine, oracle):
            each.insert_many([{"_id": "xy"[n] if n < 2 else n, **thing} for n, thing in enumerate(stored)])
        for conditions, projection, sort, skip, limit in asked:
            options = {} if sort is None else {"sort": sort}
            found, expected = (
                (
                    list(each.find(dict(conditions), projection, skip=skip, limit=limit, **options)),
                    each.find_one(dict(conditions), projection, **options),
                )
                for each in (engine, oracle)
            )
            assert found == expected, (conditions, projection, sort, skip, limit)


@pytest.fixture
def things_by_kind() -> Any:
    """Things of two kinds, found by an index, that are asked for once."""
    collection = new_engine()
    collection.create_index([("kind", 1), ("n", 1)], name="by_kind")
    collection.insert_many([{"_id": str(n), "kind": "odd" if n % 2 else "even", "n": 9 - n} for n in range(10)])
    assert [each["n"] for each in collection.find({"kind": "odd"}, sort=[("n", 1)], limit=2)] == [0, 2]
    return collection


def test_a_cursor_outlives_its_index(things_by_kind: Any) -> None:
    cursor = things_by_kind.find({"kind": "odd"}, sort=[("n", -1)])
    things_by_kind.drop_index("by_kind")
    things_by_kind.delete_one({"_id": "1"})
    assert [each["n"] for each in cursor] == [6, 4, 2, 0]


def test_a_cursor_is_sorted_anew_and_cloned(things_by_kind: Any) -> None:
    cursor = things_by_kind.find({"kind": "odd"}, {"n": 1, "_id": 0}, sort=[("n", 1)])
    assert [each["n"] for each in cursor.clone()] == [0, 2, 4, 6, 8]
    assert [each["n"] for each in cursor.sort([("n", -1)]).skip(1).limit(2)] == [6, 4]
    assert list(cursor.clone()) == list(cursor.rewind())


def test_what_was_asked_may_be_changed_afterwards(things_by_kind: Any) -> None:
    conditions = {"kind": "odd"}
    cursor = things_by_kind.find(conditions)
    conditions["kind"] = "even"
    assert {each["kind"] for each in cursor} == {"odd"}


@pytest.mark.parametrize("sort", ["n", {"n": -1}, [["n", -1]], ("n", -1), [("n", "x")], "ab"])
def test_other_forms_of_a_sort_are_as_before(things_by_kind: Any, sort: Any) -> None:
    """What is no list of pairs goes the ordinary way: pymongo's forms, and its errors."""
    told: list[Any] = []
    for conditions in ({"kind": "odd"}, {"kind": {"$in": ["odd"]}}):
        try:
            told.append([each["n"] for each in things_by_kind.find(conditions, sort=sort)])
        except Exception as error:  # noqa: BLE001 - whichever it is
            told.append(repr(error))
    assert told[0] == told[1]


@settings(max_examples=100, deadline=None)
@given(
    stored=st.lists(st.fixed_dictionaries({"a": texts, "tags": tags}), max_size=12),
    asked=st.lists(st.tuples(texts, texts, st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=8),
)
def test_what_is_unique(stored: list[dict[str, Any]], asked: list[Any]) -> None:
    with mock.patch.object(entries, "LOAD", 2):
        engine, oracle = new_engine(), Oracle()
        engine.create_index([("a", 1), ("tags", 1)], unique=True)
        for number, thing in enumerate(stored):
            with contextlib.suppress(DuplicateKeyError):
                engine.insert_one({"_id": number, **thing})
                oracle.insert_one({"_id": number, **thing})
        for a, tag, skip, limit in asked:
            conditions = {"a": a, "tags": tag}
            expected = list(oracle.find(conditions, skip=skip, limit=limit))
            assert list(engine.find(conditions, skip=skip, limit=limit)) == expected
            assert engine.find_one(conditions) == oracle.find_one(conditions)
