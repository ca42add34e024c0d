"""Runs of the tuco-mock command in a process of its own, on what might be an empty machine, and what comes out."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import signal
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "tuco_mock.cli")
SOON = 30.0
"""Deadline, in seconds, of whatever has to happen: far above what it takes, so that only a hang meets it."""

KEY = "tuco_sk_xxxxxxxxxxxxx"
CANCELLED = {
    "success": True,
    "cancelledCount": 3,
    "jobsRemovedFromQueue": 2,
    "leadId": "69b2c41d352a78479d2c623b",
    "messageIds": ["69dba0001111111111111111", "69dba0001111111111111112", "69dba0001111111111111113"],
}
"""What the documented call of cancel-for-lead gives on the default fixture."""


class Ended(NamedTuple):
    """A process that ended: its exit code, and all it wrote."""

    code: int
    out: str
    err: str


def environment(home: Path, **variables: str) -> dict[str, str]:
    """Nothing but where programs and the package are, an empty home, and these variables."""
    return {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(home), "PYTHONPATH": str(ROOT), **variables}


def run(home: Path, *arguments: str, stdin: str = "", **variables: str) -> Ended:
    """Run one command to its end, in `home`."""
    ended = subprocess.run(
        [*COMMAND, *arguments],
        input=stdin,
        cwd=home,
        env=environment(home, **variables),
        capture_output=True,
        text=True,
        timeout=SOON,
        check=False,
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)


def one_line(ended: Ended, *parts: str, code: int = 2) -> None:
    """The command failed with this code and one line on stderr, which has all these parts."""
    assert (ended.code, ended.out) == (code, ""), ended
    assert ended.err.count("\n") == 1, ended.err
    readable(ended, *parts)


def readable(ended: Ended, *parts: str) -> None:
    """What the command complains of is for people: all these parts are named, and there is no traceback."""
    assert "Traceback" not in ended.err
    for part in parts:
        assert part in ended.err, f"{part!r} is not in {ended.err!r}"


class Serving:
    """A `tuco-mock serve`, from its start to its end."""

    def __init__(self, command: Sequence[str], *arguments: str, cwd: Path, env: Mapping[str, str]) -> None:
        self.process = subprocess.Popen(
            [*command, "serve", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=cwd,
            env=env,
            text=True,
        )
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._out: list[str] = []
        self._err: list[str] = []
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self._pumps = [
            threading.Thread(target=self._pump, args=(self.process.stdout, self._out, True), daemon=True),
            threading.Thread(target=self._pump, args=(self.process.stderr, self._err, False), daemon=True),
        ]
        for pump in self._pumps:
            pump.start()

    def _pump(self, stream: IO[str], kept: list[str], tell: bool) -> None:
        with stream:
            for line in stream:
                kept.append(line)
                if tell:
                    self._lines.put(line.rstrip("\n"))
        if tell:
            self._lines.put(None)

    def line(self) -> str:
        """The next line on stdout, as soon as it is there."""
        line = self._lines.get(timeout=SOON)
        assert line is not None, f"ended with {self.process.wait(SOON)}: {''.join(self._err)}"
        return line

    @property
    def said(self) -> str:
        """What it has said on stderr so far."""
        return "".join(self._err)

    def end(self, *signals: signal.Signals) -> Ended:
        """Send the signals and wait for the end."""
        for each in signals:
            self.process.send_signal(each)
        code = self.process.wait(SOON)
        for pump in self._pumps:
            pump.join(SOON)
        return Ended(code, "".join(self._out), "".join(self._err))

    def abandon(self) -> None:
        """Whatever became of it, nothing of it is left."""
        if self.process.poll() is None:
            self.process.kill()
        self.end()
