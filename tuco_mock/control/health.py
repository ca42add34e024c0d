"""The server as a whole: alive, ready, what it is, back to the start."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any

from pymongo.errors import PyMongoError
from redis.exceptions import RedisError

import tuco_mock
from tuco_mock.actions import reset
from tuco_mock.control.problem import Problem
from tuco_mock.state.away import first_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from tuco_mock.control.door import ControlCall
    from tuco_mock.state.engines import Engines
    from tuco_mock.state.store import Store

_PATIENCE = 5.0
"""How many seconds the engines are given to answer."""


async def livez(_: ControlCall) -> dict[str, Any]:
    """The process answers."""
    return {"status": "ok"}


async def readyz(call: ControlCall) -> dict[str, Any]:
    """Both engines answer, and have what they were given: calls will be served."""
    engines = call.store.engines
    if engines.threads is None:
        trouble = _trouble(call.store)
    else:
        # a thread of its own: those for calls may all be waiting for the engine that is away
        try:
            async with asyncio.timeout(_PATIENCE):
                trouble = await asyncio.to_thread(_trouble, call.store)
        except TimeoutError:
            trouble = f"{engines.documents_name} or {engines.redis_name} does not answer in {_PATIENCE:g} s"
    if trouble is not None:
        raise Problem(503, f"{trouble}.")
    return {"status": "ready"}


def _trouble(store: Store) -> str | None:
    """What keeps the engines from serving calls."""
    engines = store.engines
    for name, ask in ((engines.redis_name, engines.redis.ping), (engines.documents_name, _ask(engines))):
        try:
            ask()
        except (PyMongoError, RedisError) as error:
            return f"{name} does not answer: {first_line(error)}"
    try:
        trouble = engines.trouble()
    except (PyMongoError, RedisError) as error:
        return f"{engines.documents_name} or {engines.redis_name} does not answer: {first_line(error)}"
    if trouble is None and not store.starts.exist():
        return f"{engines.redis_name} has lost what it held; start tuco-mock again"
    return trouble


def _ask(engines: Engines) -> Callable[[], object]:
    return lambda: engines.documents.command("ping")


def info(call: ControlCall) -> dict[str, Any]:
    """Version, engines, settings, and how much there is."""
    settings, engines = call.settings, call.store.engines
    return {
        "name": "tuco-mock",
        "version": tuco_mock.__version__,
        "process": os.getpid(),
        "engines": {"documents": engines.documents_name, "queue": engines.redis_name},
        "settings": {
            "host": settings.host,
            "port": settings.port,
            "fixture": settings.fixture,
            "validate": settings.validate,
            "maxBodyBytes": settings.max_body_bytes,
            "maxFixtureBytes": settings.max_fixture_bytes,
            "journalLimit": settings.journal_limit,
            "worker": settings.worker,
            "workers": settings.workers,
            "namespace": settings.namespace,
            "allowedHosts": list(settings.allowed_hosts),
            "controlToken": settings.control_token is not None,
        },
        "counts": {
            "workspaces": call.store.workspaces.count(),
            "processes": 1 if engines.peers is None else engines.peers.others() + 1,
        },
    }


def reset_all(call: ControlCall) -> dict[str, Any]:
    """Drop every workspace and load what the server started with.

    Raises:
        Problem: 503, an engine has lost that; nothing was dropped.
    """
    if (trouble := _trouble(call.store)) is not None:
        raise Problem(503, f"{trouble}.")
    return {"workspaces": [workspace.id for workspace in reset.reset_server(call.store)]}
