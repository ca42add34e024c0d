"""What happens by itself in time: sending ends, a message is delivered, answered or opened (W13, W21)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import UNSET

from tuco_mock.actions.answer import answer, open_message
from tuco_mock.actions.reach import Reach, reach
from tuco_mock.actions.sending import Sending
from tuco_mock.domain.fixture.model import Reply
from tuco_mock.domain.timestamps import iso

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.state.store import Store

Happened = tuple[str, str | None] | tuple[str, str | None, str | None]
"""What kind of thing happened, to which message, and the id of a reply."""


def happen(store: Store, workspace: Workspace, deed: Mapping[str, Any], now: int) -> Happened | None:
    """Let something of the agenda happen; None when what it is about is gone, or not as it was."""
    message_id = deed.get("messageId")
    name = deed["deed"]
    if name == "sent":
        return None if message_id is None else _end_sending(store, workspace, message_id.lower(), now)
    if name == "delivered":
        return None if message_id is None else _deliver(store, workspace, message_id.lower(), now)
    if name == "opened":
        return None if message_id is None else _open(store, workspace, message_id.lower())
    return _reply(store, workspace, deed)


def _end_sending(store: Store, workspace: Workspace, message_id: str, now: int) -> Happened | None:
    message = store.messages.get(workspace.id, message_id)
    if message is None:
        return None
    sending = Sending(store, workspace, message, now)
    to = next((each for each in sending.recipients() if each.text == message.get("sentTo")), None)
    found = Reach(imessage=True) if to is None else reach(store, workspace, to.key)
    if not sending.arrive(to, found):
        return None
    store.queue.end(workspace.id, message_id)
    return sending.message["status"], message_id


def _deliver(store: Store, workspace: Workspace, message_id: str, now: int) -> Happened | None:
    at = iso(now)
    changes = {"deliveredAt": at, "updatedAt": at}
    moved = store.messages.move(workspace.id, message_id, "delivered", changes, ("sent",))
    return ("delivered", message_id) if moved else None


def _open(store: Store, workspace: Workspace, message_id: str) -> Happened | None:
    message = store.messages.get(workspace.id, message_id)
    if message is None or message["phase"] != "reached" or "readAt" in message:
        return None
    open_message(store, workspace, message_id)
    return "opened", message_id


def _reply(store: Store, workspace: Workspace, deed: Mapping[str, Any]) -> Happened | None:
    lead_id = deed.get("leadId")
    if lead_id is not None and not store.leads.exists(workspace.id, lead_id.lower()):
        return None  # the lead was removed meanwhile, and with it all that was said
    said = Reply(
        lead_id=UNSET if lead_id is None else lead_id,
        recipient_phone=deed.get("recipientPhone"),
        recipient_email=deed.get("recipientEmail"),
        message=deed.get("message") or "",
    )
    if lead_id is None and said.recipient_phone is None and said.recipient_email is None:
        return None
    return "reply", deed.get("messageId"), answer(store, workspace, said)["id"]
