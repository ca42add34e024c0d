"""An empty home for each test, and servers that do not outlive it."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from tests.cli.running import COMMAND, Ended, Serving, environment, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty directory: home and current directory of the commands."""
    path = tmp_path / "home"
    path.mkdir()
    return path


@pytest.fixture
def tuco(home: Path) -> Callable[..., Ended]:
    """Run one command to its end: its arguments, `stdin`, and variables of its environment by name."""

    def command(*arguments: str | Path, stdin: str = "", **variables: str) -> Ended:
        return run(home, *map(str, arguments), stdin=stdin, **variables)

    return command


@pytest.fixture
def serve(home: Path) -> Iterator[Callable[..., Serving]]:
    """Start `tuco-mock serve` with these arguments and variables of its environment."""
    started: list[Serving] = []

    def start(*arguments: str | Path, **variables: str) -> Serving:
        env = environment(home, **variables)
        started.append(Serving(COMMAND, *map(str, arguments), cwd=home, env=env))
        return started[-1]

    yield start
    for each in started:
        each.abandon()


@pytest.fixture
def nobody() -> Iterator[str]:
    """A URL at which nobody listens, nor can while the test runs."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"
