"""The door of the control plane: guard, JSON in, action, JSON out, problems as problem+json.

It is never throttled, faulted or journalled.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import msgspec

from tuco_mock.control.guard import Guard
from tuco_mock.control.problem import Problem, from_refusal, send_problem
from tuco_mock.domain.errors import Refusal
from tuco_mock.wire.answer import Answer, send_answer
from tuco_mock.wire.body import BodyTooLarge, ClientGone, read_body

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.types import Receive, Scope, Send

    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.settings import Settings
    from tuco_mock.state.store import Store

log = logging.getLogger("tuco_mock.control")


@dataclass(frozen=True, slots=True)
class ControlCall:
    """A call of the control plane, as a handler sees it.

    Attributes:
        store: the state.
        settings: of the server.
        path: the parameters in the path.
        query: the parameters of the query string, each with all its values.
        body: the decoded JSON body; None for an empty one.
    """

    store: Store
    settings: Settings
    path: Mapping[str, str]
    query: Mapping[str, list[str]]
    body: Any

    def workspace(self) -> Workspace:
        """The workspace that the path names.

        Raises:
            NotFound: there is none of that id.
        """
        return self.store.workspaces.get(self.path["ws"])


@dataclass(frozen=True, slots=True)
class ControlOperation:
    """One operation of the control plane.

    Attributes:
        method, path: where it is.
        handler: does it.
        summary: what it does, for its description.
        body: JSON Schema of its body, or None when it takes none.
        answer: JSON Schema of its answer.
        query: names of its query parameters, with what they mean.
        status: status of its answer when all went well.
    """

    method: str
    path: str
    handler: Callable[[ControlCall], Any]
    summary: str
    body: Mapping[str, Any] | None = None
    answer: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    status: int = 200


class ControlDoor:
    """The ASGI application of one path of the control plane."""

    def __init__(self, store: Store, settings: Settings, *operations: ControlOperation) -> None:
        self._store = store
        self._settings = settings
        self._guard = Guard(settings)
        self._operations = {operation.method: operation for operation in operations}

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
        except Exception:
            log.exception("%s %s failed unexpectedly", scope["method"], scope["path"])
            return await send_problem(send, Problem(500, "This is a fault of tuco-mock; its log has the traceback."))
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
        body = await self._body(scope, receive) if operation.body is not None else None
        query = parse_qs(scope["query_string"].decode("utf-8", "replace"), errors="replace")
        call = ControlCall(self._store, self._settings, scope.get("path_params", {}), query, body)
        return Answer(operation.status, operation.handler(call))

    async def _body(self, scope: Scope, receive: Receive) -> Any:
        limit = self._settings.max_fixture_bytes
        try:
            data = await read_body(scope, receive, limit)
        except BodyTooLarge as error:
            raise Problem(413, f"The body is longer than {limit} bytes.") from error
        if not data.strip():
            return None
        try:
            body = msgspec.json.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise Problem(400, f"The body is no JSON: {error}.") from error
        if body is None:
            raise Problem(400, "The body is null; leave it out, or send what the operation takes.")
        return body
