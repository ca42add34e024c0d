"""``tuco-mock requests``: what came to the simulated API."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import urlencode

import click

from tuco_mock.cli.asking import ask
from tuco_mock.cli.options import as_json, of_workspace
from tuco_mock.cli.telling import Record, compact, table, tell


@click.command()
@of_workspace
@click.option("-n", "--number", type=click.IntRange(1), metavar="N", help="Only the newest N.")
@click.option("--lead", metavar="LEAD", help="Only those about this lead: its id, or any of its phones or emails.")
@click.option("--unclaimed", is_flag=True, help="Those that came with no key of any workspace.")
@click.option("--clear", is_flag=True, help="Forget them instead.")
@as_json
def requests(
    url: str,
    control_token: str | None,
    workspace: str,
    number: int | None,
    lead: str | None,
    unclaimed: bool,
    clear: bool,
    as_json: bool,
) -> None:
    """List the requests that came to a workspace, oldest first: a table on a terminal, else one JSON line each."""
    path = "/_tuco/requests" if unclaimed else f"/_tuco/workspaces/{workspace}/requests"
    if clear:
        for option, given in (("--number", number), ("--lead", lead)):
            if given is not None:
                raise click.UsageError(f"--clear forgets all requests: leave {option} out")
        tell([ask(url, control_token, "DELETE", path)], _cleared, as_json=as_json)
        return
    if lead is not None and unclaimed:
        raise click.UsageError("--unclaimed requests are about nobody's lead: leave --lead out")
    if lead is None:
        found = ask(url, control_token, "GET", path)
    else:
        found = ask(url, control_token, "POST", f"{path}/find", {"match": {"lead": lead}})
    if found["dropped"]:
        click.echo(f"{found['dropped']} older requests are no longer kept", err=True)
    for hint in found.get("hints", ()):
        click.echo(hint, err=True)
    tell(found["requests"][-number if number else 0 :], _table, as_json=as_json)


def _cleared(records: Sequence[Record]) -> Iterable[str]:
    return [f"{record['cleared']} requests forgotten" for record in records]


def _table(requests: Sequence[Record]) -> Iterable[str]:
    if not requests:
        return ["no requests"]
    return table(("id", "at", "status", "ms", "request", ""), map(_row, requests))


def _row(request: Record) -> tuple[str, ...]:
    """Id, time, status, milliseconds, what was asked, and what is to be said of it."""
    query = urlencode(request["query"], safe="@:,/")
    line = f"{request['method']} {request['path']}{'?' if query else ''}{query}"
    if request["body"] is not None:
        line += f" {compact(request['body'])}"
    fault = request["fault"]
    remarks = (
        *((f"fault {compact(fault['effect'])}",) if fault else ()),
        *(
            f"{effect.get('count') or len(effect.get('messageIds', ()))} {effect['kind']}"
            for effect in request["effects"]
        ),
        *filter(None, (request.get("reason"), request.get("hint"))),
    )
    status = "none" if request["status"] is None else str(request["status"])
    return (str(request["id"]), request["at"], status, f"{request['durationMs']:.1f}", line, "; ".join(remarks))
