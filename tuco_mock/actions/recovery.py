"""What a process had in its hands when it died, or lost an engine: put back, so that others go on with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from tuco_mock.actions.completing import complete, complete_reply
from tuco_mock.actions.enrol import go_on_enrolling
from tuco_mock.actions.redoing import replace_again
from tuco_mock.actions.remove_leads import remove_leads
from tuco_mock.domain.errors import NotFound
from tuco_mock.domain.messages import CANCELLABLE
from tuco_mock.domain.timestamps import iso
from tuco_mock.state.agenda import deed_of
from tuco_mock.state.queue import Job

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tuco_mock.domain.messages import JobState
    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.state.engines import Document
    from tuco_mock.state.real.holdings import Held, Holdings
    from tuco_mock.state.store import Store


def recover(store: Store, hands: Holdings, held: Sequence[Held]) -> None:
    """Put back what is in the hands of a process that does not go on with it.

    A job waits again; what it was about may have been sent by then, which whoever takes it sees (`complete`). An act
    is done again, if it was not. A delivery goes out, unless its attempt had begun: then nobody knows whether it was
    received, and it has failed. Each is put back in one piece, by who finds it in these hands still. To what was being
    made is added what is missing of it, and it leaves these hands then. First of all comes what was being replaced, in
    which nobody else is until then.
    """
    for each in sorted(held, key=lambda each: each.kind != "replace"):
        if each.kind == "replace":
            replace_again(store, hands, each)
        elif each.kind == "job":
            _put_back_job(store, hands, each)
        elif each.kind == "act":
            _put_back_act(store, hands, each)
        elif each.kind == "delivery":
            store.deliveries.put_back(hands, each)
        else:
            workspace = _workspace(store, each.workspace)
            if workspace is not None:
                _GOING_ON[each.kind](store, workspace, each)
            hands.let_go(each.kind, each.workspace, each.name)


def _put_back_job(store: Store, hands: Holdings, held: Held) -> None:
    message = store.messages.get(held.workspace, held.name)
    if message is None:
        hands.let_go(held.kind, held.workspace, held.name)
    else:
        store.queue.put_back(hands, held, message["seq"])


def _go_on_sending(store: Store, workspace: Workspace, held: Held) -> None:
    """See a message to its end that was being sent without a job: it gets one, unless it was sent by then."""
    message = store.messages.get(workspace.id, held.name)
    if message is None:
        return
    if message["status"] in CANCELLABLE:
        _queue(store, message, "waiting", None)
    else:
        complete(store, workspace, message, store.vitals.clock(workspace.id).now())


def _go_on_queueing(store: Store, workspace: Workspace, held: Held) -> None:
    """Let a message have its job, unless it was cancelled or brought to its end by then."""
    message = store.messages.get(workspace.id, held.name)
    state, _, due = held.value.partition(" ")
    if message is not None and message["status"] in CANCELLABLE:
        _queue(store, message, cast("JobState", state), int(due) if due else None)


def _queue(store: Store, message: Document, state: JobState, due: int | None) -> None:
    """Queue a message's job, if it has none; whoever cancels it meanwhile has no job to remove, and it is removed."""
    here, message_id = message["workspaceId"], message["id"]
    if not store.queue.states(here, [message_id]):
        now = store.vitals.clock(here).now()
        store.queue.add(here, [Job(message_id, state, due, message["seq"], now)])
        store.drop_jobs_of_cancelled(here, [message_id])


def _go_on_replying(store: Store, workspace: Workspace, held: Held) -> None:
    reply = store.replies.get(workspace.id, held.name)
    if reply is not None:
        complete_reply(store, workspace, reply)


def _go_on_cancelling(store: Store, workspace: Workspace, held: Held) -> None:
    """The messages are cancelled all at once; some of their jobs may be there still."""
    cancelled = store.messages.of_cancellation(workspace.id, int(held.name))
    if cancelled:
        store.queue.remove(workspace.id, cancelled)


def _go_on_removing(store: Store, workspace: Workspace, held: Held) -> None:
    remove_leads(store, workspace, [held.name])


def _go_on_enrolling(store: Store, workspace: Workspace, held: Held) -> None:
    campaign_id, _, lead_id = held.name.partition("/")
    go_on_enrolling(store, workspace, campaign_id, lead_id)


_GOING_ON = {
    "send": _go_on_sending,
    "queue": _go_on_queueing,
    "reply": _go_on_replying,
    "cancel": _go_on_cancelling,
    "remove": _go_on_removing,
    "enrol": _go_on_enrolling,
}
"""What is done about things of these kinds that nobody saw to the end."""


def _workspace(store: Store, workspace: str) -> Workspace | None:
    try:
        return store.workspaces.get(workspace)
    except NotFound:
        return None


def _put_back_act(store: Store, hands: Holdings, held: Held) -> None:
    """Put it on the agenda again; when the message is not as the act finds it, the act began, and the rest is done."""
    deed = deed_of(held.name)
    message = store.messages.get(held.workspace, deed.get("messageId") or "")
    workspace = _workspace(store, held.workspace)
    if workspace is None:
        hands.let_go(held.kind, held.workspace, held.name)
        return
    if deed["deed"] == "sent" and message is not None and message["status"] != "sending":
        if hands.let_go(held.kind, held.workspace, held.name):
            complete(store, workspace, message, store.vitals.clock(held.workspace).now())
            store.queue.end(held.workspace, message["id"])
    elif deed["deed"] == "reply" and (come := store.replies.that_came(held.workspace, deed, iso(int(held.value)))):
        if hands.let_go(held.kind, held.workspace, held.name):
            complete_reply(store, workspace, come)
    else:
        store.agenda.put_back(hands, held)
