"""``tuco-mock reply``: a lead replies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import click

from tuco_mock.cli.asking import ask
from tuco_mock.cli.options import as_json, of_workspace
from tuco_mock.cli.telling import Record, tell

_WHO = {"lead": "leadId", "phone": "recipientPhone", "email": "recipientEmail"}


@click.command()
@of_workspace
@click.option("--lead", metavar="ID", help="The lead that replies.")
@click.option("--phone", metavar="NUMBER", help="The number that it comes from.")
@click.option("--email", metavar="ADDRESS", help="The address that it comes from.")
@as_json
@click.argument("text")
def reply(url: str, control_token: str | None, workspace: str, text: str, as_json: bool, **who: str | None) -> None:
    """Let a lead, or whoever has that address, reply TEXT now."""
    given: dict[str, Any] = {_WHO[name]: value for name, value in who.items() if value is not None}
    if len(given) != 1:
        raise click.UsageError("Say who replies: one of --lead, --phone and --email.")
    body = {**given, "message": text}
    tell([ask(url, control_token, "POST", f"/_tuco/workspaces/{workspace}/replies", body)], _lines, as_json=as_json)


def _lines(replies: Sequence[Record]) -> Iterable[str]:
    for each in replies:
        who = (
            f"lead {each['leadId']}" if each.get("leadId") else each.get("recipientPhone") or each.get("recipientEmail")
        )
        yield f"{each['receivedAt']}  {who}: {each['message']}  ({each['id']})"
