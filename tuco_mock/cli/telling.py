"""How commands tell what they found: text for people on a terminal, one JSON line a record for everything else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import click

Record = Mapping[str, Any]


def tell(
    records: Sequence[Record], text: Callable[[Sequence[Record]], Iterable[str]], *, as_json: bool = False
) -> None:
    """Print the records, or on a terminal (unless `as_json`) the lines that `text` makes of all of them."""
    if sys.stdout.isatty() and not as_json:
        for line in text(records):
            click.echo(line)
        return
    import msgspec

    for record in records:
        click.echo(msgspec.json.encode(record))


def table(names: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterable[str]:
    """Lines of a table; its columns are as wide as what is in them, the last one has no end."""
    lines = [list(names), *(list(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(names))]
    for line in lines:
        yield "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()


def compact(value: Any, longest: int = 100) -> str:
    """A JSON value in one line, shortened."""
    import msgspec

    text = msgspec.json.encode(value).decode()
    return text if len(text) <= longest else text[: longest - 1] + "…"
