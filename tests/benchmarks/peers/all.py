"""All peers: who is there to be measured, and who isn't and why."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.contestants import Contestant
from tests.benchmarks.peers import httpserver, json_server, mockoon, moto, prism, wiremock
from tests.benchmarks.peers.installed import NotInstalledError

PEERS = (prism, wiremock, mockoon, json_server, moto, httpserver)
NAMES = [name for peer in PEERS for name in peer.NAMES]


def find(peers: Path | None) -> tuple[list[Contestant], dict[str, str]]:
    """Those installed in a folder, and what the others lack."""
    if peers is None:
        return [], dict.fromkeys(NAMES, "no folder was named with --peers")
    there: list[Contestant] = []
    missing: dict[str, str] = {}
    for peer in PEERS:
        try:
            there += peer.contestants(peers.absolute())
        except NotInstalledError as error:
            missing |= dict.fromkeys(peer.NAMES, str(error))
    return there, missing
