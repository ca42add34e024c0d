"""Updates that need nothing of mongomock: ``$set``, ``$unset``, ``$inc``, ``$max`` and ``$min`` of top-level fields."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import bson

from tuco_mock.state.embedded.documents.borrowed import Document, stored_copy
from tuco_mock.state.embedded.documents.values import SCALARS

Step = Callable[[Document, str, Any], bool]
"""Changes a field of a document by an operand; False when the value there is not one it can change."""

_NUMBERS = frozenset({int, float})


class QuickUpdate:
    """An update taken apart.

    Attributes:
        fields: the fields it changes.
    """

    __slots__ = ("_sets", "_steps", "fields")

    def __init__(self, sets: Document, steps: Sequence[tuple[Step, str, Any]], fields: tuple[str, ...]) -> None:
        self._sets = sets
        self._steps = steps
        self.fields = fields

    def check(self) -> None:
        """Check that the values can be stored.

        Raises:
            bson.errors.InvalidDocument, OverflowError, UnicodeError: BSON cannot express one.
        """
        if self._sets:
            bson.encode(self._sets)

    def applied_to(self, document: Document) -> Document | None:
        """The document after the update; None when a value in it is not of a kind the quick way can change."""
        new = document.copy()
        if not self._steps:
            new.update(self._sets)
            return new
        for step, field, operand in self._steps:
            if not step(new, field, operand):
                return None
        return new


def compile_update(update: Any) -> QuickUpdate | None:
    """Take an update apart; None when mongomock has to carry it out."""
    if type(update) is not dict or not update:  # an empty one is a replacement
        return None
    if len(update) == 1 and type(update.get("$set")) is dict:  # the usual case needs no steps
        return _compile_sets(update["$set"])
    return _compile_steps(update)


def _compile_sets(changes: Document) -> QuickUpdate | None:
    fields = tuple(changes)
    try:
        if not "".join(fields).isidentifier() or "_id" in changes or "" in changes:
            return None
    except TypeError:  # a field that is no text
        return None
    if SCALARS.issuperset(map(type, changes.values())):
        return QuickUpdate(changes.copy(), (), fields)
    return QuickUpdate({field: stored_copy(value) for field, value in changes.items()}, (), fields)


def _compile_steps(update: Document) -> QuickUpdate | None:
    sets: Document = {}
    steps: list[tuple[Step, str, Any]] = []
    for name, changes in update.items():
        if name == "$setOnInsert":
            continue
        step = _STEPS.get(name)
        if step is None or type(changes) is not dict or not changes:
            return None
        for field, operand in changes.items():
            if type(field) is not str or not field.isidentifier() or field == "_id":
                return None
            if step is _set:
                sets[field] = operand if type(operand) in SCALARS else stored_copy(operand)
                steps.append((step, field, sets[field]))
            elif step is not _unset and (type(operand) not in _OPERANDS[name] or operand != operand):  # noqa: PLR0124 - NaN is not itself
                return None
            else:
                steps.append((step, field, operand))
    if len({field for _, field, _ in steps}) != len(steps):
        return None
    return QuickUpdate(sets, steps, tuple([field for _, field, _ in steps]))


def _set(document: Document, field: str, operand: Any) -> bool:
    document[field] = operand
    return True


def _unset(document: Document, field: str, _operand: Any) -> bool:
    document.pop(field, None)
    return True


def _increase(document: Document, field: str, operand: Any) -> bool:
    old = document.get(field, 0)
    if type(old) not in _NUMBERS:
        return False
    document[field] = old + operand
    return True


def _raise(document: Document, field: str, operand: Any) -> bool:
    old = document.get(field, operand)
    if not _comparable(old, operand):
        return False
    document[field] = max(old, operand)
    return True


def _lower(document: Document, field: str, operand: Any) -> bool:
    old = document.get(field, operand)
    if not _comparable(old, operand):
        return False
    document[field] = min(old, operand)
    return True


def _comparable(one: Any, other: Any) -> bool:
    kinds = {type(one), type(other)}
    return kinds == {str} or kinds <= _NUMBERS


_STEPS: dict[str, Step] = {"$set": _set, "$unset": _unset, "$inc": _increase, "$max": _raise, "$min": _lower}
_OPERANDS = {"$inc": _NUMBERS, "$max": _NUMBERS | {str}, "$min": _NUMBERS | {str}}
