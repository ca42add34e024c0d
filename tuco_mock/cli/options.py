"""Options that several commands have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from tuco_mock.settings import DEFAULT_PORT, Settings

F = TypeVar("F", bound=Callable[..., Any])

DEFAULTS = Settings()
"""What the settings are when nothing is said."""

_URL = click.option(
    "--url",
    envvar="TUCO_MOCK_URL",
    show_envvar=True,
    default=f"http://127.0.0.1:{DEFAULT_PORT}",
    show_default=True,
    help="Where the server runs.",
)
_TOKEN = click.option(
    "--control-token", envvar="TUCO_MOCK_CONTROL_TOKEN", show_envvar=True, help="Its control token, if it has one."
)
_WORKSPACE = click.option("--workspace", default="default", show_default=True, help="Id of the workspace.")

as_json = click.option("--json", "as_json", is_flag=True, help="One JSON line a record, on a terminal, too.")
"""The option that asks for records where there would be text for people."""


def of_server(command: F) -> F:
    """Give a command the options that say which server it talks to: its parameters `url` and `control_token`."""
    return _URL(_TOKEN(command))


def of_workspace(command: F) -> F:
    """The same, and which workspace there: `workspace`."""
    return of_server(_WORKSPACE(command))


def setting(name: str, **options: Any) -> Callable[[F], F]:
    """An option that is a field of `Settings`, and its environment variable."""
    variable = f"TUCO_MOCK_{name.upper().replace('-', '_')}"
    return click.option(f"--{name}", envvar=variable, show_envvar=True, show_default=True, **options)


fixture = setting(
    "fixture",
    default=DEFAULTS.fixture,
    help="What to start with: a YAML or JSON file, or the name of a shipped fixture (default, agency).",
)
validate = setting(
    "validate",
    is_flag=True,
    help="Check each answer against the API description; a difference becomes a 500 that tells it.",
)
