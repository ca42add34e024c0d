"""What a worker does to a job, by hand: take it, be done with it, fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuco_mock.actions import worker
from tuco_mock.domain.errors import Conflict, NotFound
from tuco_mock.domain.ids import object_id

if TYPE_CHECKING:
    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.state.engines import Document
    from tuco_mock.state.store import Store

FAILED = "Failed by hand"
"""The error of a message that is failed without one."""


def start_job(store: Store, workspace: Workspace, message_id: str) -> str:
    """Let a worker take the message's job, due or not, and hold it; the message itself stays as it is.

    Returns:
        The message's id.

    Raises:
        NotFound: there is no such message.
        Conflict: it has no job, or a worker holds it already.
    """
    found: str = _message(store, workspace, message_id)["id"]
    if not store.queue.start(workspace.id, found, by_hand=True):
        held = store.queue.is_held(workspace.id, found)
        raise Conflict(f"Message {found} {'is held by a worker already' if held else 'has no job to take'}.")
    return found


def finish_job(store: Store, workspace: Workspace, message_id: str) -> str:
    """Let the worker that holds the job be done: the message is sent, unless it was cancelled meanwhile (C14, W22).

    Returns:
        The message's id.

    Raises:
        NotFound: there is no such message.
        Conflict: no worker holds its job.
    """
    message = _held(store, workspace, message_id)
    worker.finish(store, workspace, message)
    store.queue.end(workspace.id, message["id"])
    return str(message["id"])


def fail_job(store: Store, workspace: Workspace, message_id: str, error: str | None = None) -> str:
    """Let the worker that holds the job give up: the message failed, unless it was cancelled meanwhile (W22).

    Returns:
        The message's id.

    Raises:
        NotFound: there is no such message.
        Conflict: no worker holds its job.
    """
    message = _held(store, workspace, message_id)
    worker.fail(store, workspace, message, error or FAILED)
    store.queue.end(workspace.id, message["id"])
    return str(message["id"])


def _held(store: Store, workspace: Workspace, message_id: str) -> Document:
    message = _message(store, workspace, message_id)
    if not store.queue.is_held(workspace.id, message["id"]):
        raise Conflict(f"No worker holds the job of message {message['id']}; start it first.")
    return message


def _message(store: Store, workspace: Workspace, message_id: str) -> Document:
    found = object_id(message_id)
    message = None if found is None else store.messages.get(workspace.id, found)
    if message is None:
        raise NotFound("message", f"Workspace {workspace.id} has no message {message_id!r}.")
    return message
