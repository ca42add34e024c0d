"""Calls of the control plane: JSON out, JSON in, refusals as `ControlError`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

import msgspec

from tuco_mock.client.errors import ControlError, Mistake, ServerUnreachable, TucoError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tuco_mock.client.connector import Asked, Connector

T = TypeVar("T")

PATIENCE = 30.0
"""How long an answer of the control plane may take, in seconds."""

LONG_PATIENCE = 600.0
"""The same for what lets time pass: the worker works, and webhooks are waited for."""

_WHERE = "Give it as TucoMock(control_token=…), Server(url, token) or `pytest --tuco-control-token`."


class _Problem(msgspec.Struct):
    """A refusal as the server tells it (problem+json)."""

    detail: str
    errors: list[dict[str, str]] = []


class Control:
    """The control plane of one server, with its token if it wants one.

    Attributes:
        connector: the way to the server.
    """

    def __init__(self, connector: Connector, token: str | None = None) -> None:
        self.connector = connector
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._token = "refuses this control token" if token else "wants a control token"

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        answer: type[T] | Any = Any,
        query: Mapping[str, Any] | None = None,
        seconds: float = PATIENCE,
        about: str = "",
    ) -> Any:
        """Call, and decode the answer.

        Args:
            method: HTTP method.
            path: path below the server's URL.
            body: sent as JSON; None sends none.
            answer: type of the answer.
            query: parameters; those that are None are left out.
            seconds: how long to wait for the answer.
            about: what to name at the front of a refusal.

        Raises:
            TucoError: the body is no JSON.
            ControlError: the server refused.
            ServerUnreachable: no tuco-mock answers there.
        """
        asked = self.connector.ask(method, _with_query(path, query), self._headers, _encoded(body), seconds)
        return self.answered(asked, answer=answer, about=about)

    def ask(self, method: str, path: str, body: Any) -> Asked:
        """Begin a call, whose answer is wanted later.

        Raises:
            TucoError: the body is no JSON.
            ServerUnreachable: nobody is there.
        """
        return self.connector.ask(method, path, self._headers, _encoded(body), PATIENCE)

    def answered(self, asked: Asked, *, answer: type[T] | Any, about: str = "") -> Any:
        """Wait for the answer to a call, and decode it.

        Raises:
            ControlError: the server refused.
            ServerUnreachable: no tuco-mock answers there.
        """
        return self._decoded(*asked.answer(), answer, about)

    async def call_async(self, method: str, path: str, body: Any, *, answer: type[T], seconds: float) -> T:
        """The same without blocking the event loop; when the caller gives up, the connection is closed."""
        import httpx  # noqa: PLC0415 - only tests that wait need it here

        async with httpx.AsyncClient(
            transport=self.connector.async_transport(), trust_env=False, timeout=seconds
        ) as client:
            try:
                got = await client.request(
                    method, self.connector.url + path, content=_encoded(body), headers=self._headers
                )
            except httpx.TransportError as error:
                raise ServerUnreachable(self.connector.url, str(error) or type(error).__name__) from error
        found: T = self._decoded(got.status_code, got.content, answer, "")
        return found

    def _decoded(self, status: int, content: bytes, answer: Any, about: str) -> Any:
        try:
            if 200 <= status < 300:
                return msgspec.json.decode(content, type=answer)
            problem = msgspec.json.decode(content, type=_Problem)
        except msgspec.DecodeError as error:
            raise ServerUnreachable(
                self.connector.url, f"what answers there ({status}) is no tuco-mock of this version ({error})"
            ) from None
        if status == 401:
            raise ControlError(status, f"{self.connector.url} {self._token}: {problem.detail} {_WHERE}", about=about)
        mistakes = [Mistake(each.get("path", ""), each.get("message", "")) for each in problem.errors]
        raise ControlError(status, problem.detail, mistakes, about=about)


def _encoded(body: Any) -> bytes | None:
    """A body as it is sent.

    Raises:
        TucoError: there is something in it that JSON has no word for.
    """
    try:
        encoded = None if body is None else msgspec.json.encode(body)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise TucoError(f"that can't be sent as JSON: {error}") from None
    if encoded is not None and b"null" in encoded and (odd := _no_number(body)) is not None:
        raise TucoError(f"that can't be sent as JSON: there is no number {odd} in it")  # msgspec would make it null
    return encoded


def _no_number(value: object) -> float | None:
    """A float in a body that is infinite, or no number at all."""
    if isinstance(value, float):
        return None if math.isfinite(value) else value
    return next((odd for each in _inside(value) if (odd := _no_number(each)) is not None), None)


def _inside(value: object) -> Iterable[object]:
    if isinstance(value, msgspec.Struct):
        return (getattr(value, name) for name in value.__struct_fields__)
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, (list, tuple)) else ()


def _with_query(path: str, query: Mapping[str, Any] | None) -> str:
    given = {name: value for name, value in (query or {}).items() if value is not None}
    return f"{path}?{urlencode(given)}" if given else path
