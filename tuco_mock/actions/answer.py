"""What the simulated people do: answer, and open what they got (clauses P14 to P17)."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

import msgspec
from msgspec import UNSET

from tuco_mock.actions.effects import note
from tuco_mock.actions.events import message_event, reply_event
from tuco_mock.actions.load import add
from tuco_mock.domain import addresses
from tuco_mock.domain.errors import Conflict, NotFound
from tuco_mock.domain.fixture.build import Items
from tuco_mock.domain.ids import key, object_id
from tuco_mock.domain.journal import Effect
from tuco_mock.domain.messages import DELIVERED
from tuco_mock.domain.timestamps import iso

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tuco_mock.domain.fixture.model import Reply
    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.state.engines import Document
    from tuco_mock.state.store import Store

_NOTHING = nullcontext()


def answer(store: Store, workspace: Workspace, reply: Reply) -> Document:
    """Let somebody reply, as `answer_all`; the reply as it is stored."""
    return answer_all(store, workspace, [reply])[0]


def answer_all(store: Store, workspace: Workspace, replies: Sequence[Reply]) -> list[Document]:
    """Let people reply, one after the other, all of them or none; the replies as they are stored.

    A reply arrives on the line that its sender was last written to from, unless it says another one, and answers that
    message: the later steps of that campaign are cancelled for the lead (P15, P16). Then webhooks are told.

    Raises:
        InvalidInput: an id is taken, or something named does not exist; nothing was done.
    """
    here = workspace.id
    placed = [_placed(store, workspace, each) for each in replies]
    stored = add(store, workspace, Items(replies=placed), goes_on=True).replies
    note(Effect("replies.added", ids=tuple(each["id"] for each in stored)))
    with _NOTHING if store.hands is None else store.hands.making(here, "reply", {each["id"]: "" for each in stored}):
        for reply in stored:
            stop_sequence(store, here, reply)
            reply_event(store, workspace, reply)
    return stored


def _placed(store: Store, workspace: Workspace, reply: Reply) -> Reply:
    """The reply with line and campaign of what its sender got last, where it doesn't say them (P15)."""
    keys = addresses.keys((reply.recipient_phone,), (reply.recipient_email,), workspace.country_code)
    if reply.lead_id is UNSET:
        lead_id = store.leads.first_with(workspace.id, keys)
    else:
        lead_id = None if reply.lead_id is None else reply.lead_id.lower()
    if lead_id is None and not keys:
        return reply
    last = store.messages.last_sent_to(workspace.id, lead_id, keys)
    if last is None:
        return reply
    return msgspec.structs.replace(
        reply,
        line_id=reply.line_id or last.get("fromLineId"),
        campaign_id=reply.campaign_id or last.get("campaignId"),
    )


def stop_sequence(store: Store, workspace: str, reply: Document) -> None:
    """Cancel what waits for the lead of the campaign that it answered, with its jobs (P16)."""
    if reply["leadId"] is None or reply.get("campaignId") is None:
        return
    found = store.messages.cancellable_of_campaign(workspace, reply["leadId"], reply["campaignId"])
    if not found:
        return
    cancelled, jobs = store.cancel(workspace, found)
    if cancelled:
        note(Effect("messages.cancelled", message_ids=tuple(cancelled)))
        note(Effect("jobs.removed", count=jobs))


def open_message(store: Store, workspace: Workspace, message_id: str) -> Document:
    """Let who got a message open it; webhooks are told the first time, and afterwards nothing happens (P17).

    Returns:
        The message as it then is.

    Raises:
        NotFound: there is no such message.
        Conflict: nobody has got it.
    """
    found = object_id(message_id)
    message = None if found is None else store.messages.get(workspace.id, found)
    if message is None:
        raise NotFound("message", f"Workspace {workspace.id} has no message {message_id!r}.")
    if message["status"] not in DELIVERED:
        raise Conflict(f"Message {message['id']} is {message['status']}: only one that was sent can be opened.")
    if message.get("readAt") is not None:
        return message
    now = iso(store.vitals.clock(workspace.id).now())
    changes = {"readAt": now, "updatedAt": now}
    store.documents.update(workspace.id, "messages", {"_id": key(workspace.id, message["id"])}, {"$set": changes})
    opened = {**message, **changes}
    note(Effect("messages.opened", message_ids=(message["id"],)))
    message_event(store, workspace, "message.opened", opened, {"readAt": now})
    return opened
