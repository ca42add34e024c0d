"""The one table of the simulated API's operations, and the routes made from it."""

from __future__ import annotations

import difflib
import logging
from typing import TYPE_CHECKING

from starlette.routing import Route

from tuco_mock.api import cancel_for_lead, replies
from tuco_mock.api.door import Door, Operation
from tuco_mock.api.errors import not_found
from tuco_mock.wire.answer import send_answer

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from tuco_mock.settings import Settings
    from tuco_mock.state.store import Store

log = logging.getLogger("tuco_mock.api")

OPERATIONS = (
    Operation("POST", "/api/messages/cancel-for-lead", cancel_for_lead.handle, has_body=True),
    Operation("GET", "/api/replies", replies.handle, "Failed to fetch replies", group="replies"),
)


def routes(store: Store, settings: Settings) -> list[Route]:
    """The routes of all operations: one door a path."""
    paths = dict.fromkeys(operation.path for operation in OPERATIONS)
    return [Route(path, endpoint=Door(store, settings, *_at(path))) for path in paths]


def _at(path: str) -> list[Operation]:
    return [operation for operation in OPERATIONS if operation.path == path]


async def unknown_path(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001 - the ASGI signature
    """404 for any other path; the log names the nearest documented one (A9)."""
    if scope["type"] != "http":
        return
    path = scope["path"].encode("unicode_escape").decode()  # a path can't begin a line of its own
    near = difflib.get_close_matches(path, [operation.path for operation in OPERATIONS], n=1, cutoff=0.5)
    log.warning("404 %s %s%s", scope["method"], path, f": did you mean {near[0]}?" if near else "")
    await send_answer(send, not_found().answer)
