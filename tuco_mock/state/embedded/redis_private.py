"""Whether everything private of fakeredis that the direct way of the embedded Redis uses is where it was."""
# ruff: noqa: SLF001 - one of the four that may: see redis_executor.py

from __future__ import annotations

import inspect
from typing import Any, Final

from fakeredis.model import Hash

from tuco_mock.state.embedded.redis_commands import SUPPORTED_COMMANDS

REQUIRED: Final = {
    "connection": ("get_socket", "encoder", "_decode"),
    "socket": (
        *("_run_command", "_decode_result", "_subkey_notifications", "_subkey_events", "_watches", "_watch_notified"),
        *("_server", "_db", "_killed", "_client_info", "current_user"),
    ),
    "server": (
        *("lock", "dbs", "version", "server_type", "connected", "closed_sockets"),
        *("subscribers", "psubscribers", "acl"),
    ),
    "database": ("time", "add_watch", "remove_watch", "notify_watch", "_dict", "_watches", "_change_callbacks"),
    "condition": ("_waiters",),
    "hash": ("_values", "_expirations"),
    "acl": ("_user_acl",),
    "client_info": ("protocol_version",),
    "signature": ("name", "fixed", "repeat", "flags", "func_name", "server_types", "check_arity"),
}
"""The private attributes that must be there, by what has them."""

_RUN_PARAMETERS: Final = ["self", "func", "sig", "args", "from_script"]


def is_supported(connection: Any) -> bool:
    """Whether everything private that the direct way uses is there."""
    if not (_fits("signature", SUPPORTED_COMMANDS.get("get")) and _fits("connection", connection)):
        return False
    socket = connection.get_socket()
    return (
        _fits("socket", socket)
        and _fits("server", socket._server)
        and _fits("database", socket._db)
        and _fits("condition", socket._db.condition)
        and _fits("hash", Hash())
        and _fits("acl", socket._server.acl)
        and _fits("client_info", socket._client_info)
        and list(inspect.signature(type(socket)._run_command).parameters) == _RUN_PARAMETERS
    )


def _fits(what: str, thing: object) -> bool:
    return all(hasattr(thing, name) for name in REQUIRED[what])
