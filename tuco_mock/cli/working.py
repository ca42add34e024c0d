"""One of the processes of ``tuco-mock serve --workers N``: serves on the socket that all of them share.

What it is to do comes as one line on its standard input, which stays open for as long as the supervisor lives; that
it answers it says on its standard output.
"""

from __future__ import annotations

import os
import signal
import socket
import threading
from typing import IO

import msgspec

from tuco_mock.app import create_app
from tuco_mock.cli import collector
from tuco_mock.cli.serving import checked, log_to_stderr
from tuco_mock.cli.starting import told
from tuco_mock.domain.collector import collector_paused
from tuco_mock.server import run
from tuco_mock.settings import Settings

READY = b"ready\n"
"""What it says once it answers."""


class Task(msgspec.Struct):
    """What a process is to do.

    Attributes:
        listener: the number of the socket that it has inherited.
        settings: those of the server.
    """

    listener: int
    settings: Settings


def main() -> None:
    """Serve until SIGTERM, or until the supervisor is gone."""
    orders = open(0, "rb", buffering=0, closefd=False)  # noqa: SIM115 - a buffer's lock, held by who waits, breaks the end
    task = msgspec.json.decode(orders.readline(), type=Task)
    log_to_stderr(task.settings.log_format)
    with socket.socket(fileno=task.listener) as listener, told(task.settings.fixture), collector_paused():
        app = create_app(task.settings)

        def started() -> None:
            app.start_working()
            collector.keep_what_is_there()
            os.write(1, READY)
            threading.Thread(target=_end_with, args=(orders,), name="supervisor", daemon=True).start()

        try:
            run(checked(app) if task.settings.validate else app, listener, started, app.stop_waiting)
        finally:
            app.close()


def _end_with(orders: IO[bytes]) -> None:
    """End when the supervisor has, however it ended: nobody would ever end us otherwise."""
    orders.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
