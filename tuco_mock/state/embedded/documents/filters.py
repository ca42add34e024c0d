"""Filters taken apart: what an index can answer, what a quick test can, and what mongomock itself has to.

Quick are the conditions on top-level fields that compare with text, numbers, booleans and None: equality, ``$eq``,
``$in``, ``$gt``, ``$gte``, ``$lt``, ``$lte``, ``$ne``, ``$nin``, ``$exists``. Every other condition goes, as it is, to
mongomock's `filter_applies`.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from bson import ObjectId

from tuco_mock.state.embedded.documents.borrowed import (
    MISSING,
    Document,
    filter_applies,
    stored_copy,
)
from tuco_mock.state.embedded.documents.values import SCALARS, plain

Test = Callable[[Document], Any]
"""Whether a document meets a condition."""

Limits = tuple[str | None, Any, str | None, Any]
"""A range: ``$gt``, ``$gte`` or None with the lower end, and ``$lt``, ``$lte`` or None with the upper end."""

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "$gt": operator.gt,
    "$gte": operator.ge,
    "$lt": operator.lt,
    "$lte": operator.le,
}
_IN_LISTS = SCALARS - {float}  # NaN in a list is found by identity: that is left to mongomock
_IDS = _IN_LISTS | {ObjectId}
_NEVER_IN_RANGE = frozenset({type(None), bool, dict, type(MISSING)})


class Part(Protocol):
    """Fields of a query: those that a plan leaves to be tested, or all of them."""

    @property
    def equals(self) -> Iterable[str]: ...
    @property
    def choices(self) -> Iterable[str]: ...
    @property
    def ranges(self) -> Iterable[str]: ...


class Query:
    """A filter, taken apart.

    Attributes:
        equals: field and value of each equality.
        choices: field and values of each ``$in``.
        ranges: field and limits of each range.
        others: tests of the further quick conditions.
        rest: what mongomock has to judge.
        is_quick: whether there are neither others nor a rest.
    """

    # the usual query has equalities only, and needs none of these for itself
    choices: Mapping[str, tuple[Any, ...]] = MappingProxyType({})
    ranges: Mapping[str, Limits] = MappingProxyType({})
    others: Sequence[Test] = ()
    rest: Mapping[str, Any] = MappingProxyType({})
    is_quick = True

    def __init__(self, equals: dict[str, Any]) -> None:
        self.equals = equals

    @property
    def is_empty(self) -> bool:
        """Whether it finds every document."""
        return not (self.equals or self.choices or self.ranges or self.others or self.rest)

    def tests_of(self, part: Part) -> list[Test]:
        """The tests of the conditions on the fields of a part of the query, and of those no index can answer."""
        tests: list[Test] = []
        if part.equals:
            tests += [equal_test(field, self.equals[field]) for field in part.equals]
        if part.choices:
            tests += [choice_test(field, self.choices[field]) for field in part.choices]
        for field in part.ranges:
            low_operator, low, high_operator, high = self.ranges[field]
            if low_operator:
                tests.append(range_test(field, low_operator, low))
            if high_operator:
                tests.append(range_test(field, high_operator, high))
        tests += self.others
        if self.rest:
            rest = self.rest
            tests.append(lambda document: filter_applies(rest, document))
        return tests


def compile_query(conditions: Any) -> Query:
    """Take a filter apart.

    Raises:
        pymongo.errors.OperationFailure: the filter is not a dict.
    """
    if not isinstance(conditions, dict):
        filter_applies(conditions, {})  # says what is wrong
    try:
        quick = _IN_LISTS.issuperset(map(type, conditions.values())) and "".join(conditions).isidentifier()
        if quick and "" not in conditions:
            return Query(conditions.copy())  # equalities only, the usual case
    except TypeError:  # a field that is no text: mongomock says so
        pass
    return _take_apart(conditions)


class _Taken(NamedTuple):
    """What the operators on one field ask for, as in `Query`."""

    equals: Mapping[str, Any] = MappingProxyType({})
    ranges: Mapping[str, Limits] = MappingProxyType({})
    tests: Sequence[Test] = ()


def _take_apart(conditions: Mapping[Any, Any]) -> Query:
    equals: dict[str, Any] = {}
    choices: dict[str, tuple[Any, ...]] = {}
    ranges: dict[str, Limits] = {}
    others: list[Test] = []
    rest: dict[str, Any] = {}
    for field, condition in conditions.items():
        kind = type(condition)
        if type(field) is not str or not field.isidentifier():
            rest[field] = stored_copy(condition)
        elif kind is dict:
            if len(condition) == 1 and _is_scalar_list(field, condition.get("$in")):
                choices[field] = tuple(condition["$in"])
                continue
            taken = _take_operators(field, condition)
            if taken is None:
                rest[field] = stored_copy(condition)
                continue
            equals |= taken.equals
            ranges |= taken.ranges
            others += taken.tests
        elif (kind in SCALARS and condition == condition) or (kind is ObjectId and field == "_id"):  # noqa: PLR0124 - NaN is not itself
            equals[field] = condition
        elif type(plain(condition)) in _IN_LISTS:
            equals[field] = plain(condition)
        else:
            rest[field] = stored_copy(condition)
    query = Query(equals)
    query.choices, query.ranges, query.others, query.rest = choices, ranges, others, rest
    query.is_quick = not (others or rest)
    return query


def _take_operators(field: str, condition: Mapping[str, Any]) -> _Taken | None:
    """``{"$in": …, …}`` taken apart; None when one of its operators is not quick."""
    if condition.keys() == {"$eq"} and type(condition["$eq"]) in _IN_LISTS:
        return _Taken(equals={field: condition["$eq"]})
    low: tuple[str | None, Any] = (None, None)
    high: tuple[str | None, Any] = (None, None)
    tests: list[Test] = []
    for name, operand in condition.items():
        if name in {"$gt", "$gte"} and low[0] is None and _is_bound(operand, high):
            low = (name, operand)
        elif name in {"$lt", "$lte"} and high[0] is None and _is_bound(operand, low):
            high = (name, operand)
        else:
            test = _further_test(field, name, operand)
            if test is None:
                return None
            tests.append(test)
    if not condition:
        return None
    return _Taken(ranges={field: (*low, *high)} if low[0] or high[0] else {}, tests=tests)


def _further_test(field: str, name: str, operand: Any) -> Test | None:
    if name == "$exists":
        return exists_test(field, wanted=bool(operand))
    if name in {"$eq", "$ne"} and type(operand) in _IN_LISTS:
        test = equal_test(field, operand)
        return test if name == "$eq" else _negation(test)
    if name in {"$in", "$nin"} and _is_scalar_list(field, operand):
        test = choice_test(field, tuple(operand))
        return test if name == "$in" else _negation(test)
    return None


def _is_scalar_list(field: str, operand: Any) -> bool:
    if not isinstance(operand, (list, tuple)):
        return False
    return _IN_LISTS.issuperset(map(type, operand)) or (field == "_id" and _IDS.issuperset(map(type, operand)))


def _is_bound(operand: object, other: tuple[str | None, Any]) -> bool:
    """Whether the operand can be one end of a range of which the other end is known."""
    kind = type(operand)
    if kind not in {str, int, float} or operand != operand:  # noqa: PLR0124 - NaN bounds nothing
        return False
    return other[0] is None or (kind is str) == (type(other[1]) is str)


def equal_test(field: str, value: Any) -> Test:
    """The test of an equality; an array meets it by an element."""

    def test(document: Document) -> Any:
        found = document.get(field, MISSING)
        if isinstance(found, list):
            return value in found
        return found == value or (value is None and found is MISSING)

    return test


def choice_test(field: str, values: tuple[Any, ...]) -> Test:
    """The test of an ``$in``; an array meets it by an element."""

    def test(document: Document) -> Any:
        found = document.get(field, MISSING)
        if isinstance(found, list):
            return any(element in values for element in found)
        return found in values or (found is MISSING and None in values)

    return test


def range_test(field: str, name: str, bound: Any) -> Test:
    """The test of one end of a range; only values of the bound's kind are in it."""
    compare = _COMPARISONS[name]
    is_text = type(bound) is str
    condition = {field: {name: bound}}

    def test(document: Document) -> Any:
        found = document.get(field, MISSING)
        kind = type(found)
        if kind is str:
            return is_text and compare(found, bound)
        if kind is int or kind is float:
            return not is_text and compare(found, bound)
        return kind not in _NEVER_IN_RANGE and filter_applies(condition, document)

    return test


def exists_test(field: str, *, wanted: bool) -> Test:
    """The test of an ``$exists``."""
    return lambda document: (field in document) == wanted


def _negation(test: Test) -> Test:
    return lambda document: not test(document)
