"""Entering and leaving: the hooks are in place from the first interception that is entered to the last that is left."""

from __future__ import annotations

import importlib
import threading
from typing import TYPE_CHECKING

from tuco_mock.interception import current, for_aiohttp, for_httpx, for_requests, guard
from tuco_mock.interception.target import Target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType, TracebackType

    from tuco_mock.interception.hook import Hook

_CLIENTS: dict[str, Callable[[ModuleType], list[Hook]]] = {
    "httpcore": for_httpx.hooks,
    "requests": for_requests.hooks,
    "aiohttp": for_aiohttp.hooks,
    "uvloop": guard.uvloop_hooks,
}
"""Libraries that may be there or not, each with what it needs."""

_lock = threading.Lock()
_installed: list[Hook] = []


class intercept:  # noqa: N801 - a context manager, used like a function
    """Lead calls to ``https://app.tuco.ai``, any path and method and plain http too, to the mock at `base_url`.

    A context manager; it can be nested (the innermost counts), entered again, and be used in several threads and tasks
    at once, each of which is led by the one it has entered itself. Clients that exist already are led as well as those
    that are made meanwhile, past any proxy that they are set to.

    Args:
        base_url: the mock, as ``http://127.0.0.1:4010``.
        api_key: key of the workspace that calls are led to: it takes the place of the bearer key that a call carries. A
            call without an ``Authorization`` stays without one. None leaves all keys as they are.

    Raises:
        ValueError: `base_url` is no base URL of a mock.
    """

    def __init__(self, base_url: str, api_key: str | None = None) -> None:
        self._target = Target.parse(base_url, api_key)
        self._entered: list[current.Activation] = []

    def __enter__(self) -> None:
        with _lock:
            if not current.any_entered():
                _install()
            self._entered.append(current.enter(self._target))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with _lock:
            current.leave(self._entered.pop())
            if not current.any_entered():
                _remove()


def _install() -> None:
    """Put all hooks in place, or none."""
    _remove()  # what was covered when the last interception was left, and may be bare by now
    try:
        for hook in (*guard.hooks(), *_client_hooks()):
            hook.install()
            _installed.append(hook)
    except BaseException:
        _remove()
        raise


def _client_hooks() -> Iterator[Hook]:
    """The hooks of the client libraries that this environment has."""
    for name, hooks in _CLIENTS.items():
        try:
            module = importlib.import_module(name)
        except ImportError:
            continue
        yield from hooks(module)


def _remove() -> None:
    """Take all hooks away; those that somebody else has covered stay, and do nothing."""
    _installed[:] = [hook for hook in reversed(_installed) if not hook.remove()][::-1]
