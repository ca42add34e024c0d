"""What a worker does to a job, by hand: take it, be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuco_mock.domain.errors import Conflict, NotFound
from tuco_mock.domain.ids import object_id
from tuco_mock.domain.messages import CANCELLABLE
from tuco_mock.domain.timestamps import iso

if TYPE_CHECKING:
    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.state.store import Store


def start_job(store: Store, workspace: Workspace, message_id: str) -> str:
    """Let a worker take the message's job, due or not, and hold it; the message itself stays as it is.

    Returns:
        The message's id.

    Raises:
        NotFound: there is no such message.
        Conflict: it has no job, or a worker holds it already.
    """
    found = _message(store, workspace, message_id)
    if not store.queue.start(workspace.id, found):
        held = store.queue.is_held(workspace.id, found)
        raise Conflict(f"Message {found} {'is held by a worker already' if held else 'has no job to take'}.")
    return found


def finish_job(store: Store, workspace: Workspace, message_id: str) -> str:
    """Let the worker that holds the job be done: the message is sent, unless it was cancelled meanwhile (C14).

    Returns:
        The message's id.

    Raises:
        NotFound: there is no such message.
        Conflict: no worker holds its job.
    """
    found = _message(store, workspace, message_id)
    if not store.queue.is_held(workspace.id, found):
        raise Conflict(f"No worker holds the job of message {found}; start it first.")
    now = iso(store.vitals.clock(workspace.id).now())
    changes = {"sentAt": now, "updatedAt": now}
    store.messages.move(workspace.id, found, "sent", changes, allowed=(*CANCELLABLE, "sending"))
    store.queue.finish(workspace.id, found)
    return found


def _message(store: Store, workspace: Workspace, message_id: str) -> str:
    found = object_id(message_id)
    if found is None or store.messages.get(workspace.id, found) is None:
        raise NotFound("message", f"Workspace {workspace.id} has no message {message_id!r}.")
    return found
