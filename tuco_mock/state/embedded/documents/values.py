"""How the values of an indexed field are ordered and told apart.

An index keeps its keys as plain tuples, compared by CPython itself. A column therefore holds values of one native
kind (text or numbers) as they are; a value of any other kind stands in it as a `Ranked`, which knows the order that
mongomock gives to kinds, and compares with everything.
"""

from __future__ import annotations

import math
from datetime import datetime
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from bson import ObjectId

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

TEXT_RANK = 15
NUMBER_RANK = 10

SCALARS = frozenset({str, int, float, bool, type(None)})
"""The kinds a query may compare with by equality on the fast path."""


class Ranked:
    """A value that is not of its column's native kind, ordered by BSON's rank of kinds and then by value."""

    __slots__ = ("rank", "value")

    def __init__(self, rank: float, value: Any = 0) -> None:
        self.rank = rank
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ranked) and self.rank == other.rank and bool(self.value == other.value)

    def __hash__(self) -> int:
        return hash((self.rank, self.value))

    def __lt__(self, other: object) -> bool:
        rank, value = _rank_and_value(other)
        return bool(self.value < value) if self.rank == rank else self.rank < rank

    def __gt__(self, other: object) -> bool:
        rank, value = _rank_and_value(other)
        return bool(self.value > value) if self.rank == rank else self.rank > rank

    def __repr__(self) -> str:
        return f"Ranked({self.rank}, {self.value!r})"


def _rank_and_value(other: object) -> tuple[float, Any]:
    if type(other) is Ranked:
        return other.rank, other.value
    return (TEXT_RANK if type(other) is str else NUMBER_RANK), other


NONE = Ranked(5)
"""No value: the field is None or missing; mongomock finds and sorts the two alike."""
FALSE = Ranked(40, value=False)
TRUE = Ranked(40, value=True)
OPAQUE = Ranked(98)
"""A value that is only kept count of: documents, arrays in arrays, NaN. Which one it is, the document knows."""
TOP = Ranked(99)
"""Greater than every value."""


def plain(value: Any) -> Any:
    """A value as its plain kind where it is of a subclass that compares like it: enumerations, bson's Int64."""
    kind = type(value)
    if kind not in SCALARS:
        for base in (str, int, float):
            # bson.Code is a str, but equal to none
            if isinstance(value, base) and getattr(kind, "__eq__") is getattr(base, "__eq__"):  # noqa: B009 - mypy knows no such attribute
                return str.__str__(value) if isinstance(value, str) else base(value)
    return value


def native_kind(value: object) -> type | None:
    """The native kind a column takes from its first value: `str`, `int` (all numbers), or None for neither."""
    kind = type(plain(value))
    if kind is str:
        return str
    return int if kind in {int, float} and value == value else None  # noqa: PLR0124 - NaN has no order


def atom(value: Any, native: type | None) -> Any:
    """What stands for a value in a column of the native kind."""
    value = plain(value)
    kind = type(value)
    if kind is str:
        return value if native is str else Ranked(TEXT_RANK, value)
    if value is None:
        return NONE
    if kind is bool:
        return TRUE if value else FALSE
    if kind is int or kind is float:
        if value != value:  # noqa: PLR0124 - NaN has no order
            return OPAQUE
        return value if native is int else Ranked(NUMBER_RANK, value)
    if isinstance(value, ObjectId):
        return Ranked(35, value)
    if isinstance(value, datetime) and value.tzinfo is None:
        return Ranked(45, value)
    return OPAQUE


def after(prefix: tuple[Any, ...]) -> tuple[Any, ...]:
    """The least key greater than every key that starts with the prefix.

    Comparing with text and numbers costs CPython a tenth of comparing with `TOP`, so the next text or number is taken
    where there is one.
    """
    if not prefix:
        return (TOP,)
    last = prefix[-1]
    if type(last) is str:
        return (*prefix[:-1], last + "\0")
    if (type(last) is int or type(last) is float) and abs(last) < 2**53:
        return (*prefix[:-1], math.nextafter(last, math.inf))
    return (*prefix, TOP)


def is_same(value: Any, new: Any) -> bool:
    """Whether a field certainly stays what it is: the same scalar, or missing as before."""
    return type(value) is type(new) and type(value) in SCALARS and value == new


def tuple_getter(fields: Sequence[str]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """What gets the values of some fields as a tuple, as `itemgetter` does for two and more."""
    if len(fields) > 1:
        return itemgetter(*fields)
    if not fields:
        return lambda _: ()
    get = itemgetter(fields[0])
    return lambda document: (get(document),)


def share(one: Any, other: Any) -> bool:
    """Whether two values of which the index keeps no more than their presence are equal, or have an equal element."""
    ones, others = ([value] if not isinstance(value, list) or not value else value for value in (one, other))
    return any(each in others for each in ones if atom(each, None) is OPAQUE)
