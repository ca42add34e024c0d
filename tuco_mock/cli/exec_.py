"""``tuco-mock exec``: a server for as long as another command runs."""

from __future__ import annotations

import sys
from typing import Any

import click

from tuco_mock.cli import options
from tuco_mock.cli.starting import told
from tuco_mock.settings import Settings


@click.command("exec", context_settings={"allow_interspersed_args": False})
@options.fixture
@options.validate
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, show_default=True, help="Port to listen on; 0 picks a free one."
)
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def exec_(command: tuple[str, ...], **settings: Any) -> None:
    """Run COMMAND with a server at its side, as: tuco-mock exec -- npm test

    The command finds the server by TUCO_BASE_URL, TUCO_API_KEY and TUCO_MOCK_URL in its environment. Its exit code is
    passed on: 128 and the signal's number when a signal ended it, 127 when there is no such command, 126 when it
    can't be run. SIGINT, SIGTERM and SIGHUP are passed on to it.
    """
    from tuco_mock.cli.executing import execute

    with told(str(settings["fixture"])):
        code = execute(Settings(**settings), command)
    sys.exit(code)
