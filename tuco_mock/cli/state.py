"""``tuco-mock state export`` and ``import``."""

from __future__ import annotations

from typing import IO

import click

from tuco_mock.cli.asking import ask
from tuco_mock.cli.ending import fail
from tuco_mock.cli.options import of_workspace


@click.group()
def state() -> None:
    """Carry the whole state of a workspace out and in."""


@state.command()
@of_workspace
@click.argument("file", type=click.Path(dir_okay=False, writable=True, allow_dash=True), default="-")
def export(url: str, control_token: str | None, workspace: str, file: str) -> None:
    """Write a workspace's state as a fixture to FILE (standard output unless given)."""
    import msgspec

    found = ask(url, control_token, "GET", f"/_tuco/workspaces/{workspace}/state")
    text = msgspec.json.format(msgspec.json.encode({"workspaces": [found]}), indent=2) + b"\n"
    try:
        with click.open_file(file, "wb") as opened:
            opened.write(text)
    except OSError as error:
        fail(f"{file}: {error.strerror}")


@state.command("import")
@of_workspace
@click.argument("file", type=click.File("rb"), default="-")
def import_(url: str, control_token: str | None, workspace: str, file: IO[bytes]) -> None:
    """Replace a workspace's whole state by the one workspace of a fixture FILE (standard input unless given)."""
    from tuco_mock.domain.errors import InvalidInput
    from tuco_mock.domain.fixture.parse import parse

    try:
        read = parse(file.read(), file.name)
    except InvalidInput as error:
        fail(f"{file.name}: {error}")
    given = read.get("workspaces") if isinstance(read, dict) else None
    if not isinstance(given, list) or len(given) != 1 or not isinstance(given[0], dict):
        fail(f"{file.name}: expected a fixture with exactly one workspace")
    made = ask(url, control_token, "PUT", f"/_tuco/workspaces/{workspace}/state", given[0])
    click.echo(f"{made['id']}: {', '.join(f'{count} {kind}' for kind, count in made['counts'].items() if count)}")
