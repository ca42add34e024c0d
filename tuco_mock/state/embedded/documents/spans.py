"""Where in an index the documents of a query are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tuco_mock.state.embedded.documents.entries import Key, Position
from tuco_mock.state.embedded.documents.values import after

if TYPE_CHECKING:
    from tuco_mock.state.embedded.documents.filters import Query
    from tuco_mock.state.embedded.documents.planning import Plan

Span = tuple[Position, Position]
"""From where to where."""

_MOST_SPANS = 10_000


def spans_of(plan: Plan, query: Query) -> tuple[list[Span], bool]:
    """The spans that have the documents of the query, and whether all in them meet what the plan takes as answered."""
    index = plan.index
    assert index is not None
    locate = index.entries.locate
    if plan.given and not plan.range_field:
        prefix = plan.given(query.equals)
        if index.is_plain(prefix):
            start, end = locate(prefix), locate(after(prefix))
            return ([(start, end)] if start < end else []), True
    prefixes, exact = _prefixes(plan, query)
    limits = None
    if plan.range_field and exact:
        # of an array, one element may meet one end of a range and another the other
        exact = plan.prefix not in index.arrays
        limits = query.ranges[plan.range_field] if exact else None
    spans = []
    for prefix in prefixes:
        low, high = index.bounds(prefix, limits)
        start, end = locate(low), locate(high)
        if start < end:
            spans.append((start, end))
    return spans, exact


def is_once_each(plan: Plan, spans: Sequence[Span]) -> bool:
    """Whether every document stands in the spans once: with arrays it may stand in them by several elements."""
    assert plan.index is not None
    arrays = plan.index.arrays
    return not arrays or (len(spans) < 2 and max(arrays) < plan.prefix)


def _prefixes(plan: Plan, query: Query) -> tuple[list[Key], bool]:
    """What the keys of the query's documents begin with, and whether with all the fields that the plan takes."""
    index = plan.index
    assert index is not None
    prefixes: list[Key] = [()]
    for column, field in enumerate(index.fields[: plan.prefix]):
        if field in query.equals:
            atoms = index.atoms(column, query.equals[field])
        else:
            found = [each for value in query.choices[field] for each in index.atoms(column, value)]
            atoms = tuple(dict.fromkeys(found))
        if len(atoms) * len(prefixes) > _MOST_SPANS:
            return prefixes, False
        prefixes = [(*prefix, each) for prefix in prefixes for each in atoms]
    return prefixes, True
