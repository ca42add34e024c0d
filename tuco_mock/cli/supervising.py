"""What ``tuco-mock serve --workers N`` does: N processes on one socket, started again when they die, ended together."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from tuco_mock.app import create_app
from tuco_mock.cli import collector
from tuco_mock.cli.ending import fail
from tuco_mock.cli.serving import announce, log_to_stderr
from tuco_mock.server import bind

if TYPE_CHECKING:
    import socket
    from asyncio.subprocess import Process
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tuco_mock.settings import Settings

log = logging.getLogger("tuco_mock.supervisor")

_COMMAND = (sys.executable, "-m", "tuco_mock.cli.working")
_GRACE = 15.0
"""How long processes may take to end, in seconds: longer than each takes by itself."""

_LONGEST_PAUSE = 5.0
"""How long is waited at most before a process that can't be started is tried again, in seconds."""


def supervise(settings: Settings, port_file: Path | None = None) -> None:
    """Serve with several processes until SIGINT or SIGTERM.

    Raises:
        InvalidInput: the fixture has mistakes.
        PortTaken: the address can't be listened on.
        UnusableEngine: a real engine is not there, too old, or not to be used by us.
        OSError: the fixture can't be read, or the port file not be written.
    """
    log_to_stderr(settings.log_format)
    if port_file is not None:
        port_file.unlink(missing_ok=True)  # whoever waits for it must not find that of a server before
    with bind(settings.host, settings.port) as listener:
        settings = replace(settings, port=listener.getsockname()[1])
        app = create_app(settings)  # so that what is there is loaded once, and what is wrong is said once
        app.close()
        collector.keep_what_is_there()
        supervisor = _Supervisor(replace(settings, fresh=False), listener)
        try:
            code = asyncio.run(supervisor.run(lambda: announce(app, listener, settings, port_file)))
        finally:
            if port_file is not None:
                port_file.unlink(missing_ok=True)
    if code:
        fail("a process could not be started", code)


class _Supervisor:
    """Keeps as many processes as are wanted."""

    def __init__(self, settings: Settings, listener: socket.socket) -> None:
        self._settings = settings
        self._listener = listener
        self._running: set[Process] = set()
        self._ending = asyncio.Event()
        self._code = 0

    async def run(self, announce: Callable[[], None]) -> int:
        """Until a signal; the exit code of a process that could not be started at all, else 0."""
        loop = asyncio.get_running_loop()
        for each in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(each, self._ending.set)
        waiting = [asyncio.Event() for _ in range(self._settings.workers)]
        keeping = [asyncio.create_task(self._keep(ready)) for ready in waiting]
        all_ready = asyncio.create_task(_all(waiting))
        ending = asyncio.create_task(_all([self._ending]))
        await asyncio.wait({all_ready, ending}, return_when=asyncio.FIRST_COMPLETED)
        if not self._ending.is_set():
            announce()
            await ending
        all_ready.cancel()
        self._end()
        done, late = await asyncio.wait(keeping, timeout=_GRACE)
        for process in list(self._running):
            process.kill()
        await asyncio.gather(*done, *late)
        return self._code

    def _end(self) -> None:
        for process in list(self._running):
            with contextlib.suppress(ProcessLookupError):
                process.terminate()

    async def _keep(self, ready: asyncio.Event) -> None:
        """Keep one process running."""
        pause = 0.0
        while not self._ending.is_set():
            process = await self._start()
            began = await self._has_begun(process)
            if began:
                ready.set()
                pause = 0.0
            code = await process.wait()
            self._running.discard(process)
            if self._ending.is_set():
                return
            if not ready.is_set():  # it has said why
                self._code = self._code or (code if code > 0 else 1)
                self._ending.set()
                return
            log.warning("process %d ended with %d; another one takes its place", process.pid, code)
            if not began:
                pause = min(pause + 0.5, _LONGEST_PAUSE)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._ending.wait(), pause)

    async def _start(self) -> Process:
        number = self._listener.fileno()
        process = await asyncio.create_subprocess_exec(
            *_COMMAND,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            pass_fds=(number,),
            start_new_session=True,  # Ctrl-C is for the supervisor, which ends them all
        )
        self._running.add(process)
        assert process.stdin is not None
        task = msgspec.json.encode({"listener": number, "settings": self._settings})
        with contextlib.suppress(ConnectionError):  # it has ended already, and will be seen to
            process.stdin.write(task + b"\n")
            await process.stdin.drain()
        if self._ending.is_set():
            self._end()
        return process

    async def _has_begun(self, process: Process) -> bool:
        """Wait until it answers; False when it ended before."""
        assert process.stdout is not None
        return bool(await process.stdout.readline())


async def _all(events: Sequence[asyncio.Event]) -> None:
    for each in events:
        await each.wait()
