"""The door of the control plane: guard, JSON in, action, JSON out, problems as problem+json.

It is never throttled, faulted or journalled; the timeline tells what it changed in a workspace.
"""

from __future__ import annotations

import contextlib
import logging
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qs

import msgspec

from tuco_mock.actions.effects import gather
from tuco_mock.control.guard import Guard
from tuco_mock.control.problem import Problem, from_refusal, send_problem
from tuco_mock.domain.clocks import hold_moment
from tuco_mock.domain.errors import InvalidInput, NotFound, Refusal
from tuco_mock.domain.fixture.parse import read_json
from tuco_mock.domain.journal import Effect, Record, clipped
from tuco_mock.domain.workspaces import FIRST, SERVER
from tuco_mock.state.away import AWAY, told
from tuco_mock.state.turns import TurnLost
from tuco_mock.wire.answer import Answer, Stream, send_answer, send_stream
from tuco_mock.wire.body import BodyTooLarge, ClientGone, read_body

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence

    from starlette.types import Receive, Scope, Send

    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.settings import Settings
    from tuco_mock.state.real.gates import Gates
    from tuco_mock.state.store import Store

log = logging.getLogger("tuco_mock.control")

LONGEST_CONTROL_BODY = 256 * 1024
"""How much of a body the timeline keeps, in bytes; a recording whose bodies were longer can't be replayed."""


class Simulated(NamedTuple):
    """An operation of the simulated API, as the control plane knows it."""

    method: str
    path: str
    group: str | None


class ControlCall(msgspec.Struct, frozen=True):
    """A call of the control plane, as a handler sees it.

    Attributes:
        simulated: the operations of the simulated API.
        store: the state.
        settings: of the server.
        path: the parameters in the path.
        query: the parameters of the query string, each with all its values.
        body: the decoded JSON body; None for an empty one.
        receive: what else comes from the client: its going away.
        headers: those of the request.
        effects: what was done, for the timeline; a handler adds to it.
    """

    simulated: Sequence[Simulated]
    store: Store
    settings: Settings
    path: Mapping[str, str]
    query: Mapping[str, list[str]]
    body: Any
    receive: Receive
    headers: Sequence[tuple[bytes, bytes]] = ()
    effects: list[Effect] = msgspec.field(default_factory=list)

    def number(self, name: str, default: int | None, largest: int, *, least: int = 1) -> int | None:
        """A whole number of the query string.

        Raises:
            Problem: 400, it is none, or out of bounds.
        """
        if name not in self.query:
            return default
        text = self.query[name][0]
        if text.isascii() and text.isdecimal() and len(text) < 17 and least <= int(text) <= largest:
            return int(text)
        raise Problem(400, f"{name} is a number from {least} to {largest}, not {text!r}.")

    def workspace(self) -> Workspace:
        """The workspace that the path names.

        Raises:
            NotFound: there is none of that id.
        """
        return self.store.workspaces.get(self.path["ws"])

    async def there(self, named: str | None = None) -> Workspace:
        """The same on the event loop, or the one of another name; a reset of the whole server is waited for.

        Raises:
            NotFound: there is none of that id.
        """
        name = self.path["ws"] if named is None else named
        try:
            return await self.store.engines.run(self.store.workspaces.get, name)
        except NotFound:
            if self.store.gates is None:
                raise
            return await self.store.gates.within(SERVER, self.store.workspaces.get, name)


class ControlOperation(msgspec.Struct, frozen=True):
    """One operation of the control plane.

    Attributes:
        method, path: where it is.
        handler: does it; an asynchronous one asks engines by `Engines.run` alone.
        summary: what it does, for its description.
        body: JSON Schema of its body, or None when it takes none.
        answer: JSON Schema of its answer.
        query: names of its query parameters, with what they mean.
        status: status of its answer when all went well.
        content_type: of its answer.
        is_logged: whether the timeline tells of it: it changes a workspace.
        is_alone: whether it waits while a worker moves the workspace's time, and keeps that waiting.
        is_whole: whether it is about the whole state, of the workspace or of all: no call comes into its middle.
        is_among_all: whether it tells which workspaces there are: no reset of all comes into its middle.
        named: the workspaces that its body names, which it makes or drops: no call in them comes into its middle, nor
            does a reset of all.
    """

    method: str
    path: str
    handler: Callable[[ControlCall], Any | Awaitable[Any]]
    summary: str
    body: Mapping[str, Any] | None = None
    answer: Mapping[str, Any] = msgspec.field(default_factory=dict)
    query: Mapping[str, str] = msgspec.field(default_factory=dict)
    status: int = 200
    content_type: str = "application/json"
    is_logged: bool = True
    is_alone: bool = False
    is_whole: bool = False
    is_among_all: bool = False
    named: Callable[[ControlCall], Iterable[str]] | None = None


class ControlDoor:
    """The ASGI application of one path of the control plane.

    Attributes:
        methods: the methods it takes.
    """

    def __init__(
        self, store: Store, settings: Settings, simulated: Sequence[Simulated], *operations: ControlOperation
    ) -> None:
        self._store = store
        self._simulated = simulated
        self._settings = settings
        self._guard = Guard(settings)
        self._operations = {operation.method: operation for operation in operations}
        self.methods = tuple(self._operations)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            self._guard.check(scope)
            answer = await self._answer(scope, receive)
        except ClientGone:
            return None
        except Problem as problem:
            return await send_problem(send, problem)
        except Refusal as refusal:
            return await send_problem(send, from_refusal(refusal))
        except TurnLost as error:
            return await send_problem(send, Problem(503, f"{error} What was done by then is done; try again."))
        except AWAY as error:
            why = told(error)
            log.error("%s %s failed: %s", scope["method"], scope["path"], why)  # noqa: TRY400 - it is known where
            return await send_problem(send, Problem(503, f"{why[0].upper()}{why[1:]}."))
        except Exception:
            log.exception("%s %s failed unexpectedly", scope["method"], scope["path"])
            return await send_problem(send, Problem(500, "This is a fault of tuco-mock; its log has the traceback."))
        if isinstance(answer.body, Stream):
            return await send_stream(send, answer.status, answer.body)
        return await send_answer(send, answer)

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        operation = self._operations.get(scope["method"])
        if operation is None:
            allowed = ", ".join(self._operations)
            raise (
                Problem(405, f"{scope['path']} takes {allowed or 'nothing'}.", headers=(("allow", allowed),))
                if allowed
                else Problem(404, f"There is no {scope['path']}; /_tuco/openapi.json lists what there is.")
            )
        data = await self._data(scope, receive) if operation.body is not None else b""
        hold_moment()  # it may have taken its time
        query = parse_qs(scope["query_string"].decode("utf-8", "replace"), errors="replace")
        path = scope.get("path_params", {})
        known = (self._simulated, self._store, self._settings)
        call = ControlCall(*known, path, query, _decoded(data), receive, scope["headers"])
        run = self._store.engines.run
        workspace = path.get("ws") if operation.is_logged and operation.method != "GET" else None
        if workspace == FIRST:
            workspace = (await call.there()).id
        gather(call.effects)
        if operation.is_alone:
            async with self._store.turns.of((await call.there()).id):
                hold_moment()  # it may have waited
                result = await _done(operation, call)
        else:
            result = await _done(operation, call)
        if workspace is not None:
            await run(self._log, operation, workspace, scope, data, call)
        return Answer(operation.status, result)

    def _log(self, operation: ControlOperation, workspace: str, scope: Scope, data: bytes, call: ControlCall) -> None:
        """Let the timeline of the workspace tell what was done to it; its own path is left out of what is told."""
        body, length = clipped(data, LONGEST_CONTROL_BODY)
        _, _, below = scope["path"].removeprefix("/_tuco/workspaces/").partition("/")
        record = Record(
            kind="control",
            method=operation.method,
            path=f"/{below}" if below else "",
            body=body,
            body_bytes=length,
            status=operation.status,
            effects=tuple(call.effects),
        )
        self._store.log.append(workspace, record)

    async def _data(self, scope: Scope, receive: Receive) -> bytes:
        limit = self._settings.max_fixture_bytes
        try:
            return await read_body(scope, receive, limit)
        except BodyTooLarge as error:
            raise Problem(413, f"The body is longer than {limit} bytes.") from error


async def _done(operation: ControlOperation, call: ControlCall) -> Any:
    if iscoroutinefunction(operation.handler):
        return await operation.handler(call)
    gates, run = call.store.gates, call.store.engines.run
    if gates is None:
        return await run(operation.handler, call)
    if operation.is_whole or operation.named is not None:
        async with _shut(gates, operation, call):
            hold_moment()  # it may have waited
            return await run(operation.handler, call)
    if "ws" in call.path:
        return await gates.within((await call.there()).id, operation.handler, call)
    if operation.is_among_all:
        return await gates.within(SERVER, operation.handler, call)
    return await run(operation.handler, call)


@contextlib.asynccontextmanager
async def _shut(gates: Gates, operation: ControlOperation, call: ControlCall) -> AsyncIterator[None]:
    """Have alone what an operation is about: a workspace, those that are named, or all.

    The server's gate is always the first, the others come in the order of their names: nobody waits in a ring.
    """
    async with contextlib.AsyncExitStack() as held:
        names: Iterable[str]
        if "ws" in call.path:
            names = [(await call.there()).id]
        elif operation.named is not None:
            await held.enter_async_context(gates.inside(SERVER))
            names = operation.named(call)
        else:
            await held.enter_async_context(gates.alone(SERVER))
            names = [each.id for each in await call.store.engines.run(call.store.workspaces.all)]
        for workspace in sorted(set(names)):
            await held.enter_async_context(gates.alone(workspace))
        yield


def _decoded(data: bytes) -> Any:
    """A body's JSON; None for an empty one."""
    if not data:
        return None
    try:
        body = read_json(data)
    except InvalidInput as error:
        raise Problem(400, f"The body is no JSON: {error.mistakes[0].message}.") from error
    if body is None:
        raise Problem(400, "The body is null; leave it out, or send what the operation takes.")
    return body
