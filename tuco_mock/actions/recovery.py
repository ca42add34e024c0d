"""What a process had in its hands when it died: put back, so that others go on with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuco_mock.actions.answer import complete_reply
from tuco_mock.actions.completing import complete
from tuco_mock.domain.errors import NotFound
from tuco_mock.domain.messages import CANCELLABLE
from tuco_mock.domain.timestamps import iso
from tuco_mock.state.agenda import deed_of
from tuco_mock.state.queue import Job

if TYPE_CHECKING:
    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.state.real.holdings import Held, Holdings
    from tuco_mock.state.real.peers import Peers
    from tuco_mock.state.store import Store


def recover(store: Store, peers: Peers, process: str) -> None:
    """Put back everything that a dead process held.

    A job waits again; what it was about may have been sent by then, which whoever takes it sees (`complete`). An act
    is done again, if it was not. A delivery goes out, unless its attempt had begun: then nobody knows whether it was
    received, and it has failed. Each is put back in one piece, by who finds it in the dead hands still.
    """
    hands = peers.holdings.of(process)
    for held in hands.all():
        if held.kind == "job":
            _put_back_job(store, hands, held)
        elif held.kind == "send":
            _go_on_sending(store, hands, held)
        elif held.kind == "act":
            _put_back_act(store, hands, held)
        else:
            store.deliveries.put_back(hands, held)


def _put_back_job(store: Store, hands: Holdings, held: Held) -> None:
    message = store.messages.get(held.workspace, held.name)
    if message is None:
        hands.let_go(held.kind, held.workspace, held.name)
    else:
        store.queue.put_back(hands, held, message["seq"])


def _go_on_sending(store: Store, hands: Holdings, held: Held) -> None:
    """See a message to its end that was being sent without a job: it gets one, unless it was sent by then."""
    here = held.workspace
    message, workspace = store.messages.get(here, held.name), _workspace(store, here)
    if not hands.let_go(held.kind, here, held.name) or message is None or workspace is None:
        return
    now = store.vitals.clock(here).now()
    if message["status"] not in CANCELLABLE:
        complete(store, workspace, message, now)
    elif not store.queue.states(here, [held.name]):
        store.queue.add(here, [Job(held.name, "waiting", None, message["seq"], now)])


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
