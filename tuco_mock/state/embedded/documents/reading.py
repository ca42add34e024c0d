"""Queries carried out: from a query, a sort and a window to the stored documents, in mongomock's order."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from tuco_mock.state.embedded.documents.borrowed import filter_applies
from tuco_mock.state.embedded.documents.entries import Entries, Key, Position
from tuco_mock.state.embedded.documents.sorting import sort_documents
from tuco_mock.state.embedded.documents.values import after

if TYPE_CHECKING:
    from tuco_mock.state.embedded.documents.borrowed import Document, Sort
    from tuco_mock.state.embedded.documents.filters import Query, Test
    from tuco_mock.state.embedded.documents.planning import Plan
    from tuco_mock.state.embedded.documents.store import IndexedStore

Span = tuple[Position, Position]

_MOST_SPANS = 10_000


class Spans(NamedTuple):
    """Where in an index the documents of a query are.

    Attributes:
        spans: from where to where.
        exact: whether every entry there meets the conditions that the plan takes as answered.
    """

    spans: list[Span]
    exact: bool


def select(store: IndexedStore, query: Query, sort: Sort = (), skip: int = 0, limit: int = 0) -> list[Document]:
    """The stored documents themselves, not copies, that a query finds; `limit` 0 means all."""
    plan = store.plan(query, sort)
    index = plan.index
    if index is None:
        if plan.by_id:
            candidates = _by_id(store, query)
        else:
            candidates = store.all(skip + limit if limit and query.is_empty and not sort else 0)
        return _finish(store, candidates, query.tests_of(plan), query, sort, skip, limit)
    spans, exact = spans_of(plan, query)
    tests = query.tests_of(plan) if exact else query.tests_of(query)
    if not spans:
        return _finish(store, [], tests, query, sort, skip, limit)
    if plan.ordered and exact and not index.unordered:
        return _in_order(store, plan, spans, tests, len(sort), skip, limit)
    if plan.complete and len(spans) == 1 and exact and not tests and not sort:
        found = index.entries.window(*spans[0], skip, limit)[1]
        store.examined += len(found)
        return found
    return _finish(store, _natural(index.entries, spans), tests, query, sort, skip, limit)


def count(store: IndexedStore, query: Query) -> int:
    """How many documents a query finds; not one is looked at when an index answers all of the query."""
    plan = store.plan(query, ())
    if query.is_empty:
        return len(store)
    if plan.index and not query.tests_of(plan):
        spans, exact = spans_of(plan, query)
        if exact:
            return sum([plan.index.entries.count(start, end) for start, end in spans])
    return len(select(store, query))


def spans_of(plan: Plan, query: Query) -> Spans:
    """Where in the plan's index the documents of the query are; nowhere when it begins with values it does not have."""
    index = plan.index
    assert index is not None
    locate = index.entries.locate
    exact = not index.multikey
    if plan.given:
        prefix = plan.given(query.equals)
        if index.is_plain(prefix):
            if not plan.range_field:
                start = locate(prefix)
                if index.entries.starts_with(start, prefix):
                    return Spans([(start, locate(after(prefix)))], exact)
                return Spans([], exact)
            prefixes = [prefix]
        else:
            prefixes, exact = _prefixes(plan, query)
    else:
        prefixes, exact = _prefixes(plan, query)
    # of an array, one element may meet one end of a range and another the other
    limits = query.ranges[plan.range_field] if plan.range_field and exact else None
    spans = []
    for prefix in prefixes:
        low, high = index.bounds(prefix, limits)
        start, end = locate(low), locate(high)
        if start < end:
            spans.append((start, end))
    return Spans(spans, exact)


def _prefixes(plan: Plan, query: Query) -> tuple[list[Key], bool]:
    """What the keys of the query's documents begin with, and whether that is all the plan takes as answered."""
    index = plan.index
    assert index is not None
    equals, choices = query.equals, query.choices
    prefixes: list[Key] = [()]
    for column, field in enumerate(index.fields[: plan.prefix]):
        if field in equals:
            atoms = index.atoms(column, equals[field])
        else:
            atoms = tuple(dict.fromkeys([each for value in choices[field] for each in index.atoms(column, value)]))
        if len(atoms) * len(prefixes) > _MOST_SPANS:
            return prefixes, False
        prefixes = [(*prefix, each) for prefix in prefixes for each in atoms]
    return prefixes, not index.multikey


def _by_id(store: IndexedStore, query: Query) -> list[Document]:
    """The documents of the ids that the query gives, in natural order."""
    documents, numbers = store.documents_by_id, store.numbers
    if "_id" in query.equals:
        document = documents.get(query.equals["_id"])
        return [] if document is None else [document]
    found = {numbers[each]: documents[each] for each in query.choices["_id"] if each in documents}
    return [found[number] for number in sorted(found)]


def _natural(entries: Entries, spans: Iterable[Span]) -> list[Document]:
    """The documents in the spans in natural order, each once."""
    found: dict[int, Document] = {}
    for start, end in spans:
        keys, documents = entries.window(start, end)
        found.update(zip([key[-1] for key in keys], documents, strict=True))
    return [found[number] for number in sorted(found)]


def _finish(
    store: IndexedStore,
    candidates: Sequence[Document],
    tests: Iterable[Test],
    query: Query,
    sort: Sort,
    skip: int,
    limit: int,
) -> list[Document]:
    """Test candidates that come in natural order, sort what is left, cut the window out."""
    store.examined += len(candidates)
    if query.rest and not candidates:
        filter_applies(query.rest, {})  # a wrong filter is refused even when there is nothing to find
    end = skip + limit if limit else None
    passed: Iterable[Document] = candidates
    for test in tests:
        passed = filter(test, passed)
    if sort:
        return sort_documents(list(passed), sort)[skip:end]
    return list(islice(passed, skip, end))


def _in_order(
    store: IndexedStore, plan: Plan, spans: Sequence[Span], tests: Sequence[Test], width: int, skip: int, limit: int
) -> list[Document]:
    """The documents in the spans that pass the tests, in the order of the index."""
    assert plan.index is not None
    entries, start, end = plan.index.entries, plan.prefix, plan.prefix + width
    if len(spans) == 1 and not tests:
        decided = end == len(plan.index.fields) and (plan.index.unique or not plan.backwards)
        found = _window(entries, spans[0], None if decided else end, skip, limit, backwards=plan.backwards)
        if found is not None:
            store.examined += len(found)
            return found
    streams = [
        _ties_in_natural_order(store, entries.pieces(*span, backwards=plan.backwards), start, end) for span in spans
    ]
    if plan.backwards:
        merged = heapq.merge(*streams, key=lambda item: (item[0], -item[1]), reverse=True)
    else:
        merged = heapq.merge(*streams)
    passed: Iterable[Document] = (document for _, _, document in merged)
    for test in tests:
        passed = filter(test, passed)
    return list(islice(passed, skip, skip + limit if limit else None))


def _window(
    entries: Entries, span: Span, end: int | None, skip: int, limit: int, *, backwards: bool
) -> list[Document] | None:
    """The window cut straight out of one span; None when there are ties in it, which natural order has to decide.

    Args:
        end: how many columns decide the order; None when no ties can come in the wrong order.
    """
    if end is None:
        return entries.window(*span, skip, limit, backwards=backwards)[1]
    margin = 1 if skip else 0
    wanted = limit + margin + 1 if limit else 0
    keys, documents = entries.window(*span, skip - margin, wanted, backwards=backwards)
    heads = [key[:end] for key in keys]
    if any(one == next_one for one, next_one in pairwise(heads)):
        return None
    return documents[margin : margin + limit] if limit else documents[margin:]


def _ties_in_natural_order(
    store: IndexedStore, pieces: Iterable[tuple[list[Key], list[Document]]], start: int, end: int
) -> Iterator[tuple[Key, int, Document]]:
    """Entries with the columns that decide their order; those equal in them by number, as a stable sort has them."""
    head: Any = None
    ties: list[tuple[Key, int, Document]] = []
    for keys, documents in pieces:
        store.examined += len(keys)
        for key, document in zip(keys, documents, strict=True):
            if key[:end] != head:
                yield from ties if len(ties) < 2 else sorted(ties, key=_number)
                head, ties = key[:end], []
            ties.append((key[start:end], key[-1], document))
    yield from sorted(ties, key=_number)


def _number(item: tuple[Key, int, Document]) -> int:
    return item[1]
