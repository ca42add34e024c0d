"""Commands about files: ``spec``, ``fixture validate``, ``fixture schema``."""

from __future__ import annotations

import sys

import click

from tuco_mock.settings import Settings


@click.command()
@click.option("--format", "style", type=click.Choice(["yaml", "json"]), default="yaml", show_default=True)
@click.option("--clauses", is_flag=True, help="The behaviour catalogue instead.")
def spec(style: str, clauses: bool) -> None:
    """Print the OpenAPI description of the simulated API, or the catalogue of its behaviour."""
    from tuco_mock.settings import resource

    text = resource("openapi/behaviour.yaml" if clauses else "openapi/tuco.yaml").read_text("utf-8")
    if style == "json":
        import msgspec
        import yaml

        text = msgspec.json.format(msgspec.json.encode(yaml.safe_load(text)), indent=2).decode() + "\n"
    click.echo(text, nl=False)


@click.group()
def fixture() -> None:
    """Check fixture files, print their schema."""


@fixture.command()
@click.argument("files", nargs=-1, required=True)
def validate(files: tuple[str, ...]) -> None:
    """Check fixture FILES and print every mistake with its path."""
    from tuco_mock.app import read_fixture
    from tuco_mock.domain.errors import InvalidInput

    bad = 0
    for name in files:
        try:
            read_fixture(Settings(fixture=name))
        except InvalidInput as error:
            bad += 1
            for mistake in error.mistakes:
                click.echo(str(mistake) if mistake.path.startswith(name) else f"{name}: {mistake}", err=True)
        except OSError as error:
            bad += 1
            click.echo(f"{name}: {error.strerror}" if error.strerror else str(error), err=True)
        else:
            click.echo(f"{name}: fine")
    if bad:
        sys.exit(2)


@fixture.command()
def schema() -> None:
    """Print the JSON Schema of the fixture format."""
    import msgspec

    from tuco_mock.domain.fixture.schema import json_schema

    click.echo(msgspec.json.format(msgspec.json.encode(json_schema()), indent=2))
