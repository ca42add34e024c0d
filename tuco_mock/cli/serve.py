"""The ``serve`` command: each option is a field of `Settings` and a ``TUCO_MOCK_*`` variable."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from tuco_mock.cli.ending import fail
from tuco_mock.settings import Settings

_DEFAULTS = Settings()


def _setting(name: str, **options: Any) -> Callable[[Any], Any]:
    """An option of that name and its environment variable."""
    variable = f"TUCO_MOCK_{name.upper().replace('-', '_')}"
    return click.option(f"--{name}", envvar=variable, show_envvar=True, show_default=True, **options)


@click.command()
@_setting("host", default=_DEFAULTS.host, help="Address to listen on.")
@_setting("port", type=click.IntRange(0, 65535), default=_DEFAULTS.port, help="Port to listen on; 0 picks a free one.")
@_setting(
    "port-file",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write the port that was picked to this file once the server answers.",
)
@_setting(
    "fixture",
    default=_DEFAULTS.fixture,
    help="What to start with: a YAML or JSON file, or the name of a shipped fixture (default, agency).",
)
@_setting(
    "allow-host",
    multiple=True,
    metavar="NAME",
    help="Host name, besides loopback, that the control plane answers to; can be repeated.",
)
@_setting("control-token", help="Let the control plane want this token as 'Authorization: Bearer'.")
@_setting(
    "max-body-bytes",
    type=click.IntRange(1),
    default=_DEFAULTS.max_body_bytes,
    help="Longest request body of the simulated API; a longer one gets 413.",
)
@_setting(
    "max-fixture-bytes",
    type=click.IntRange(1),
    default=_DEFAULTS.max_fixture_bytes,
    help="The same for the control plane, which takes whole states.",
)
@_setting(
    "validate",
    is_flag=True,
    help="Check each answer against the API description; a difference becomes a 500 that tells it.",
)
@_setting(
    "log-format",
    type=click.Choice(["auto", "text", "json"]),
    default="auto",
    help="Text for people, or one JSON record a line; auto: text on a terminal.",
)
def serve(port_file: Path | None, allow_host: tuple[str, ...], log_format: str, **options: Any) -> None:
    """Serve the simulated API and its control plane until Ctrl-C or SIGTERM."""
    from tuco_mock.cli.serving import serve as run
    from tuco_mock.domain.errors import InvalidInput
    from tuco_mock.server import PortTaken

    if options["control_token"] == "":
        fail("--control-token is empty; leave it out to let everybody in, or give one")
    if log_format == "auto":
        log_format = "text" if sys.stdout.isatty() else "json"
    settings = Settings(allowed_hosts=allow_host, log_format=log_format, **options)
    try:
        run(settings, port_file)
    except InvalidInput as error:
        fail("\n  ".join((f"{settings.fixture} has mistakes:", *map(str, error.mistakes))))
    except PortTaken as error:
        fail(str(error))
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}" if error.filename else str(error))
