"""Copies of documents, whole or projected, that share nothing mutable with the stored ones."""

from __future__ import annotations

import copy
import gc
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from bson import ObjectId

from tuco_mock.state.embedded.documents.borrowed import Document
from tuco_mock.state.embedded.documents.values import SCALARS

Copier = Callable[[Document], Document]

_IMMUTABLE = SCALARS | {bytes, ObjectId}


def copy_document(document: Document) -> Document:
    """A copy to give out."""
    given = document.copy()
    return _with_copied_values(given) if gc.is_tracked(given) else given


def _with_copied_values(document: Document) -> Document:
    """The same document, after copying what in it can be changed.

    CPython keeps a dict that holds nothing but text, numbers and the like out of garbage collection, so to ask for
    `gc.is_tracked` first is a quick proof that there is nothing to copy. Where dicts are always tracked, this runs.
    """
    for field, value in document.items():
        if type(value) not in SCALARS:
            document[field] = copy_value(value)
    return document


def copy_value(value: Any) -> Any:
    """A copy of a value to give out; documents become plain dicts."""
    if type(value) in _IMMUTABLE:
        return value
    if isinstance(value, list):
        return [copy_value(element) for element in value]
    if isinstance(value, dict):
        return {field: copy_value(element) for field, element in value.items()}
    return copy.copy(value)


def clone(document: Document) -> Document:
    """A copy of a stored document to change and keep."""
    return copy.deepcopy(document) if gc.is_tracked(document) else document.copy()


def copier(projection: Any) -> Copier | None:
    """What copies the projected fields of a document; None for projections that mongomock has to carry out."""
    if not projection:
        return copy_document
    try:
        if isinstance(projection, dict):
            return _fields_copier(tuple(projection.items()))
        if isinstance(projection, (list, tuple)):
            return _fields_copier(tuple([(field, 1) for field in projection]))
    except TypeError:  # a projection operator
        return None
    return None


@lru_cache(maxsize=256)
def _fields_copier(projection: tuple[tuple[Any, Any], ...]) -> Copier | None:
    fields = dict(projection)
    with_id = fields.pop("_id", 1)
    simple = all(type(field) is str and field.isidentifier() for field in fields)
    if not simple or with_id not in (0, 1) or not set(fields.values()) <= {0, 1} or len(set(fields.values())) > 1:
        return None
    names = tuple(fields)
    if names and next(iter(fields.values())):
        return _including((*names, "_id") if with_id else names)
    if with_id and not names:
        return _including(("_id",))
    return _excluding(frozenset(names if with_id else (*names, "_id")))


def _including(names: tuple[str, ...]) -> Copier:
    def copy_fields(document: Document) -> Document:
        given = {}
        for field in names:  # a comprehension would be a call more, and this is done for every document of a page
            if field in document:
                given[field] = document[field]
        return _with_copied_values(given) if gc.is_tracked(given) else given

    return copy_fields


def _excluding(names: frozenset[str]) -> Copier:
    def copy_others(document: Document) -> Document:
        given = {field: value for field, value in document.items() if field not in names}
        return _with_copied_values(given) if gc.is_tracked(given) else given

    return copy_others
