"""The ``serve`` command: each option is a field of `Settings` and a ``TUCO_MOCK_*`` variable."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Any

import click

from tuco_mock.cli import options
from tuco_mock.cli.ending import fail
from tuco_mock.cli.options import DEFAULTS, setting
from tuco_mock.cli.starting import told
from tuco_mock.domain.collector import collector_paused
from tuco_mock.settings import Settings


def _name(_: click.Context, __: click.Parameter, value: str) -> str:
    if value and not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", value):
        raise click.BadParameter(f"{value!r} is not 1 to 40 of the characters A-Z a-z 0-9 _ -")
    return value


def _open_streams() -> None:
    """Let no socket get the number of a standard stream that we were started without: it would be taken for it."""
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        if getattr(sys, name) is None:
            os.dup2(os.open(os.devnull, os.O_RDWR), number)
            setattr(sys, name, open(number, mode, closefd=False))  # noqa: SIM115 - for as long as the process lives


@click.command()
@setting("host", default=DEFAULTS.host, help="Address to listen on.")
@setting("port", type=click.IntRange(0, 65535), default=DEFAULTS.port, help="Port to listen on; 0 picks a free one.")
@setting(
    "port-file",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write the port that was picked to this file once the server answers.",
)
@options.fixture
@setting(
    "allow-host",
    multiple=True,
    metavar="NAME",
    help="Host name, besides loopback, that the control plane answers to; can be repeated.",
)
@setting("control-token", help="Let the control plane want this token as 'Authorization: Bearer'.")
@setting(
    "max-body-bytes",
    type=click.IntRange(1),
    default=DEFAULTS.max_body_bytes,
    help="Longest request body of the simulated API; a longer one gets 413.",
)
@setting(
    "max-fixture-bytes",
    type=click.IntRange(1),
    default=DEFAULTS.max_fixture_bytes,
    help="The same for the control plane, which takes whole states.",
)
@setting(
    "journal-limit",
    type=click.IntRange(1),
    default=DEFAULTS.journal_limit,
    help="How many requests the journal of each workspace keeps; the oldest are dropped.",
)
@setting(
    "worker",
    type=click.Choice(["auto", "manual"]),
    default=DEFAULTS.worker,
    help="Send what is due as the clock goes, or only when told to; for workspaces that don't say.",
)
@options.validate
@setting("mongo-url", help="MongoDB to keep documents in, as mongodb://host/database; in this process without.")
@setting("redis-url", help="Redis to keep the queue and all that is fast in, as redis://host; in this process without.")
@setting(
    "namespace",
    default=DEFAULTS.namespace,
    callback=_name,
    help="Stands before all names in those two, so that several installations can share them.",
)
@setting("fresh", is_flag=True, help="Drop what those two still hold of a server before, and start with the fixture.")
@setting(
    "workers",
    type=click.IntRange(1, 64),
    default=DEFAULTS.workers,
    help="How many processes serve, as one server; more than one needs both --mongo-url and --redis-url.",
)
@setting(
    "log-format",
    type=click.Choice(["auto", "text", "json"]),
    default="auto",
    help="Text for people, or one JSON record a line; auto: text on a terminal.",
)
def serve(port_file: Path | None, allow_host: tuple[str, ...], log_format: str, **others: Any) -> None:
    """Serve the simulated API and its control plane until Ctrl-C or SIGTERM."""
    _open_streams()
    if others["control_token"] == "":
        fail("--control-token is empty; leave it out to let everybody in, or give one")
    if log_format == "auto":
        log_format = "text" if sys.stdout.isatty() else "json"
    settings = Settings(allowed_hosts=allow_host, log_format=log_format, **others)
    if settings.workers > 1 and not (settings.mongo_url and settings.redis_url):
        fail("--workers needs both --mongo-url and --redis-url: without them each process has a state of its own")
    with collector_paused(), told(settings.fixture):
        if settings.workers > 1:
            from tuco_mock.cli.supervising import supervise as run
        else:
            from tuco_mock.cli.serving import serve as run
        run(settings, port_file)
