"""What the simulated people do: answer, and open what they got."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuco_mock.actions.events import message_event, reply_event
from tuco_mock.actions.load import add
from tuco_mock.domain.errors import NotFound
from tuco_mock.domain.fixture.build import Items
from tuco_mock.domain.ids import key
from tuco_mock.domain.timestamps import iso

if TYPE_CHECKING:
    from tuco_mock.domain.fixture.model import Reply
    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.state.engines import Document
    from tuco_mock.state.store import Store


def answer(store: Store, workspace: Workspace, reply: Reply) -> Document:
    """Let somebody reply; the reply as it is stored."""
    made = add(store, workspace, Items(replies=[reply])).replies[0]
    reply_event(store, workspace, made)
    return made


def open_message(store: Store, workspace: Workspace, message_id: str) -> Document:
    """Let who got a message open it; the message as it then is."""
    message = store.messages.get(workspace.id, message_id)
    if message is None:
        raise NotFound("message")
    now = iso(store.vitals.clock(workspace.id).now())
    changes = {"readAt": now, "updatedAt": now}
    store.documents.update(workspace.id, "messages", {"_id": key(workspace.id, message_id)}, {"$set": changes})
    opened = {**message, **changes}
    message_event(store, workspace, "message.opened", opened, {"readAt": now})
    return opened
