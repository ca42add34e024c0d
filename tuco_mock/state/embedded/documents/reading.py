"""Queries carried out: from a query, a sort and a window to the stored documents, in mongomock's order."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from operator import eq, itemgetter
from typing import TYPE_CHECKING

from tuco_mock.state.embedded.documents.borrowed import filter_applies
from tuco_mock.state.embedded.documents.sorting import sort_documents
from tuco_mock.state.embedded.documents.spans import Span, is_once_each, spans_of

if TYPE_CHECKING:
    from tuco_mock.state.embedded.documents.borrowed import Document, Sort
    from tuco_mock.state.embedded.documents.entries import Entries, Key
    from tuco_mock.state.embedded.documents.filters import Query, Test
    from tuco_mock.state.embedded.documents.planning import Plan
    from tuco_mock.state.embedded.documents.store import IndexedStore


Item = tuple["Key", int, "Document"]
"""What decides a document's place in a sort, its number, and the document."""


def select(store: IndexedStore, query: Query, sort: Sort = (), skip: int = 0, limit: int = 0) -> list[Document]:
    """The stored documents themselves, not copies, that a query finds; `limit` 0 means all."""
    plan = store.plan(query, sort)
    index = plan.index
    if index is None:
        if plan.by_id:
            candidates = _by_id(store, query)
        else:
            candidates = store.all(skip + limit if limit and query.is_empty and not sort else None)
        return _finish(store, candidates, query.tests_of(plan), query, sort, skip, limit)
    if plan.point and limit == 1 and not skip and query.is_quick:
        prefix = plan.point(query.equals)
        if index.is_plain(prefix):
            position = index.entries.find(prefix)
            if position is None:
                return []
            store.examined += 1
            return [index.entries.documents[position[0]][position[1]]]
    spans, exact = spans_of(plan, query)
    tests = [] if exact and plan.answers_fields and query.is_quick else query.tests_of(plan if exact else query)
    if plan.ordered and exact and index.is_ordered(plan.prefix, plan.prefix + len(sort)):
        return _in_order(store, plan, spans, tests, len(sort), skip, limit)
    if plan.complete and len(spans) == 1 and not tests and not sort:
        found = index.entries.window(*spans[0], skip, limit)[1]
        store.examined += len(found)
        return found
    return _finish(store, _natural(index.entries, spans), tests, query, sort, skip, limit)


def count(store: IndexedStore, query: Query) -> int:
    """How many documents a query finds; not one is looked at when an index answers all of the query."""
    plan = store.plan(query, ())
    if query.is_empty:
        return len(store)
    index = plan.index
    if index and plan.answers_fields and query.is_quick:
        spans, exact = spans_of(plan, query)
        if exact and is_once_each(plan, spans):
            return sum([index.entries.count(start, end) for start, end in spans])
    return len(select(store, query))


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
    return [found[number] for number in sorted(found)] if len(found) > 1 else list(found.values())


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
    passed: Iterable[Document] = candidates
    for test in tests:
        passed = filter(test, passed)
    end = skip + limit if limit else None
    if sort:
        return sort_documents(list(passed), sort)[skip:end]
    return list(islice(passed, skip, end))


def _in_order(
    store: IndexedStore, plan: Plan, spans: Sequence[Span], tests: Sequence[Test], width: int, skip: int, limit: int
) -> list[Document]:
    """The documents in the spans that pass the tests, in the order of the index."""
    assert plan.index is not None
    once_each = is_once_each(plan, spans)
    if len(spans) == 1 and not tests and once_each:
        found = _cut(plan, spans[0], plan.prefix + width, skip, limit)
        if found is not None:
            store.examined += len(found)
            return found
    items = _merged(store, plan, spans, width) if limit else _sorted(store, plan, spans, width)
    if not once_each:
        items = _each_once(items)
    passed: Iterable[Document] = (document for _, _, document in items)
    for test in tests:
        passed = filter(test, passed)
    return list(islice(passed, skip, skip + limit if limit else None))


def _cut(plan: Plan, span: Span, end: int, skip: int, limit: int) -> list[Document] | None:
    """The window cut straight out of one span; None when there are ties in it, which natural order has to decide.

    The order is that of the columns up to `end`.
    """
    index = plan.index
    assert index is not None
    if end == len(index.fields) and (index.unique or not plan.backwards):
        return index.entries.window(*span, skip, limit, backwards=plan.backwards)[1]
    margin = 1 if skip else 0  # ties reach over the edges of the window
    wanted = limit + margin + 1 if limit else 0
    keys, documents = index.entries.window(*span, skip - margin, wanted, backwards=plan.backwards)
    last = [key[end - 1] for key in keys]
    if any(map(eq, last, last[1:])):  # not seldom the last column alone tells them apart
        heads = [key[:end] for key in keys]
        if any(map(eq, heads, heads[1:])):
            return None
    return documents[margin : margin + limit] if limit else documents[margin:]


def _sorted(store: IndexedStore, plan: Plan, spans: Sequence[Span], width: int) -> Iterable[Item]:
    """All entries of the spans in order."""
    assert plan.index is not None
    start, end = plan.prefix, plan.prefix + width
    items: list[Item] = []
    for span in spans:
        keys, documents = plan.index.entries.window(*span)
        items += [(key[start:end], key[-1], document) for key, document in zip(keys, documents, strict=True)]
    store.examined += len(items)
    items.sort(key=itemgetter(1))
    items.sort(key=itemgetter(0), reverse=plan.backwards)
    return items


def _merged(store: IndexedStore, plan: Plan, spans: Sequence[Span], width: int) -> Iterable[Item]:
    """The entries of the spans in order, a few at a time."""
    assert plan.index is not None
    pieces = [plan.index.entries.pieces(*span, backwards=plan.backwards) for span in spans]
    streams = [_ties_in_natural_order(store, each, plan.prefix, plan.prefix + width) for each in pieces]
    if len(streams) == 1:
        return streams[0]
    if plan.backwards:
        return heapq.merge(*streams, key=lambda item: (item[0], -item[1]), reverse=True)
    return heapq.merge(*streams, key=itemgetter(0, 1))


def _ties_in_natural_order(
    store: IndexedStore, pieces: Iterable[tuple[list[Key], list[Document]]], start: int, end: int
) -> Iterator[Item]:
    """Entries with the columns that decide their order; those equal in them by number, as a stable sort has them."""
    ties: list[Item] = []
    for keys, documents in pieces:
        store.examined += len(keys)
        for key, document in zip(keys, documents, strict=True):
            head = key[start:end]
            if ties and head != ties[0][0]:
                yield from sorted(ties, key=itemgetter(1))
                ties = []
            ties.append((head, key[-1], document))
    yield from sorted(ties, key=itemgetter(1))


def _each_once(items: Iterable[Item]) -> Iterator[Item]:
    """The items without those of a document that was there before."""
    seen: set[int] = set()
    for item in items:
        if item[1] not in seen:
            seen.add(item[1])
            yield item
