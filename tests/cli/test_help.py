"""Help and version."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import pytest

import tuco_mock
from tuco_mock.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.cli.running import Ended


def commands(group: click.Group, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """All commands below a group, with the words that call them."""
    yield path, group
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, *path, name)
        else:
            yield (*path, name), command


COMMANDS = dict(commands(main))


@pytest.mark.parametrize("path", COMMANDS, ids=lambda path: " ".join(path) or "itself")
def test_help_tells_of_every_option(tuco: Callable[..., Ended], path: tuple[str, ...]) -> None:
    command = COMMANDS[path]
    ended = tuco(*path, "--help")
    assert (ended.code, ended.err) == (0, "")
    words = ended.out.replace(",", " ").split()  # `-n, --number`
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert all(name in words for name in (*parameter.opts, *parameter.secondary_opts))
        else:
            assert (parameter.name or "").upper() in ended.out
    if isinstance(command, click.Group):
        assert all(name in words for name in command.commands)
    assert "--help" in ended.out


def test_defaults_are_told(tuco: Callable[..., Ended]) -> None:
    shown = " ".join(tuco("serve", "-h").out.split())
    for default in ("127.0.0.1", "4010", "default", "1048576", "auto"):
        assert f"default: {default}" in shown


def test_version(tuco: Callable[..., Ended]) -> None:
    ended = tuco("--version")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.split()[-1] == tuco_mock.__version__
