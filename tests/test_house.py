"""The house: its law of imports, the size of its rooms, what is loaded when, and that all of it is documented."""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import httpx
import pytest

import tuco_mock
from tuco_mock.cli import main
from tuco_mock.control.routes import OPERATIONS
from tuco_mock.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "tuco_mock"
MODULES = sorted(PACKAGE.rglob("*.py"))

LONGEST = 300
LONGER_FOR_A_REASON: dict[str, str] = {}
"""Modules that may be longer, each with the reason why parting it would make it harder to read."""


def python(*arguments: str) -> str:
    """What another Python prints, in the checkout, that ends well."""
    ended = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


# the law


def test_imports_run_downwards_only() -> None:
    lint = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    told = python("-c", lint, "--no-cache", "--no-logo")
    assert re.search(r"Contracts: [1-9]\d* kept, 0 broken", told)


def test_every_room_stands_in_the_map_of_the_house() -> None:
    rooms = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}
    described = set(re.findall(r"`(\w+)`", tuco_mock.__doc__ or ""))
    assert rooms - {"__init__"} == described


def test_no_module_is_longer_than_can_be_read_at_once() -> None:
    long = {
        str(path.relative_to(PACKAGE)): lines
        for path in MODULES
        if (lines := len(path.read_text("utf-8").splitlines())) > LONGEST
    }
    assert {name: lines for name, lines in long.items() if name not in LONGER_FOR_A_REASON} == {}
    assert long.keys() == LONGER_FOR_A_REASON.keys(), "who has become shorter needs no exception"


NO_REASON = re.compile(r"# (?:noqa(?!: [A-Z]+[0-9]+(?:, ?[A-Z]+[0-9]+)* - \S)|type: ignore(?!\[[\w-]+\] # \S)|fmt: )")
"""A rule put aside without its reason: `# noqa: ABC123 - why` has it, and, for mypy, `# type: ignore[abc] # why`."""


def test_a_rule_that_is_put_aside_has_its_reason() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in (*MODULES, *sorted((ROOT / "tests").rglob("*.py")))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if NO_REASON.search(line) and "NO_REASON = " not in line
    ]
    assert found == []


# what is loaded when


@pytest.mark.parametrize(
    ("imported", "heavy"),
    [
        ("tuco_mock", ("starlette", "uvicorn", "mongomock", "fakeredis", "httpx", "yaml", "msgspec", "click")),
        ("tuco_mock.cli", ("starlette", "uvicorn", "mongomock", "fakeredis", "httpx", "yaml")),
        ("tuco_mock.domain.fixture.check", ("starlette", "mongomock", "pymongo", "fakeredis", "redis")),
    ],
)
def test_an_import_loads_no_more_than_it_needs(imported: str, heavy: tuple[str, ...]) -> None:
    loaded = python("-c", f"import sys, {imported}; print(*sys.modules)").split()
    assert imported in loaded
    assert [name for name in heavy if name in loaded] == []


def loaded_when_it_has_answered(*options: str) -> list[str]:
    """The modules that a server has loaded once it has answered both planes."""
    serve = f"from tuco_mock.cli import main; main({['serve', '--port', '0', '--log-format', 'json', *options]!r})"
    code = f"import atexit, sys; atexit.register(lambda: print(*sys.modules)); {serve}"
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            told = json.loads(server.stdout.readline())
            assert httpx.get(f"{told['url']}/_tuco/livez").status_code == 200
            key = {"Authorization": f"Bearer {told['apiKey']}"}
            assert httpx.get(f"{told['url']}/api/replies", headers=key).status_code == 200
        finally:
            server.terminate()
        return server.stdout.read().split()


NOT_FOR_SERVING = (
    # the real engines, and what runs several processes
    "tuco_mock.state.real",
    "tuco_mock.cli.supervising",
    "tuco_mock.cli.working",
    "concurrent.futures.process",
    # what clients and checks are made of
    "tuco_mock.client",
    "tuco_mock.contract",
    "tuco_mock.interception",
    "tuco_mock.mock",
    "httpx",
    "httpcore",
    "jsonschema",
    "referencing",
    "pytest",
    # YAML: the default fixture is prepared as JSON, and the API's description is read when it is asked for
    "tuco_mock.domain.fixture.yaml_reader",
    "yaml",
    # all numbering plans and time zones: the documented examples need neither
    "phonenumbers",
    "zoneinfo",
)
"""What a server that starts with nothing said must not load, since it would cost each start."""


def test_a_server_on_embedded_engines_loads_only_what_it_needs_to_answer() -> None:
    loaded = loaded_when_it_has_answered()
    assert "tuco_mock.state.embedded.redis" in loaded
    assert [name for name in loaded if f"{name}.".startswith(tuple(f"{each}." for each in NOT_FOR_SERVING))] == []


def test_a_server_loads_what_its_options_want() -> None:
    """The test before can fail."""
    assert {"yaml", "jsonschema"} <= set(loaded_when_it_has_answered("--validate", "--fixture", "agency"))


def test_the_public_names_are_there_when_asked_for() -> None:
    assert sorted(tuco_mock.__all__) == tuco_mock.__all__
    assert {name: getattr(tuco_mock, name, None) for name in tuco_mock.__all__}.keys() == set(tuco_mock.__all__)
    assert all(getattr(tuco_mock, name) is not None for name in tuco_mock.__all__)
    with pytest.raises(AttributeError, match="nothing_of_that_name"):
        _ = tuco_mock.nothing_of_that_name


# what is documented


@pytest.fixture(scope="module")
def readme() -> str:
    """The README."""
    return (ROOT / "README.md").read_text("utf-8")


def commands(group: click.Group, path: str = "tuco-mock") -> Iterator[tuple[str, click.Command]]:
    """All commands that do something, by the words that call them."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


def test_every_option_of_serve_and_its_variable_is_in_the_readme(readme: str) -> None:
    for option in main.commands["serve"].params:
        assert isinstance(option.envvar, str)
        for name in (*option.opts, option.envvar):
            assert re.search(rf"{re.escape(name)}(?![\w-])", readme), f"README.md says nothing of {name}"


def test_every_variable_of_the_other_commands_is_in_the_readme(readme: str) -> None:
    found = {option.envvar for _, command in commands(main) for option in command.params if option.envvar}
    assert found > {"TUCO_MOCK_URL"}
    assert [name for name in found if f"`{name}`" not in readme] == []


def test_the_readme_names_no_variable_that_nobody_reads(readme: str) -> None:
    read = {option.envvar for _, command in commands(main) for option in command.params}
    assert set(re.findall(r"TUCO_MOCK_\w+", readme)) <= read


def test_every_setting_is_an_option_of_serve() -> None:
    options = {option.name for option in main.commands["serve"].params}
    settings = {each.name for each in dataclasses.fields(Settings)}
    assert settings - {"allowed_hosts"} == options - {"allow_host", "port_file"}


def test_every_command_is_in_the_readme(readme: str) -> None:
    for path, _ in commands(main):
        words = path.removeprefix("tuco-mock ")
        assert re.search(rf"`(tuco-mock )?{words}\b", readme), f"README.md says nothing of {path}"


def routes_in_tables(readme: str) -> set[tuple[str, str]]:
    """Method and path of each route that stands as `METHOD /_tuco/…` in the first column of a table."""
    first_cells = [line.split("|")[1] for line in readme.splitlines() if line.startswith("|")]
    return {(method, path) for cell in first_cells for method, path in re.findall(r"`([A-Z]+) (/_tuco[^`\s]*)`", cell)}


def test_the_readme_s_table_lists_exactly_the_routes_of_the_control_plane(readme: str) -> None:
    assert routes_in_tables(readme) == {(operation.method, operation.path) for operation in OPERATIONS}
