"""The door every call to the simulated API goes through.

In this order: method (A9), key (A1), workspace (A4, A21), limit (R20), what the caller prefers or a fault wants, then
the operation's own handler, which parses, acts and renders. Whatever goes wrong unexpectedly becomes the operation's
documented 500 (A11). The journal has its record before the answer leaves.
"""

from __future__ import annotations

import contextlib
import logging
from typing import TYPE_CHECKING

from msgspec import UNSET, Struct
from msgspec.structs import replace

from tuco_mock.api.errors import (
    ApiError,
    body_too_large,
    method_not_allowed,
    no_active_workspace,
    rate_limited,
    read_only,
    unauthorized,
)
from tuco_mock.api.mishap import Reply, meet, suffer
from tuco_mock.api.prefer import preferred
from tuco_mock.api.visit import Visit
from tuco_mock.domain.clocks import hold_moment
from tuco_mock.domain.errors import RateLimited
from tuco_mock.domain.workspaces import SERVER
from tuco_mock.state.away import AWAY, told
from tuco_mock.wire.answer import Answer, encode, send_body
from tuco_mock.wire.body import BodyTooLarge, ClientGone, read_body
from tuco_mock.wire.connection import FAULTED, connection_of
from tuco_mock.wire.credentials import bearer_token

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from starlette.types import Receive, Scope, Send

    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.settings import Settings
    from tuco_mock.state.store import Store

log = logging.getLogger("tuco_mock.api")


class Call(Struct, frozen=True):
    """An authenticated call, as a handler sees it.

    Attributes:
        store: the state.
        workspace: whose key was used.
        path: the parameters in the path.
        query: the query string, undecoded.
        body: the whole body; empty for operations without one.
        visit: where the handler notes which lead it was about, and what it did.
    """

    store: Store
    workspace: Workspace
    path: Mapping[str, str]
    query: bytes
    body: bytes
    visit: Visit


def _about_nobody(_: Call) -> None:
    """The lead that a call is about which never is about one."""


class Operation(Struct, frozen=True):
    """One documented operation.

    Attributes:
        method: its HTTP method.
        path: its path; parameters stand in it as `{id}`, each a whole segment.
        handler: parses, acts and renders; one that has to wait for something is asynchronous.
        lead_of: the id of the lead that a call is about, or None; changes nothing.
        failure: the documented text of its 500 (A11, C19, R24).
        group: the rate limit it counts against, or None (C18).
        has_body: whether it reads a body.
        is_write: whether a read-only workspace refuses it (A21).
        inactive: the documented text of its 400 for an inactive workspace (A4).
    """

    method: str
    path: str
    handler: Callable[[Call], Answer | Awaitable[Answer]]
    lead_of: Callable[[Call], str | None] = _about_nobody
    failure: str = "Internal server error"
    group: str | None = None
    has_body: bool = False
    is_write: bool = False
    inactive: str = "No active workspace"


class Door:
    """The ASGI application of one path: all its operations behind the same checks."""

    def __init__(self, store: Store, settings: Settings, *operations: Operation) -> None:
        self._store = store
        self._max_body_bytes = settings.max_body_bytes
        self._operations = {operation.method: operation for operation in operations}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        visit = Visit(scope)
        operation = self._operations.get(scope["method"])
        if operation is None:
            reply = await self._refuse_method(visit)
        else:
            try:
                reply = await self._reply(operation, visit, receive)
            except ClientGone:
                visit.reason = "the client went away before its request was complete; nothing was done"
                return await visit.end(self._store, None)
        if reply.lost is not None:
            await visit.end(self._store, None)
            return _lose(scope, reply)
        await visit.end(self._store, reply.status, reply.body, reply.headers, is_json=reply.is_json)
        return await send_body(send, reply.status, reply.body, reply.headers, reply.content_type)

    async def _refuse_method(self, visit: Visit) -> Reply:
        """What is answered to a method that nothing documents; whose key it came with is for the journal only."""
        with contextlib.suppress(*AWAY):
            visit.workspace = await self._store.engines.run(claimed_by, self._store, visit.scope)
        return _rendered(_refused(method_not_allowed(*self._operations), visit))

    async def _reply(self, operation: Operation, visit: Visit, receive: Receive) -> Reply:
        """What an operation answers.

        Raises:
            ClientGone: the client went away before its request was complete.
        """
        run = self._store.engines.run
        try:
            workspace = await self._let_in(operation, visit)
            if operation.has_body:
                visit.body = await read_body(visit.scope, receive, self._max_body_bytes)
                hold_moment()  # it may have taken its time
            path = visit.scope.get("path_params", {})
            call = Call(self._store, workspace, path, visit.scope["query_string"], visit.body, visit)
            try:
                return await self._answer(operation, call, receive)
            finally:
                if visit.lead is UNSET:
                    visit.lead = await run(_lead_of, operation, call)
        except ClientGone:
            raise
        except Exception as error:  # noqa: BLE001 - every failure has its documented answer
            return _rendered(_answer_to(error, operation, visit))

    async def _answer(self, operation: Operation, call: Call, receive: Receive) -> Reply:
        """What a call is answered that has come in."""
        answer = _preferred(operation, call.visit)
        if answer is None:
            has_faults = call.workspace.has_faults
            met = await self._store.engines.run(meet, operation, call) if has_faults else None
            if met is not None:
                return await suffer(met, operation, call, lambda: _carry_out(operation, call), receive)
            answer = await _handled(operation, call)
        return _rendered(answer)

    async def _let_in(self, operation: Operation, visit: Visit) -> Workspace:
        """The same as `_enter`; while the whole server is put back to its start, that is waited for."""
        gates = self._store.gates
        try:
            return await self._store.engines.run(self._enter, operation, visit)
        except ApiError:
            if gates is None or visit.workspace is not None or not bearer_token(visit.scope):
                raise
        return await gates.within(SERVER, self._enter, operation, visit)

    def _enter(self, operation: Operation, visit: Visit) -> Workspace:
        """The workspace the call acts in.

        Raises:
            ApiError: 401, 400 or 402 for the key.
            RateLimited: the workspace's bucket for the operation's group is empty.
        """
        visit.workspace = claimed_by(self._store, visit.scope)
        workspace = _allowed(visit.workspace, operation, visit)
        if operation.group is not None:
            limit = workspace.limit(operation.group)
            if limit is not None:
                self._store.vitals.take(workspace.id, operation.group, limit)
        return workspace


def _allowed(workspace: Workspace | None, operation: Operation, visit: Visit) -> Workspace:
    """The workspace whose key a call came with, if it lets it in.

    Raises:
        ApiError: 401, 400 or 402 for the key.
    """
    if workspace is None:
        raise unauthorized("no workspace has the key" if bearer_token(visit.scope) else "there is no bearer key")
    if not workspace.active:
        raise no_active_workspace(operation.inactive)
    if operation.is_write and workspace.read_only:
        raise read_only()
    return workspace


def claimed_by(store: Store, scope: Scope) -> Workspace | None:
    """The workspace whose key a request came with."""
    key = bearer_token(scope)
    return store.workspaces.by_key(key) if key else None


def _preferred(operation: Operation, visit: Visit) -> Answer | None:
    """The documented answer that the caller prefers to the real one."""
    prefer = visit.header(b"prefer")
    if prefer is None:
        return None
    try:
        return preferred(operation, prefer)
    except ApiError:
        visit.scope[FAULTED] = True  # that refusal is ours, and in no description
        raise


def _lead_of(operation: Operation, call: Call) -> str | None:
    """The lead that a call is about which its handler did not come to speak of: a fault was faster, or a refusal."""
    try:
        return operation.lead_of(call)
    except Exception:  # noqa: BLE001 - a call that can't be understood is about nobody; its answer says why
        return None


async def _handled(operation: Operation, call: Call) -> Answer:
    """What the operation's own handler answers."""
    gates = call.store.gates
    if gates is None:
        answer = await call.store.engines.run(operation.handler, call)
    else:
        answer = await gates.within(call.workspace.id, _as_it_is_now, operation, call)
    return answer if isinstance(answer, Answer) else await answer


def _as_it_is_now(operation: Operation, call: Call) -> Answer | Awaitable[Answer]:
    """What the handler answers in the workspace as it is, which others may have changed since the call came in."""
    workspace = _allowed(claimed_by(call.store, call.visit.scope), operation, call.visit)
    if workspace.id != call.workspace.id:
        raise unauthorized("the key belongs to another workspace by now")
    return operation.handler(replace(call, workspace=workspace))


async def _carry_out(operation: Operation, call: Call) -> Answer:
    """The real answer to a call, whatever comes."""
    try:
        return await _handled(operation, call)
    except Exception as error:  # noqa: BLE001 - every failure has its documented answer
        return _answer_to(error, operation, call.visit)


def _answer_to(error: Exception, operation: Operation, visit: Visit) -> Answer:
    """The documented answer to what went wrong."""
    if isinstance(error, ApiError):
        return _refused(error, visit)
    if isinstance(error, RateLimited):
        return _refused(rate_limited(error.retry_after), visit)
    if isinstance(error, BodyTooLarge):
        return _refused(body_too_large(), visit)
    if isinstance(error, AWAY):
        log.error("%s %s failed: %s", operation.method, operation.path, told(error))
        visit.clause, visit.reason = "A11", "an engine can't be used; GET /_tuco/readyz says which and why"
        return Answer(500, {"error": operation.failure})
    log.error("%s %s failed unexpectedly", operation.method, operation.path, exc_info=error)
    visit.clause, visit.reason = "A11", "unexpected failure; the log of tuco-mock has the traceback"
    return Answer(500, {"error": operation.failure})


def _refused(refusal: ApiError, visit: Visit) -> Answer:
    visit.clause, visit.reason = refusal.clause, refusal.reason
    return refusal.answer


def _rendered(answer: Answer) -> Reply:
    return Reply(answer.status, encode(answer.body), answer.headers)


def _lose(scope: Scope, reply: Reply) -> None:
    """Break the connection in the way the fault wants."""
    connection = connection_of(scope)
    if reply.lost == "reset":
        return connection.reset()
    if reply.lost == "truncated":
        head = (
            f"HTTP/1.1 {reply.status} OK\r\ncontent-type: {reply.content_type.decode()}\r\n"
            f"content-length: {len(reply.body)}\r\n\r\n"
        )
        connection.send_raw(head.encode() + reply.body[: len(reply.body) // 2])
    return connection.close()
