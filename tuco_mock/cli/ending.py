"""How a command ends badly."""

from __future__ import annotations

import sys
from typing import NoReturn

import click


def fail(message: str, code: int = 2) -> NoReturn:
    """End with a message on stderr: code 1 when a check failed, 2 for wrong usage or a bad file."""
    sys.exit(tell(message, code))


def tell(message: str, code: int = 2) -> int:
    """Say on stderr what went wrong, and give the code to end with once all else is done."""
    click.echo(f"tuco-mock: {message}", err=True)
    return code
