"""What can be set from outside, in one table, and where the files beside the package are.

Each field of `Settings` is one `tuco-mock serve` option and one ``TUCO_MOCK_*`` environment variable. This module
is the lowest of the house: it imports nothing of it.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

DEFAULT_PORT = 4010
"""TCP port that `tuco-mock serve` listens on when none is given."""

JOURNAL_LIMIT = 5_000
"""How many requests the journal of a workspace keeps when nothing else is said."""

LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "[::1]")
"""Host names the control plane always answers to."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of one server process.

    Attributes:
        host: address to listen on; loopback unless told.
        port: TCP port; 0 picks a free one.
        fixture: fixture loaded at start: a file, or the name of a shipped one.
        allowed_hosts: host names, besides loopback, that the control plane answers to.
        control_token: when set, the control plane wants it as ``Authorization: Bearer``.
        max_body_bytes: longest request body that is read, in bytes; a longer one gets 413 (A14).
        max_fixture_bytes: the same for the control plane, which takes whole states.
        journal_limit: how many requests the journal of each workspace keeps.
        validate: check each answer against ``openapi/tuco.yaml`` while serving.
        worker: how jobs are done in workspaces that don't say: ``auto``, as the clock goes; ``manual``, when told to.
        mongo_url: a MongoDB to keep documents in; embedded in this process without.
        redis_url: a Redis to keep jobs, clocks, limits and journal in; embedded in this process without.
        namespace: stands before all names in real engines, so that several installations can share them.
        fresh: start with the fixture also when real engines still hold what was there before.
        workers: how many processes serve; more than one on two real engines only.
        log_format: ``text`` for people, ``json`` for one JSON record a line.
    """

    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    fixture: str = "default"
    allowed_hosts: tuple[str, ...] = ()
    control_token: str | None = None
    max_body_bytes: int = 1024 * 1024
    max_fixture_bytes: int = 256 * 1024 * 1024
    journal_limit: int = JOURNAL_LIMIT
    validate: bool = False
    worker: Literal["auto", "manual"] = "manual"
    mongo_url: str | None = None
    redis_url: str | None = None
    namespace: str = ""
    fresh: bool = False
    workers: int = 1
    log_format: str = "text"


def resource(relative: str) -> Path:
    """The path of a file of `openapi/` or `fixtures/`, both in a checkout and in an installed wheel.

    Raises:
        FileNotFoundError: the file is in neither place.
    """
    package = Path(__file__).parent
    for root in (package, package.parent):
        path = root / relative
        if path.is_file():
            return path
    raise FileNotFoundError(f"{relative} is neither in {package} nor beside it: the installation is incomplete")


def fixture_path(fixture: str) -> Path:
    """The file of a fixture: the file itself, or the shipped fixture of that name, as ``default`` or ``agency``.

    Raises:
        FileNotFoundError: there is neither.
    """
    path = Path(fixture)
    if path.exists():
        return path
    if path.name == fixture and not path.suffix:
        with contextlib.suppress(FileNotFoundError):
            shipped = resource(f"fixtures/{fixture}.yaml")
            prepared = shipped.with_suffix(".json")  # says the same, and takes less to read
            return prepared if prepared.is_file() else shipped
    raise FileNotFoundError(f"{fixture}: no such file, and no shipped fixture has that name")
