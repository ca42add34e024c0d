"""The README's examples are run, and its tables are current."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from tuco_mock.app import create_app
from tuco_mock.contract.catalogue import load_clauses
from tuco_mock.domain.fixture.check import check
from tuco_mock.domain.fixture.parse import parse
from tuco_mock.server import BackgroundServer

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
CALLS = [
    (command, json.loads(answer))
    for (kind, command), (next_kind, answer) in pairwise(BLOCKS)
    if kind == "sh" and command.startswith("curl") and next_kind == "json"
]

WITHOUT = [word for name in ("schemathesis", "hypothesispytest", "respx") for word in ("-p", f"no:{name}")]
"""Plugins of this project's own tests, which take longer to be loaded than an example to be run."""


@pytest.fixture(scope="module")
def fresh_server() -> Iterator[BackgroundServer]:
    """A server as `tuco-mock serve` starts it."""
    with BackgroundServer(create_app()) as running:
        yield running


@pytest.mark.parametrize(("command", "expected"), CALLS, ids=[command.split("\n")[0][:70] for command, _ in CALLS])
def test_curl_lines_give_the_shown_answers(
    fresh_server: BackgroundServer, command: str, expected: dict[str, Any]
) -> None:
    shown = command.replace("http://127.0.0.1:4010", fresh_server.url)
    done = subprocess.run(["bash", "-c", shown], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == expected


def test_there_are_calls_to_run() -> None:
    assert len(CALLS) == 3


def test_python_examples_pass_when_collected_by_pytest(tmp_path: Path) -> None:
    """Each in a file of its own, all in one run: what pytest loads takes longer than they do."""
    examples = [text for kind, text in BLOCKS if kind == "python"]
    for number, text in enumerate(examples):
        (tmp_path / f"test_example_{number}.py").write_text(text)
    done = subprocess.run(
        ["python", "-m", "pytest", "-v", "-p", "no:cacheprovider", *WITHOUT, str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTEST_ADDOPTS": ""},  # what this run was given is not for that one
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert re.search(r"^=+ \d+ passed in [^,]+ =+$", done.stdout, re.MULTILINE), done.stdout
    passed = set(re.findall(r"^test_example_(\d+)\.py::\S+ PASSED", done.stdout, re.MULTILINE))
    assert passed == {str(number) for number in range(len(examples))}, done.stdout


@pytest.mark.parametrize("text", [text for kind, text in BLOCKS if kind == "yaml"])
def test_fixture_examples_load(text: str) -> None:
    fixture = check(parse(text.encode(), "README"))
    assert fixture.workspaces[0].leads


def decisions() -> str:
    """The table of decisions as the README must show it."""
    rows = [
        f"| {clause.id} | {' '.join(clause.text.split()).replace('|', '/')} |"
        for clause in load_clauses()
        if clause.kind == "decision"
    ]
    return "\n".join(["| clause | what we decided |", "| --- | --- |", *rows])


def test_table_of_decisions_is_current() -> None:
    between = re.search(r"<!-- decisions.*?-->\n(.*?)<!-- end of decisions -->", README, re.DOTALL)
    assert between is not None
    assert between[1].strip() == decisions(), "run: python -m tests.test_readme"


def test_openapi_file_parses_to_what_is_served() -> None:
    document = yaml.safe_load((ROOT / "openapi" / "tuco.yaml").read_text("utf-8"))
    assert document["openapi"].startswith("3.1")


if __name__ == "__main__":
    written = re.sub(
        r"(<!-- decisions.*?-->\n).*?(<!-- end of decisions -->)",
        lambda found: f"{found[1]}{decisions()}\n{found[2]}",
        README,
        flags=re.DOTALL,
    )
    (ROOT / "README.md").write_text(written, "utf-8")
