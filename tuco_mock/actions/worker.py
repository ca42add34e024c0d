"""The worker: sends a message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuco_mock.actions.events import message_event
from tuco_mock.domain.ids import key
from tuco_mock.domain.timestamps import iso

if TYPE_CHECKING:
    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.state.engines import Document
    from tuco_mock.state.store import Store


def attempt(store: Store, workspace: Workspace, message: Document) -> Document:
    """Send a message now, over its line or the one that rested longest; the message as it then is."""
    here = workspace.id
    now = iso(store.vitals.clock(here).now())
    lines = [line for line in store.all("lines", here) if line["isActive"]]
    line = min(lines, key=lambda each: (each.get("lastSentAt", ""), each["seq"]), default=None)
    line_id: str | None = message.get("fromLineId") or (None if line is None else line["id"])
    if line_id is not None:
        store.documents.update(here, "lines", {"_id": key(here, line_id)}, {"$set": {"lastSentAt": now}})
    changes = {"sentAt": now, "updatedAt": now, **({"fromLineId": line_id} if line_id else {})}
    store.messages.move(here, message["id"], "sent", changes, allowed=("queued", "pending", "scheduled"))
    store.queue.remove(here, [message["id"]])
    sent = store.messages.get(here, message["id"]) or message
    message_event(store, workspace, "message.sent", sent, {})
    return sent
