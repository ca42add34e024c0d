"""Questions that are asked again and again with other values: what they look like is said once.

A question compares fields with texts and nothing else. Engines that can prepare for one bring a class of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pymongo.collection import Collection

Document = dict[str, Any]

T = TypeVar("T")


class Question(Generic[T]):
    """One question to a collection, asked through the pymongo API.

    Args:
        collection: where.
        fields: what is compared.
        wanted: which fields are needed, as a projection; all of them unless given.
        sort: the order; as the engine likes unless given.
        read: what is made of each document that is found. It may be shown the engine's own, so nothing in what it gives
            can be changed but what it has made itself. Unless given, whoever asks gets documents of his own.
    """

    def __init__(
        self,
        collection: Collection[Document],
        fields: Sequence[str],
        wanted: Mapping[str, int] | None = None,
        sort: Sequence[tuple[str, int]] = (),
        read: Callable[[Document], T] | None = None,
    ) -> None:
        self._collection = collection
        self._fields = tuple(fields)
        self._wanted = wanted
        self._sort = list(sort)
        self._read = read

    def all(self, *values: str, limit: int = 0) -> list[T]:
        """What is found where the fields have these values, `limit` at most; 0 means all."""
        found: Any = self._collection.find(self._conditions(values), self._wanted, sort=self._sort or None, limit=limit)
        return list(found if self._read is None else map(self._read, found))

    def first(self, *values: str) -> T | None:
        """The first of it, or None."""
        found: Any = self._collection.find_one(self._conditions(values), self._wanted, sort=self._sort or None)
        return found if found is None or self._read is None else self._read(found)

    def _conditions(self, values: tuple[str, ...]) -> dict[str, str]:
        return dict(zip(self._fields, values, strict=True))
