"""Questions asked again and again find what the same query finds, whatever happens to the collection in between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuco_mock.state.embedded.documents import open_documents, question
from tuco_mock.state.embedded.documents.asking import PreparedQuestion
from tuco_mock.state.questions import Question

if TYPE_CHECKING:
    from collections.abc import Sequence

INDEXES = (("a",), ("a", "b"), ("b", "a", "n"), ("a", "tags"), ("a", "n"))
FIELDS = (("a",), ("a", "b"), ("b", "a"), ("a", "tags"), ("tags", "a"), ("_id",), ("c",))
SORTS: tuple[Any, ...] = ((), [("n", 1)], [("n", -1)], [("b", -1), ("n", -1)])
WANTED: tuple[Any, ...] = (None, {"n": 1}, {"_id": 0, "b": 1, "tags": 1})

texts = st.sampled_from(["x", "y", ""])
things = st.fixed_dictionaries(
    {"a": texts, "b": texts},
    optional={"n": st.integers(0, 9) | st.none(), "tags": st.lists(texts, max_size=2), "c": texts | st.integers(0, 9)},
)
changes = st.one_of(
    st.tuples(st.just("insert"), things),
    st.tuples(st.just("change"), texts, things),
    st.tuples(st.just("remove"), texts),
    st.tuples(st.just("index"), st.sampled_from(INDEXES)),
    st.tuples(st.just("no indexes")),
    st.tuples(st.just("drop")),
)


def carry_out(collection: Any, change: tuple[Any, ...], number: int) -> None:
    match change:
        case ("insert", thing):
            collection.insert_one({"_id": f"{number}", **thing})
        case ("change", text, thing):
            collection.update_many({"a": text}, {"$set": thing})
        case ("remove", text):
            collection.delete_many({"b": text})
        case ("index", fields):
            collection.create_index([(field, 1) for field in fields])
        case ("no indexes",):
            collection.drop_indexes()
        case ("drop",):
            collection.database.drop_collection(collection.name)


@settings(max_examples=100, deadline=None)
@given(
    asked=st.tuples(st.sampled_from(FIELDS), st.sampled_from(WANTED), st.sampled_from(SORTS)),
    happened=st.lists(changes, min_size=1, max_size=20),
    values=st.lists(texts, min_size=2, max_size=2),
    limit=st.integers(0, 3),
)
def test_they_find_what_the_query_finds(
    asked: tuple[Sequence[str], Any, Any], happened: list[Any], values: list[str], limit: int
) -> None:
    collection = open_documents()["things"]
    prepared = question(collection, *asked)
    ordinary: Question[Any] = Question(collection, *asked)
    assert type(prepared) is PreparedQuestion
    for number, change in enumerate(happened):
        carry_out(collection, change, number)
        given = values[: len(asked[0])]
        assert prepared.all(*given, limit=limit) == ordinary.all(*given, limit=limit)
        assert prepared.first(*given) == ordinary.first(*given)


def test_what_is_given_out_is_the_callers_own() -> None:
    collection = open_documents()["things"]
    collection.create_index([("a", 1)])
    collection.insert_one({"_id": "1", "a": "x", "tags": ["old"]})
    asked = question(collection, ("a",))
    for found in (asked.first("x"), *asked.all("x")):
        assert found is not None
        found["tags"].append("new")
        found["b"] = "new"
    assert asked.first("x") == {"_id": "1", "a": "x", "tags": ["old"]}


@pytest.mark.parametrize("indexed", [True, False])
def test_what_is_read_of_them_is_given_out(indexed: bool) -> None:
    collection = open_documents()["things"]
    if indexed:
        collection.create_index([("a", 1), ("n", 1)])
    collection.insert_many([{"_id": f"{n}", "a": "x", "n": n} for n in range(3)])
    asked = question(collection, ("a",), {"n": 1}, [("n", -1)], lambda thing: thing["n"] * 10)
    assert asked.all("x", limit=2) == [20, 10]
    assert asked.first("x") == 20
    assert (asked.all("y"), asked.first("y")) == ([], None)


def test_a_collection_that_nobody_has_used() -> None:
    database = open_documents()
    asked = question(database["things"], ("a",))
    assert (asked.all("x"), asked.first("x")) == ([], None)
    assert database.list_collection_names() == []
