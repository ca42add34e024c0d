"""The ``tuco-mock`` command. Exit codes: 0 fine, 1 a check failed, 2 wrong usage or a bad file."""

from __future__ import annotations

import click

import tuco_mock
from tuco_mock.cli import files, remote, serve


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(tuco_mock.__version__, prog_name="tuco-mock")
def main() -> None:
    """A local, stateful mock of the Tuco messaging API. Unofficial."""


for command in (serve.serve, files.spec, files.fixture, remote.readyz, remote.state, remote.clock):
    main.add_command(command)
