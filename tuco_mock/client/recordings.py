"""Recordings of tests, a file a workspace, to be run again by `tuco-mock replay`."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

import msgspec

from tuco_mock.client.errors import ControlError

if TYPE_CHECKING:
    from pathlib import Path

    from tuco_mock.client.tuco import Tuco

_LONGEST_NAME = 120


def write(directory: Path, nodeid: str, number: int, made: Tuco) -> None:
    """Write what was done in the workspace with this number of a test; nothing when the test has dropped it itself.

    Raises:
        TucoError: the server doesn't tell.
        OSError: it can't be written.
    """
    try:
        recording = made.recording()
    except ControlError as error:
        if error.status == 404:
            return
        raise
    content = msgspec.json.format(msgspec.json.encode(recording), indent=1) + b"\n"
    directory.mkdir(parents=True, exist_ok=True)
    (directory / _file_name(nodeid, number)).write_bytes(content)


def _file_name(nodeid: str, number: int) -> str:
    """A file name that says which test it is of, and is that of no other test."""
    readable = re.sub(r"[^\w.-]+", "_", nodeid, flags=re.ASCII).strip("_")[:_LONGEST_NAME]
    digest = hashlib.sha256(nodeid.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{readable}-{digest}{'' if number == 1 else f'.{number}'}.json"
