"""``tuco-mock clock advance``."""

from __future__ import annotations

import click

from tuco_mock.cli.asking import ask
from tuco_mock.cli.options import of_workspace


@click.group()
def clock() -> None:
    """Move a workspace's clock."""


@clock.command(context_settings={"ignore_unknown_options": True})  # "-5m" is a duration, and is answered as one
@of_workspace
@click.argument("duration")
def advance(url: str, control_token: str | None, workspace: str, duration: str) -> None:
    """Move the clock forwards by DURATION, as 90s, 5m, 1h30m, 2d or PT5M."""
    moved = ask(url, control_token, "POST", f"/_tuco/workspaces/{workspace}/clock", {"advance": duration})
    click.echo(f"{moved['now']} ({moved['mode']})")
