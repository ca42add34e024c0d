"""Sorts that no index answers, in mongomock's order of values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tuco_mock.state.embedded.documents.borrowed import Document, Sort, create_index_list, resolve_sort_key

_NONE = type(None)


def normal_sort(sort: Any, direction: int | None = None) -> Sort:
    """A sort in any form pymongo takes, as pairs of field and 1 or -1.

    Raises:
        TypeError: it is in none of these forms.
    """
    if sort is None:
        return ()
    if type(sort) is list:
        pairs: Any = sort
    else:
        pairs = sort.items() if isinstance(sort, Mapping) else create_index_list(sort, direction)
    return tuple([(field, -1 if way < 0 else 1) for field, way in pairs])


def sort_documents(documents: list[Document], sort: Sort) -> list[Document]:
    """Documents that come in natural order, sorted; equal ones stay in natural order in both directions."""
    for field, direction in reversed(sort):
        if field == "$natural":
            documents = documents if direction > 0 else documents[::-1]
            continue
        if field.startswith("$"):
            raise NotImplementedError(f"Sorting by {field} is not implemented in mongomock yet")
        documents = _sort_by_field(documents, field, backwards=direction < 0)
    return documents


def _sort_by_field(documents: list[Document], field: str, *, backwards: bool) -> list[Document]:
    """One pass of the sort. Python compares plain text and whole numbers much faster than mongomock's wrappers do."""
    if field.isidentifier():
        values = [document.get(field) for document in documents]
        kinds = set(map(type, values))
        if len(kinds) == 1 and kinds <= {str, int}:
            return sorted(documents, key=lambda document: document[field], reverse=backwards)
        if kinds in ({str, _NONE}, {int, _NONE}):
            # None and missing come first, and are equal
            return sorted(documents, key=lambda document: _after_none(document.get(field)), reverse=backwards)
    return sorted(documents, key=lambda document: resolve_sort_key(field, document), reverse=backwards)


def _after_none(value: Any) -> tuple[bool, Any]:
    return (False, 0) if value is None else (True, value)
