"""A server of several processes, and clients each of which knows which of them it talks to."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import httpx

from tests.cli.running import SOON

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.running import Serving

WORKERS = 4


class Fleet:
    """A server of several processes, and clients each of which talks to one of them.

    Attributes:
        serving: the supervisor.
        engines: the addresses of its MongoDB and its Redis, and its namespace there.
        url: where all of them answer.
    """

    def __init__(self, serving: Serving, port_file: Path, engines: tuple[str, str, str]) -> None:
        self.serving = serving
        self.engines = engines
        serving.line()
        self.url = f"http://127.0.0.1:{port_file.read_text().strip()}"

    def client(self, patience: float = SOON) -> httpx.Client:
        """One that has a connection of its own, and with it a process of its own."""
        limits = httpx.Limits(max_connections=1, keepalive_expiry=None)
        return httpx.Client(base_url=self.url, trust_env=False, timeout=patience, limits=limits)

    @contextlib.contextmanager
    def clients(self) -> Iterator[dict[int, httpx.Client]]:
        """One for each process, by its id."""
        found: dict[int, httpx.Client] = {}
        with contextlib.ExitStack() as opened:
            while len(found) < WORKERS:
                client = opened.enter_context(self.client())
                found.setdefault(process_of(client), client)
            yield found


def process_of(client: httpx.Client) -> int:
    process: int = client.get("/_tuco/info").raise_for_status().json()["process"]
    return process
