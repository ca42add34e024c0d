"""The door every call to the simulated API goes through.

In this order: method (A9), key (A1), workspace (A4), limit (R20), then the operation's own handler, which parses, acts
and renders. Whatever goes wrong unexpectedly becomes the operation's documented 500 (A11).
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tuco_mock.api.errors import (
    ApiError,
    body_too_large,
    method_not_allowed,
    no_active_workspace,
    rate_limited,
    unauthorized,
)
from tuco_mock.domain.errors import RateLimited
from tuco_mock.wire.answer import Answer, send_answer
from tuco_mock.wire.body import BodyTooLarge, ClientGone, read_body
from tuco_mock.wire.credentials import bearer_token

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import Receive, Scope, Send

    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.settings import Settings
    from tuco_mock.state.store import Store

log = logging.getLogger("tuco_mock.api")


@dataclass(frozen=True, slots=True)
class Call:
    """An authenticated call, as a handler sees it.

    Attributes:
        store: the state.
        workspace: whose key was used.
        query: the query string, undecoded.
        body: the whole body; empty for operations without one.
    """

    store: Store
    workspace: Workspace
    query: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class Operation:
    """One documented operation.

    Attributes:
        method: its HTTP method.
        path: its path.
        handler: parses, acts and renders.
        failure: the documented text of its 500 (A11, C19, R24).
        group: the rate limit it counts against, or None (C18).
        has_body: whether it reads a body.
    """

    method: str
    path: str
    handler: Callable[[Call], Answer]
    failure: str = "Internal server error"
    group: str | None = None
    has_body: bool = False


class Door:
    """The ASGI application of one path: all its operations behind the same checks."""

    def __init__(self, store: Store, settings: Settings, *operations: Operation) -> None:
        self._store = store
        self._max_body_bytes = settings.max_body_bytes
        self._operations = {operation.method: operation for operation in operations}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        operation = self._operations.get(scope["method"])
        if operation is None:
            return await send_answer(send, method_not_allowed(*self._operations).answer)
        try:
            answer = await self._answer(operation, scope, receive)
        except ApiError as error:
            answer = error.answer
        except RateLimited as error:
            answer = rate_limited(error.retry_after).answer
        except BodyTooLarge:
            answer = body_too_large().answer
        except ClientGone:
            return None
        except Exception:
            log.exception("%s %s failed unexpectedly", operation.method, operation.path)
            answer = Answer(500, {"error": operation.failure})
        return await send_answer(send, answer)

    async def _answer(self, operation: Operation, scope: Scope, receive: Receive) -> Answer:
        workspace = self._enter(operation, scope)
        body = await read_body(scope, receive, self._max_body_bytes) if operation.has_body else b""
        return operation.handler(Call(self._store, workspace, scope["query_string"], body))

    def _enter(self, operation: Operation, scope: Scope) -> Workspace:
        """The workspace the call acts in.

        Raises:
            ApiError: 401 or 400 for the key.
            RateLimited: the workspace's bucket for the operation's group is empty.
        """
        key = bearer_token(scope)
        workspace = self._store.workspaces.by_key(key) if key else None
        if workspace is None:
            raise unauthorized()
        if not workspace.active:
            raise no_active_workspace()
        if operation.group is not None:
            limit = workspace.limit(operation.group)
            if limit is not None:
                self._store.vitals.take(workspace.id, operation.group, limit)
        return workspace
