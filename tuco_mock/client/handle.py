"""What all verbs of a workspace's handle share: which workspace it is, and how to ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tuco_mock.client.control import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tuco_mock.client.control import Control


class Handle:
    """One workspace, by its id, on the control plane of its server.

    Attributes:
        id: the workspace's id.
    """

    def __init__(self, control: Control, workspace: str) -> None:
        self.id = workspace
        self._control = control
        self._base = f"/_tuco/workspaces/{part(workspace)}"

    def _call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        answer: Any = Any,
        query: Mapping[str, Any] | None = None,
        about: str = "",
        seconds: float = PATIENCE,
    ) -> Any:
        """Call the control plane below this workspace."""
        where = self._path(path)
        return self._control.call(method, where, body, answer=answer, query=query, about=about, seconds=seconds)

    def _path(self, path: str) -> str:
        return self._base + path


def part(name: object) -> str:
    """A name as a part of a path."""
    return quote(str(name), safe="")


def id_of(thing: Any) -> Any:
    """The id of a lead, message, …; what is an id already, as it is."""
    return getattr(thing, "id", thing)
