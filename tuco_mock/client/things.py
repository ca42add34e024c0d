"""Leads and their lists, messages, replies, lines, campaigns, webhooks and jobs: put there, look, hold and let go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from tuco_mock.client.control import LONG_PATIENCE
from tuco_mock.client.handle import Handle, id_of, part
from tuco_mock.client.models import Campaign, Lead, LeadList, Line, Message, PastReply, Queue, Reply
from tuco_mock.client.models_world import Address
from tuco_mock.client.settled import Settled
from tuco_mock.client.webhook_models import Webhook

if TYPE_CHECKING:
    from collections.abc import Iterable

T = TypeVar("T")

_PAGE = 10_000
"""How many things are asked for at once, the most that a server gives."""


class Things(Handle):
    """What a workspace holds. Fields are given in the words of the API: ``firstName=…``, ``scheduledDate="+1d"``."""

    def add_lead(self, **fields: Any) -> Lead:
        """Put a lead there: `firstName`, `phone`, `altPhone1` … `email` …; it needs at least one address.

        Raises:
            ControlError: an address belongs to another lead, a field is unknown, …
        """
        return self._add("leads", fields, Lead)

    def add_message(self, lead: Lead | str | None = None, **fields: Any) -> Message:
        """Put an outbound message there: `status` (queued unless given), `job`, `message`, `scheduledDate`, ….

        Args:
            lead: whom it is to; else give `recipientPhone` or `recipientEmail`.
            fields: the rest, in the words of the API.

        Raises:
            ControlError: a status that doesn't exist, a field that is unknown, …
        """
        return self._add("messages", _to(lead, fields), Message)

    def add_reply(self, lead: Lead | str | None = None, text: str | None = None, **fields: Any) -> Reply:
        """Let a lead write to us, now unless `receivedAt` says when; all that follows from a reply does (`reply`).

        Args:
            lead: who wrote it; else give `recipientPhone` or `recipientEmail`.
            text: what it says.
            fields: the rest, in the words of the API.
        """
        words = _to(lead, fields)
        return self._add("replies", words if text is None else {"message": text, **words}, Reply)

    def reply(
        self,
        lead: Lead | str | None = None,
        text: str | None = None,
        *,
        phone: str | None = None,
        email: str | None = None,
        **fields: Any,
    ) -> Reply:
        """Let a lead reply now: ``reply(lead, "Stop")`` or ``reply("Stop", phone="+14155550100")``.

        The reply arrives on the line that the lead was last written to from, stops the campaign that it answers, and
        webhooks are told.

        Args:
            lead: who replies; or, alone, the text.
            text: what the reply says.
            phone: the address that it comes from.
            email: the same.
            fields: the rest, in the words of the API.
        """
        if isinstance(lead, str) and text is None and "message" not in fields:
            lead, text = None, lead
        found = {"recipientPhone": phone, "recipientEmail": email}
        return self.add_reply(lead, text, **{name: each for name, each in found.items() if each is not None}, **fields)

    def open(self, message: Message | str) -> Message:
        """Let who got a message open it: it has a `read_at` then, and webhooks are told once.

        Raises:
            ControlError: nobody has got it.
        """
        found: Message = self._call("POST", f"/messages/{part(id_of(message))}/open", answer=Message)
        return found

    def add_line(self, **fields: Any) -> Line:
        """Put a line there, with a `phone` or an `email`."""
        return self._add("lines", fields, Line)

    def add_list(self, **fields: Any) -> LeadList:
        """Put a list there that leads can be in (their `listId`), with a `name`."""
        return self._add("lists", fields, LeadList)

    def add_campaign(self, **fields: Any) -> Campaign:
        """Put a campaign there, with a `name`; `steps` and `leads` may follow."""
        leads = fields.get("leads")
        return self._add("campaigns", fields if leads is None else {**fields, "leads": [*map(id_of, leads)]}, Campaign)

    def add_webhook(self, **fields: Any) -> Webhook:
        """Put a webhook there, with `url`, `events` and `name`."""
        return self._add("webhooks", fields, Webhook)

    def set_address(self, address: str, **does: Any) -> Address:
        """Say what an address does, in place of what was said of it before; it need not be a lead's.

        Args:
            address: a phone in any notation, or an email.
            does: `imessage` (whether it has it), `fails` (with this error), `takes` (this long to be sent to, as
                ``"5s"``), `replies` (by itself: ``{"message": "Stop", "after": "2m"}``, or the text alone), `opens`
                (this long after a message was sent).

        Raises:
            ControlError: it is no address, a field is unknown, …
        """
        replies = does.get("replies")
        fields = {**does, "replies": {"message": replies}} if isinstance(replies, str) else does
        return self._add("addresses", {"address": address, **fields}, Address)

    def addresses(self) -> list[Address]:
        """What was said of addresses, emails first, in alphabetical order."""
        found = self._call("GET", "/addresses", answer=dict[str, list[Address]])
        known: list[Address] = found["addresses"]
        return known

    def forget_address(self, address: str | None = None) -> int:
        """Forget what was said of an address, or of all; how many there were."""
        found = self._call("DELETE", "/addresses", query={"address": address}, answer=dict[str, int])
        return int(found["cleared"])

    def leads(self, *, phone: str | None = None, email: str | None = None) -> list[Lead]:
        """The leads, in order of creation; those with this address."""
        return self._all("leads", Lead, {"phone": phone, "email": email})

    def messages(
        self,
        lead: Lead | str | None = None,
        status: str | Iterable[str] | None = None,
        *,
        campaign: Campaign | str | None = None,
        recipient_phone: str | None = None,
        recipient_email: str | None = None,
    ) -> list[Message]:
        """The outbound messages, in order of creation: to this lead or address, of this status or one of these."""
        statuses = status if status is None or isinstance(status, str) else ",".join(status)
        chosen = {
            "leadId": id_of(lead),
            "status": statuses,
            "campaignId": id_of(campaign),
            "recipientPhone": recipient_phone,
            "recipientEmail": recipient_email,
        }
        return self._all("messages", Message, chosen)

    def replies(
        self,
        lead: Lead | str | None = None,
        *,
        line: Line | str | None = None,
        recipient_phone: str | None = None,
        recipient_email: str | None = None,
    ) -> list[Reply]:
        """The inbound messages, in order of creation: of this lead, on this line, from this address."""
        chosen = {
            "leadId": id_of(lead),
            "lineId": id_of(line),
            "recipientPhone": recipient_phone,
            "recipientEmail": recipient_email,
        }
        return self._all("replies", Reply, chosen)

    def past_replies(self) -> list[PastReply]:
        """What leads had said that were removed since, oldest first."""
        found = self._call("GET", "/past-replies", answer=dict[str, list[PastReply]])
        known: list[PastReply] = found["pastReplies"]
        return known

    def lists(self) -> list[LeadList]:
        """The lists, in order of creation."""
        return self._all("lists", LeadList, {})

    def lines(self) -> list[Line]:
        """The lines, in order of creation."""
        return self._all("lines", Line, {})

    def campaigns(self) -> list[Campaign]:
        """The campaigns, in order of creation."""
        return self._all("campaigns", Campaign, {})

    def registered_webhooks(self) -> list[Webhook]:
        """The webhooks, in order of creation, with their secrets and counters."""
        return self._all("webhooks", Webhook, {})

    def queue(self) -> Queue:
        """The job queue."""
        found: Queue = self._call("GET", "/queue", answer=Queue)
        return found

    def start_job(self, message: Message | str) -> Message:
        """Let a worker take the message's job and hold it: it can't be removed any more.

        Raises:
            ControlError: there is no job, or it is not waiting.
        """
        found: Message = self._call("POST", f"/queue/{part(id_of(message))}/start", answer=Message)
        return found

    def finish_job(self, message: Message | str) -> Message:
        """Let the worker be done: the message is sent, unless it was cancelled meanwhile.

        Raises:
            ControlError: no worker holds the job.
        """
        found: Message = self._call("POST", f"/queue/{part(id_of(message))}/finish", answer=Message)
        return found

    def fail_job(self, message: Message | str, error: str | None = None) -> Message:
        """Let the worker give up: the message failed, unless it was cancelled meanwhile.

        Raises:
            ControlError: no worker holds the job.
        """
        body = {} if error is None else {"error": error}
        found: Message = self._call("POST", f"/queue/{part(id_of(message))}/fail", body, answer=Message)
        return found

    def run_queue(self, limit: int | None = None) -> Settled:
        """Let the worker send what is due now, `limit` jobs at most; what it did.

        Raises:
            ControlError: the limit is no number from 1.
        """
        body = {} if limit is None else {"max": limit}
        found: Settled = self._call("POST", "/queue/run", body, answer=Settled, seconds=LONG_PATIENCE)
        return found

    def settle(self) -> Settled:
        """Let all happen that is due now: jobs, what leads do, webhooks; what happened. The clock stays."""
        found: Settled = self._call("POST", "/settle", answer=Settled, seconds=LONG_PATIENCE)
        return found

    def _add(self, kind: str, fields: dict[str, Any], answer: type[T]) -> T:
        found: T = self._call("POST", f"/{kind}", fields, answer=answer)
        return found

    def _all(self, kind: str, thing: type[T], chosen: dict[str, Any]) -> list[T]:
        found: list[T] = []
        page = 1
        while True:
            query = {**chosen, "limit": _PAGE, "page": page}
            part = self._call("GET", f"/{kind}", query=query, answer=dict[str, msgspec.Raw])
            found += msgspec.json.decode(part[kind], type=list[thing])  # type: ignore[valid-type] # known at run time
            if len(found) >= int(bytes(part["total"])):
                return found
            page += 1


def _to(lead: Lead | str | None, fields: dict[str, Any]) -> dict[str, Any]:
    return fields if lead is None else {"leadId": id_of(lead), **fields}
