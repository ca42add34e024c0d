"""Prism, a stateless mock of an OpenAPI document: with its log as it comes, and silent.

Two operations with one example answer each, the fixed text; the POST's body has a schema, since checking calls against
the document is what Prism is for. It forks no log writer unless told (``--multiprocess``), and isn't.
"""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from tests.benchmarks import processes
from tests.benchmarks.contestants import ANSWER, Contestant, stub_calls
from tests.benchmarks.peers.installed import node_command
from tests.benchmarks.processes import Running

NAMES = ("Prism", "Prism, silent")


def contestants(peers: Path) -> list[Contestant]:
    """Prism twice."""
    command, version = node_command(peers, "@stoplight/prism-cli", "prism")

    def starting(*options: str) -> Any:
        def start(folder: Path) -> AbstractContextManager[Running]:
            document = folder / "openapi.json"
            document.write_text(json.dumps(_document()))
            port = processes.free_port()
            mock = [*command, "mock", str(document), "--host", "127.0.0.1", "--port", str(port), *options]
            return processes.peer(mock, port, "/get", folder)

        return start

    silent = ("--verboseLevel", "silent")
    return [
        Contestant(name, version, starting(*options), *stub_calls())
        for name, options in zip(NAMES, ((), silent), strict=True)
    ]


def _document() -> dict[str, Any]:
    answer = {"200": {"description": "The answer", "content": {"application/json": {"example": json.loads(ANSWER)}}}}
    body = {"type": "object", "properties": {"recipientPhone": {"type": "string"}}, "required": ["recipientPhone"]}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Two operations", "version": "1"},
        "paths": {
            "/get": {"get": {"responses": answer}},
            "/post": {
                "post": {"requestBody": {"content": {"application/json": {"schema": body}}}, "responses": answer}
            },
        },
    }
