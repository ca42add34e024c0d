"""What ``tuco-mock exec`` does: a server in a thread, and a process that knows of it."""

from __future__ import annotations

import os
import signal
import subprocess
from typing import TYPE_CHECKING

import click

from tuco_mock.app import create_app
from tuco_mock.cli.ending import fail
from tuco_mock.cli.serving import checked
from tuco_mock.server import BackgroundServer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

    from tuco_mock.app import TucoApp
    from tuco_mock.settings import Settings

_PASSED_ON = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
_NOT_FOUND, _NOT_EXECUTABLE, _BY_SIGNAL = 127, 126, 128
"""Exit codes, as shells have them."""


def execute(settings: Settings, command: Sequence[str]) -> int:
    """Run a command with a server at its side; its exit code, as a shell would have it.

    Raises:
        InvalidInput: the fixture has mistakes.
        PortTaken: the address can't be listened on.
        OSError: the fixture can't be read.
    """
    app = create_app(settings)
    key = _key(app, settings)
    with BackgroundServer(checked(app) if settings.validate else app, settings.host, settings.port) as server:
        at_hand = {"TUCO_BASE_URL": server.url, "TUCO_API_KEY": key, "TUCO_MOCK_URL": server.url}
        return _Run(command, {**os.environ, **at_hand}).code


def _key(app: TucoApp, settings: Settings) -> str:
    """The key that the command gets: the first one of the fixture's first workspace."""
    keys = app.started_with[0].api_keys if app.started_with else ()
    if not keys:
        fail(f"{settings.fixture}: there is no workspace in it whose API key the command could use")
    return keys[0]


class _Run:
    """A run of a command, to its end.

    Attributes:
        code: its exit code.
    """

    def __init__(self, command: Sequence[str], env: dict[str, str]) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._early: list[int] = []
        before = {each: signal.signal(each, self._pass_on) for each in _PASSED_ON}
        try:
            self.code = self._started(command, env) or self._ended()
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)

    def _started(self, command: Sequence[str], env: dict[str, str]) -> int:
        """Start it; 0, or the exit code when it can't be started."""
        try:
            self._process = subprocess.Popen(command, env=env)  # noqa: S603 - this is what the user asks for
        except OSError as error:
            click.echo(f"tuco-mock: can't run {command[0]}: {error.strerror or error}", err=True)
            return _NOT_FOUND if isinstance(error, FileNotFoundError) else _NOT_EXECUTABLE
        for number in self._early:
            self._process.send_signal(number)
        return 0

    def _ended(self) -> int:
        assert self._process is not None
        code = self._process.wait()
        return code if code >= 0 else _BY_SIGNAL - code

    def _pass_on(self, number: int, _: FrameType | None) -> None:
        if self._process is None:
            self._early.append(number)
        elif number != signal.SIGINT or not _is_from_terminal():
            self._process.send_signal(number)


def _is_from_terminal() -> bool:
    """Whether Ctrl-C in a terminal reaches this process; it reaches the command then, too, and once is enough."""
    try:
        terminal = os.open(os.ctermid(), os.O_RDONLY | os.O_NOCTTY)
    except (OSError, AttributeError):  # no terminal, or a system that has none
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    finally:
        os.close(terminal)
