"""What becomes of a message that is sent: sent, failed or fallback, and what follows from each (W12 to W21)."""

from __future__ import annotations

from contextlib import nullcontext
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tuco_mock.actions.events import message_event
from tuco_mock.actions.load import add
from tuco_mock.actions.recipients import Recipient, recipients
from tuco_mock.domain import pacing
from tuco_mock.domain.agenda import Act
from tuco_mock.domain.fixture.build import Items
from tuco_mock.domain.fixture.model import Message
from tuco_mock.domain.messages import CANCELLABLE, Status, phase_of
from tuco_mock.domain.placeholders import fill
from tuco_mock.domain.timestamps import MILLIS_MAX, iso

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from tuco_mock.actions.presend import Turn
    from tuco_mock.actions.reach import Reach
    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.state.engines import Document
    from tuco_mock.state.store import Store

DELIVERED_AFTER = 1_000
"""How long after it was sent a message is delivered, in milliseconds."""

IN_HAND: tuple[Status, ...] = (*CANCELLABLE, "sending")
"""The statuses of a message that a worker may bring to an end."""

_GONE = ("delayReason",)
_NOTHING = nullcontext()


class LineBusy(Exception):
    """A line has sent or booked something else at the same moment: it is to be looked at again."""


class Sending:
    """A message on its way, in a worker's hands.

    Attributes:
        message: its document as it now is.
    """

    def __init__(self, store: Store, workspace: Workspace, message: Document, now: int) -> None:
        self.message = message
        self._store = store
        self._workspace = workspace
        self._now = now
        self._booked: str | None = message.get("scheduledDate") if "delayReason" in message else None

    @cached_property
    def lead(self) -> Document | None:
        """The lead it goes to, if it has one."""
        lead_id = self.message["leadId"]
        return None if lead_id is None else self._store.leads.get(self._workspace.id, lead_id)

    def recipients(self) -> list[Recipient]:
        """Where it can go, in the order in which it is tried."""
        return recipients(self._workspace, self.message, self.lead)

    def leave(self, turn: Turn | None, to: Recipient | None, reach: Reach) -> bool:
        """Let a line send it; False when it may not be sent any more: it was cancelled meanwhile.

        A slow address keeps it ``sending`` for a while, and what becomes of it shows then. The line counts it first, so
        that its limits hold whoever else sends at this moment.

        Raises:
            LineBusy: the line has sent something else since it was looked at; nothing was changed.
        """
        slow = reach.takes_ms > 0
        changes = self._addressed(turn, to)
        if slow or reach.failure is not None:
            status: Status = "sending"
        else:
            status, changes["sentAt"] = "sent", iso(self._now)
        counts = turn is not None and (slow or reach.failure is None)
        if turn is not None and counts and not self._store.pace.count(self._workspace.id, turn.line, self._used(turn)):
            raise LineBusy
        if not self.move(status, changes, CANCELLABLE):
            if turn is not None and counts:
                self._store.pace.uncount(self._workspace.id, turn.line["id"], iso(self._now)[:10], first=turn.first)
            return False
        if turn is not None and counts:
            self._unbook(turn)
        if slow:
            self._later([Act(self._now + reach.takes_ms, self._deed("sent"))])
        elif reach.failure is not None:
            self.fail(reach.failure)
        else:
            self._sent(to, reach)
        return True

    def arrive(self, to: Recipient | None, reach: Reach) -> bool:
        """Bring to its end what was ``sending``; False when it isn't any more."""
        if reach.failure is not None:
            return self.fail(reach.failure)
        return self.succeed(None, to, reach, ("sending",))

    def succeed(self, turn: Turn | None, to: Recipient | None, reach: Reach, allowed: Sequence[Status]) -> bool:
        """Say that it was sent, whatever its address does; False when its status isn't an allowed one any more."""
        changes = self._addressed(turn, to) if turn is not None or "sentTo" not in self.message else {}
        if not self.move("sent", {**changes, "sentAt": iso(self._now)}, allowed):
            return False
        if turn is not None:
            self._count(turn)
        self._sent(to, reach)
        return True

    def fail(self, error: str) -> bool:
        """Say that it can't be sent; False when that isn't so any more."""
        if not self.move("failed", {"error": error}, IN_HAND):
            return False
        message_event(self._store, self._workspace, "message.failed", self.message, {"error": error})
        if self.message.get("sendFallbackSmsOnFailed"):
            self._sms()
        return True

    def fall_back(self, checked: Sequence[Recipient]) -> bool:
        """Say that none of its addresses has iMessage; False when it was cancelled meanwhile."""
        tried = [each.text for each in checked]
        reason = f"Prospect's iMessage not available on {', '.join(tried)}"
        if not self.move("fallback", {"fallbackReason": reason, "checkedAddresses": tried}, CANCELLABLE):
            return False
        data = {"reason": reason, "checkedAddresses": tried}
        message_event(self._store, self._workspace, "message.fallback", self.message, data)
        self._sms()
        return True

    def follow(self, to: Recipient | None, reach: Reach, *, told: Collection[str]) -> None:
        """Do what follows from its being sent; of its event some webhooks were `told`."""
        self._sent(to, reach, told=told)

    def make_known(self, *, told: Collection[str]) -> None:
        """Do what follows from its having failed or fallen back; of its event some webhooks were `told`."""
        message, status = self.message, self.message["status"]
        data = {"error": message.get("error")}
        if status == "fallback":
            data = {"reason": message["fallbackReason"], "checkedAddresses": message["checkedAddresses"]}
        message_event(self._store, self._workspace, f"message.{status}", message, data, told=told)
        wants_sms = message["status"] == "fallback" or message.get("sendFallbackSmsOnFailed")
        if wants_sms and not self._store.messages.has_fallback(self._workspace.id, message["id"]):
            self._sms()

    def move(self, status: Status, changes: Mapping[str, Any], allowed: Sequence[Status]) -> bool:
        """Give it another status, if its present one is allowed still: so it is sent once, and never when cancelled."""
        changes = {**changes, "updatedAt": iso(self._now)}
        gone = [name for name in _GONE if name in self.message and name not in changes]
        if not self._store.messages.move(self._workspace.id, self.message["id"], status, changes, allowed, gone):
            return False
        kept = {name: value for name, value in self.message.items() if name not in gone}
        self.message = {**kept, **changes, "status": status, "phase": phase_of(status)}
        return True

    def _addressed(self, turn: Turn | None, to: Recipient | None) -> dict[str, Any]:
        """What is known of a message once it is known where it goes."""
        text = fill(self.message["message"], self.lead, self.message.get("recipientName"))
        changes: dict[str, Any] = {} if text == self.message["message"] else {"message": text}
        if turn is not None:
            changes["fromLineId"] = turn.line["id"]
        if to is not None:
            changes["sentTo"] = to.text
            if not (self.message.get("recipientPhone") or self.message.get("recipientEmail")):
                changes |= {to.field: to.text, "to": [to.key]}
        return changes

    def _used(self, turn: Turn) -> dict[str, Any]:
        """What changes in its line's document when it is sent."""
        return pacing.sent(turn.line, self._now, first=turn.first)

    def _count(self, turn: Turn) -> None:
        """Let the line note what it has sent by hand, whatever its limits say."""
        here, line = self._workspace.id, turn.line
        while not self._store.pace.count(here, line, pacing.sent(line, self._now, first=turn.first)):
            found = self._store.pace.line(here, line["id"])
            if found is None:
                return
            line = found
        self._unbook(turn)

    def _unbook(self, turn: Turn) -> None:
        """A time that was booked for it is used up."""
        if self._booked is not None:
            self._store.bookings.unbook(self._workspace.id, turn.line["id"], self._booked, first=turn.first)

    def _sent(self, to: Recipient | None, reach: Reach, *, told: Collection[str] = ()) -> None:
        """What follows: its event, and what its recipient does in time."""
        message_event(self._store, self._workspace, "message.sent", self.message, {}, told=told)
        acts = [Act(self._now + DELIVERED_AFTER, self._deed("delivered"))]
        if reach.opened_after_ms is not None:
            acts.append(Act(self._now + reach.opened_after_ms, self._deed("opened")))
        lead_id = self.message["leadId"]
        is_somebody = lead_id is None or self.lead is not None  # a message may name a lead that is nowhere (C6)
        if reach.reply is not None and to is not None and is_somebody:
            whom = {to.field: to.text, **({} if lead_id is None else {"leadId": lead_id})}
            deed = {**self._deed("reply"), **whom, "message": reach.reply}
            acts.append(Act(self._now + reach.reply_after_ms, deed))
        self._later(acts)

    def _deed(self, name: str) -> dict[str, Any]:
        return {"deed": name, "messageId": self.message["id"]}

    def _later(self, acts: Sequence[Act]) -> None:
        acts = [act._replace(due=min(act.due, MILLIS_MAX)) for act in acts]
        self._store.agenda.add(self._workspace.id, acts, self.message["seq"])

    def _sms(self) -> None:
        """Send an SMS in its place, if the workspace can and there is a phone: a message of its own (W20)."""
        phone = next((each for each in self._phones() if each.is_phone), None)
        if not self._workspace.fallback_configured or phone is None:
            return
        message = self.message
        campaign = message.get("campaignId")
        known = campaign is not None and self._store.exists("campaigns", self._workspace.id, campaign)
        sms = Message(
            lead_id=message["leadId"],
            recipient_phone=phone.text,
            recipient_name=message.get("recipientName"),
            message=fill(message["message"], self.lead, message.get("recipientName")),
            message_type="sms",
            status="sent",
            campaign_id=campaign if known else None,
            batch_id=message.get("batchId"),
            step_index=message.get("stepIndex"),
            fallback_of=message["id"],
        )
        hands, here = self._store.hands, self._workspace.id
        made = add(self._store, self._workspace, Items(messages=[sms]), goes_on=True).messages[0]
        with _NOTHING if hands is None else hands.making(here, "send", {made["id"]: ""}):
            message_event(self._store, self._workspace, "message.sent", made, {})
            self._later([Act(self._now + DELIVERED_AFTER, {"deed": "delivered", "messageId": made["id"]})])

    def _phones(self) -> list[Recipient]:
        return recipients(self._workspace, {**self.message, "messageType": "sms"}, self.lead)
