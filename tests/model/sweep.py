"""Everything there is to ask about a workspace, and everything there is to cancel in it."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from tests.model import notation
from tests.model.model import EMAILS, PHONES, Thing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.model.model import Workspace

Query = list[tuple[str, str]]

MOST_TIMES = 5
CAMPAIGN = "69ab444ac1feb77d7f46ffff"
"""Of a campaign that is made at the end, when everybody has replied who will."""


def queries(workspace: Workspace) -> Iterator[Query]:
    """By every lead, line, campaign, address and time, some of them together, and page by page."""
    leads = [("leadId", lead["id"]) for lead in workspace.things["leads"]]
    lines = [("lineId", line["id"]) for line in workspace.things["lines"]]
    campaigns = [("campaignId", campaign["id"]) for campaign in workspace.things["campaigns"]]
    times = sorted({reply["receivedAt"] for reply in workspace.things["replies"]})[-MOST_TIMES:]
    since = [("dateFrom", at) for at in times]
    beside = [notation.written(notation.millis(at) * 1000 + shift, "plain") for at in times for shift in (-1, 1)]
    yield []
    yield from ([each] for each in (*leads, *lines, *campaigns))
    yield from ([(bound, at)] for bound in ("dateFrom", "dateTo") for at in (*times, *beside))
    yield from ([("dateFrom", at), ("dateTo", at)] for at in times)
    yield from ([*pair] for pair in product(campaigns, (*lines, *since[-2:])))
    yield from ([*pair] for pair in product(lines, since[-2:]))
    yield from ([("limit", "1"), ("page", str(page))] for page in range(1, len(leads) + 2))
    for lead in workspace.things["leads"]:
        yield from ([("recipientPhone", form(lead[name]))] for name in PHONES if name in lead for form in _SPELLINGS)
        yield from ([("recipientEmail", lead[name].upper() + " ")] for name in EMAILS if name in lead)
    for reply in workspace.things["replies"][-MOST_TIMES:]:
        yield [(name, reply[name]) for name in ("recipientPhone", "recipientEmail") if name in reply]


_SPELLINGS = (notation.national, notation.bare, notation.with_space)


def cancel_bodies(workspace: Workspace) -> Iterator[Thing]:
    """By the addresses of every message, of every lead, and by every id that a message carries."""
    nobodys = [message for message in workspace.things["messages"] if message["leadId"] is None]
    phones = {message["recipientPhone"] for message in nobodys if "recipientPhone" in message}
    emails = {message["recipientEmail"] for message in nobodys if "recipientEmail" in message}
    for phone, email in zip(sorted(phones), sorted(emails), strict=False):
        yield {"recipientPhone": phone, "recipientEmail": email}  # messages to either (C10)
    for thing in (*workspace.things["messages"], *workspace.things["leads"]):
        numbers = [notation.national(thing[name]) for name in ("recipientPhone", *PHONES) if name in thing]
        addresses = [thing[name] for name in ("recipientEmail", *EMAILS) if name in thing]
        yield {"recipientPhone": next(iter(numbers), None), "recipientEmail": next(iter(addresses), None)}
    for one, other in zip(workspace.things["leads"], workspace.things["leads"][::-1], strict=True):
        if "phone" in one and "email" in other:
            yield {"recipientPhone": one["phone"], "recipientEmail": other["email"]}  # the phone counts (C8)
    for lead in workspace.things["leads"]:
        yield from ({"recipientPhone": notation.bare(lead[name])} for name in PHONES if name in lead)
        yield from ({"recipientEmail": lead[name].title()} for name in EMAILS if name in lead)
    yield from ({"leadId": lead_id} for lead_id in sorted({str(m["leadId"]) for m in workspace.things["messages"]}))
