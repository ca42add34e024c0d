"""`TucoMock`: a server and a workspace on it, for as long as a `with` block."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tuco_mock.client.errors import TucoError
from tuco_mock.client.server import Server
from tuco_mock.client.tuco import Tuco
from tuco_mock.mock.aside import aside
from tuco_mock.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType


_OF_HANDLES = frozenset({"id", "api_key", "clock", "rate_limit", "faults", "webhook_lab"})
"""What handles have besides what their class has."""


class NoHandle(TucoError, AttributeError):
    """A workspace's verb, asked of the mock that makes the workspace."""


class TucoMock:
    """A mock of Tuco for a `with` or `async with` block, which gives the handle of a fresh workspace.

    ::

        with TucoMock() as tuco:
            lead = tuco.add_lead(phone="+14155550100")
            my_app.run(tuco.base_url, tuco.api_key)
            tuco.assert_called("POST", "/api/messages/cancel-for-lead")

    Any number of them may be entered at once; one after the other, the same may be entered again.

    Args:
        fixture: what fills the workspace: a file or a shipped name, its first workspace; nothing unless given.
        clock: a time, frozen there; ``{"live": "+1h"}`` runs ahead. Real time when left out.
        rate_limits: calls a minute by group; None lifts a limit.
        seed: what chance and new ids start from.
        worker: ``auto``: what is due is sent as the clock goes; ``manual``, as without it: when told to.
        url: a server that runs already; none is started then.
        control_token: of the control plane.
        host, port: where the server listens; port 0 picks a free one.
        in_process: without sockets; only `tuco.client` and `tuco.async_client` reach it.
        settings: of the server, its host and port apart.

    Raises:
        TucoError: a server that runs already is asked for, and one in this process, too.
    """

    def __init__(
        self,
        fixture: str | Path | None = None,
        *,
        clock: str | datetime | Mapping[str, str] | None = None,
        rate_limits: Mapping[str, int | None] | None = None,
        seed: str | int | None = None,
        worker: str | None = None,
        url: str | None = None,
        control_token: str | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        in_process: bool = False,
        settings: Settings | None = None,
    ) -> None:
        if url is not None and (in_process or settings is not None):
            raise TucoError("url is a server that runs already: leave in_process and settings out")
        self._fixture = fixture
        self._clock = clock
        self._rate_limits = rate_limits
        self._seed = seed
        self._worker = worker
        self._url = url
        self._in_process = in_process
        settings = settings or Settings()
        token = control_token or settings.control_token
        self._settings = replace(settings, host=host, port=port, control_token=token)
        self._server: Server | None = None
        self._open = contextlib.ExitStack()

    @property
    def server(self) -> Server:
        """The server, while the block lasts: `server.workspace()` makes more workspaces.

        Raises:
            TucoError: it doesn't run.
        """
        if self._server is None:
            raise TucoError("the mock does not run: enter it with `with` first")
        return self._server

    def __getattr__(self, name: str) -> Any:
        """Say where a workspace's verbs are."""
        if name in _OF_HANDLES or (not name.startswith("_") and hasattr(Tuco, name)):
            raise NoHandle(f"{name} is of the handle that `with` gives: `with TucoMock() as tuco: tuco.{name}`")
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __enter__(self) -> Tuco:
        if self._server is not None:
            raise TucoError("this TucoMock is entered already; make another one")
        with contextlib.ExitStack() as opened:
            server = opened.enter_context(self._serving())
            tuco = server.workspace(
                fixture=self._fixture,
                clock=self._clock,
                rate_limits=self._rate_limits,
                seed=self._seed,
                worker=self._worker,
            )
            opened.enter_context(tuco)
            self._server = server
            self._open = opened.pop_all()
        return tuco

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server = None
        try:
            self._open.close()
        except TucoError:
            if kind is None:  # what went wrong in the block says more
                raise

    async def __aenter__(self) -> Tuco:
        return await aside(self.__enter__, undo=lambda: self.__exit__(None, None, None))

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await aside(lambda: self.__exit__(kind, error, traceback))

    def _serving(self) -> contextlib.AbstractContextManager[Server]:
        if self._url is not None:
            return Server(self._url, self._settings.control_token)
        from tuco_mock.mock.serving import serving  # noqa: PLC0415 - who has a server needs none of it

        return serving(self._settings, in_process=self._in_process)
