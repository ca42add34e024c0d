"""What follows from a message's status, when the process that gave it that status died before it saw to the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuco_mock.actions.reach import Reach, reach
from tuco_mock.actions.sending import Sending
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
    event = f"message.{status}"
    told = any(each.message_id == message_id and each.event == event for each in store.deliveries.all(here))
    if status == "sent" and "delivered" not in planned:
        to = next((each for each in sending.recipients() if each.text == message.get("sentTo")), None)
        sending.follow(to, Reach(imessage=True) if to is None else reach(store, workspace, to.key), told=told)
    elif status in {"failed", "fallback"}:
        sending.make_known(told=told)
