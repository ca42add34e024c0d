"""A running server, and the workspaces on it."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Self

from msgspec import Struct

from tuco_mock.client import fixtures
from tuco_mock.client.connector import SocketConnector
from tuco_mock.client.control import Control
from tuco_mock.client.errors import TucoError
from tuco_mock.client.handle import part
from tuco_mock.client.models import Request
from tuco_mock.client.tuco import Tuco
from tuco_mock.client.turnover import Made, Turnover

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType

    from tuco_mock.client.connector import Connector


class _Workspaces(Struct):
    workspaces: list[Made]


class _Requests(Struct):
    requests: list[Request]


class Server:
    """One server, wherever it runs. As a context manager its connections are closed at the end.

    Args:
        url: where it is, as ``http://127.0.0.1:4010``, or a way to get there.
        token: of the control plane, if it wants one.

    Raises:
        TucoError: the URL is no http URL.
    """

    def __init__(self, url: str | Connector, token: str | None = None) -> None:
        self._connector = SocketConnector(url) if isinstance(url, str) else url
        self._control = Control(self._connector, token)
        self._turnover = Turnover(self._control)

    def __repr__(self) -> str:
        return f"<Server {self.url}>"

    @property
    def url(self) -> str:
        """Its base URL, without a slash at its end."""
        return self._connector.url

    def info(self) -> dict[str, Any]:
        """Version, engines, settings, counts.

        Raises:
            ServerUnreachable: no tuco-mock answers there.
        """
        self._turnover.settle()
        found: dict[str, Any] = self._control.call("GET", "/_tuco/info", answer=dict[str, Any])
        return found

    def reset(self) -> None:
        """Back to what the server was started with; all other workspaces are gone."""
        self._turnover.wait()
        self._control.call("POST", "/_tuco/reset")
        self._turnover.forget()

    def workspaces(self) -> list[Tuco]:
        """All workspaces, the first one first."""
        self._turnover.settle()
        found: _Workspaces = self._control.call("GET", "/_tuco/workspaces", answer=_Workspaces)
        return [self._handle(each) for each in found.workspaces]

    def workspace(
        self,
        *,
        fixture: str | Path | None = None,
        near: Iterable[Path] = (),
        state: Mapping[str, Any] | None = None,
        clock: str | datetime | Mapping[str, str] | None = None,
        rate_limits: Mapping[str, int | None] | None = None,
        seed: str | int | None = None,
        name: str | None = None,
        worker: str | None = None,
    ) -> Tuco:
        """Make a workspace.

        Args:
            fixture: what fills it: a file or a shipped name, its first workspace without its id and keys.
            near: directories a relative fixture is looked for in before the current one.
            state: what fills it, as a workspace in the fixture format, where there is no fixture.
            clock: a time, frozen there; ``{"live": "+1h"}`` runs ahead. Real time when left out.
            rate_limits: calls a minute by group; None lifts a limit.
            seed: what chance and new ids start from.
            name: what people call it.
            worker: ``auto``: what is due is sent as the clock goes; ``manual``: when told to. As the server has it
                when left out.

        Raises:
            FixtureError: there is no such fixture.
            ControlError: the fixture or state has mistakes.
        """
        given = _given(clock=clock, rate_limits=rate_limits, seed=seed, name=name, worker=worker)
        about = ""
        if fixture is not None:
            read = fixtures.state_of(fixture, near)
            given["state"], about = read.whole, read.name
        elif state is not None:
            given["state"] = state
        return self._handle(self._turnover.make(given, about))

    def workspace_ahead(self, **options: Any) -> None:
        """Ask for the workspace that is wanted next and don't wait: it is made meanwhile, and `workspace` hands it out.

        That has to be called with the same options. With others it makes what it is asked for, and the one that was
        made ahead leaves with those of `drop_soon`. Nothing happens where a fixture or state fills the workspace, or
        where one is asked for already; nothing is raised for what is wrong in them: `workspace` tells it.

        Args:
            options: as of `workspace`.
        """
        options.pop("near", None)
        if (options.pop("fixture", None), options.pop("state", None)) == (None, None):
            self._turnover.make_ahead(_given(**options))

    def drop_soon(self, tuco: Tuco) -> None:
        """Drop a workspace with one of the next that are made, and at the latest when the server is closed.

        No call is made for it alone: a few go together, but one that was made with contents goes with the very next.
        Until then it is there, but `workspaces` and `info` don't show it.
        """
        tuco.end()
        self._turnover.drop_soon(tuco.id)

    def existing(self, workspace: str = "default") -> Tuco:
        """A workspace that is there already; ``default`` is the first one.

        Raises:
            ControlError: there is none of that id.
        """
        return self._handle(self._control.call("GET", f"/_tuco/workspaces/{part(workspace)}", answer=Made))

    def unclaimed(self) -> list[Request]:
        """The requests that came with no key that any workspace has, oldest first."""
        found: _Requests = self._control.call("GET", "/_tuco/requests", answer=_Requests)
        return found.requests

    def clear_unclaimed(self) -> None:
        """Forget the requests that came with no key that any workspace has."""
        self._control.call("DELETE", "/_tuco/requests")

    def close(self) -> None:
        """Close all connections; the server itself goes on."""
        with contextlib.suppress(TucoError):  # a server that has ended has dropped everything
            self._turnover.settle()
        self._connector.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _handle(self, made: Made) -> Tuco:
        return Tuco(self._control, made.id, made.api_keys[0] if made.api_keys else "")


def _given(
    *,
    clock: object = None,
    rate_limits: object = None,
    seed: str | int | None = None,
    name: str | None = None,
    worker: str | None = None,
) -> dict[str, Any]:
    """What a workspace is made with, as far as it is given, in the words of the control plane."""
    given = {
        "clock": clock,
        "rateLimits": rate_limits,
        "name": name,
        "worker": worker,
        "seed": None if seed is None else str(seed),
    }
    return {word: value for word, value in given.items() if value is not None}
