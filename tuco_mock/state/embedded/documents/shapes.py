"""What all documents with the same fields share: how they are checked and kept, and one table of their fields' names.

CPython keeps the names of an object's attributes once for all objects of a class (PEP 412), and a copy of the dict
that holds an object's attributes goes on sharing them. So each set of fields gets a class and an object of it here,
and a document to keep is a copy of that object's dict with the document's values put in: it behaves as every dict,
takes half the memory of one made by itself, and is copied faster. Where a Python does otherwise, it is a plain dict.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import bson

from tuco_mock.state.embedded.documents.borrowed import Document, stored_copy
from tuco_mock.state.embedded.documents.values import SCALARS, tuple_getter

Lists = dict[tuple[str, ...], list[str]]
"""Lists of texts that are kept, by what is in them."""

_TEXT = frozenset({str})
_USUAL = SCALARS | {list}
_INT64 = 2**63

_MOST_SHARED = 30
"""So many names CPython shares at most."""


class Shape:
    """The fields of a document, in their order, and the kinds of their values.

    Attributes:
        plain: whether all names are ones that need no closer look.
    """

    __slots__ = ("_nested", "_numbers", "_template", "_texts", "_usual", "plain")

    def __init__(self, fields: tuple[str, ...], kinds: tuple[type, ...]) -> None:
        self.plain = "".join(fields).isidentifier()
        self._usual = self.plain and _USUAL.issuperset(kinds)
        self._texts = tuple_getter(_of_kind(str, fields, kinds))
        self._numbers = _of_kind(int, fields, kinds)
        self._nested = tuple([field for field, kind in zip(fields, kinds, strict=True) if kind not in SCALARS])
        self._template = _template(fields)

    def check(self, document: Mapping[str, Any]) -> None:
        """Check that a document of this shape can be stored.

        Raises:
            bson.errors.InvalidDocument, OverflowError, UnicodeError: BSON cannot express it.
        """
        if not (self._usual and self._is_expressible(document)):
            bson.encode(document)

    def _is_expressible(self, document: Mapping[str, Any]) -> bool:
        """Whether BSON can surely express a document of usual values: texts are UTF-8, numbers have 64 bits."""
        try:
            "".join(self._texts(document)).encode()
            for field in self._nested:
                "".join(document[field]).encode()
            for field in self._numbers:
                if not -_INT64 <= document[field] < _INT64:
                    return False
        except (TypeError, UnicodeEncodeError):  # a list of anything but texts; a text that is no UTF-8
            return False
        return True

    def kept(self, document: Mapping[str, Any], lists: Lists) -> Document:
        """A copy of a document of this shape to keep: tuples become lists, moments are in UTC.

        Args:
            document: the document.
            lists: the lists of texts in the documents that are kept with it: equal ones are one object, which nobody
                changes, since documents are copied when they are given out, and before they are changed.
        """
        kept = self._template.copy()
        kept.update(document)
        for field in self._nested:
            value = kept[field]
            if type(value) is list and _TEXT.issuperset(map(type, value)):
                same = lists.get(tuple(value))
                kept[field] = lists.setdefault(tuple(value), value[:]) if same is None else same
            else:
                kept[field] = stored_copy(value)
        return kept


def _of_kind(wanted: type, fields: Sequence[str], kinds: Sequence[type]) -> tuple[str, ...]:
    return tuple([field for field, kind in zip(fields, kinds, strict=True) if kind is wanted])


def shape_of(document: Mapping[str, Any]) -> Shape:
    """The shape of a document.

    Raises:
        TypeError: a name is no text.
    """
    return _shape(tuple(document), tuple(map(type, document.values())))


@lru_cache(maxsize=2048)
def _shape(fields: tuple[str, ...], kinds: tuple[type, ...]) -> Shape:
    return Shape(fields, kinds)


@lru_cache(maxsize=512)
def _template(fields: tuple[str, ...]) -> Document:
    """A document with these fields, to be copied; empty where their names can't be shared."""
    if len(fields) > _MOST_SHARED or not all(each.isidentifier() and not each.startswith("__") for each in fields):
        return {}
    row = type("Row", (), {})
    first = row()
    for field in fields:
        setattr(first, field, None)
    for _ in range(_MOST_SHARED):  # with each object CPython leaves less room for names that might still come
        row()
    template: Document = row().__dict__
    for field in fields:
        template[field] = None
    return template


def become(document: Document, new: Document) -> None:
    """Change a document into another; its table of names is kept where the other has all of them."""
    if [*new][: len(document)] != [*document]:
        document.clear()
    document.update(new)
