"""The server as a whole: alive, ready, what it is, back to the start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo.errors import PyMongoError
from redis.exceptions import RedisError

import tuco_mock
from tuco_mock.actions import reset
from tuco_mock.control.problem import Problem

if TYPE_CHECKING:
    from tuco_mock.control.door import ControlCall


def livez(_: ControlCall) -> dict[str, Any]:
    """The process answers."""
    return {"status": "ok"}


def readyz(call: ControlCall) -> dict[str, Any]:
    """Both engines answer: calls will be served."""
    try:
        call.store.engines.documents.command("ping")
        call.store.engines.redis.ping()
    except (PyMongoError, RedisError) as error:
        raise Problem(503, f"An engine does not answer: {error}.") from error
    return {"status": "ready"}


def info(call: ControlCall) -> dict[str, Any]:
    """Version, engines, settings, and how much there is."""
    settings, engines = call.settings, call.store.engines
    return {
        "name": "tuco-mock",
        "version": tuco_mock.__version__,
        "engines": {"documents": engines.documents_name, "queue": engines.redis_name},
        "settings": {
            "host": settings.host,
            "port": settings.port,
            "fixture": settings.fixture,
            "validate": settings.validate,
            "maxBodyBytes": settings.max_body_bytes,
            "maxFixtureBytes": settings.max_fixture_bytes,
            "allowedHosts": list(settings.allowed_hosts),
            "controlToken": settings.control_token is not None,
        },
        "counts": {"workspaces": call.store.workspaces.count()},
    }


def reset_all(call: ControlCall) -> dict[str, Any]:
    """Drop every workspace and load what the server started with."""
    return {"workspaces": [workspace.id for workspace in reset.reset_server(call.store)]}
