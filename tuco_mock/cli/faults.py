"""``tuco-mock faults``: what goes wrong in a workspace."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import click

from tuco_mock.cli.asking import ask
from tuco_mock.cli.options import as_json, of_workspace
from tuco_mock.cli.telling import Record, compact, table, tell

_MATCH = ("method", "path", "group", "lead")
_EFFECT = {
    "status": "status",
    "retry_after": "retryAfter",
    "delay": "delay",
    "jitter": "jitter",
    "drop": "drop",
}
_BESIDE = ("times", "probability", "phase")


@click.group()
def faults() -> None:
    """Let calls of a workspace go wrong."""


@faults.command("list")
@of_workspace
@as_json
def list_(url: str, control_token: str | None, workspace: str, as_json: bool) -> None:
    """List the faults, with how often each was met: a table on a terminal, else one JSON line each."""
    tell(ask(url, control_token, "GET", _path(workspace))["faults"], _table, as_json=as_json)


@faults.command()
@of_workspace
@click.option("--status", type=click.IntRange(400, 599), help="Answer this status, with the documented body.")
@click.option("--retry-after", type=click.IntRange(0), metavar="SECONDS", help="The Retry-After of that answer.")
@click.option("--delay", metavar="DURATION", help="Answer later by this much real time, as 1500ms or 2s.")
@click.option("--jitter", metavar="DURATION", help="Vary the delay by up to this much.")
@click.option(
    "--drop", type=click.Choice(["reset", "empty", "truncated", "garbage"]), help="Lose the answer in this way."
)
@click.option("--times", type=click.IntRange(1), metavar="N", help="How often; until it is removed when left out.")
@click.option("--probability", type=click.FloatRange(0, 1, min_open=True), help="How likely, from 0 to 1.")
@click.option(
    "--phase",
    type=click.Choice(["before", "after"]),
    help="before (unless given): nothing is done. after: the change is made and the answer lost.",
)
@click.option("--method", help="Only calls with this method.")
@click.option("--path", help="Only calls of this path, which may have *.")
@click.option("--group", help="Only calls of this rate-limit group, as replies.")
@click.option("--lead", metavar="ID", help="Only calls about this lead.")
@as_json
@click.argument("fault", required=False)
def add(url: str, control_token: str | None, workspace: str, fault: str | None, as_json: bool, **options: Any) -> None:
    """Add FAULT, as '{"effect": {"status": 503}, "times": 2}', or the one that the options tell."""
    given = {name: value for name, value in options.items() if value is not None}
    if fault is None and not given:
        raise click.UsageError("Give a fault as JSON, or options such as --status 503 --times 2.")
    if fault is not None and given:
        raise click.UsageError(f"Give a fault as JSON or as options, not both: --{next(iter(given))}")
    body = _of_options(given) if fault is None else _of_json(fault)
    shown = ask(url, control_token, "PATCH", _path(workspace), body)["faults"]
    tell(shown, _table, as_json=as_json)


@faults.command()
@of_workspace
@as_json
def clear(url: str, control_token: str | None, workspace: str, as_json: bool) -> None:
    """Remove all faults."""
    cleared = ask(url, control_token, "DELETE", _path(workspace))
    tell([cleared], lambda _: [f"{cleared['cleared']} faults removed"], as_json=as_json)


def _path(workspace: str) -> str:
    return f"/_tuco/workspaces/{workspace}/faults"


def _of_options(given: dict[str, Any]) -> dict[str, Any]:
    return {
        "match": {name: given[name] for name in _MATCH if name in given},
        "effect": {wire: given[name] for name, wire in _EFFECT.items() if name in given},
        **{name: given[name] for name in _BESIDE if name in given},
    }


def _of_json(text: str) -> Any:
    import msgspec

    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise click.BadParameter(f"{text!r} is no JSON: {error}", param_hint="FAULT") from error


def _table(faults: Sequence[Record]) -> Iterable[str]:
    if not faults:
        return ["no faults"]
    rows = (
        (
            fault["id"],
            compact(fault["effect"]),
            fault["phase"],
            str(fault.get("times", "always")),
            str(fault["fired"]),
            compact(fault["match"]) if fault.get("match") else "any call",
        )
        for fault in faults
    )
    return table(("id", "effect", "phase", "times", "fired", "for"), rows)
