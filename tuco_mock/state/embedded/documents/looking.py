"""Queries of the usual shape, prepared: equalities of text that one index answers, or that of an ``_id``.

What such a query needs depends on its fields, projection and sort alone, so it is worked out once and kept; what an
index has come to hold (arrays, other kinds, ties) is looked at each time. What is found is what `select` finds.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Any

from tuco_mock.state.embedded.documents.copying import Copier, copier
from tuco_mock.state.embedded.documents.filters import Query
from tuco_mock.state.embedded.documents.sorting import normal_sort
from tuco_mock.state.embedded.documents.values import tuple_getter

if TYPE_CHECKING:
    from tuco_mock.state.embedded.documents.borrowed import Document, Sort
    from tuco_mock.state.embedded.documents.planning import Plan
    from tuco_mock.state.embedded.documents.store import IndexedStore

_TEXT = frozenset({str})
_MOST_LOOKS = 1000
_FEW = 8
"""How many are looked through first for the end of what is found: mostly it is near."""


class Look:
    """How to answer the queries of one shape.

    Attributes:
        home: who keeps it; it is of use as long as that is the store's.
        fields: those that are compared, as the index has them.
        given: what gets their values from the conditions.
        sort: the order that is asked for.
        copy: what copies a document that was found, or the fields of it that are asked for.
    """

    __slots__ = (
        *("_index", "_is_point", "_kinds", "_last", "_plan", "_seen_kinds"),
        *("copy", "fields", "given", "home", "sort"),
    )

    def __init__(self, home: Looks, plan: Plan, sort: Sort, copy: Copier) -> None:
        self.home = home
        self._plan = plan
        self._index = plan.index
        self._is_point = plan.complete and plan.index is not None and plan.index.unique
        self._kinds = (str,) * plan.prefix
        self._seen_kinds: tuple[type | None, ...] | None = None  # those that were found to begin so
        self._last = plan.prefix + len(sort) - 1
        self.fields = ("_id",) if plan.index is None else plan.index.fields[: plan.prefix]
        self.given = tuple_getter(self.fields)
        self.sort = sort
        self.copy = copy

    def found(
        self, store: IndexedStore, conditions: dict[str, Any], skip: int = 0, limit: int = 0
    ) -> list[Document] | None:
        """The stored documents, not copies, of a window of what the conditions find; None when `select` must say."""
        return self.found_at(store, self.given(conditions), skip, limit)

    def found_at(
        self, store: IndexedStore, prefix: tuple[str, ...], skip: int = 0, limit: int = 0
    ) -> list[Document] | None:
        """The same for what the conditions give, in the order of `fields`."""
        index, plan = self._index, self._plan
        if index is None:
            document = store.documents_by_id.get(prefix[0])
            store.examined += document is not None
            return [] if document is None or skip else [document]
        kinds = index.kinds
        if kinds is not self._seen_kinds:
            if kinds[: plan.prefix] != self._kinds:
                return None
            self._seen_kinds = kinds
        entries = index.entries
        chunk = bisect_left(entries.maxes, prefix)
        if chunk == len(entries.maxes):
            return []
        keys = entries.keys[chunk]
        start = bisect_left(keys, prefix)
        if self._is_point:
            found = [] if skip or keys[start][:-1] != prefix else [entries.documents[chunk][start]]
            store.examined += len(found)
            return found
        behind, near = (*prefix[:-1], prefix[-1] + "\0"), start + _FEW
        end = bisect_left(keys, behind, start, min(near, len(keys)))
        if end == near:
            end = bisect_left(keys, behind, near)
        if end == len(keys) and chunk + 1 < len(entries.maxes):
            return None  # they may go on in the next chunk
        if end - start < 2 or (plan.complete and not self.sort):
            found = entries.documents[chunk][start + skip : min(start + skip + limit, end) if limit else end]
            store.examined += len(found)
            return found
        return self._in_order(store, chunk, start, end, skip, limit)

    def _in_order(
        self, store: IndexedStore, chunk: int, start: int, end: int, skip: int, limit: int
    ) -> list[Document] | None:
        """The window of the entries of a chunk between two positions, where they are in the order of the sort."""
        plan, index, last = self._plan, self._index, self._last
        assert index is not None
        if not plan.ordered or (index.arrays and max(index.arrays) >= plan.prefix):
            return None
        if index.disordered and not index.is_ordered(plan.prefix, last + 1):
            return None
        if plan.backwards:
            high = max(end - skip, start)
            low = max(high - limit, start) if limit else start
        else:
            low = min(start + skip, end)
            high = min(low + limit, end) if limit else end
        if plan.backwards or last + 1 < len(index.fields):  # natural order decides between equal ones
            decides = [key[last] for key in index.entries.keys[chunk][max(low - 1, start) : min(high + 1, end)]]
            if len(set(decides)) < len(decides):
                return None
        found = index.entries.documents[chunk][low:high]
        if plan.backwards:
            found.reverse()
        store.examined += len(found)
        return found


class Looks:
    """The looks at one store, for as long as it has the same indexes."""

    def __init__(self) -> None:
        self._kept: dict[Any, Look | None] = {}

    def of(self, store: IndexedStore, conditions: Any, projection: Any, sort: Any) -> Look | None:
        """How to answer a query; None when it is not of a usual shape."""
        if type(conditions) is not dict or not (sort is None or type(sort) is list):
            return None
        if not _TEXT.issuperset(map(type, conditions.values())):
            return None
        try:
            shape = (
                tuple(conditions),
                None if projection is None else (*projection, *projection.values()),
                None if sort is None else tuple(sort),
            )
            if shape in self._kept:
                return self._kept[shape]
            if len(self._kept) >= _MOST_LOOKS:
                self._kept.clear()
            look = self._kept[shape] = _look(self, store, shape[0], projection, shape[2])
        except (AttributeError, TypeError):  # another kind of projection or sort, or what has no hash
            return None
        return look


def _look(home: Looks, store: IndexedStore, fields: tuple[str, ...], projection: Any, sort: Any) -> Look | None:
    """How to answer the queries of a shape; None when that is not a usual one."""
    if not fields or not all(type(each) is str and each.isidentifier() for each in fields):
        return None
    copy = copier(projection)
    try:
        order = normal_sort(None if sort is None else list(sort))
    except (TypeError, ValueError):  # not a sort: said where it is asked for
        return None
    if copy is None or not all(each.isidentifier() for each, _ in order):
        return None
    plan = store.plan(Query(dict.fromkeys(fields, "")), order)
    answers = fields == ("_id",) if plan.by_id else plan.given is not None and plan.answers_fields
    return Look(home, plan, order, copy) if answers and not store.expires else None
