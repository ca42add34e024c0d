"""`serve --validate`: an ASGI wrapper that lets no answer out that differs from the API description."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

from tuco_mock.wire.connection import FAULTED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from tuco_mock.contract.conformance import Verdict

CONTROL_PREFIX = "/_tuco"
"""The control plane, which has a description of its own."""

DESCRIPTION_PATH = "/openapi.json"
"""The description itself, which it does not describe."""

PROBLEM_TYPE = "urn:tuco-mock:problem:answer-differs"
"""`type` of the problem that takes the place of an answer that differs."""

_log = logging.getLogger(__name__)


class ResponseValidator:
    """Holds back each answer of the simulated API until it is complete, and checks it first.

    An answer that fits goes on byte for byte. One that differs becomes 500 ``application/problem+json`` that
    lists the differences, and is logged as one error record. The control plane, ``/openapi.json`` and
    whatever is no HTTP request (websocket, lifespan) pass untouched.

    Attributes:
        checked: answers that were compared.
        different: those of them that differed.

    """

    def __init__(
        self, app: ASGIApp, spec: Mapping[str, Any], *, is_exempt: Callable[[Scope], bool] | None = None
    ) -> None:
        """Wrap an application.

        Args:
            app: what answers.
            spec: the API description, as `load_spec` gives it.
            is_exempt: asked once the answer is there; true when it is undocumented on purpose. A fault is one unless
                something else is asked.

        Raises:
            ValueError: the description lacks something that every answer needs; see `Conformance`.

        """
        from tuco_mock.contract.conformance import Conformance  # noqa: PLC0415 - brings jsonschema in

        self.app = app
        self.checked = 0
        self.different = 0
        self._conformance = Conformance(spec)
        self._is_exempt = is_exempt or _is_faulted

    def stop_waiting(self) -> None:
        """End what waits or delays in the application, for the server is about to stop."""
        stop: Callable[[], None] | None = getattr(self.app, "stop_waiting", None)
        if stop is not None:
            stop()

    def close(self) -> None:
        """Close the application."""
        close: Callable[[], None] | None = getattr(self.app, "close", None)
        if close is not None:
            close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or not _is_simulated(scope["path"]):
            await self.app(scope, receive, send)
            return
        exchange = _Exchange(receive)
        try:
            await self.app(scope, exchange.receive, exchange.record)
        except Exception:
            # Frameworks answer a failure themselves and raise it on: that answer is checked like any other.
            await self._release(scope, exchange, send, cut_short=not exchange.complete)
            raise
        await self._release(scope, exchange, send, cut_short=exchange.disconnected and not exchange.complete)

    async def _release(self, scope: Scope, exchange: _Exchange, send: Send, *, cut_short: bool) -> None:
        """Let go of what was held back; what a failure or the client cut short is not checked."""
        if cut_short or self._is_exempt(scope):
            await exchange.replay(send)
            return
        verdict = self._check(scope, exchange)
        if verdict.differences:
            await _send_problem(verdict, exchange.status, send)
        else:
            await exchange.replay(send)

    def _check(self, scope: Scope, exchange: _Exchange) -> Verdict:
        from tuco_mock.contract.conformance import Answer, Verdict  # noqa: PLC0415 - loaded by now

        self.checked += 1
        if exchange.complete:
            headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in exchange.headers]
            answer = Answer(scope["method"], scope["path"], exchange.status, headers, exchange.body)
            verdict = self._conformance.check(answer)
        else:
            verdict = Verdict(f"{scope['method']} {scope['path']}", ("the answer has no end",))
        if verdict.differences:
            self.different += 1
            _log.error(
                "%s answered %d, which differs from the API description: %s",
                verdict.operation,
                exchange.status,
                "; ".join(verdict.differences),
                extra={
                    "operation": verdict.operation,
                    "status": exchange.status,
                    "differences": list(verdict.differences),
                },
            )
        return verdict


class _Exchange:
    """One request and the answer to it, as far as it got."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._messages: list[Message] = []
        self.disconnected = False

    async def receive(self) -> Message:
        message = await self._receive()
        self.disconnected = self.disconnected or message["type"] == "http.disconnect"
        return message

    async def record(self, message: Message) -> None:
        self._messages.append(message)

    async def replay(self, send: Send) -> None:
        for message in self._messages:
            await send(message)

    @property
    def complete(self) -> bool:
        last = self._messages[-1] if self._messages else {"type": "nothing"}
        ended = last["type"] == "http.response.body" and not last.get("more_body", False)
        return ended and self.status != 0

    @property
    def status(self) -> int:
        """Of the answer; 0 when it has not begun."""
        starts = self._of_type("http.response.start")
        return int(starts[0]["status"]) if starts else 0

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        start = self._of_type("http.response.start")[0]
        return [(bytes(name), bytes(value)) for name, value in start.get("headers", ())]

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self._of_type("http.response.body"))

    def _of_type(self, name: str) -> list[Message]:
        return [message for message in self._messages if message["type"] == name]


def _is_faulted(scope: Scope) -> bool:
    return FAULTED in scope


def _is_simulated(path: str) -> bool:
    """Whether the path belongs to the simulated API; a path that nobody serves does."""
    return path not in {CONTROL_PREFIX, DESCRIPTION_PATH} and not path.startswith(f"{CONTROL_PREFIX}/")


async def _send_problem(verdict: Verdict, status: int, send: Send) -> None:
    """Answer 500 in place of an answer that differs."""
    differences = "; ".join(verdict.differences)
    problem = {
        "type": PROBLEM_TYPE,
        "title": "Answer differs from the API description",
        "status": 500,
        "detail": f"{verdict.operation} answered {status}: {differences}",
    }
    body = json.dumps(problem).encode()
    headers = [(b"content-type", b"application/problem+json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 500, "headers": headers})
    await send({"type": "http.response.body", "body": body})
