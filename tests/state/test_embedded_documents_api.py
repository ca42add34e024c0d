"""The rest of the pymongo API on the embedded documents engine: cursors, indexes, names, options, threads."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pymongo
import pytest
from bson.codec_options import CodecOptions
from pymongo.errors import BulkWriteError, DuplicateKeyError, InvalidOperation, OperationFailure

from tests.state.documents_oracle import Oracle, check_indexes, new_engine
from tuco_mock.state.embedded.documents import open_documents


@pytest.fixture
def things() -> Any:
    collection = new_engine()
    collection.create_index([("group", 1), ("size", 1)])
    collection.insert_many([{"_id": number, "group": "g", "size": number} for number in range(5)])
    return collection


def ids(documents: Any) -> list[Any]:
    return [each["_id"] for each in documents]


# Cursors


def test_a_cursor_reads_when_it_is_first_asked_and_not_again(things: Any) -> None:
    cursor = things.find({"group": "g"}).sort("size", -1)
    things.insert_one({"_id": 5, "group": "g", "size": 5})
    assert next(cursor)["_id"] == 5
    things.delete_many({})
    assert ids(cursor) == [4, 3, 2, 1, 0]
    assert ids(cursor) == []
    assert ids(cursor.rewind()) == [5, 4, 3, 2, 1, 0]
    assert ids(cursor.clone()) == []


def test_a_cursor_that_found_nothing_asks_again_as_mongomocks_does(things: Any) -> None:
    cursor = things.find({"group": "h"})
    assert ids(cursor) == []
    things.insert_one({"_id": "h", "group": "h"})
    assert ids(cursor) == ["h"]


def test_a_cursor_can_be_cut(things: Any) -> None:
    by_size = things.find({"group": "g"}).sort([("size", pymongo.ASCENDING)])
    assert by_size[2]["_id"] == 2
    assert ids(things.find({"group": "g"})[1:3]) == [1, 2]
    assert ids(things.find({"group": "g"}, limit=2, skip=1, sort=[("size", -1)])) == [3, 2]
    assert ids(things.find({"group": "g"}).limit(-2)) == [0, 1]
    assert ids(things.find({"group": "g"}).skip(-2)) == [3, 4], "mongomock counts from the end"
    assert ids(things.find({"group": "g"}).limit(3).limit(0)) == [0, 1, 2, 3, 4]
    assert things.find({"group": "g"}).to_list(2) == [{"_id": n, "group": "g", "size": n} for n in (0, 1)]


def test_a_cursor_goes_on_behind_what_was_read_when_its_window_changes(things: Any) -> None:
    for collection in (things, copied_to_oracle(things)):
        cursor = collection.find({})
        assert [next(cursor)["_id"], next(cursor)["_id"]] == [0, 1]
        assert ids(cursor.limit(4)) == [2, 3]


def copied_to_oracle(things: Any) -> Any:
    oracle = Oracle()
    oracle.insert_many(list(things.find({})))
    return oracle


def test_a_cursor_tells_whether_it_is_read(things: Any) -> None:
    cursor = things.find({})
    assert cursor.alive
    assert cursor.hint("any") is cursor
    next(cursor)
    with pytest.raises(InvalidOperation):
        cursor.hint("any")
    list(cursor)
    assert not cursor.alive
    assert cursor.collation is None
    with things.find({}) as closing:
        assert len(list(closing)) == 5
    with pytest.raises(ValueError, match="empty list"):
        things.find({}).sort([])


def test_sorts_come_in_every_form_of_pymongo(things: Any) -> None:
    expected = [4, 3, 2, 1, 0]
    assert ids(things.find({}).sort("size", -1)) == expected
    assert ids(things.find({}).sort([("size", -1)])) == expected
    assert ids(things.find({}, sort={"size": -1})) == expected
    assert ids(things.find({}, sort=[("$natural", -1)])) == expected
    assert things.find_one({}, sort=[("size", -1)])["_id"] == 4
    assert things.find_one(sort={"size": -1})["_id"] == 4
    with pytest.raises(NotImplementedError):
        list(things.find({}, sort=[("$size", 1)]))


def test_distinct_values_and_aggregations(things: Any) -> None:
    things.update_one({"_id": 3}, {"$set": {"group": "h"}})
    assert set(things.distinct("group")) == {"g", "h"}
    assert set(things.distinct("size", {"group": "g"})) == {0, 1, 2, 4}
    pipeline = [{"$match": {"group": "g"}}, {"$group": {"_id": None, "total": {"$sum": "$size"}}}]
    assert list(things.aggregate(pipeline)) == [{"_id": None, "total": 7}]
    assert len(list(things.aggregate([]))) == 5
    before = things.examined
    things.aggregate([{"$match": {"group": "h"}}])
    assert things.examined == before + 1


# Filters


@pytest.mark.parametrize("wrong", [{"a": {"$no": 1}}, {"$no": []}, {"group": "none", "a": {"$no": 1}}, {"$or": []}])
def test_a_wrong_filter_is_refused_even_when_there_is_nothing_to_find(things: Any, wrong: Any) -> None:
    for collection in (things, new_engine()):
        for ask in (collection.find_one, collection.count_documents, collection.delete_many):
            with pytest.raises(OperationFailure):
                ask({**wrong, "group": "nowhere"} if "group" in wrong else wrong)


def test_a_filter_must_be_a_mapping(things: Any) -> None:
    for ask in (things.find, things.delete_one, things.delete_many):
        with pytest.raises(TypeError):
            ask(["group"])
    with pytest.raises(TypeError):
        things.update_many(None, {"$set": {"a": 1}})
    with pytest.raises(OperationFailure):
        things.count_documents(None)
    assert len(list(things.find(None))) == 5
    assert things.find_one()["_id"] == 0


def test_counts_take_skip_and_limit(things: Any) -> None:
    assert things.count_documents({"group": "g"}, skip=2, limit=2) == 2
    assert things.count_documents({"group": "g"}, skip=4) == 1
    with pytest.raises(OperationFailure):
        things.count_documents({}, limit=0)


# Indexes


def test_indexes_are_listed_created_again_and_dropped(things: Any) -> None:
    assert things.create_index([("group", 1), ("size", 1)]) == "group_1_size_1"
    assert things.create_index("size", name="by_size") == "by_size"
    assert things.create_indexes([pymongo.IndexModel([("a", 1), ("b", -1)]), pymongo.IndexModel("c", unique=False)])
    names = ["_id_", "group_1_size_1", "by_size", "a_1_b_-1", "c_1"]
    assert list(things.index_information()) == names
    assert [each["name"] for each in things.list_indexes()] == names
    things.drop_index("by_size")
    things.drop_index([("a", 1), ("b", -1)])
    with pytest.raises(OperationFailure):
        things.drop_index("by_size")
    assert list(things.store.kept) == ["group_1_size_1", "c_1"]
    things.drop_indexes()
    assert not things.store.kept
    assert ids(things.find({"group": "g", "size": {"$gt": 2}})) == [3, 4]
    things.create_index([("group", 1), ("size", 1)])
    before = things.examined
    assert ids(things.find({"group": "g", "size": {"$gt": 2}})) == [3, 4]
    assert things.examined == before + 2
    check_indexes(things)


@pytest.mark.parametrize(
    "options",
    [
        {"sparse": True},
        {"partialFilterExpression": {"code": {"$exists": True}}},
        {"sparse": True, "expireAfterSeconds": 9},
    ],
)
def test_unique_indexes_over_some_documents_are_kept_by_mongomock(things: Any, options: Any) -> None:
    things.update_one({"_id": 1}, {"$set": {"code": "x"}})
    things.create_index([("code", 1)], unique=True, **options)
    assert "code_1" not in things.store.kept
    with pytest.raises(DuplicateKeyError):
        things.insert_one({"_id": 9, "code": "x", "size": 1})
    with pytest.raises(BulkWriteError):
        things.insert_many([{"_id": 9, "code": "x", "size": 1}])
    for changes in ({"$set": {"code": "x"}}, {"$set": {"code": "x"}, "$push": {"a": 1}}):
        with pytest.raises(DuplicateKeyError):
            things.update_one({"_id": 2}, changes)
    assert things.count_documents({"code": "x"}) == 1
    things.insert_many([{"_id": 10, "size": -1}, {"_id": 11, "size": -1}, {"_id": 12, "code": "y"}])
    with pytest.raises(DuplicateKeyError):
        things.create_index([("size", 1)], unique=True, sparse=True, name="sizes")
    assert "sizes" not in things.index_information()
    check_indexes(things)


def test_documents_expire(things: Any) -> None:
    past = dt.datetime(2020, 1, 1)  # noqa: DTZ001 - mongomock's moments are naive
    things.insert_one({"_id": "old", "group": "old", "at": past})
    things.create_index([("at", 1)], expireAfterSeconds=60)
    assert things.find_one({"group": "old"}) is None
    assert things.count_documents({}) == 5
    things.insert_one({"_id": "old", "group": "old", "at": past})
    things.insert_one({"_id": "old", "group": "new"})
    assert things.find_one({"_id": "old"})["group"] == "new"
    check_indexes(things)


# Collections and databases


def test_databases_are_separate_and_collections_come_by_name() -> None:
    one, other = open_documents(), open_documents()
    one["a"].insert_one({"_id": 1})
    assert other["a"].find_one({}) is None
    assert one["a"] is one.get_collection("a") is one.a
    assert one["a.b"] == one.a.b
    assert one.list_collection_names() == ["a"]
    assert one.name == "tuco"
    assert open_documents("other").client["other"].name == "other"
    with pytest.raises(pymongo.errors.InvalidName):
        one["a$b"]


def test_collections_are_dropped_and_renamed(things: Any) -> None:
    database = things.database
    things.rename("others")
    others = database["others"]
    assert ids(others.find({"group": "g"})) == [0, 1, 2, 3, 4]
    assert things.find_one({}) is None
    things.insert_one({"_id": 1})
    check_indexes(others)
    others.drop()
    assert (others.count_documents({}), others.index_information()) == (0, {})
    others.insert_one({"_id": 1, "group": "g"})
    assert ids(others.find({"group": "g"})) == [1]
    database.drop_collection("others")
    assert database.list_collection_names() == ["things"]
    database.client.drop_database("tuco")
    assert database.list_collection_names() == []


def test_options_of_a_collection_leave_its_documents_indexed(things: Any) -> None:
    assert things.with_options() == things
    moment = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    aware = things.with_options(codec_options=CodecOptions(tz_aware=True))
    aware.insert_one({"_id": "m", "group": "m", "at": moment})
    assert aware.find_one({"group": "m"})["at"] == moment
    assert ids(aware.find({"group": "m"}, {"_id": 1})) == ["m"]
    assert things.find_one({"group": "m"})["at"] == moment.replace(tzinfo=None)
    assert things.examined == aware.examined


@pytest.mark.parametrize(
    "act",
    [
        lambda c: c.update_many({}, {"$set": {"a": 1}}, hint="x"),
        lambda c: c.update_one({}, {"$set": {"a.$[x]": 1}}, array_filters=[{"x": 1}]),
        lambda c: c.delete_many({}, collation={"locale": "en"}),
        lambda c: c.insert_one({}, session=object()),
        lambda c: c.create_index("a", session=object()),
        lambda c: c.bulk_write([pymongo.UpdateOne({}, {"$set": {"a": 1}}, sort={"a": 1})]),
        lambda c: c.bulk_write([pymongo.ReplaceOne({}, {"a": 1}, sort={"a": 1})]),
    ],
)
def test_options_that_are_not_carried_out_are_refused(things: Any, act: Any) -> None:
    with pytest.raises(NotImplementedError):
        act(things)
    assert things.count_documents({"a": {"$exists": True}}) == 0


# Threads


def test_many_threads_lose_no_update(things: Any) -> None:
    errors: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for step in range(50):
                things.update_one({"_id": 0}, {"$inc": {"size": 1}})
                things.insert_one({"_id": f"{number}/{step}", "group": "t", "size": step})
                things.find_one_and_update({"_id": 1}, {"$push": {"log": 1}})
                list(things.find({"group": "t"}).sort("size", -1).limit(3))
        except BaseException as error:  # noqa: BLE001 - the test looks at it when all have ended
            errors.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert things.find_one({"_id": 0})["size"] == 200
    assert len(things.find_one({"_id": 1})["log"]) == 200
    assert things.count_documents({"group": "t"}) == 200
    check_indexes(things)
