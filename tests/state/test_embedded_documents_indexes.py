"""Queries go through the indexes: what they cost is told by how many documents and index entries they look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest

from tests.state.documents_oracle import new_engine
from tuco_mock.state.embedded.documents import copying, filters, reading, sorting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.state.documents_oracle import Document

LEADS = 20
STATUSES = ["queued", "sent", "failed"]
INDEXES = [
    ["workspace", "seq"],
    ["workspace", "lead", "status", "created", "seq"],
    ["workspace", "to", "status", "created", "seq"],
    ["workspace", "status"],
]


def message(number: int, workspace: str = "w0") -> Document:
    return {
        "_id": f"{workspace}/{number}",
        "workspace": workspace,
        "seq": number,
        "lead": f"l{number % LEADS}",
        "to": [f"+1{number % LEADS}", f"+2{number % LEADS}"],
        "status": STATUSES[number % 3],
        "created": f"2026-01-01T00:{number // 60 % 60:02d}:{number % 60:02d}.000Z",
        "text": f"message {number}",
    }


def messages(count: int) -> Any:
    collection = new_engine()
    for fields in INDEXES:
        collection.create_index([(field, 1) for field in fields])
    collection.insert_many([message(number) for number in range(count)])
    return collection


@pytest.fixture(autouse=True)
def no_mongomock() -> Iterator[None]:
    """Nothing here may need mongomock's filters or its order of values."""
    with (
        mock.patch.object(filters, "filter_applies", side_effect=AssertionError("mongomock filtered")),
        mock.patch.object(reading, "filter_applies", side_effect=AssertionError("mongomock filtered")),
        mock.patch.object(sorting, "resolve_sort_key", side_effect=AssertionError("mongomock sorted")),
    ):
        yield


def examined(collection: Any, act: Callable[[Any], Any]) -> tuple[Any, int]:
    before = collection.examined
    result = act(collection)
    return result, collection.examined - before


QUERIES: dict[str, tuple[Callable[[Any], Any], int]] = {
    "by id": (lambda c: c.find_one({"_id": "w0/7"}), 1),
    "by ids": (lambda c: list(c.find({"_id": {"$in": ["w0/9", "w0/7", "none"]}})), 2),
    "by id and more": (lambda c: c.find_one({"_id": "w0/7", "status": "failed"}), 1),
    "all fields of an index": (lambda c: c.find_one({"workspace": "w0", "seq": 7}), 1),
    "a miss": (lambda c: c.find_one({"workspace": "w0", "seq": -7}), 0),
    "a miss by id": (lambda c: c.find_one({"_id": "none"}), 0),
    "an unknown workspace": (lambda c: list(c.find({"workspace": "w9"})), 0),
    "a page, newest first": (lambda c: list(c.find({"workspace": "w0"}).sort("seq", -1).limit(10)), 10),
    "a later page": (lambda c: list(c.find({"workspace": "w0"}).sort("seq", 1).skip(30).limit(10)), 10),
    "a later page, newest first": (lambda c: list(c.find({"workspace": "w0"}).sort("seq", -1).skip(30).limit(10)), 10),
    "a page of a range": (lambda c: list(c.find({"workspace": "w0", "seq": {"$gt": 5}}).sort("seq", 1).limit(3)), 3),
    "a short range": (lambda c: list(c.find({"workspace": "w0", "seq": {"$gt": 5, "$lte": 9}})), 4),
    "a count": (lambda c: c.count_documents({"workspace": "w0"}), 0),
    "a count by two fields": (lambda c: c.count_documents({"workspace": "w0", "lead": "l1"}), 0),
    "a count by choice": (lambda c: c.count_documents({"workspace": "w0", "status": {"$in": STATUSES[:2]}}), 0),
    "a count of a range": (lambda c: c.count_documents({"workspace": "w0", "seq": {"$gte": 5}}), 0),
    "a count of everything": (lambda c: c.count_documents({}), 0),
    "an estimated count": (lambda c: c.estimated_document_count(), 0),
    "the first of all": (lambda c: c.find_one({}), 1),
    "an update by ids": (
        lambda c: c.update_many({"_id": {"$in": ["w0/1", "w0/2"]}, "status": "sent"}, {"$set": {"text": "x"}}),
        2,
    ),
    "an update by index": (lambda c: c.update_one({"workspace": "w0", "seq": 3}, {"$inc": {"tries": 1}}), 1),
    "a deletion by index": (lambda c: c.delete_one({"workspace": "w0", "seq": 11}), 1),
    "a replacement": (lambda c: c.replace_one({"_id": "w0/4"}, message(4)), 1),
    "found and updated": (
        lambda c: c.find_one_and_update({"workspace": "w0"}, {"$set": {"text": "x"}}, sort=[("seq", 1)]),
        2,
    ),
}


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_costs_the_same_however_many_documents_there_are(name: str) -> None:
    act, cost = QUERIES[name]
    for count in (100, 1_500):
        _, looked_at = examined(messages(count), act)
        assert looked_at <= cost + 2, count  # two more where ties at the edges of a page are looked for


def test_a_lead_costs_its_own_messages() -> None:
    collection = messages(2_000)
    chosen = {"workspace": "w0", "lead": "l3", "status": {"$in": ["queued", "sent"]}}
    found, looked_at = examined(collection, lambda c: list(c.find(chosen).sort([("created", 1), ("seq", 1)])))
    expected = [number for number in range(3, 2_000, LEADS) if number % 3 != 2]
    assert [each["seq"] for each in found] == expected
    assert looked_at == len(expected)


def test_an_array_is_found_by_each_of_its_elements() -> None:
    collection = messages(2_000)
    chosen = {"workspace": "w0", "to": {"$in": ["+13", "+23"]}, "status": {"$in": ["queued", "sent"]}}
    found, looked_at = examined(collection, lambda c: list(c.find(chosen).sort([("created", 1), ("seq", 1)])))
    expected = [number for number in range(3, 2_000, LEADS) if number % 3 != 2]
    assert [each["seq"] for each in found] == expected, "each once, though two of its elements are looked for"
    assert looked_at <= 2 * len(expected)
    assert collection.count_documents(chosen) == len(expected)


def test_a_workspace_is_dropped_for_the_price_of_its_own_documents() -> None:
    collection = messages(10)
    collection.insert_many([message(number, f"w{workspace}") for workspace in range(1, 200) for number in range(5)])
    result, looked_at = examined(collection, lambda c: c.delete_many({"workspace": "w7"}))
    assert (result.deleted_count, looked_at) == (5, 5)
    assert collection.count_documents({}) == 10 + 198 * 5


def test_a_condition_no_index_has_is_tested_on_what_the_index_finds() -> None:
    collection = messages(2_000)
    chosen = {"workspace": "w0", "lead": "l3", "text": "message 3"}
    found, looked_at = examined(collection, lambda c: list(c.find(chosen)))
    assert [each["seq"] for each in found] == [3]
    assert looked_at == 2_000 // LEADS


def test_values_of_several_kinds_are_kept_in_order() -> None:
    collection = new_engine()
    collection.create_index([("group", 1), ("value", 1)])
    values = ["b", None, 2, "a", 1.5, True, "", False, 10]
    collection.insert_many([{"_id": number, "group": "g", "value": value} for number, value in enumerate(values)])
    collection.insert_one({"_id": "missing", "group": "g"})
    for way in (1, -1):
        cursor = collection.find({"group": "g"}).sort("value", way).limit(20)
        before = collection.examined
        found = list(cursor)
        order = [None, None, 1.5, 2, 10, "", "a", "b", False, True]
        assert [each.get("value") for each in found] == order[::way]
        assert [each["_id"] for each in found if each.get("value") is None] == [1, "missing"], "ties keep their order"
        assert collection.examined - before <= 20
    assert collection.count_documents({"group": "g", "value": {"$gt": 1.5}}) == 2
    assert collection.count_documents({"group": "g", "value": {"$lt": "b"}}) == 2
    assert collection.count_documents({"group": "g", "value": None}) == 2
    assert collection.count_documents({"group": "g", "value": 1}) == 1, "True equals 1, as in mongomock"


def test_the_oldest_number_of_many_ties_comes_first_both_ways() -> None:
    collection = new_engine()
    collection.create_index([("group", 1), ("value", 1)])
    collection.insert_many([{"_id": number, "group": "g", "value": number % 2} for number in range(40)])
    for way, value in ((1, 0), (-1, 1)):
        found = collection.find({"group": "g"}).sort("value", way).skip(3).limit(4)
        assert [each["_id"] for each in found] == [value + 2 * number for number in range(3, 7)]


def test_plain_documents_are_copied_without_looking_into_them() -> None:
    collection = new_engine()
    collection.insert_one({"_id": 1, "text": "x", "number": 2})
    with mock.patch.object(copying, "copy_value", side_effect=AssertionError("looked into")):
        assert collection.find_one({"_id": 1}, {"text": 1}) == {"_id": 1, "text": "x"}
