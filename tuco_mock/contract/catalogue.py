"""The behaviour catalogue as typed clauses."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal

from tuco_mock.contract.spec import load_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

Kind = Literal["documented", "decision"]

EVERY_OPERATION = "*"
"""Stands among a clause's operations when it holds for all of them."""

_KINDS = ("documented", "decision")
_ID = re.compile(r"[A-Z][1-9][0-9]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of the behaviour that the simulated API promises.

    Attributes:
        id: as ``C13``; it never changes its meaning.
        kind: ``documented`` by the vendor, or a ``decision`` where the vendor is silent.
        operations: operationIds it speaks about, or ``*`` for all.
        source: where it is documented; for a decision what it leans on.
        text: the behaviour.

    """

    id: str
    kind: Kind
    operations: tuple[str, ...]
    source: str
    text: str

    @property
    def is_general(self) -> bool:
        """Whether it holds for every operation."""
        return EVERY_OPERATION in self.operations


class CatalogueError(ValueError):
    """The catalogue has mistakes.

    Attributes:
        mistakes: all of them, each with its place.

    """

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = tuple(mistakes)


def load_clauses(path: Path | None = None) -> tuple[Clause, ...]:
    """All clauses, in the order of the file; the shipped catalogue unless a path is given.

    Raises:
        CatalogueError: the file has mistakes.
        FileNotFoundError: there is no such file.

    """
    entries = load_catalogue(path).get("clauses")
    if not isinstance(entries, list):
        raise CatalogueError(["clauses: expected a list"])
    mistakes = [f"clauses[{i}]{mistake}" for i, entry in enumerate(entries) for mistake in _check(entry)]
    if not mistakes:
        mistakes = list(_duplicates([entry["id"] for entry in entries]))
    if mistakes:
        raise CatalogueError(mistakes)
    return tuple(_clause(entry) for entry in entries)


def _check(entry: object) -> Iterator[str]:
    """The mistakes of one entry, each with its place in the entry."""
    names = {field.name for field in fields(Clause)}
    if not isinstance(entry, dict) or set(entry) != names:
        yield f": expected a mapping with exactly {', '.join(sorted(names))}"
        return
    for name in ("id", "source", "text"):
        if not isinstance(entry[name], str) or not entry[name].strip():
            yield f".{name}: expected a text"
    if isinstance(entry["id"], str) and not _ID.fullmatch(entry["id"]):
        yield f".id: expected a capital letter and a number, found {entry['id']!r}"
    if entry["kind"] not in _KINDS:
        yield f".kind: expected {' or '.join(_KINDS)}, found {entry['kind']!r}"
    operations = entry["operations"]
    if not (isinstance(operations, list) and operations and all(isinstance(name, str) for name in operations)):
        yield ".operations: expected a list of operationIds, or of '*'"


def _duplicates(ids: list[str]) -> Iterator[str]:
    for index, name in enumerate(ids):
        if name in ids[:index]:
            yield f"clauses[{index}].id: {name} was given before"


def _clause(entry: Mapping[str, Any]) -> Clause:
    return Clause(
        id=entry["id"],
        kind=entry["kind"],
        operations=tuple(entry["operations"]),
        source=entry["source"],
        text=entry["text"],
    )
