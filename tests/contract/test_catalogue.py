"""The behaviour catalogue: complete, well formed, and in step with the API description."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tuco_mock.contract.catalogue import CatalogueError, Clause, load_clauses
from tuco_mock.contract.spec import load_spec, operations

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CLAUSES = {clause.id: clause for clause in load_clauses()}

DECISIONS = {f"A{n}" for n in (2, 4, 8, 9, *range(12, 21))} | {"N3", "N4"}
DECISIONS |= {f"C{n}" for n in (2, 3, 6, 8, 14, 16, 17, 18, 20)}
DECISIONS |= {f"R{n}" for n in (2, 6, 8, 10, 11, 13, 16, 19, 22, 23, 25, 26)}
DECISIONS |= {f"W{n}" for n in (1, 2, 3, 7, 10, 13, 15, 16, *range(21, 26))}
DECISIONS |= {f"L{n}" for n in (4, 7, 8, 10, 11, 13, 14, 17, 22, 23)}
DECISIONS |= {f"V{n}" for n in (2, 6, 7, 8, 9, 10, 20, 23)}
DECISIONS |= {f"H{n}" for n in (15, 16, 18, 19)}
DECISIONS |= {f"M{n}" for n in (2, 3, 17, 18, 19, 22)} | {f"P{n}" for n in (9, 11, 14, 15, 17, 18, 19)}
"""The clauses that the vendor's pages do not decide; all others are documented."""

GOOD: dict[str, Any] = {
    "id": "A1",
    "kind": "decision",
    "operations": ["*"],
    "source": "decision",
    "text": "So.",
}


def referenced(node: object) -> Iterator[str]:
    """The clause ids in every `x-clauses` below a node."""
    if isinstance(node, dict):
        yield from node.get("x-clauses", ())
        for value in node.values():
            yield from referenced(value)
    elif isinstance(node, list):
        for value in node:
            yield from referenced(value)


def test_has_every_clause() -> None:
    last = {"A": 21, "N": 4, "C": 20, "R": 26, "L": 25, "M": 24, "W": 25, "V": 25, "P": 19, "H": 19, "D": 2}
    assert set(CLAUSES) == {f"{series}{n}" for series in last for n in range(1, last[series] + 1)}


def test_says_what_is_documented() -> None:
    assert {name for name, clause in CLAUSES.items() if clause.kind == "decision"} == DECISIONS


def test_source_fits_kind() -> None:
    """A decision says that it is one; what is documented says where."""
    assert {name for name, clause in CLAUSES.items() if clause.source.startswith("decision")} == DECISIONS
    documented = [clause for name, clause in CLAUSES.items() if name not in DECISIONS]
    assert [one.id for one in documented if not one.source.startswith(("docs.tuco.ai", "published OpenAPI"))] == []


def test_names_only_operations_that_exist() -> None:
    known = {operation.id for operation in operations(load_spec())} | {"*"}
    assert {name for clause in CLAUSES.values() for name in clause.operations} == known


def test_description_refers_to_clauses_that_exist() -> None:
    assert set(referenced(load_spec())) - set(CLAUSES) == set()


def test_every_clause_is_general_or_in_the_description() -> None:
    silent = set(CLAUSES) - set(referenced(load_spec()))
    assert {name for name in silent if not CLAUSES[name].is_general} == set()


@pytest.mark.parametrize("operation", list(operations(load_spec())), ids=lambda operation: operation.id)
def test_operation_refers_only_to_its_own_clauses(operation: Any) -> None:
    """A clause about one operation does not stray into the description of another."""
    strangers = [
        name
        for name in referenced(operation.definition)
        if not CLAUSES[name].is_general and operation.id not in CLAUSES[name].operations
    ]
    assert strangers == []


def test_texts_end_as_sentences() -> None:
    assert [clause.id for clause in CLAUSES.values() if not clause.text.endswith((".", "`."))] == []


def load(path: Path, entries: object) -> tuple[Clause, ...]:
    """Write a catalogue and load it."""
    file = path / "behaviour.yaml"
    file.write_text(yaml.safe_dump({"clauses": entries}))
    return load_clauses(file)


def test_loads_a_clause(tmp_path: Path) -> None:
    (clause,) = load(tmp_path, [GOOD])
    assert clause == Clause(id="A1", kind="decision", operations=("*",), source="decision", text="So.")
    assert clause.is_general


@pytest.mark.parametrize(
    ("changes", "mistake"),
    [
        ({"id": "a1"}, "clauses[0].id: expected a capital letter and a number, found 'a1'"),
        ({"id": 1}, "clauses[0].id: expected a text"),
        ({"kind": "ours"}, "clauses[0].kind: expected documented or decision, found 'ours'"),
        ({"operations": []}, "clauses[0].operations: expected a list of operationIds, or of '*'"),
        ({"operations": "*"}, "clauses[0].operations: expected a list of operationIds, or of '*'"),
        ({"text": " "}, "clauses[0].text: expected a text"),
        ({"test": 1}, "clauses[0]: expected a mapping with exactly id, kind, operations, source, text"),
    ],
)
def test_names_the_mistake(tmp_path: Path, changes: dict[str, Any], mistake: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        load(tmp_path, [{**GOOD, **changes}])
    assert caught.value.mistakes == (mistake,)


def test_names_all_mistakes_at_once(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError) as caught:
        load(tmp_path, [{**GOOD, "id": "A0", "source": None}, "A2"])
    assert len(caught.value.mistakes) == 3


def test_refuses_an_id_given_twice(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"clauses\[1\]\.id: A1 was given before"):
        load(tmp_path, [GOOD, GOOD])


def test_refuses_a_file_without_clauses(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="clauses: expected a list"):
        load(tmp_path, None)
