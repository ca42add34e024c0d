"""The lines as the worker sees them: whose turn it is, and who has heard from which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tuco_mock.domain.ids import key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tuco_mock.state.documents import Documents
    from tuco_mock.state.engines import Document, Engines

_IN_TURN = [("lastSentAt", 1), ("seq", 1)]
_HEARD = {"$in": ["reached", "underway"]}


class Pace:
    """The documents of lines, and of messages by line."""

    def __init__(self, engines: Engines, documents: Documents) -> None:
        self._lines = engines.documents["lines"]
        self._messages = engines.documents["messages"]
        self._documents = documents

    def line(self, workspace: str, line_id: str) -> Document | None:
        """The line, or None."""
        return self._lines.find_one({"_id": key(workspace, line_id)})

    def in_turn(self, workspace: str) -> Iterator[Document]:
        """The active lines, that which has not sent for the longest time first: so they take turns."""
        return iter(self._lines.find({"workspaceId": workspace, "isActive": True}, sort=_IN_TURN))

    def change(self, workspace: str, line_id: str, changes: Mapping[str, Any]) -> None:
        """Note in a line's document what it has done."""
        self._documents.update(workspace, "lines", {"_id": key(workspace, line_id)}, {"$set": dict(changes)})

    def count(self, workspace: str, line: Document, changes: Mapping[str, Any]) -> bool:
        """The same, if the line has sent nothing since its document was read; False when it has, or is gone."""
        usage = line.get("usage") or {}
        same = {f"usage.{name}": usage.get(name) for name in ("date", "totalMessagesCount")}
        found = self._documents.update(workspace, "lines", {"_id": line["_id"], **same}, {"$set": dict(changes)})
        return found.matched_count == 1

    def uncount(self, workspace: str, line_id: str, day: str, *, first: bool) -> None:
        """Take back that a line sent a message on a day, since it was not sent after all."""
        less = {"usage.totalMessagesCount": -1, **({"usage.newConversationsCount": -1} if first else {})}
        chosen = {"_id": key(workspace, line_id), "usage.date": day}
        self._documents.update(workspace, "lines", chosen, {"$inc": less})

    def has_heard(self, workspace: str, message: Document, line_id: str) -> bool:
        """Whether the recipient of a message has got another one from the line: its lead, or else its address."""
        chosen: dict[str, Any] = {"workspaceId": workspace, "phase": _HEARD, "fromLineId": line_id}
        if message["leadId"] is not None:
            chosen["leadId"] = message["leadId"]
        else:
            chosen["to"] = {"$in": message["to"]}
        return self._messages.find_one({**chosen, "id": {"$ne": message["id"]}}, {"id": 1}) is not None
