"""What a process had in its hands when it died: put back, so that others go on with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuco_mock.actions.answer import complete_reply
from tuco_mock.actions.completing import complete
from tuco_mock.domain.errors import NotFound
from tuco_mock.domain.timestamps import iso
from tuco_mock.state.agenda import deed_of

if TYPE_CHECKING:
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


def _put_back_act(store: Store, hands: Holdings, held: Held) -> None:
    """Put it on the agenda again; when the message is not as the act finds it, the act began, and the rest is done."""
    deed = deed_of(held.name)
    message = store.messages.get(held.workspace, deed.get("messageId") or "")
    try:
        workspace = store.workspaces.get(held.workspace)
    except NotFound:
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
