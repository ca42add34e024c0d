"""Nobody writes a document of a workspace, or a job, past the one place that notes it in the snapshots."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import tuco_mock
from tuco_mock.state.indexes import IN_WORKSPACE

PACKAGE = Path(tuco_mock.__file__).parent
ENGINES = {"embedded", "real"}
"""The folders of the engines themselves."""

MODULES = [path for path in PACKAGE.rglob("*.py") if ENGINES.isdisjoint(path.parts)]
WRITES = re.compile(r"(insert|update|delete|replace)_(one|many)|bulk_write|find_one_and_\w+|drop_collection")


def writers() -> dict[str, set[str]]:
    """The modules that call a writing method of a collection, with the methods."""
    found: dict[str, set[str]] = {}
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and WRITES.fullmatch(node.attr):
                found.setdefault(str(path.relative_to(PACKAGE)), set()).add(node.attr)
    return found


def test_documents_are_written_in_one_place() -> None:
    found = writers()
    assert found.pop("state/documents.py") == {"insert_many", "update_many", "delete_many", "bulk_write"}
    assert found == {"state/workspaces.py": {"insert_one", "update_one", "delete_one"}}


def test_the_other_writer_knows_no_collection_of_a_workspace() -> None:
    texts = {
        node.value
        for node in ast.walk(ast.parse((PACKAGE / "state/workspaces.py").read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert "workspaces" in texts
    assert texts.isdisjoint(IN_WORKSPACE)


def test_jobs_are_written_in_one_place() -> None:
    knowing = {path.relative_to(PACKAGE) for path in MODULES if "bull:messages" in path.read_text("utf-8")}
    assert knowing == {Path("state/queue.py")}
