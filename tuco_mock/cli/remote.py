"""Commands for a server that runs already: ``readyz``, ``state``, ``clock``."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

import click

from tuco_mock.cli.ending import fail
from tuco_mock.settings import DEFAULT_PORT

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


@click.command()
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
            fail(f"{url} is not ready: {why}", 1)
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


@click.group()
def state() -> None:
    """Carry the whole state of a workspace out and in."""


@state.command()
@_URL
@_TOKEN
@_WORKSPACE
@click.argument("file", type=click.Path(dir_okay=False, writable=True, allow_dash=True), default="-")
def export(url: str, control_token: str | None, workspace: str, file: str) -> None:
    """Write a workspace's state as a fixture to FILE (standard output unless given)."""
    import msgspec

    found = _ask(url, control_token, "GET", f"/_tuco/workspaces/{workspace}/state")
    text = msgspec.json.format(msgspec.json.encode({"workspaces": [found]}), indent=2) + b"\n"
    try:
        with click.open_file(file, "wb") as opened:
            opened.write(text)
    except OSError as error:
        fail(f"{file}: {error.strerror}")


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
        fail(f"{file.name}: {error}")
    given = read.get("workspaces") if isinstance(read, dict) else None
    if not isinstance(given, list) or len(given) != 1 or not isinstance(given[0], dict):
        fail(f"{file.name}: expected a fixture with exactly one workspace")
    made = _ask(url, control_token, "PUT", f"/_tuco/workspaces/{workspace}/state", given[0])
    click.echo(f"{made['id']}: {', '.join(f'{count} {kind}' for kind, count in made['counts'].items() if count)}")


@click.group()
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
        fail(f"no server at {url}: {error}", 1)
    try:
        found = answer.json()
    except ValueError:
        fail(f"{url} is no tuco-mock: it answered {answer.status_code}", 1)
    if not answer.is_success:
        mistakes = [f"{each['path']}: {each['message']}" for each in found.get("errors", ())]
        fail("\n  ".join(("nothing was changed:", *mistakes)) if mistakes else str(found.get("detail", found)))
    return found
