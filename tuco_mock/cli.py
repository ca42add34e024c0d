"""The ``tuco-mock`` command. Exit codes: 0 fine, 1 a check failed, 2 wrong usage or a bad file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NoReturn

import click

import tuco_mock
from tuco_mock.settings import DEFAULT_PORT, Settings

if TYPE_CHECKING:
    import httpx


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


def _fail(message: str, code: int = 2) -> NoReturn:
    """End with a message on stderr."""
    click.echo(f"tuco-mock: {message}", err=True)
    sys.exit(code)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(tuco_mock.__version__, prog_name="tuco-mock")
def main() -> None:
    """A local, stateful mock of the Tuco messaging API. Unofficial."""


@main.command()
@click.option(
    "--host",
    envvar="TUCO_MOCK_HOST",
    show_envvar=True,
    default="127.0.0.1",
    show_default=True,
    help="Address to listen on.",
)
@click.option(
    "--port",
    envvar="TUCO_MOCK_PORT",
    show_envvar=True,
    type=click.IntRange(0, 65535),
    default=DEFAULT_PORT,
    show_default=True,
    help="Port to listen on; 0 picks a free one.",
)
@click.option(
    "--port-file",
    envvar="TUCO_MOCK_PORT_FILE",
    show_envvar=True,
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write the port that was picked to this file once the server answers.",
)
@click.option(
    "--fixture",
    envvar="TUCO_MOCK_FIXTURE",
    show_envvar=True,
    default="default",
    show_default=True,
    help="What to start with: a YAML or JSON file, or the name of a shipped fixture (default, agency).",
)
@click.option(
    "--allow-host",
    envvar="TUCO_MOCK_ALLOW_HOST",
    show_envvar=True,
    multiple=True,
    metavar="NAME",
    help="Host name, besides loopback, that the control plane answers to; can be repeated.",
)
@click.option(
    "--control-token",
    envvar="TUCO_MOCK_CONTROL_TOKEN",
    show_envvar=True,
    help="Let the control plane want this token as 'Authorization: Bearer'.",
)
@click.option(
    "--max-body-bytes",
    envvar="TUCO_MOCK_MAX_BODY_BYTES",
    show_envvar=True,
    type=click.IntRange(1),
    default=Settings().max_body_bytes,
    show_default=True,
    help="Longest request body of the simulated API; a longer one gets 413.",
)
@click.option(
    "--validate",
    envvar="TUCO_MOCK_VALIDATE",
    show_envvar=True,
    is_flag=True,
    help="Check each answer against the API description; a difference becomes a 500 that tells it.",
)
@click.option(
    "--log-format",
    envvar="TUCO_MOCK_LOG_FORMAT",
    show_envvar=True,
    type=click.Choice(["auto", "text", "json"]),
    default="auto",
    show_default=True,
    help="Text for people, or one JSON record a line; auto: text on a terminal.",
)
def serve(port_file: Path | None, allow_host: tuple[str, ...], log_format: str, **options: Any) -> None:
    """Serve the simulated API and its control plane until Ctrl-C or SIGTERM."""
    from tuco_mock.domain.errors import InvalidInput
    from tuco_mock.serve import serve as run
    from tuco_mock.server import PortTaken

    if log_format == "auto":
        log_format = "text" if sys.stdout.isatty() else "json"
    settings = Settings(allowed_hosts=allow_host, log_format=log_format, **options)
    try:
        run(settings, port_file)
    except InvalidInput as error:
        _fail("\n  ".join((f"{settings.fixture} has mistakes:", *map(str, error.mistakes))))
    except PortTaken as error:
        _fail(str(error))
    except OSError as error:
        _fail(f"{error.filename}: {error.strerror}" if error.filename else str(error))


@main.command()
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


@main.group()
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
                click.echo(f"{name}: {mistake}", err=True)
        except OSError as error:
            bad += 1
            click.echo(f"{name}: {error.strerror or error}", err=True)
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


@main.command()
@_URL
@_TOKEN
@click.option("--wait", type=click.FloatRange(0), default=0.0, metavar="SECONDS", help="How long to wait for it.")
def readyz(url: str, control_token: str | None, wait: float) -> None:
    """Tell whether the server is ready: exit code 0 when it is, 1 when not."""
    import time

    until = time.monotonic() + wait
    while True:
        why = _unready(url, control_token)
        if why is None:
            click.echo(f"{url} is ready")
            return
        if time.monotonic() >= until:
            _fail(f"{url} is not ready: {why}", 1)
        time.sleep(0.05)


def _unready(url: str, token: str | None) -> str | None:
    """Why the server is not ready; None when it is."""
    import httpx

    try:
        with _client(url, token) as client:
            answer = client.get("/_tuco/readyz")
        found = answer.json()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return str(error)
    except ValueError:
        return f"it answered {answer.status_code}, so it is no tuco-mock"
    if answer.is_success:
        return None
    return str(found.get("detail", found)) if isinstance(found, dict) else f"it answered {answer.status_code}"


@main.group()
def state() -> None:
    """Carry the whole state of a workspace out and in."""


@state.command()
@_URL
@_TOKEN
@_WORKSPACE
@click.argument("file", type=click.File("wb"), default="-")
def export(url: str, control_token: str | None, workspace: str, file: IO[bytes]) -> None:
    """Write a workspace's state as a fixture to FILE (standard output unless given)."""
    import msgspec

    found = _ask(url, control_token, "GET", f"/_tuco/workspaces/{workspace}/state")
    file.write(msgspec.json.format(msgspec.json.encode({"workspaces": [found]}), indent=2) + b"\n")


@state.command("import")
@_URL
@_TOKEN
@_WORKSPACE
@click.argument("file", type=click.File("rb"), default="-")
def import_(url: str, control_token: str | None, workspace: str, file: IO[bytes]) -> None:
    """Replace a workspace's whole state by the one workspace of a fixture FILE (standard input unless given)."""
    from tuco_mock.domain.errors import InvalidInput
    from tuco_mock.domain.fixture.parse import parse

    try:
        read = parse(file.read(), file.name)
    except InvalidInput as error:
        _fail(f"{file.name}: {error}")
    given = read.get("workspaces") if isinstance(read, dict) else None
    if not isinstance(given, list) or len(given) != 1 or not isinstance(given[0], dict):
        _fail(f"{file.name}: expected a fixture with exactly one workspace")
    made = _ask(url, control_token, "PUT", f"/_tuco/workspaces/{workspace}/state", given[0])
    click.echo(f"{made['id']}: {', '.join(f'{count} {kind}' for kind, count in made['counts'].items() if count)}")


@main.group()
def clock() -> None:
    """Move a workspace's clock."""


@clock.command()
@_URL
@_TOKEN
@_WORKSPACE
@click.argument("duration")
def advance(url: str, control_token: str | None, workspace: str, duration: str) -> None:
    """Move the clock forwards by DURATION, as 90s, 5m, 1h30m, 2d or PT5M."""
    moved = _ask(url, control_token, "POST", f"/_tuco/workspaces/{workspace}/clock", {"advance": duration})
    click.echo(f"{moved['now']} ({moved['mode']})")


def _client(url: str, token: str | None) -> httpx.Client:
    import httpx

    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.Client(base_url=url, headers=headers, timeout=60, trust_env=False)


def _ask(url: str, token: str | None, method: str, path: str, body: Any = None) -> Any:
    """Call the control plane; a refusal ends the command with its detail and exit code 2, no server with 1."""
    import httpx

    try:
        with _client(url, token) as client:
            answer = client.request(method, path, json=body)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        _fail(f"no server at {url}: {error}", 1)
    try:
        found = answer.json()
    except ValueError:
        _fail(f"{url} is no tuco-mock: it answered {answer.status_code}", 1)
    if not answer.is_success:
        _fail(str(found.get("detail", found)))
    return found


if __name__ == "__main__":
    main()
