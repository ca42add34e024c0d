"""Every clause of the catalogue has a test, and no test shows a clause that there isn't."""

from __future__ import annotations

import io
import os
from collections import Counter
from contextlib import redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING

import pytest

from tuco_mock.contract.catalogue import load_clauses

if TYPE_CHECKING:
    from collections.abc import Sequence

CLAUSES = [clause.id for clause in load_clauses()]
MARK = "clause"
WITHOUT = ("xdist", "cacheprovider", "faulthandler")
"""Plugins that a collection inside a running session does not need or would disturb."""


class Marks:
    """A plugin that notes which clauses the collected tests show.

    Attributes:
        shown: how many tests show each id; those that are always skipped show nothing.
        empty: the tests with a mark that names no clause.
    """

    def __init__(self) -> None:
        self.shown: Counter[str] = Counter()
        self.empty: list[str] = []

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Look at every test there is, once all are known."""
        for item in session.items:
            marks = [mark for mark in item.iter_markers(MARK) if item.get_closest_marker("skip") is None]
            self.shown.update({name for mark in marks for name in mark.args})
            self.empty += [item.nodeid for mark in marks if not mark.args or mark.kwargs]


def collect(root: str, *arguments: str) -> Marks:
    """Collect tests in a session of their own, whatever the running one was asked for."""
    marks, said = Marks(), io.StringIO()
    plugins = [argument for plugin in WITHOUT for argument in ("-p", f"no:{plugin}")]
    options: Sequence[str] = [
        "--collect-only",
        "-q",
        "-s",
        f"--rootdir={root}",
        "-c",
        f"{root}/pyproject.toml",
        *plugins,
    ]
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(said), redirect_stderr(said):
        for name in [name for name in os.environ if name.startswith(("PYTEST_ADDOPTS", "PYTEST_XDIST"))]:
            patch.delenv(name)
        code = pytest.main([*options, *arguments], plugins=[marks])
    assert code == pytest.ExitCode.OK, said.getvalue()
    return marks


def test_every_clause_has_a_test_and_every_mark_a_clause(pytestconfig: pytest.Config) -> None:
    """In the whole suite each clause is shown by a test or more, and no mark is empty or names another id."""
    marks = collect(str(pytestconfig.rootpath), str(pytestconfig.rootpath / "tests"))
    without_test = [name for name in CLAUSES if not marks.shown[name]]
    unknown = sorted(marks.shown.keys() - set(CLAUSES))
    assert (without_test, unknown, marks.empty) == ([], [], [])


def test_notices_what_is_wrong(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The collection sees unknown ids and empty marks, and does not count what is always skipped."""
    file = tmp_path_factory.mktemp("marked") / "test_planted_marks.py"
    file.write_text(
        "import pytest\n"
        "@pytest.mark.clause('A1', 'Z9')\n@pytest.mark.parametrize('n', [1, 2])\ndef test_a(n): ...\n"
        "@pytest.mark.clause()\ndef test_b(): ...\n"
        "@pytest.mark.clause('A2')\n@pytest.mark.skip\ndef test_c(): ...\n"
        "@pytest.mark.clause('A3')\nclass TestMany:\n    def test_d(self): ...\n"
    )
    planted = collect(str(pytestconfig.rootpath), str(file))
    assert planted.shown == {"A1": 2, "Z9": 2, "A3": 1}
    assert [nodeid.rpartition("::")[2] for nodeid in planted.empty] == ["test_b"]
