"""The sorted entries of one index: keys in order, and beside each the document it leads to."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import chain, pairwise
from operator import itemgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tuco_mock.state.embedded.documents.borrowed import Document

Key = tuple[Any, ...]
"""The values of the indexed fields and, last, the number of the document: no two keys are equal."""

Position = tuple[int, int]
"""A place among the entries: which chunk, and where in it."""

LOAD = 1000
"""Half of the most entries a chunk may hold: large enough for few chunks, small enough to move cheaply in memory."""

_PIECE = 256
_number = itemgetter(-1)
"""The number of the document that a key leads to."""

_SHARE = 4
"""From which part of all entries on, one in so many, new ones are merged with all of them at once."""

_FEW = 32
"""Up to how many entries are added to a chunk one at a time: sorting it anew would cost more."""


class Entries:
    """Sorted entries in chunks: adding and removing one costs the logarithm of their number.

    Keys and documents lie in parallel lists rather than in pairs. That costs no object an entry, and leaves the keys
    free of references to containers, so that the garbage collector does not have to walk them.
    """

    __slots__ = ("documents", "keys", "maxes")

    def __init__(self) -> None:
        self.keys: list[list[Key]] = []
        self.documents: list[list[Document]] = []
        self.maxes: list[Key] = []

    def __len__(self) -> int:
        return sum(map(len, self.keys))

    def locate(self, key: Key) -> Position:
        """The position of the first entry whose key is not less."""
        chunk = bisect_left(self.maxes, key)
        if chunk == len(self.maxes):
            return chunk, 0
        return chunk, bisect_left(self.keys[chunk], key)

    def find(self, prefix: Key) -> Position | None:
        """The position of the first entry whose key starts with the prefix; None when there is none."""
        chunk = bisect_left(self.maxes, prefix)
        if chunk == len(self.maxes):
            return None
        keys = self.keys[chunk]
        offset = bisect_left(keys, prefix)
        return (chunk, offset) if keys[offset][: len(prefix)] == prefix else None

    def add(self, key: Key, document: Document) -> None:
        """Add an entry."""
        chunk = bisect_left(self.maxes, key)
        if chunk < len(self.maxes):
            keys = self.keys[chunk]
            offset = bisect_left(keys, key)
            keys.insert(offset, key)
            self.documents[chunk].insert(offset, document)
        elif chunk:
            chunk -= 1
            keys = self.keys[chunk]
            keys.append(key)
            self.documents[chunk].append(document)
            self.maxes[chunk] = key
        else:
            self._replace(0, 0, [key], [document])
            return
        if len(keys) > 2 * LOAD:
            self._replace(chunk, chunk + 1, keys, self.documents[chunk])

    def remove(self, key: Key) -> None:
        """Remove the entry of a key.

        Raises:
            LookupError: there is none, so the index is out of step with its documents.
        """
        chunk, offset = self.locate(key)
        keys = self.keys[chunk] if chunk < len(self.keys) else []
        if not keys or keys[offset][-1] != key[-1]:
            raise LookupError(f"no index entry {key!r}")
        del keys[offset], self.documents[chunk][offset]
        if not keys or (len(keys) < LOAD // 4 and len(self.keys) > 1):
            self._merge(chunk)
        elif offset == len(keys):
            self.maxes[chunk] = keys[-1]

    def move(self, old: Key, new: Key, document: Document) -> bool:
        """Change the key of a document's entry; False, and nothing changed, when there is no entry of the old key."""
        chunk = bisect_left(self.maxes, old)
        if chunk == len(self.maxes):
            return False
        keys = self.keys[chunk]
        offset = bisect_left(keys, old)
        if keys[offset] != old:
            return False
        if 0 < offset < len(keys) - 1 and keys[0] < new < keys[-1]:
            # as most changes it stays within the chunk, and often in its place
            if keys[offset - 1] < new < keys[offset + 1]:
                keys[offset] = new
                return True
            documents = self.documents[chunk]
            del keys[offset], documents[offset]
            offset = bisect_left(keys, new)
            keys.insert(offset, new)
            documents.insert(offset, document)
        else:
            self.remove(old)
            self.add(new, document)
        return True

    def extend(self, keys: list[Key], documents: list[Document]) -> None:
        """Add many entries, sorted by key."""
        if len(keys) * _SHARE > len(self):
            self._merge_in(0, len(self.keys), keys, documents)
            return
        start = 0
        while start < len(keys):
            chunk = min(bisect_left(self.maxes, keys[start]), len(self.maxes) - 1)
            last = chunk == len(self.maxes) - 1
            end = len(keys) if last else bisect_left(keys, self.maxes[chunk], start)
            if end - start <= _FEW:
                for key, document in zip(keys[start:end], documents[start:end], strict=True):
                    self.add(key, document)
            else:
                self._merge_in(chunk, chunk + 1, keys[start:end], documents[start:end])
            start = end

    def _merge_in(self, first: int, last: int, keys: list[Key], documents: list[Document]) -> None:
        """Add sorted entries to those of some chunks."""
        old_keys = list(chain.from_iterable(self.keys[first:last]))
        old_documents = list(chain.from_iterable(self.documents[first:last]))
        merged = old_keys + keys
        if old_keys and keys and keys[0] < old_keys[-1]:
            by_number = dict(zip(map(_number, merged), old_documents + documents, strict=True))
            merged.sort()
            self._replace(first, last, merged, [by_number[key[-1]] for key in merged])
        else:
            self._replace(first, last, merged, old_documents + documents)

    def count(self, start: Position, end: Position) -> int:
        """How many entries lie between two positions."""
        if end <= start:
            return 0
        first, last = start[0], end[0]
        if first == last:
            return end[1] - start[1]
        between = sum(map(len, self.keys[first + 1 : last]))
        return len(self.keys[first]) - start[1] + between + end[1]

    def window(
        self, start: Position, end: Position, skip: int = 0, limit: int = 0, *, backwards: bool = False
    ) -> tuple[list[Key], list[Document]]:
        """Entries between two positions, forwards or backwards, from the one after `skip`; `limit` 0 means all."""
        keys: list[Key] = []
        documents: list[Document] = []
        for chunk, low, high in self._segments(start, end, backwards=backwards):
            size = high - low
            if skip >= size:
                skip -= size
                continue
            if backwards:
                high -= skip  # noqa: PLW2901 - the window narrows
                low = max(high - limit + len(keys), low) if limit else low  # noqa: PLW2901 - the window narrows
                keys += self.keys[chunk][low:high][::-1]
                documents += self.documents[chunk][low:high][::-1]
            else:
                low += skip  # noqa: PLW2901 - the window narrows
                high = min(low + limit - len(keys), high) if limit else high  # noqa: PLW2901 - the window narrows
                keys += self.keys[chunk][low:high]
                documents += self.documents[chunk][low:high]
            skip = 0
            if len(keys) == limit:
                break
        return keys, documents

    def pieces(
        self, start: Position, end: Position, *, backwards: bool = False
    ) -> Iterator[tuple[list[Key], list[Document]]]:
        """The same entries a few at a time, for whoever may stop early."""
        for chunk, low, high in self._segments(start, end, backwards=backwards):
            for passed in range(0, high - low, _PIECE):
                size = min(_PIECE, high - low - passed)
                first = high - passed - size if backwards else low + passed
                part = slice(first, first + size)
                step = -1 if backwards else 1
                yield self.keys[chunk][part][::step], self.documents[chunk][part][::step]

    def _segments(self, start: Position, end: Position, *, backwards: bool) -> Iterable[tuple[int, int, int]]:
        """Chunk and bounds in it of each stretch between two positions."""
        first, last = start[0], end[0]
        if first == last:
            return ((first, start[1], end[1]),) if start[1] < end[1] else ()
        return self._long_segments(start, end, backwards=backwards)

    def _long_segments(self, start: Position, end: Position, *, backwards: bool) -> Iterator[tuple[int, int, int]]:
        first, last = start[0], end[0]
        chunks = range(first, last + 1)
        for chunk in reversed(chunks) if backwards else chunks:
            low = start[1] if chunk == first else 0
            high = end[1] if chunk == last else len(self.keys[chunk])
            if low < high:
                yield chunk, low, high

    def _replace(self, first: int, last: int, keys: list[Key], documents: list[Document]) -> None:
        """Put entries in the place of some chunks, cut into chunks of the usual size."""
        cuts = [*range(0, max(len(keys) - LOAD // 2, 1), LOAD), len(keys)] if keys else []
        self.keys[first:last] = [keys[low:high] for low, high in pairwise(cuts)]
        self.documents[first:last] = [documents[low:high] for low, high in pairwise(cuts)]
        self.maxes[first:last] = [keys[high - 1] for high in cuts[1:]]

    def _merge(self, chunk: int) -> None:
        """Join a chunk that has become small with its neighbour, lest many small ones remain."""
        first = max(min(chunk, len(self.keys) - 2), 0)
        keys = [key for part in self.keys[first : first + 2] for key in part]
        documents = [document for part in self.documents[first : first + 2] for document in part]
        self._replace(first, first + 2, keys, documents)


def spread(key: Key, column: int) -> list[Key]:
    """The keys of the elements of an array that stands in a column of a key."""
    head, tail = key[:column], key[column + 1 :]
    return [(*head, each, *tail) for each in dict.fromkeys(key[column])]
