"""One index: which keys a document has in it, where a value stands, and who holds a unique key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat
from typing import TYPE_CHECKING, Any

from tuco_mock.state.embedded.documents.entries import Entries, Key, Position, spread
from tuco_mock.state.embedded.documents.values import (
    FALSE,
    NONE,
    NUMBER_RANK,
    OPAQUE,
    TEXT_RANK,
    TRUE,
    Ranked,
    after,
    atom,
    native_kind,
    share,
    tuple_getter,
)

if TYPE_CHECKING:
    from tuco_mock.state.embedded.documents.borrowed import Document


class Index:
    """A compound index over top-level fields, kept in ascending order; it is read in both directions.

    Attributes:
        name: its name.
        fields: the indexed fields.
        unique: whether no two documents may have the same values.
        entries: the keys and the documents they lead to.
        arrays: the columns that hold, or ever held, an array: a document may then stand in the index several times.
            As in MongoDB this stays until the index is built anew.
        kinds: the native kind of each column, None where it has none yet.
        disordered: the columns whose order is not that of the documents, because of arrays or of values that the index
            only keeps count of.
        mixed: whether it holds, or ever held, values outside the native kind of their column.
    """

    __slots__ = (
        *("_array_kinds", "_booleans", "_sparse_kinds", "_values", "arrays", "disordered"),
        *("entries", "fields", "kinds", "mixed", "name", "unique"),
    )

    def __init__(self, name: str, fields: Sequence[str], *, unique: bool) -> None:
        self.name = name
        self.fields = tuple(fields)
        self.unique = unique
        self._values = tuple_getter(fields)
        self.clear()

    def clear(self) -> None:
        """Forget all entries."""
        self.entries = Entries()
        self.kinds: tuple[type | None, ...] = (None,) * len(self.fields)
        self._array_kinds: dict[tuple[type, ...], int] = {}
        self._sparse_kinds: set[tuple[type, ...]] = set()
        self.arrays: set[int] = set()
        self.disordered: set[int] = set()
        self.mixed = self._booleans = False

    def keys_of(self, document: Document, number: int) -> list[Key]:
        """The keys of a document: one, or with arrays one for each of their elements."""
        try:
            values = self._values(document)
        except KeyError:
            values = tuple([document.get(field) for field in self.fields])
        kinds = tuple(map(type, values))
        if kinds == self.kinds:
            return [(*values, number)]
        if kinds in self._sparse_kinds:
            return [(*[NONE if value is None else value for value in values], number)]
        array = self._array_kinds.get(kinds)
        if array is not None:
            if self._is_native(array, values[array]):
                return spread((*values, number), array)
            if self._is_known_empty(values[array]):
                return [(*values[:array], OPAQUE, *values[array + 1 :], number)]
        return self._unusual_keys(values, number)

    def _is_native(self, column: int, elements: list[Any]) -> bool:
        return set(map(type, elements)) == {self.kinds[column]}

    def _is_known_empty(self, elements: list[Any]) -> bool:
        """Whether a value is an empty array, and what such a one does to the index has been noted."""
        return not elements and self.mixed

    def _unusual_keys(self, values: tuple[Any, ...], number: int) -> list[Key]:
        """The same for values of which some are missing, or of another kind than their column."""
        keys: list[Key] = [()]
        for column, value in enumerate(values):
            if isinstance(value, list):
                self.arrays.add(column)
                self.disordered.add(column)
                atoms = list(dict.fromkeys([self._new_atom(column, element) for element in value or [value]]))
                keys = [(*key, each) for key in keys for each in atoms]
                kinds = tuple(map(type, values))
                if (*kinds[:column], self.kinds[column], *kinds[column + 1 :]) == self.kinds:
                    self._array_kinds[kinds] = column
            else:
                new = self._new_atom(column, value)
                keys = [(*key, new) for key in keys]
        self._note_sparse(tuple(map(type, values)))
        return [(*key, number) for key in keys]

    def _note_sparse(self, kinds: tuple[type, ...]) -> None:
        """Remember kinds that are the columns' own but for values that are missing: their keys need no closer look."""
        if all(kind is type(None) or kind is own for kind, own in zip(kinds, self.kinds, strict=True)):
            self._sparse_kinds.add(kinds)

    def _new_atom(self, column: int, value: Any) -> Any:
        """What stands for a value that is about to enter a column, noting what it does to the index."""
        if self.kinds[column] is None:
            self.kinds = (*self.kinds[:column], native_kind(value), *self.kinds[column + 1 :])
        new = atom(value, self.kinds[column])
        if type(new) is Ranked and new is not NONE:
            self.mixed = True
            self._booleans |= new is TRUE or new is FALSE
            if new is OPAQUE:
                self.disordered.add(column)
        return new

    def add(self, keys: Iterable[Key], document: Document) -> None:
        """Add the entries of a document."""
        for key in keys:
            self.entries.add(key, document)

    def remove(self, keys: Iterable[Key]) -> None:
        """Remove the entries of a document."""
        for key in keys:
            self.entries.remove(key)

    def shift(self, document: Document, new: Document, number: int, columns: Iterable[int]) -> bool:
        """Change the entries of a document the quick way; False, and nothing changed, when it has unusual values.

        Args:
            document: the document as it is.
            new: the document as it will be.
            number: its number.
            columns: the columns in which the two may differ.
        """
        try:
            old_key = (*self._values(document), number)
            changed = list(old_key)
            for column in columns:
                value = new[self.fields[column]]
                if type(value) is not self.kinds[column]:
                    return False
                changed[column] = value
            if self.arrays:
                return self._shift_elements(old_key, changed, columns, document)
            # when the entry is found by the values as they are, they are those that stand in it
            return self.entries.move(old_key, tuple(changed), document)
        except (KeyError, TypeError):
            return False

    def _shift_elements(self, old_key: Key, changed: list[Any], columns: Iterable[int], document: Document) -> bool:
        """The same in an index over an array, which has an entry for each element."""
        array, *more = self.arrays
        elements = old_key[array]
        if more or array in columns or type(elements) is not list:
            return False
        if self._is_known_empty(elements):
            old_key = (*old_key[:array], OPAQUE, *old_key[array + 1 :])
            changed[array] = OPAQUE
            return self.entries.move(old_key, tuple(changed), document)
        if not self._is_native(array, elements):
            return False
        head, tail = old_key[:array], old_key[array + 1 :]
        new_head, new_tail = changed[:array], changed[array + 1 :]
        move = self.entries.move
        # the entries differ in the element alone, which is native: so all are found, or none
        return all(
            move((*head, each, *tail), (*new_head, each, *new_tail), document) for each in dict.fromkeys(elements)
        )

    def move(self, old: Sequence[Key], new: Sequence[Key], document: Document) -> None:
        """Change the keys of a document's entries.

        Raises:
            LookupError: it has not the old keys, so the index is out of step with the documents.
        """
        if len(old) == len(new) and all(map(self.entries.move, old, new, repeat(document))):
            return
        self.remove(old)
        self.add(new, document)

    def fill(self, documents: Mapping[int, Document]) -> None:
        """Add the entries of many documents, given by number: sorted first, that costs less than one at a time."""
        keys = self._keys_of_many(documents) if documents else []
        keys.sort()
        self.entries.extend(keys, [documents[key[-1]] for key in keys])

    def _keys_of_many(self, documents: Mapping[int, Document]) -> list[Key]:
        """The keys of many documents. Where all have usual values the loops are CPython's own."""
        self.keys_of(next(iter(documents.values())), 0)  # decides the kinds when these are the first
        columns: list[list[Any]] = []
        for column, field in enumerate(self.fields):
            usual = self._usual_column(column, [document.get(field) for document in documents.values()])
            if usual is None:
                keys_of = self.keys_of
                return [key for number, document in documents.items() for key in keys_of(document, number)]
            columns.append(usual)
        return list(zip(*columns, documents, strict=True))

    def _usual_column(self, column: int, values: list[Any]) -> list[Any] | None:
        """What stands in a column for each of many values, where it is one thing each; None where it may not be."""
        kinds = set(map(type, values))
        if kinds == {list} and column in self.arrays and set(map(len, values)) == {1}:
            values = [element for (element,) in values]
            kinds = set(map(type, values))
        if type(None) in kinds and len(kinds) == 2 and list not in kinds:
            if self.kinds[column] is None:
                self._new_atom(column, next(value for value in values if value is not None))
            values = [NONE if value is None else value for value in values]
            kinds.discard(type(None))
        return values if kinds == {self.kinds[column]} else None

    def is_ordered(self, start: int, end: int) -> bool:
        """Whether the order of some columns is that of the documents."""
        return not self.disordered or self.disordered.isdisjoint(range(start, end))

    def is_plain(self, prefix: tuple[Any, ...]) -> bool:
        """Whether values that are looked for stand in the leading columns as they are, and equal no other."""
        return tuple(map(type, prefix)) == self.kinds[: len(prefix)] and not self._booleans

    def atoms(self, column: int, value: Any) -> tuple[Any, ...]:
        """All that stands in a column for the values equal to one that is looked for: True equals 1 here."""
        kind = type(value)
        if kind is str or value is None or not (kind is bool or (self._booleans and value in {0, 1})):
            return (atom(value, self.kinds[column]),)
        return TRUE if value else FALSE, atom(int(value), self.kinds[column])

    def bounds(self, prefix: Key, limits: Any = None) -> tuple[Key, Key]:
        """The keys between which the entries lie that start with a prefix and go on within the limits of a range."""
        if limits is None:
            return prefix, after(prefix)
        low_operator, low, high_operator, high = limits
        native = self.kinds[len(prefix)]
        text = type(low if low_operator else high) is str
        if low_operator:
            start = (*prefix, atom(low, native))
            start = after(start) if low_operator == "$gt" else start
        else:
            start = (*prefix, self._edge(text, native, end=False))
        if high_operator:
            end = (*prefix, atom(high, native))
            end = after(end) if high_operator == "$lte" else end
        elif not self.mixed and native is (str if text else int):
            end = after(prefix)
        else:
            end = (*prefix, self._edge(text, native, end=True))
        return start, end

    @staticmethod
    def _edge(text: bool, native: type | None, *, end: bool) -> Any:
        """What lies just below, or above, all values of a kind."""
        if text and native is str and not end:
            return ""
        rank = TEXT_RANK if text else NUMBER_RANK
        return Ranked(rank + 0.5 if end else rank - 0.5)

    def holder(self, keys: Iterable[Key], document: Document) -> Document | None:
        """The other document that has one of a document's keys, for unique indexes; None when the keys are free."""
        for key in keys:
            for prefix in self._equal_prefixes(key) if self._booleans else (key[:-1],):
                position = self.entries.find(prefix)
                if position is not None:
                    found = self._holder_behind(position, prefix, key[-1], document)
                    if found is not None:
                        return found
        return None

    def _equal_prefixes(self, key: Key) -> list[Key]:
        """The values of a key in all the ways that mongomock takes as equal."""
        prefixes: list[Key] = [()]
        for column, each in enumerate(key[:-1]):
            prefixes = [(*prefix, twin) for prefix in prefixes for twin in self._twins(column, each)]
        return prefixes

    def _twins(self, column: int, each: Any) -> tuple[Any, ...]:
        if not isinstance(each, Ranked):
            return self.atoms(column, each)
        return self.atoms(column, each.value) if each.rank in {NUMBER_RANK, TRUE.rank} else (each,)

    def _holder_behind(self, position: Position, prefix: Key, number: int, document: Document) -> Document | None:
        found, others = self.entries.window(position, self.entries.locate(after(prefix)))
        for other_key, other in zip(found, others, strict=True):
            if other_key[-1] != number and all(
                share(document.get(field), other.get(field))
                for field, each in zip(self.fields, prefix, strict=True)
                if each is OPAQUE
            ):
                return other
        return None
