"""The opt-out oracle: after a lead said stop, nothing was sent to it any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tuco_mock.client.journal import Journal
from tuco_mock.client.models import PastReply
from tuco_mock.client.states import States
from tuco_mock.client.telling import request_line
from tuco_mock.client.things import Things

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from tuco_mock.client.models import Event, Lead, Line, Message, Reply, Request

OPT_OUTS = frozenset(
    {"stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "opt out", "opt-out"}
)
"""What a lead says that wants nothing any more, as `word_of` gives it (P18)."""

OPT_INS = frozenset({"start", "unstop"})
"""What takes it back."""

CANCEL = "/api/messages/cancel-for-lead"

_PUNCTUATION = "!\"'()*,.:;?[]_`{}~«»“”„‘’…¡¿"  # noqa: RUF001 - what people put around a word


def word_of(text: str) -> str:
    """A reply's text as it is compared: in lower case, its white space single, nothing around it."""
    return " ".join(text.lower().split()).strip(_PUNCTUATION + " ")


class _OptOut(NamedTuple):
    """Who opted out, and from when until when: the reply that took it back, if one did.

    Its lead may be gone; `lead_ids` are those of all who have one of its addresses.
    """

    reply: Reply
    until: Reply | None
    lead: Lead | None
    addresses: frozenset[str]
    lead_ids: frozenset[str | None]


class OptOuts(Things, Journal, States):
    """What must not happen after a lead opted out."""

    def assert_nothing_sent_after_stop(self, *, words: Collection[str] = ()) -> list[Reply]:
        """Since a lead opted out, no message of any channel was sent to it, or to one of its addresses.

        A lead has opted out when the whole text of a reply is one of `OPT_OUTS`, in any case, with any white space and
        punctuation around it; a later reply of `OPT_INS` takes it back. An opt-out outlives its lead: when the lead is
        removed, nothing may be sent to the addresses that it had, whoever has them then.

        Args:
            words: further words to opt out by.

        Returns:
            The replies by which leads opted out.

        Raises:
            AssertionError: something was sent, and it is told which message, on which line, when, and what should have
                cancelled it; or nobody opted out, so that there is nothing to be sure of.
        """
        __tracebackhide__ = True
        known = OPT_OUTS | {word_of(each) for each in words}
        found = list(
            _opt_outs([*self.past_replies(), *self.replies()], {lead.id: lead for lead in self.leads()}, known)
        )
        if not found:
            raise AssertionError(f"nobody opted out: the text of no reply is one of {', '.join(sorted(known))}")
        order, messages = _Order(self.timeline()), self.messages()
        faults = [(stop, each) for stop in found for each in messages if _is_sent_after(stop, each, order)]
        if faults:
            lines = {line.id: line for line in self.lines()}
            requests = self.requests()
            told = "\n".join(_told(stop, message, lines, requests, order) for stop, message in faults)
            raise AssertionError(f"sent after an opt-out: {len(faults)}\n{told}")
        return [stop.reply for stop in found]


class _Order:
    """Where in the timeline things happened, which tells those apart that happened at one time."""

    def __init__(self, events: Iterable[Event]) -> None:
        self._added: dict[str, int] = {}
        self._sent: dict[str, int] = {}
        self._left: dict[str, tuple[str, int]] = {}
        self._maker: dict[str, str] = {}
        self._texts: dict[str, str] = {}
        for place, event in enumerate(events):
            self._texts[event.id] = event.text
            for each in event.ids:
                self._added.setdefault(each, place)
                if event.cause is not None:
                    self._maker.setdefault(each, event.cause)
            if event.kind == "messages.sending":
                self._left.update(dict.fromkeys(event.message_ids, (event.at, place)))
            if event.kind == "messages.sent":
                self._sent.update(dict.fromkeys(event.message_ids, place))

    def is_sent_after(self, message: Message, reply: Reply) -> bool:
        """Whether the message was sent after the reply came; one that was on its way to a slow address was not."""
        left_at, left = self._left.get(message.id, ("", None))
        if left is not None:
            return left_at > reply.received_at or (
                left_at == reply.received_at and _follows(left, self._added.get(reply.id))
            )
        if message.sent_at != reply.received_at:
            return (message.sent_at or "") > reply.received_at
        return _follows(self._sent.get(message.id), self._added.get(reply.id))

    def is_made_after(self, message: Message, reply: Reply) -> bool:
        """Whether the message was made after the reply came."""
        if message.created_at != reply.received_at:
            return message.created_at > reply.received_at
        return _follows(self._added.get(message.id), self._added.get(reply.id))

    def maker_of(self, message: Message) -> str | None:
        """What made the message, in a line, if the timeline still has it."""
        return self._texts.get(self._maker.get(message.id, ""))


def _follows(place: int | None, other: int | None) -> bool:
    return place is not None and other is not None and place > other


def _opt_outs(replies: Iterable[Reply], leads: dict[str, Lead], words: Collection[str]) -> Iterator[_OptOut]:
    """Who opted out, by the first reply that says so, and again after each that took it back.

    Replies are of one person when they are of one lead, or of leads, one of them removed, that share an address.
    """
    owners = {each: lead.id for lead in leads.values() for each in _addresses(lead)}
    stopped: dict[str, Reply] = {}  # by lead and by address
    for reply in sorted(replies, key=lambda each: each.received_at):  # stable: at one time, as they came
        theirs = _known_as(reply, leads)
        stop = next((stopped[each] for each in theirs if each in stopped), None)
        word = word_of(reply.message)
        if stop is None and word in words:
            stopped |= dict.fromkeys(theirs, reply)
        elif stop is not None and word in OPT_INS:
            yield _opt_out(stop, reply, leads, owners)
            stopped = {each: other for each, other in stopped.items() if other is not stop}
    for stop in {each.id: each for each in stopped.values()}.values():
        yield _opt_out(stop, None, leads, owners)


def _known_as(reply: Reply, leads: dict[str, Lead]) -> set[str]:
    """The lead that replied, and its addresses: those that it has, or had."""
    lead = leads.get(reply.lead_id or "")
    had = reply.addresses if isinstance(reply, PastReply) else ()
    return {reply.lead_id or "", _address(reply), *had, *(() if lead is None else _addresses(lead))} - {""}


def _opt_out(reply: Reply, until: Reply | None, leads: dict[str, Lead], owners: dict[str, str]) -> _OptOut:
    known = frozenset(_known_as(reply, leads) - {reply.lead_id})
    same = frozenset(owners[each] for each in known if each in owners)
    return _OptOut(reply, until, leads.get(reply.lead_id or ""), known, same | {reply.lead_id})


def _addresses(lead: Lead) -> Iterator[str]:
    numbers = (lead.phone, lead.alt_phone1, lead.alt_phone2, lead.alt_phone3)
    for each in (*numbers, lead.email, lead.alt_email1, lead.alt_email2, lead.alt_email3):
        if each:
            yield each.lower()


def _address(thing: Reply | Message) -> str:
    return (thing.recipient_phone or thing.recipient_email or "").lower()


def _is_sent_after(stop: _OptOut, message: Message, order: _Order) -> bool:
    """Whether a message was sent to who had opted out."""
    is_theirs = (message.lead_id is not None and message.lead_id in stop.lead_ids) or bool(
        {(message.recipient_phone or "").lower(), (message.recipient_email or "").lower()} & stop.addresses
    )
    if not is_theirs or message.sent_at is None or not order.is_sent_after(message, stop.reply):
        return False
    return stop.until is None or not order.is_sent_after(message, stop.until)


def _told(stop: _OptOut, message: Message, lines: dict[str, Line], requests: list[Request], order: _Order) -> str:
    """What was sent, where from and when, and what should have kept it."""
    line = lines.get(message.from_line_id or "")
    number = "" if line is None else f" ({line.phone or line.email})"
    name = "" if stop.lead is None else f" ({' '.join(filter(None, (stop.lead.first_name, stop.lead.last_name)))})"
    who = f"lead {stop.reply.lead_id}{'' if name == ' ()' else name}" if stop.reply.lead_id else _address(stop.reply)
    to = getattr(message, "sent_to", None) or _address(message) or who
    return (
        f"  message {message.id} ({message.message_type}, {message.status}): {message.message[:80]!r}\n"
        f"    left line {message.from_line_id or 'unknown'}{number} at {message.sent_at} to {to}\n"
        f"    {who} had replied {stop.reply.message[:80]!r} at {stop.reply.received_at} (reply {stop.reply.id})\n"
        f"    {_should_have(stop, message, requests, order)}"
    )


def _should_have(stop: _OptOut, message: Message, requests: list[Request], order: _Order) -> str:
    """What should have cancelled the message, and why it did not."""
    if order.is_made_after(message, stop.reply):
        maker = order.maker_of(message)
        return (
            f"it was made after that, at {message.created_at}{f', by {maker}' if maker else ''}: nobody should make it"
        )
    campaign = _of_campaign(stop, message)
    calls = [
        each
        for each in requests
        if (each.method, each.path, each.status) == ("POST", CANCEL, 200)
        and each.at >= stop.reply.received_at
        and _is_for(each, stop)
    ]
    if not calls:
        return f"{campaign}POST {CANCEL} should have cancelled it, but was not called for it after that"
    late = [each for each in calls if each.at > (message.sent_at or "")]
    why = f"came too late, at {calls[0].at}" if len(late) == len(calls) else "did not"
    return f"{campaign}POST {CANCEL} should have cancelled it, but {why}: {request_line(calls[0])}"


def _of_campaign(stop: _OptOut, message: Message) -> str:
    if message.campaign_id is None:
        return ""
    if stop.reply.campaign_id == message.campaign_id:
        return f"stop-on-reply of campaign {message.campaign_id} left it, for it was underway; "
    answered = stop.reply.campaign_id or "no campaign"
    return f"stop-on-reply of campaign {message.campaign_id} left it, for the reply answered {answered}; "


def _is_for(request: Request, stop: _OptOut) -> bool:
    """Whether a cancellation was for who opted out."""
    if stop.reply.lead_id is not None:
        return request.lead in stop.lead_ids
    body = request.body if isinstance(request.body, dict) else {}
    given = {str(body.get(name) or "").lower() for name in ("recipientPhone", "recipientEmail")}
    return bool(given & stop.addresses)
