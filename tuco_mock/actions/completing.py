"""What follows from a message's status, or a reply, when the process died before it saw to all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuco_mock.actions.answer import stop_sequence
from tuco_mock.actions.events import reply_event
from tuco_mock.actions.reach import Reach, reach
from tuco_mock.actions.sending import Sending
from tuco_mock.domain import threads
from tuco_mock.domain.agenda import Act

if TYPE_CHECKING:
    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.state.engines import Document
    from tuco_mock.state.store import Store


def complete(store: Store, workspace: Workspace, message: Document, now: int) -> None:
    """Do what is missing: its event, what happens to it in time, the SMS in its place; nothing a second time.

    The order in which these are done otherwise tells what is missing: the event is first, the acts are last.
    """
    here, status, message_id = workspace.id, message["status"], message["id"]
    planned = {each.deed["deed"] for each in store.agenda.all(here) if each.deed.get("messageId") == message_id}
    sending = Sending(store, workspace, message, now)
    if status == "sending":
        if "sent" not in planned:
            store.agenda.add(here, [Act(now, {"deed": "sent", "messageId": message_id})], message["seq"])
        return
    told = _told(store, here, message_id, f"message.{status}")
    if status == "sent" and "delivered" not in planned:
        to = next((each for each in sending.recipients() if each.text == message.get("sentTo")), None)
        sending.follow(to, Reach(imessage=True) if to is None else reach(store, workspace, to.key), told=told)
    elif status in {"failed", "fallback"}:
        sending.make_known(told=told)


def complete_reply(store: Store, workspace: Workspace, reply: Document) -> None:
    """Do what is missing of what follows from a reply: its place in the threads, what it stops, and its event."""
    here, lead_id = workspace.id, reply["leadId"]
    if lead_id is not None:
        scopes = [*threads.scopes_of(reply), *map(threads.campaign, store.campaigns_of(here, lead_id))]
        last = threads.cursor(reply)
        store.replies.touch(here, [threads.document(here, lead_id, scope, last) for scope in scopes])
    stop_sequence(store, here, reply)
    reply_event(store, workspace, reply, told=_told(store, here, reply["id"], "message.reply"))


def _told(store: Store, workspace: str, message_id: str, event: str) -> set[str]:
    """The webhooks that were told of an event of a message or reply."""
    deliveries = store.deliveries.all(workspace)
    return {each.webhook_id for each in deliveries if (each.message_id, each.event) == (message_id, event)}
