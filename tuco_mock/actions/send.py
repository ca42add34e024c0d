"""Send a message: POST /api/messages (clauses M1 to M24)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import msgspec

from tuco_mock.actions.add_leads import add_leads
from tuco_mock.actions.load import add
from tuco_mock.actions.worker import attempt
from tuco_mock.domain import addresses, ids
from tuco_mock.domain.fixture.build import Items
from tuco_mock.domain.ids import key
from tuco_mock.domain.leads import outside_keys, with_missing_ids
from tuco_mock.domain.timestamps import iso, millis

if TYPE_CHECKING:
    from tuco_mock.domain.fixture.model import Lead, Message
    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.state.engines import Document
    from tuco_mock.state.store import Store

_ALTERNATES = (*addresses.PHONE_FIELDS[1:], *addresses.EMAIL_FIELDS[1:])


class Outgoing(NamedTuple):
    """What is to be sent.

    Attributes:
        message: the message, whose lead and status are not looked at.
        person: who it is to, as the call says: the lead that is made when nobody has the recipient's addresses.
        is_named: whether the call named the lead, so that nothing but its missing ids is put into it (M13, M17).
    """

    message: Message
    person: Lead
    is_named: bool


class Sent(NamedTuple):
    """What became of it.

    Attributes:
        message: as it is after the attempt to send it.
        lead: who it is to, as the lead is now.
        known: how the lead came about: it was there, was made, or was to be made and had an alternate address (M16).
        new_list: the list that was made for it.
        lead_changed: whether something was put into a lead that was there.
    """

    message: Document
    lead: Document
    known: Literal["known", "new", "duplicate"]
    new_list: str | None
    lead_changed: bool


def recipient_of(store: Store, workspace: Workspace, message: Message) -> Document | None:
    """The lead that has the recipient's phone or, failing that, its email, primary or alternate (M14)."""
    keys = addresses.keys((message.recipient_phone,), (message.recipient_email,), workspace.country_code)
    lead_id = store.leads.first_with(workspace.id, keys)
    return None if lead_id is None else store.leads.get(workspace.id, lead_id)


def send(store: Store, workspace: Workspace, outgoing: Outgoing, lead: Document | None) -> Sent:
    """Make a message and, unless it is for later, try to send it at once.

    Args:
        store: the state.
        workspace: who sends.
        outgoing: what.
        lead: to whom; one is made when it is None (M15).
    """
    known: Literal["known", "new", "duplicate"] = "known"
    new_list, changed = None, False
    if lead is None:
        done = add_leads(store, workspace, [outgoing.person], None)
        known, new_list = ("new", done.new_list) if done.leads else ("duplicate", None)
        lead = done.leads[0] if done.leads else done.duplicates[0].lead
    if known != "new":
        lead, changed = _completed(store, workspace, outgoing, lead, is_merged=known == "known")
    message = _made(store, workspace, outgoing.message, lead["id"])
    if message["status"] != "scheduled":
        message = attempt(store, workspace, message)
    return Sent(message, lead, known, new_list, changed)


def _made(store: Store, workspace: Workspace, message: Message, lead_id: str) -> Document:
    """The message as it is stored: scheduled when its date is to come, else queued without a job, to be tried (M20)."""
    now = store.vitals.clock(workspace.id).now()
    is_later = message.scheduled_date is not None and millis(message.scheduled_date) > now
    correlation_id = message.correlation_id
    if correlation_id is None:
        sequence = store.vitals.next_sequence(workspace.id)
        correlation_id = "app_" + ids.generated_id(workspace.seed or workspace.id, sequence, now)
    whole = msgspec.structs.replace(
        message,
        lead_id=lead_id,
        correlation_id=correlation_id,
        status="scheduled" if is_later else "queued",
        job=None if is_later else "none",
        scheduled_date=message.scheduled_date if is_later else None,
    )
    return add(store, workspace, Items(messages=[whole]), goes_on=not is_later).messages[0]


def _completed(
    store: Store, workspace: Workspace, outgoing: Outgoing, lead: Document, *, is_merged: bool
) -> tuple[Document, bool]:
    """The lead with what the call adds to it, and whether that is anything: alternates (M15), missing ids (M17)."""
    given: dict[str, Any] = msgspec.to_builtins(outgoing.person)
    changes: dict[str, Any] = {}
    if is_merged and not outgoing.is_named:
        changes = _new_alternates(store, workspace, given, lead)
    filled = with_missing_ids(lead, given.get("integrationIds") or {})
    if filled is not None:
        changes["integrationIds"] = filled
    return (change_lead(store, workspace, lead, changes), True) if changes else (lead, False)


def change_lead(store: Store, workspace: Workspace, lead: Document, changes: dict[str, Any]) -> Document:
    """Put something into a lead, and what follows from it into its indexes; the lead as it then is."""
    changed = {**lead, **changes, "updatedAt": iso(store.vitals.clock(workspace.id).now())}
    keys = addresses.lead_keys(changed, workspace.country_code)
    changed["identity"] = keys or ["id:" + lead["id"]]
    changed.update({"outside": outside} if (outside := outside_keys(changed)) else {})
    written = {name: value for name, value in changed.items() if name != "_id" and value != lead.get(name)}
    store.documents.update(workspace.id, "leads", {"_id": key(workspace.id, lead["id"])}, {"$set": written})
    return changed


def _new_alternates(store: Store, workspace: Workspace, given: dict[str, Any], lead: Document) -> dict[str, str]:
    """The alternates that a call gives and that nobody has yet, in the form in which a lead keeps them (M15)."""
    found: dict[str, str] = {}
    taken = set(lead["identity"])
    for name in _ALTERNATES:
        text = given.get(name) or ""
        keys = addresses.lead_keys({name: text}, workspace.country_code) if text else []
        if keys and keys[0] not in taken and store.leads.id_of(workspace.id, keys[0]) is None:
            taken.add(keys[0])
            found[name] = keys[0][2:] if name in addresses.PHONE_FIELDS else text.strip()
    return found
