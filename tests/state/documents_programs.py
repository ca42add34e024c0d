"""Random operations on a collection, each made from a number: hypothesis can leave out those that do not matter.

There are few fields and values, so that documents meet, tie and collide.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pymongo

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Document = dict[str, Any]
Operation = tuple[str, tuple[Any, ...], dict[str, Any]]
"""A method, its arguments, its options."""

FIELDS = ["text", "number", "mixed", "array", "deep", "single"]
INDEXED: list[tuple[str, ...]] = [
    ("text", "number"),
    ("text", "array", "number"),
    ("text", "mixed", "number"),
    ("text", "number", "array"),
    ("number", "text", "mixed"),
    ("array", "number", "text"),
    ("text", "number", "single", "mixed"),
    ("array",),
    ("mixed",),
    ("text",),
    ("number",),
    ("single",),
    ("mixed", "text"),
    ("array", "deep"),
    ("text", "array", "deep"),
    ("number", "_id"),
    ("text", "deep"),
    ("number", "mixed", "array"),
    ("array", "mixed"),
    ("deep.x", "text"),
]
UNIQUE: list[tuple[str, ...]] = [("single",), ("text", "single")]
"""Over fields that are never arrays: about those mongomock and MongoDB differ."""

TEXTS = ["", "a", "b", "ab", "\0", "z"]
NUMBERS: list[Any] = [0, 1, 2, -1, 1.0, 2.5, 2**53, 2**53 + 1]
SCALARS: list[Any] = [*TEXTS, *NUMBERS, None, True, False]
IDS: list[Any] = [*(f"i{number}" for number in range(30)), 1, True, 2.5]


def program_of(indexes: Sequence[int], documents: Sequence[int], operations: Sequence[int]) -> list[Operation]:
    """Operations on a new collection: indexes, documents and what comes then, each given by a number."""
    indexed = [INDEXED[number % len(INDEXED)] for number in indexes]
    program: list[Operation] = [("create_index", ([(field, 1) for field in fields],), {}) for fields in indexed]
    program += [("insert_one", (_Maker(seed, indexed).document(),), {}) for seed in documents]
    return program + [_Maker(seed, indexed).operation() for seed in operations]


class _Maker:
    """Makes one operation; its queries are mostly those that the indexes are made for."""

    def __init__(self, seed: int, indexed: Sequence[tuple[str, ...]]) -> None:
        self._random = random.Random(seed)
        self._indexed = indexed or INDEXED
        self.pick = self._random.choice

    def chance(self, percent: int) -> bool:
        return self._random.randrange(100) < percent

    def some(self, choices: Sequence[Any], least: int, most: int) -> list[Any]:
        return self._random.sample(choices, self._random.randint(least, min(most, len(choices))))

    def any_of(self, make: Callable[[], Any], least: int, most: int) -> list[Any]:
        return [make() for _ in range(self._random.randint(least, most))]

    # Values

    def text(self) -> str:
        return self.pick(TEXTS[:4] if self.chance(90) else TEXTS)

    def number(self) -> int:
        return self._random.randrange(5)

    def scalar(self) -> Any:
        return self.pick(SCALARS)

    def array(self) -> list[Any]:
        return self.any_of(self.text if self.chance(70) else self.scalar, 0, 3)

    def deep(self) -> Any:
        one: Document = {name: self.scalar() for name in self.some(["x", "y"], 0, 2)}
        return self.pick([one, one, [one, {"x": self.scalar()}], self.scalar()])

    def value(self, field: str) -> Any:
        if field == "text":
            return self.text()
        if field == "number":
            return self.number()
        if field == "array":
            return self.pick([self.array(), self.array(), self.array(), self.scalar(), [self.array()]])
        if field == "deep":
            return self.deep()
        if field == "single":
            return self.scalar() if self.chance(20) else self._random.randrange(12)
        return self.pick(IDS) if field == "_id" else self.scalar()

    def plain_value(self, field: str) -> Any:
        value = self.value(field)
        if isinstance(value, list):
            return self.pick(value) if value and not isinstance(value[0], list) else self.text()
        return value if not isinstance(value, dict) else self.scalar()

    def document(self, *, replacing: bool = False) -> Document:
        made = {field: self.value(field) for field in self.some(FIELDS, 3, 6)}
        if self.chance(70):
            made = {"text": self.text(), "number": self.number(), **made}
        return {"_id": self.pick(IDS), **made} if self.chance(10 if replacing else 60) else made

    # Filters and sorts

    def condition(self, field: str) -> Any:
        kind = self._random.randrange(20)
        if kind < 8:
            return self.plain_value(field)
        if kind < 11:
            return {"$in": self.any_of(lambda: self.plain_value(field), 0, 3)}
        if kind < 14:
            return self.range(field)
        if kind < 17:
            names = self.some(["$nin", "$eq", "$ne", "$exists", "$in", "$gte", "$lt"], 1, 2)
            return {name: self.operand(name, field) for name in names}
        return self.unusual(field)

    def operand(self, name: str, field: str) -> Any:
        if name in {"$in", "$nin"}:
            return self.any_of(lambda: self.plain_value(field), 0, 3)
        return (
            self.chance(50)
            if name == "$exists"
            else self.bound(field)
            if name in {"$gte", "$lt"}
            else self.plain_value(field)
        )

    def bound(self, field: str) -> Any:
        value = self.value(field) if self.chance(85) else self.scalar()
        return value if isinstance(value, (str, float)) or type(value) is int else self.pick([*TEXTS, *NUMBERS])

    def range(self, field: str) -> Document:
        low, high = self.bound(field), self.bound(field)
        limits = {self.pick(["$gt", "$gte"]): low, self.pick(["$lt", "$lte"]): high}
        return dict(self.some(list(limits.items()), 1, 2))

    def unusual(self, field: str) -> Any:
        return self.pick(
            [
                self.value(field),
                {"$regex": self.pick(["a", "^b", "z$"])},
                {"$size": self._random.randrange(3)},
                {"$all": self.any_of(self.text, 1, 2)},
                {"$not": {"$gte": self.bound(field)}},
                {"$gte": None},
                {"$type": self.pick(["string", "int", "bool", "array"])},
                {"$in": self.any_of(lambda: self.value(field), 1, 3)},
                {"$elemMatch": {"$gte": self.bound(field)}},
                {"$gt": 0, "$gte": 1},
                {"$gt": 0, "$lt": "z"},
                {},
            ]
        )

    def filter(self, depth: int = 0) -> Document:
        if self.chance(50):
            return self.index_query()[0]
        made = {field: self.condition(field) for field in self.some([*FIELDS, "_id"], 0, 3)}
        if self.chance(10):
            made[self.pick(["deep.x", "array.0", "deep.0.x"])] = self.scalar()
        if self.chance(10) and not depth:
            made[self.pick(["$or", "$and", "$nor"])] = [self.filter(1), self.filter(1)]
        return made

    def index_query(self) -> tuple[Document, list[tuple[str, int]]]:
        """What an index is made for: its leading fields given, a range on the next one, a sort by those behind."""
        fields = self.pick(self._indexed)
        if self.chance(5):
            return {"_id": {"$in": self.any_of(lambda: self.pick(IDS), 1, 4)}}, [(fields[0], 1)]
        given = self._random.randint(0, len(fields))
        made: Document = {}
        for field in fields[:given]:
            value = self.plain_value(field) if field in {*FIELDS, "_id"} else self.scalar()
            made[field] = value if self.chance(75) else {"$in": [value, self.plain_value(field), self.scalar()]}
        if given < len(fields) and self.chance(40):
            made[fields[given]] = self.range(fields[given])
        if self.chance(15):
            field = self.pick(FIELDS)
            made.setdefault(field, self.condition(field))
        way = self.pick([1, -1])
        sort = [(field, way) for field in fields[given : given + self._random.randint(1, 3)]]
        return made, sort or self.sort()

    def sort(self) -> list[tuple[str, int]]:
        fields = self.some([*FIELDS, "_id", "deep.x", "$natural"], 1, 3)
        return [(field, self.pick([1, -1])) for field in fields]

    def projection(self) -> Any:
        names = self.some([*FIELDS, "deep.x"], 0, 2)
        names = names if not {"deep", "deep.x"} <= set(names) else ["deep"]
        return self.pick(
            [
                None,
                dict.fromkeys(names, 1),
                dict.fromkeys(names, 0),
                {"_id": 0},
                {"_id": 1},
                {"_id": 0, "text": 1},
                {"_id": 1, "text": 0},
                ["text", "_id"],
                ["mixed"],
                {"deep": {"$elemMatch": {"x": 1}}, "text": True},
            ]
        )

    # Updates

    def fields(self, most: int = 3) -> Document:
        return {field: self.value(field) for field in self.some(FIELDS, 1, most)}

    def changes(self) -> Any:
        if self.chance(40):
            return {"$set": self.fields()}
        field = self.pick(["number", "mixed", "single", "deep"])
        return self.pick(
            [
                {"$set": self.fields(1), "$unset": {self.pick(["array", "deep"]): ""}},
                {"$set": {"text": self.text()}, "$inc": {"number": 1}, "$setOnInsert": {"deep": {"x": 1}}},
                {"$unset": dict.fromkeys(self.some(FIELDS, 1, 2), 1)},
                {self.pick(["$inc", "$max", "$min"]): {field: self.pick(NUMBERS)}},
                {self.pick(["$max", "$min"]): {"text": self.text()}},
                {self.pick(["$push", "$pull", "$addToSet"]): {"array": self.scalar()}},
                {"$push": {"array": {"$each": self.array(), "$slice": -2}}},
                {"$pop": {"array": self.pick([1, -1])}},
                {"$set": {"deep.x": self.scalar()}},
                {"$set": {"deep": {"x": [self.scalar()]}}},
                {"$push": {"deep.x": self.scalar()}},
                {"$pull": {"array": {"$gte": self.bound("array")}}},
                {"$rename": {"mixed": "number"}},
                {"$rename": {"array": "mixed"}},
                [{"$set": {"mixed": "$text"}}],
                {"$set": {"_id": self.pick(IDS), "text": self.text()}},
                {"$set": {"array.1": self.scalar()}},
            ]
        )

    def write_request(self) -> Any:
        upsert = self.chance(30)
        requests: list[Callable[[], Any]] = [
            lambda: pymongo.InsertOne(self.document()),
            lambda: pymongo.UpdateOne(self.filter(), self.changes(), upsert=upsert),
            lambda: pymongo.UpdateMany(self.filter(), self.changes()),
            lambda: pymongo.ReplaceOne(self.filter(), self.document(replacing=True), upsert=upsert),
            lambda: pymongo.DeleteOne(self.filter()),
            lambda: pymongo.DeleteMany(self.filter()),
        ]
        return self.pick(requests)()

    # Operations

    def operation(self) -> Operation:
        kind = self._random.randrange(100)
        return self.read() if kind < 65 else self.write() if kind < 97 else self.rare()

    def read(self) -> Operation:
        chosen = self.filter()
        kind = self._random.randrange(20)
        if kind < 10:
            chosen, sort = self.index_query()
            window = {"sort": sort, "skip": self.pick([0, 0, 1, 2, 5]), "limit": self.pick([0, 1, 2, 3, 10])}
            return "find", (chosen,), window
        if kind < 13:
            window = {"skip": self.pick([0, 0, 2]), "limit": self.pick([0, 1, 3])}
            return "find", (chosen, self.projection()), {**window, **({"sort": self.sort()} if self.chance(50) else {})}
        if kind < 15:
            return "find_one", (chosen, self.projection()), {"sort": self.sort()} if self.chance(30) else {}
        if kind < 18:
            return "count_documents", (chosen,), {}
        if kind < 19:
            return "distinct", (self.pick([*FIELDS, "_id", "deep.x"]), chosen), {}
        return "aggregate", ([{"$match": chosen}, {"$count": "n"}],), {}

    def write(self) -> Operation:
        upsert = {"upsert": True} if self.chance(20) else {}
        chosen = self.filter()
        operations: list[Callable[[], Operation]] = [
            lambda: ("insert_many", (self.any_of(self.document, 1, 6),), {"ordered": self.chance(60)}),
            lambda: ("insert_many", (self.any_of(self.document, 1, 6),), {"ordered": self.chance(60)}),
            lambda: ("insert_one", (self.document(),), {}),
            lambda: ("update_one", (chosen, self.changes()), upsert),
            lambda: ("update_many", (chosen, self.changes()), upsert),
            lambda: ("update_many", (chosen, self.changes()), upsert),
            lambda: ("replace_one", (chosen, self.document(replacing=True)), upsert),
            lambda: (
                "find_one_and_update",
                (chosen, self.changes()),
                {**upsert, "return_document": self.chance(50), "sort": self.sort()},
            ),
            lambda: ("find_one_and_delete", (chosen,), {"sort": self.sort()}),
            lambda: ("find_one_and_replace", (chosen, self.document(replacing=True)), upsert),
            lambda: ("delete_one", (chosen,), {}),
            lambda: ("delete_many", (self.index_query()[0],), {}),
            lambda: ("bulk_write", (self.any_of(self.write_request, 1, 3),), {"ordered": self.chance(50)}),
        ]
        return self.pick(operations)()

    def rare(self) -> Operation:
        index = [(field, 1) for field in self.pick(self.pick([INDEXED, self._indexed]))]
        return self.pick(
            [
                ("create_index", (index,), {}),
                ("create_index", (index,), {}),
                ("drop_index", (index,), {}),
                ("create_index", ([(field, 1) for field in self.pick(UNIQUE)],), {"unique": True}),
                ("create_index", ([(field, 1) for field in self.pick(UNIQUE)],), {"unique": True}),
                ("drop_indexes", (), {}),
                ("drop", (), {}),
            ]
        )
