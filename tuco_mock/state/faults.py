"""The faults of all workspaces: what they are, and how often each was met."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuco_mock.domain.faults import Fault
from tuco_mock.state.rules import Rules

if TYPE_CHECKING:
    from redis import Redis

    from tuco_mock.state.workspaces import Workspaces


class Faults(Rules[Fault]):
    """The faults, in the order they were added: the first that strikes a call is the one it meets."""

    def __init__(self, redis: Redis, workspaces: Workspaces) -> None:
        super().__init__(redis, "fault", Fault)
        self._workspaces = workspaces

    def mark(self, workspace: str) -> None:
        """Note with the workspace whether there are faults: after they were put back from elsewhere, too."""
        self._workspaces.mark_faults(workspace, self.any(workspace))
