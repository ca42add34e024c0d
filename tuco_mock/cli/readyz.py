"""``tuco-mock readyz``."""

from __future__ import annotations

import click

from tuco_mock.cli.asking import client
from tuco_mock.cli.ending import fail
from tuco_mock.cli.options import of_server


@click.command()
@of_server
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
        with client(url, token) as asking:
            answer = asking.get("/_tuco/readyz")
        found = answer.json()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return str(error)
    except ValueError:
        return f"it answered {answer.status_code}, so it is no tuco-mock"
    if answer.is_success:
        return None
    return str(found.get("detail", found)) if isinstance(found, dict) else f"it answered {answer.status_code}"
