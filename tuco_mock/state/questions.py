"""Questions that are asked again and again with other values: what they look like is said once.

A question compares fields with texts and nothing else. Engines that can prepare for one bring a class of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pymongo.collection import Collection

Document = dict[str, Any]


class Question:
    """One question to a collection, asked through the pymongo API.

    Args:
        collection: where.
        fields: what is compared.
        wanted: which fields are given out, as a projection; all of them unless given.
        sort: the order; as the engine likes unless given.
    """

    def __init__(
        self,
        collection: Collection[Document],
        fields: Sequence[str],
        wanted: Mapping[str, int] | None = None,
        sort: Sequence[tuple[str, int]] = (),
    ) -> None:
        self._collection = collection
        self._fields = tuple(fields)
        self._wanted = wanted
        self._sort = list(sort)

    def all(self, *values: str, limit: int = 0) -> list[Document]:
        """The documents whose fields have these values, `limit` at most; 0 means all."""
        return list(self._collection.find(self._conditions(values), self._wanted, sort=self._sort or None, limit=limit))

    def first(self, *values: str) -> Document | None:
        """The first of them, or None."""
        return self._collection.find_one(self._conditions(values), self._wanted, sort=self._sort or None)

    def _conditions(self, values: tuple[str, ...]) -> dict[str, str]:
        return dict(zip(self._fields, values, strict=True))
