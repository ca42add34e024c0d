"""Workspaces that come and go with as few calls as can be: a test's fixture is one, and it need not wait for it."""

from __future__ import annotations

import contextlib
from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple

from tuco_mock.client.errors import ControlError, TucoError
from tuco_mock.client.handle import part
from tuco_mock.client.models import Words

if TYPE_CHECKING:
    from tuco_mock.client.connector import Asked
    from tuco_mock.client.control import Control

_TOGETHER = 8
"""How many workspaces are dropped in one go."""


class Made(Words, frozen=True, kw_only=True):
    """What the server says of a workspace."""

    id: str
    api_keys: list[str]


class _Ahead(NamedTuple):
    """A workspace that is being made before anybody wants it, and those that leave with it."""

    given: dict[str, Any]
    leaving: list[str]
    asked: Asked


class Turnover:
    """The making and dropping of workspaces on one server; several threads may use it."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self._leaving: deque[str] = deque()
        self._filled: set[str] = set()
        self._ahead: deque[_Ahead] = deque(maxlen=1)

    def make(self, given: dict[str, Any], about: str = "") -> Made:
        """Make a workspace, or hand out the one that was asked for ahead if it is just like that.

        Raises:
            ControlError: what is given has mistakes.
        """
        made = self._made_ahead(given) or self._made(self._ask(given), about)
        if "state" in given:
            self._filled.add(made.id)
        return made

    def make_ahead(self, given: dict[str, Any]) -> None:
        """Ask for a workspace that is wanted next, and don't wait for it; one at a time.

        What goes wrong is told when it is wanted: it is asked for again then.
        """
        if not self._ahead:
            with contextlib.suppress(TucoError):
                self._ahead.append(self._ask(given))

    def drop_soon(self, workspace: str) -> None:
        """Drop a workspace with one of the next that are made, or with `settle`."""
        self._leaving.append(workspace)

    def wait(self) -> None:
        """Let no call be under way; what was made ahead leaves."""
        self._made_ahead(None)

    def forget(self) -> None:
        """All that were to leave are gone."""
        self._take_leaving()
        self._filled.clear()

    def settle(self) -> None:
        """Drop now what leaves, and what was made ahead."""
        self.wait()
        for each in self._take_leaving():
            with contextlib.suppress(ControlError):  # it is gone already
                self._control.call("DELETE", f"/_tuco/workspaces/{part(each)}")

    def _ask(self, given: dict[str, Any]) -> _Ahead:
        leaving = self._take_leaving() if self._is_time else []
        body = {**given, "instead": leaving} if leaving else given
        try:
            return _Ahead(given, leaving, self._control.ask("POST", "/_tuco/workspaces", body))
        except BaseException:
            self._leaving.extend(leaving)
            raise

    def _made(self, ahead: _Ahead, about: str = "") -> Made:
        try:
            made: Made = self._control.answered(ahead.asked, answer=Made, about=about)
        except BaseException:
            self._leaving.extend(ahead.leaving)
            raise
        self._filled.difference_update(ahead.leaving)
        return made

    def _made_ahead(self, given: dict[str, Any] | None) -> Made | None:
        """The workspace that was asked for ahead, if there is one; when it isn't what is wanted, it leaves."""
        try:
            ahead = self._ahead.popleft()
            made = self._made(ahead)
        except (IndexError, TucoError):
            return None
        if ahead.given == given:
            return made
        self._leaving.append(made.id)
        return None

    @property
    def _is_time(self) -> bool:
        """Whether those that leave are worth a call, or too large to be kept any longer."""
        return len(self._leaving) >= _TOGETHER or not self._filled.isdisjoint(self._leaving)

    def _take_leaving(self) -> list[str]:
        """The workspaces to drop, which are this call's alone from now on: others may be made at the same time."""
        taken = []
        with contextlib.suppress(IndexError):
            while True:
                taken.append(self._leaving.popleft())
        return taken
