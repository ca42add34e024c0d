"""The worker: takes what is due, job by job, and attempts to send each message (W1 to W25)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tuco_mock.actions.acts import happen
from tuco_mock.actions.completing import complete
from tuco_mock.actions.presend import NO_LINE, turn_of
from tuco_mock.actions.reach import Reach, reach
from tuco_mock.actions.sending import IN_HAND, LineBusy, Sending
from tuco_mock.domain.messages import CANCELLABLE, Status
from tuco_mock.domain.timestamps import iso
from tuco_mock.state.agenda import Planned
from tuco_mock.state.queue import Job, QueuedJob

if TYPE_CHECKING:
    from tuco_mock.actions.presend import Turn
    from tuco_mock.actions.recipients import Recipient
    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.state.engines import Document
    from tuco_mock.state.store import Store

NO_ADDRESS = "No address of the recipient can be used for this type of message"
"""The error of a message that has nowhere to go."""


_AT_ONCE = 100
"""How many things are looked up at once."""


class Done(NamedTuple):
    """Something that was done.

    Attributes:
        at: when, in milliseconds of the workspace's clock.
        kind: ``sent``, ``sending``, ``delivered``, ``failed``, ``fallback``, ``pending``, ``scheduled``, ``dropped``
            (a job whose message was not to be sent any more), ``reply``, ``opened``.
        message_id: the message it was about.
        reply_id: of a reply: its own id.
    """

    at: int
    kind: str
    message_id: str | None
    reply_id: str | None = None


def attempt(store: Store, workspace: Workspace, message: Document) -> Document:
    """Attempt to send a message at the clock's present moment, whether it has a job in the queue or not.

    What keeps it from being sent now puts it off and is no error: it is ``pending`` or ``scheduled`` then, with a job.

    Returns:
        The message as it is afterwards.
    """
    here = workspace.id
    if store.hands is None:
        return _attempted(store, workspace, message)
    with store.hands.making(here, "send", {message["id"]: ""}), store.hands.or_left("job", here, message["id"]):
        return _attempted(store, workspace, message)


def _attempted(store: Store, workspace: Workspace, message: Document) -> Document:
    held = store.queue.start(workspace.id, message["id"])
    now = store.vitals.clock(workspace.id).now()
    sending = Sending(store, workspace, message, now)
    _attempt(store, workspace, sending, now, held=held)
    return sending.message


Thing = QueuedJob | Planned
"""What can be due: a job or an act of the agenda."""


def next_due(store: Store, workspace: str, now: int) -> int | None:
    """When the next thing is due in a workspace whose clock shows `now`, in milliseconds; None when there is none."""
    delayed, waiting = store.queue.first_due(workspace)
    found = [
        each for each in (delayed, now if waiting else None, store.agenda.first_due(workspace)) if each is not None
    ]
    return min(found, default=None)


def things_due(store: Store, workspace: str, now: int) -> list[Thing]:
    """The next things that are due by now, in the order in which they are done (W3).

    First what happens by itself, then delayed jobs, each by its time, then those that wait.
    """
    acts = store.agenda.due(workspace, now, _AT_ONCE)
    return [*acts] if len(acts) == _AT_ONCE else [*acts, *store.queue.due(workspace, now, _AT_ONCE)]


def do(store: Store, workspace: Workspace, thing: Thing, now: int) -> Done | None:
    """Do what was due, at this moment, which the clock shows; None when there was nothing to do any more."""
    if store.hands is None:
        return _do(store, workspace, thing, now)
    kind, name = ("job", thing.message_id) if isinstance(thing, QueuedJob) else ("act", thing.member)
    with store.hands.or_left(kind, workspace.id, name):
        return _do(store, workspace, thing, now)


def _do(store: Store, workspace: Workspace, thing: Thing, now: int) -> Done | None:
    if isinstance(thing, QueuedJob):
        return work_off(store, workspace, thing.message_id, now) if store.queue.take(workspace.id, thing) else None
    if not store.agenda.take(workspace.id, thing):
        return None
    done = happen(store, workspace, thing.deed, now)
    store.agenda.finish(workspace.id, thing)
    return None if done is None else Done(now, *done)


def work_off(store: Store, workspace: Workspace, message_id: str, now: int) -> Done:
    """Do a job that this worker holds."""
    here = workspace.id
    message = store.messages.get(here, message_id)
    if message is None or message["status"] not in CANCELLABLE:
        if message is not None and store.queue.has_stalled(here, message_id):
            complete(store, workspace, message, now)
            if message["status"] == "sending":
                store.queue.leave(here, message_id)
                return Done(now, "sending", message_id)
        store.queue.finish(here, message_id)
        return Done(now, "dropped", message_id)
    sending = Sending(store, workspace, message, now)
    if _attempt(store, workspace, sending, now, held=True):
        return Done(now, sending.message["status"], message_id)
    return Done(now, "dropped", message_id)


def _attempt(store: Store, workspace: Workspace, sending: Sending, now: int, *, held: bool) -> bool:
    """Send, fail or put off; False when the message was cancelled meanwhile. The job ends, or goes on in time."""
    here, message_id = workspace.id, sending.message["id"]
    turn = turn_of(store, here, sending.message, now)
    try:
        if turn is None:
            done = sending.fail(NO_LINE)
        elif turn.pause is None:
            done = _send(store, workspace, sending, turn)
        elif turn.pause.until > now:
            return _put_off(store, workspace, sending, turn, now, held=held)
        else:  # the clock is at its end
            done = sending.fail(f"{turn.pause.reason}, and no time is left to wait")
    except LineBusy:  # it may have to wait by now, or longer, or another line sends it
        return _attempt(store, workspace, sending, now, held=held)
    if done and sending.message["status"] == "sending":
        if not held:
            store.queue.add(here, [Job(message_id, "active", None, sending.message["seq"], now)])
        else:
            store.queue.leave(here, message_id)
    elif held:
        store.queue.finish(here, message_id)
    return done


def _send(store: Store, workspace: Workspace, sending: Sending, turn: Turn) -> bool:
    """Send to the first address that can be reached (W12)."""
    there = sending.recipients()
    if not there:
        return sending.fail(NO_ADDRESS)
    if sending.message.get("messageType", "imessage") != "imessage":
        return sending.leave(turn, there[0], reach(store, workspace, there[0].key))
    for each in there:
        found = reach(store, workspace, each.key)
        if found.imessage:
            return sending.leave(turn, each, found)
    return sending.fall_back(there)


def _put_off(store: Store, workspace: Workspace, sending: Sending, turn: Turn, now: int, *, held: bool) -> bool:
    """Try again when the line can (W11).

    Raises:
        LineBusy: somebody else has booked that time meanwhile; nothing was changed.
    """
    here, message_id, pause = workspace.id, sending.message["id"], turn.pause
    assert pause is not None
    status: Status = "scheduled" if pause.long else "pending"
    line_id = turn.line["id"]
    changes = {"scheduledDate": iso(pause.until), "delayReason": pause.reason, "fromLineId": line_id}
    if not store.bookings.replace(here, line_id, turn.seen or {}, turn.bookings or {}):
        raise LineBusy
    if not sending.move(status, changes, CANCELLABLE):
        store.bookings.unbook(here, line_id, changes["scheduledDate"], first=turn.first)
        if held:
            store.queue.finish(here, message_id)
        return False
    order = sending.message["seq"]
    if held:
        store.queue.delay(here, message_id, pause.until, now, order)
    else:
        store.queue.add(here, [Job(message_id, "delayed", pause.until, order, now)])
    if store.hands is not None:
        store.drop_jobs_of_cancelled(here, [message_id])
    return True


def finish(store: Store, workspace: Workspace, message: Document) -> bool:
    """Say by hand that a message was sent, whatever the checks say of it; False when it was cancelled."""
    now = store.vitals.clock(workspace.id).now()
    sending = Sending(store, workspace, message, now)
    to = _first_of(store, workspace, sending)
    found = Reach(imessage=True) if to is None else reach(store, workspace, to.key)
    underway = message["status"] == "sending" and "sentTo" in message  # its line has counted it already
    turn = None if underway else turn_of(store, workspace.id, message, now)
    return sending.succeed(turn, to, found, IN_HAND)


def fail(store: Store, workspace: Workspace, message: Document, error: str) -> bool:
    """Say by hand that a message failed; False when it was cancelled."""
    now = store.vitals.clock(workspace.id).now()
    return Sending(store, workspace, message, now).fail(error)


def _first_of(store: Store, workspace: Workspace, sending: Sending) -> Recipient | None:
    """Where a message goes when it is sent by hand: the first address with iMessage, else the first one."""
    there = sending.recipients()
    return next((each for each in there if reach(store, workspace, each.key).imessage), there[0] if there else None)
