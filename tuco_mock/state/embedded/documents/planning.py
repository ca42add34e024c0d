"""Which index answers a query. It depends on the shape of the query alone, so the answer is kept and found again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from tuco_mock.state.embedded.documents.values import tuple_getter

if TYPE_CHECKING:
    from tuco_mock.state.embedded.documents.borrowed import Sort
    from tuco_mock.state.embedded.documents.filters import Query
    from tuco_mock.state.embedded.documents.index import Index

Shape = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], "Sort"]
"""The fields of a query that are compared by equality, by choice and by range, and the sort."""


class Plan(Struct, frozen=True):
    """How to answer the queries of one shape.

    Attributes:
        index: the index to read, or None to read all documents.
        by_id: whether ``_id`` leads to the documents directly.
        given: what gets the prefix from the equalities of a query; None when a choice is part of it.
        prefix: how many leading fields of the index the query gives.
        range_field: the next field, when the query has a range on it.
        complete: whether the prefix is all of the index: its entries then lie in natural order.
        point: the same as `given` when that is all of the index, and there is nothing to test or to sort.
        answers_fields: whether no condition on a field remains to be tested.
        ordered: whether the index holds the documents in the order of the sort, one way or the other.
        backwards: which way.
        equals, choices, ranges: the fields whose conditions remain to be tested.
    """

    index: Index | None
    by_id: bool
    given: Callable[[dict[str, Any]], tuple[Any, ...]] | None
    prefix: int
    range_field: str | None
    complete: bool
    point: Callable[[dict[str, Any]], tuple[Any, ...]] | None
    answers_fields: bool
    ordered: bool
    backwards: bool
    equals: tuple[str, ...]
    choices: tuple[str, ...]
    ranges: tuple[str, ...]


def can_be_kept(declared: dict[str, Any]) -> bool:
    """Whether an index holds every document, under the values of top-level fields."""
    fields: Iterable[Any] = [field for field, _ in declared["key"]]
    ways = [way for _, way in declared["key"]]
    whole = not declared.get("sparse") and declared.get("partialFilterExpression") is None
    plain = all(type(field) is str and field.isidentifier() for field in fields) and set(ways) <= {1, -1}
    return whole and plain and len(set(fields)) == len(ways) > 0


def shape_of(query: Query, sort: Sort) -> Shape:
    """The shape of a query."""
    return tuple(query.equals), tuple(query.choices), tuple(query.ranges), sort


def make_plan(indexes: Iterable[Index], shape: Shape) -> Plan:
    """Choose an index: the most fields given, then a range on the next one, then the order, then the fewest fields."""
    equals, choices, ranges, sort = shape
    given = {*equals, *choices}
    if "_id" in given:
        return _plan(shape, None, {"_id"}, by_id=True)
    best: Plan | None = None
    best_merit: tuple[int, ...] = ()
    for index in indexes:
        prefix = next((n for n, field in enumerate(index.fields) if field not in given), len(index.fields))
        ranged = prefix < len(index.fields) and index.fields[prefix] in ranges
        ordered = _is_ordered(index, prefix, sort)
        if not (prefix or ranged or ordered):
            continue
        merit = (prefix, ranged, ordered, -len(index.fields))
        if best is None or merit > best_merit:
            best, best_merit = _plan(shape, index, index.fields[:prefix], ranged=ranged, ordered=ordered), merit
    return best or _plan(shape, None, ())


def _is_ordered(index: Index, prefix: int, sort: Sort) -> bool:
    """Whether the fields behind the prefix are those of the sort, all in one direction."""
    fields = tuple(field for field, _ in sort)
    one_way = len({direction for _, direction in sort}) == 1
    return one_way and index.fields[prefix : prefix + len(fields)] == fields


def _plan(
    shape: Shape,
    index: Index | None,
    answered: Iterable[str],
    *,
    by_id: bool = False,
    ranged: bool = False,
    ordered: bool = False,
) -> Plan:
    equals, choices, ranges, sort = shape
    done = set(answered)
    prefix = len(done) if index else 0
    range_field = index.fields[prefix] if index and ranged else None
    complete = index is not None and prefix == len(index.fields)
    given = tuple_getter(index.fields[:prefix]) if index and prefix and done <= set(equals) else None
    left_equals = tuple(field for field in equals if field not in done)
    # a field may be given by equality and by choice: the index then answers the equality
    left_choices = tuple(field for field in choices if field not in done or field in equals)
    left_ranges = tuple(field for field in ranges if field != range_field)
    answers_fields = not (left_equals or left_choices or left_ranges)
    return Plan(
        index=index,
        by_id=by_id,
        given=given,
        prefix=prefix,
        range_field=range_field,
        complete=complete,
        point=given if complete and answers_fields and not sort else None,
        answers_fields=answers_fields,
        ordered=ordered,
        backwards=ordered and sort[0][1] < 0,
        equals=left_equals,
        choices=left_choices,
        ranges=left_ranges,
    )
