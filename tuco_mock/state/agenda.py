"""What is still to happen in all workspaces, by the time when it is due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuco_mock.domain.agenda import agenda_document

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tuco_mock.domain.agenda import Act
    from tuco_mock.state.alarm import Alarm
    from tuco_mock.state.documents import Documents
    from tuco_mock.state.engines import Document, Engines
    from tuco_mock.state.vitals import Vitals

_SOONEST_FIRST = [("due", 1), ("seq", 1)]


class Agenda:
    """The acts' documents: `due` in milliseconds, and the `deed` in the words of the fixture format."""

    def __init__(self, engines: Engines, documents: Documents, vitals: Vitals, alarm: Alarm) -> None:
        self._collection = engines.documents["agenda"]
        self._documents = documents
        self._vitals = vitals
        self._alarm = alarm

    def add(self, workspace: str, acts: Sequence[Act]) -> None:
        """Let these happen, each in its time."""
        if acts:
            first = self._vitals.next_sequence(workspace, len(acts))
            made = [agenda_document(workspace, number, *act) for number, act in enumerate(acts, first)]
            self._documents.insert(workspace, "agenda", made)
            self._alarm.ring(workspace)

    def next(self, workspace: str) -> Document | None:
        """What is due first, or None."""
        return self._collection.find_one({"workspaceId": workspace}, sort=_SOONEST_FIRST)

    def take(self, workspace: str, act: Document) -> bool:
        """Take an act off the agenda to do it; False when somebody else was quicker."""
        return self._documents.remove(workspace, "agenda", {"_id": act["_id"]}) == 1

    def all(self, workspace: str) -> list[Document]:
        """All of a workspace, what is due first first."""
        return list(self._collection.find({"workspaceId": workspace}, sort=_SOONEST_FIRST))
