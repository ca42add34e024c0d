"""The ``tuco-mock`` command. Exit codes: 0 fine, 1 a check failed, 2 wrong usage or a bad file."""

from __future__ import annotations

import click

import tuco_mock
from tuco_mock.cli.clock import clock
from tuco_mock.cli.exec_ import exec_
from tuco_mock.cli.faults import faults
from tuco_mock.cli.files import fixture, spec
from tuco_mock.cli.readyz import readyz
from tuco_mock.cli.replay import replay
from tuco_mock.cli.reply import reply
from tuco_mock.cli.requests import requests
from tuco_mock.cli.serve import serve
from tuco_mock.cli.state import state


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(tuco_mock.__version__, prog_name="tuco-mock")
def main() -> None:
    """A local, stateful mock of the Tuco messaging API. Unofficial."""


for command in (serve, exec_, spec, fixture, readyz, state, clock, requests, faults, reply, replay):
    main.add_command(command)
