"""The lines of all workspaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuco_mock.domain.ids import key

if TYPE_CHECKING:
    from tuco_mock.state.engines import Engines


class Lines:
    """The line documents."""

    def __init__(self, engines: Engines) -> None:
        self._collection = engines.documents["lines"]

    def has_active(self, workspace: str, line_id: str | None = None) -> bool:
        """Whether a line is there and active, or, when none is named, any is."""
        chosen = {"workspaceId": workspace} if line_id is None else {"_id": key(workspace, line_id)}
        return self._collection.find_one({**chosen, "isActive": True}, {"_id": 1}) is not None
