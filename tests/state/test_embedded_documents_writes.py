"""What the embedded documents engine lets in, keeps apart and takes back."""

from __future__ import annotations

import copy
import datetime as dt
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Any

import bson
import pymongo
import pytest
from bson import ObjectId
from bson.errors import InvalidDocument
from pymongo.errors import BulkWriteError, DuplicateKeyError, WriteError

from tests.state.documents_oracle import Oracle, check_indexes, contents, new_engine

if TYPE_CHECKING:
    from collections.abc import Callable


class Status(StrEnum):
    QUEUED = "queued"
    SENT = "sent"


class Level(IntEnum):
    LOW = 1


@pytest.fixture
def things() -> Any:
    """Three things, indexed and with unique names."""
    collection = new_engine()
    collection.create_index([("group", 1), ("size", 1)])
    collection.create_index([("name", 1)], unique=True, name="names")
    collection.insert_many([{"_id": n, "group": "g", "size": n, "name": f"n{n}", "tags": ["t"]} for n in range(3)])
    return collection


# Nothing is shared with the caller


def test_what_was_inserted_is_a_copy(things: Any) -> None:
    given: dict[str, Any] = {"_id": "x", "name": "x", "tags": ["a"], "deep": {"list": [1]}}
    things.insert_one(given)
    given["tags"].append("b")
    given["deep"]["list"].append(2)
    assert things.find_one({"_id": "x"}) == {"_id": "x", "name": "x", "tags": ["a"], "deep": {"list": [1]}}


READERS: dict[str, Callable[[Any], Any]] = {
    "find": lambda c: next(iter(c.find({"_id": 1}))),
    "find by index": lambda c: next(iter(c.find({"group": "g", "size": 1}).sort("size", 1))),
    "find_one": lambda c: c.find_one({"_id": 1}),
    "projected": lambda c: c.find_one({"_id": 1}, {"tags": 1, "deep": 1}),
    "projected by list": lambda c: c.find_one({"_id": 1}, ["tags", "deep"]),
    "others left out": lambda c: c.find_one({"_id": 1}, {"name": 0}),
    "part of a path": lambda c: c.find_one({"_id": 1}, {"deep.x": 1, "tags": 1}),
    "a slice": lambda c: c.find_one({"_id": 1}, {"tags": {"$slice": 1}, "deep": 1}),
    "found and updated": lambda c: c.find_one_and_update({"_id": 1}, {"$set": {"size": 9}}),
    "found after an update": lambda c: c.find_one_and_update({"_id": 1}, {"$set": {"size": 9}}, return_document=True),
    "aggregated": lambda c: next(iter(c.aggregate([{"$match": {"_id": 1}}]))),
}


@pytest.mark.parametrize("name", READERS)
def test_what_is_found_is_a_copy(things: Any, name: str) -> None:
    things.update_one({"_id": 1}, {"$set": {"deep": {"x": {"list": [1]}}, "tags": [{"list": [1]}]}})
    found = READERS[name](things)
    found["tags"][0]["list"].append(2)
    found["deep"]["x"]["list"].append(2)
    found["tags"].append("b")
    kept = things.find_one({"_id": 1})
    assert (kept["deep"], kept["tags"]) == ({"x": {"list": [1]}}, [{"list": [1]}])


UPDATES: dict[str, Callable[[Any], Any]] = {
    "$set": lambda shared: {"$set": {"tags": shared}},
    "$set and more": lambda shared: {"$set": {"tags": shared}, "$inc": {"size": 10}},
    "$set of a path": lambda shared: {"$set": {"deep.tags": shared, "tags": shared}},
    "$push": lambda shared: {"$push": {"tags": {"$each": shared}}},
    "a pipeline": lambda shared: [{"$set": {"tags": {"$literal": shared}}}],
}


@pytest.mark.parametrize("name", UPDATES)
def test_what_an_update_sets_is_a_copy_in_every_document(things: Any, name: str) -> None:
    shared = [{"list": [1]}]
    things.update_many({}, UPDATES[name](shared))
    before = list(things.find({}))
    shared[0]["list"].append(2)
    shared.append({})
    assert list(things.find({})) == before
    last = len(before[0]["tags"]) - 1
    things.update_one({"_id": 1}, {"$push": {f"tags.{last}.list": 3}})
    assert [each["tags"][last]["list"] for each in things.find({})] == [[1], [1, 3], [1]]


def test_a_replacement_is_a_copy(things: Any) -> None:
    given: dict[str, Any] = {"name": "x", "tags": ["a"]}
    things.replace_one({"_id": 1}, given)
    things.replace_one({"_id": "new"}, {**given, "name": "y"}, upsert=True)
    given["tags"].append("b")
    assert [things.find_one({"_id": each})["tags"] for each in (1, "new")] == [["a"], ["a"]]


def test_filter_and_projection_may_change_after_find(things: Any) -> None:
    chosen: dict[str, Any] = {"_id": {"$in": [0, 1]}, "deep.x": None}
    fields = {"name": 1, "deep.x": 1}
    cursor = things.find(chosen, fields)
    chosen["_id"]["$in"].append(2)
    chosen["size"] = 7
    fields["size"] = 1
    assert list(cursor) == [{"_id": 0, "name": "n0"}, {"_id": 1, "name": "n1"}]
    assert list(fields) == ["name", "deep.x", "size"], "mongomock takes a projection apart, but not the caller's"


def test_an_inserted_document_gets_an_id_and_keeps_its_own(things: Any) -> None:
    given: dict[str, Any] = {"name": "x"}
    result = things.insert_one(given)
    assert isinstance(given["_id"], ObjectId)
    assert given["_id"] == result.inserted_id
    assert things.find_one({"_id": result.inserted_id}) == given
    assert things.find_one(result.inserted_id) == given


# What BSON cannot express is refused, and changes nothing

REFUSED: dict[str, tuple[Any, type[Exception]]] = {
    "a number over 64 bits": ({"n": 2**63}, OverflowError),
    "a deep number over 64 bits": ({"n": [{"n": -(2**63) - 1}]}, OverflowError),
    "half a surrogate pair": ({"text": "\ud800"}, UnicodeEncodeError),
    "a field that is no text": ({1: 1}, ValueError),
    "a deep field that is no text": ({"n": {1: 1}}, InvalidDocument),
    "a field with a null": ({"a\0b": 1}, InvalidDocument),
    "a deep field with a null": ({"n": {"a\0b": 1}}, InvalidDocument),
    "an operator": ({"$set": 1}, InvalidDocument),
    "a set": ({"n": {1}}, InvalidDocument),
    "an object": ({"n": object()}, InvalidDocument),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_bson_refuses_is_not_inserted(things: Any, name: str) -> None:
    document, error = REFUSED[name]
    before = contents(things)
    with pytest.raises(error):
        things.insert_one(dict(document))
    with pytest.raises(error):
        things.insert_many([{"_id": "before", "name": "before"}, dict(document), {"_id": "after"}])
    assert contents(things) == [*before, [["_id", "before"], ["name", "before"]]]
    check_indexes(things)


@pytest.mark.parametrize("value", [2**63, "\ud800", {1}, object(), {"a": [2**64]}])
def test_what_bson_refuses_is_not_set(things: Any, value: Any) -> None:
    before = contents(things)
    for changes in ({"$set": {"group": "h", "size": value}}, {"$set": {"group": "h", "deep.x": value}}):
        with pytest.raises((OverflowError, UnicodeEncodeError, InvalidDocument)):
            things.update_many({}, changes)
    assert contents(things) == before
    check_indexes(things)


@pytest.mark.parametrize(
    "value",
    [
        2**63 - 1,
        -(2**63),
        1.5,
        b"bytes",
        ObjectId(),
        dt.datetime(2026, 1, 2, 3, 4, 5, 678_900),  # noqa: DTZ001 - mongomock's moments are naive
        dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.timezone(dt.timedelta(hours=2))),
        bson.Int64(7),
        bson.Regex("x"),
        bson.Code("x"),
        bson.Decimal128("1.5"),
        (1, (2,)),
        {"a": (1,)},
        float("inf"),
        float("nan"),
        [],
        {},
        [[]],
        Status.SENT,
        Level.LOW,
    ],
)
def test_other_values_are_kept_as_mongomock_keeps_them(value: Any) -> None:
    engine, oracle = new_engine(), Oracle()
    engine.create_index([("value", 1), ("text", 1)])
    for collection in (engine, oracle):
        collection.insert_many([{"_id": 1, "value": copy.deepcopy(value)}, {"_id": 2, "value": "text"}])
        collection.insert_one({"_id": 3, "text": "x"})
        collection.update_one({"_id": 3}, {"$set": {"value": copy.deepcopy(value)}})
    assert repr(contents(engine)) == repr(contents(oracle))
    for chosen in ({"value": value}, {"value": {"$in": [value, "text"]}}, {"value": {"$ne": value}}, {"value": "text"}):
        assert repr(list(engine.find(chosen))) == repr(list(oracle.find(chosen))), chosen
        assert engine.count_documents(chosen) == oracle.count_documents(chosen), chosen
    check_indexes(engine)
    engine.delete_many({})
    check_indexes(engine)


def test_enumerations_are_found_as_their_values(things: Any) -> None:
    things.create_index([("status", 1), ("level", 1)])
    things.insert_many(
        [
            {"_id": "a", "name": "a", "status": Status.QUEUED, "level": Level.LOW},
            {"_id": "b", "name": "b", "status": "queued", "level": 1},
        ]
    )
    for chosen in (
        {"status": "queued", "level": 1},
        {"status": Status.QUEUED, "level": Level.LOW},
        {"status": {"$in": [Status.QUEUED]}, "level": {"$gte": Level.LOW}},
    ):
        assert [each["_id"] for each in things.find(chosen)] == ["a", "b"], chosen
    things.update_many({"status": Status.QUEUED}, {"$set": {"status": Status.SENT}})
    assert things.count_documents({"status": "sent"}) == 2
    check_indexes(things)


# Unique indexes


def test_the_error_says_what_mongodb_says(things: Any) -> None:
    with pytest.raises(DuplicateKeyError) as raised:
        things.insert_one({"_id": 7, "name": "n1"})
    assert raised.value.code == 11000
    assert raised.value.details is not None
    assert raised.value.details["keyPattern"] == {"name": 1}
    assert raised.value.details["keyValue"] == {"name": "n1"}
    text = 'E11000 duplicate key error collection: tuco.things index: names dup key: { name: "n1" }'
    assert str(raised.value).startswith(text)


FAILING: dict[str, Callable[[Any], Any]] = {
    "insert": lambda c: c.insert_one({"_id": 7, "name": "n1", "group": "g"}),
    "insert of the same id": lambda c: c.insert_one({"_id": 1, "name": "other", "group": "g"}),
    "set": lambda c: c.update_one({"_id": 2}, {"$set": {"name": "n1", "group": "h"}}),
    "set and more": lambda c: c.update_one({"_id": 2}, {"$set": {"name": "n1", "group": "h"}, "$push": {"tags": 1}}),
    "set of an id": lambda c: c.update_one({"_id": 2}, {"$set": {"_id": 8, "group": "h"}}),
    "replacement": lambda c: c.replace_one({"_id": 2}, {"name": "n1", "group": "h"}),
    "upsert": lambda c: c.update_one({"_id": 9}, {"$set": {"name": "n1"}}, upsert=True),
    "upsert of more": lambda c: c.update_one({"_id": 9}, {"$set": {"name": "n1"}, "$push": {"a": 1}}, upsert=True),
    "push to a number": lambda c: c.update_one({"_id": 2}, {"$set": {"group": "h"}, "$push": {"size": 1}}),
    "rename of a path": lambda c: c.update_one({"_id": 2}, {"$set": {"group": "h"}, "$rename": {"size": "a.b"}}),
    "sum of text and number": lambda c: c.update_one({"_id": 2}, {"$set": {"group": "h"}, "$inc": {"name": 1}}),
    "unknown operator": lambda c: c.update_one({"_id": 2}, {"$set": {"group": "h"}, "$grow": {"size": 1}}),
    "found and updated": lambda c: c.find_one_and_update({"_id": 2}, {"$set": {"name": "n1", "group": "h"}}),
    "unique index": lambda c: c.create_index([("group", 1)], unique=True),
    "other index of the same name": lambda c: c.create_index([("group", 1)], name="names"),
}


@pytest.mark.parametrize("name", FAILING)
def test_what_fails_changes_nothing(things: Any, name: str) -> None:
    before, indexes = contents(things), things.index_information()
    with pytest.raises(
        (WriteError, pymongo.errors.OperationFailure, TypeError, ValueError, AttributeError, NotImplementedError)
    ):
        FAILING[name](things)
    assert contents(things) == before
    assert things.index_information() == indexes
    check_indexes(things)


def test_an_update_of_many_stops_at_the_first_that_fails(things: Any) -> None:
    for number in range(3):
        things.update_one({"_id": number}, {"$set": {"kind": number + 1}})
    things.create_index([("group", 1), ("kind", 1)], unique=True)
    quick: dict[str, Any] = {"$set": {"kind": 9, "seen": True}}
    slow: dict[str, Any] = {"$set": {"kind": 8, "seen": 1}, "$push": {"tags": "u"}}
    for changes in (quick, slow):
        with pytest.raises(DuplicateKeyError):
            things.update_many({}, changes)
        found = list(things.find({}))
        assert [each.get("kind") for each in found] == [changes["$set"]["kind"], 2, 3]
        assert [bool(each.get("seen")) for each in found] == [True, False, False]
        check_indexes(things)


def test_an_ordered_insert_stops_and_an_unordered_goes_on(things: Any) -> None:
    names = [("a", "a"), ("b", "n1"), ("a", "c"), ("d", "d")]
    batch = [{"_id": identity, "name": name} for identity, name in names]
    with pytest.raises(BulkWriteError) as raised:
        things.insert_many(copy.deepcopy(batch))
    assert (raised.value.details["nInserted"], raised.value.details["writeErrors"][0]["index"]) == (1, 1)
    things.delete_one({"_id": "a"})
    with pytest.raises(BulkWriteError) as raised:
        things.insert_many(copy.deepcopy(batch), ordered=False)
    assert raised.value.details["nInserted"] == 2
    assert [each["index"] for each in raised.value.details["writeErrors"]] == [1, 2]
    assert [each["_id"] for each in things.find({})] == [0, 1, 2, "a", "d"]
    check_indexes(things)


@pytest.fixture
def leads() -> Any:
    """Leads whose addresses are unique in their workspace, as the project declares them."""
    collection = new_engine()
    collection.create_index([("workspace", 1), ("identity", 1)], unique=True)
    collection.insert_one({"_id": 1, "workspace": "w", "identity": ["+1", "+2"]})
    return collection


@pytest.mark.parametrize("identity", ["+1", ["+1"], ["+3", "+2"], ["+2", "+1"], ["+1", "+2"]])
def test_an_element_of_a_unique_array_is_unique_among_documents(leads: Any, identity: Any) -> None:
    """As in MongoDB; mongomock compares the whole arrays."""
    with pytest.raises(DuplicateKeyError):
        leads.insert_one({"_id": 2, "workspace": "w", "identity": identity})
    leads.insert_one({"_id": 3, "workspace": "w", "identity": ["+9"]})
    for changes in ({"$set": {"identity": identity}}, {"$push": {"identity": "+1"}}, {"$set": {"identity.0": "+2"}}):
        with pytest.raises(DuplicateKeyError):
            leads.update_one({"_id": 3}, changes)
    assert [each["identity"] for each in leads.find({})] == [["+1", "+2"], ["+9"]]
    check_indexes(leads)


def test_unique_array_elements_may_repeat_elsewhere(leads: Any) -> None:
    leads.insert_one({"_id": 2, "workspace": "v", "identity": ["+1", "+1"]})
    leads.insert_one({"_id": 3, "workspace": "w", "identity": ["+3", "+3"]})
    leads.update_one({"_id": 1}, {"$set": {"identity": ["+2", "+4", "+1"]}})
    leads.update_one({"_id": 3}, {"$push": {"identity": "+5"}})
    owners = {each: leads.find_one({"workspace": "w", "identity": each})["_id"] for each in ("+1", "+2", "+3", "+5")}
    assert owners == {"+1": 1, "+2": 1, "+3": 3, "+5": 3}
    leads.update_one({"_id": 1}, {"$pull": {"identity": "+1"}})
    leads.insert_one({"_id": 4, "workspace": "w", "identity": "+1"})
    check_indexes(leads)


def test_unusual_values_are_unique_too() -> None:
    collection = new_engine()
    collection.create_index([("value", 1)], unique=True)
    values: list[Any] = [{"a": 1}, {"a": 2}, [], [[1]], None, 1, "1", b"1", False]
    collection.insert_many([{"value": value} for value in values])
    for value in [*values, 1.0, True, 0, [{"a": 1}], ["1", "2"]]:
        with pytest.raises(DuplicateKeyError):
            collection.insert_one({"value": value})
    with pytest.raises(DuplicateKeyError):
        collection.insert_one({})
    assert len(contents(collection)) == len(values)
    check_indexes(collection)


def test_a_unique_index_needs_unique_documents() -> None:
    collection = new_engine()
    collection.insert_many([{"tags": ["a", "b"]}, {"tags": ["b", "c"]}])
    with pytest.raises(DuplicateKeyError):
        collection.create_index([("tags", 1)], unique=True)
    assert list(collection.index_information()) == ["_id_"]
    collection.insert_one({"tags": ["b"]})
    collection.delete_many({"tags": "c"})
    collection.delete_one({"tags": "a"})
    collection.create_index([("tags", 1)], unique=True)
    with pytest.raises(DuplicateKeyError):
        collection.insert_one({"tags": "b"})
