"""A terminal for a command: what it shows there, and what is typed."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tests.cli.running import SOON

_ON_TERMINAL = 'terminal=$1; shift; exec "$@" <>"$terminal" >&0 2>&0'
"""Opened by the leader of a session that has none, a terminal becomes the session's own."""


class Terminal:
    """A process on a terminal of its own."""

    def __init__(self, ours: int, theirs: int, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self._ours = ours
        self._theirs = theirs
        self._shown = b""

    def line(self) -> str:
        """The next line that is shown."""
        while b"\n" not in self._shown:
            self._shown += os.read(self._ours, 4096)
        line, _, self._shown = self._shown.partition(b"\n")
        return line.decode().rstrip("\r")

    def everything(self) -> str:
        """All that is shown until the process ends."""
        self.process.wait(SOON)
        os.write(self._theirs, b"\0")  # the end, for a terminal that is still open has none
        while b"\0" not in self._shown:
            self._shown += os.read(self._ours, 4096)
        return self._shown.rstrip(b"\0").decode().replace("\r\n", "\n")

    def press(self, keys: str) -> None:
        """Type."""
        os.write(self._ours, keys.encode())


@contextlib.contextmanager
def on_terminal(command: Sequence[str], cwd: Path, env: Mapping[str, str]) -> Iterator[Terminal]:
    """Run a command on a terminal."""
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        ["sh", "-c", _ON_TERMINAL, "sh", os.ttyname(theirs), *command], cwd=cwd, env=env, start_new_session=True
    )
    try:
        yield Terminal(ours, theirs, process)
    finally:
        process.kill()
        process.wait(SOON)
        os.close(theirs)
        os.close(ours)
