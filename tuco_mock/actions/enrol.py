"""Add a lead to a campaign: POST /api/campaigns/{id}/leads (clauses P1 to P13)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from tuco_mock.actions.add_leads import add_leads
from tuco_mock.actions.load import add
from tuco_mock.actions.send import change_lead
from tuco_mock.domain import addresses, threads
from tuco_mock.domain.fixture.build import Items
from tuco_mock.domain.fixture.model import Message
from tuco_mock.domain.ids import key
from tuco_mock.domain.leads import outside_keys, with_missing_ids
from tuco_mock.domain.timestamps import MILLIS_MAX, iso, parse_duration
from tuco_mock.state.documents import Taken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tuco_mock.domain.fixture.model import Lead
    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.state.engines import Document
    from tuco_mock.state.store import Store


class Enrolled(NamedTuple):
    """What became of it.

    Attributes:
        lead: the lead, as it is now.
        message_ids: the messages that were made, one a step; none when the lead was in the campaign already.
        was_in: whether it was.
        is_new, new_list: whether the lead was made, and the list that was made for it.
        lead_changed: whether something was put into a lead that was there.
    """

    lead: Document
    message_ids: list[str]
    was_in: bool
    is_new: bool
    new_list: str | None
    lead_changed: bool


def match_of(store: Store, workspace: Workspace, person: Lead) -> Document | None:
    """The lead that a person is: by id in another system, else by any address, phones before emails (P6)."""
    words: dict[str, Any] = msgspec.to_builtins(person)
    found = store.leads.with_outside_id(workspace.id, outside_keys(words))
    if found is not None:
        return found
    lead_id = store.leads.first_with(workspace.id, addresses.lead_keys(words, workspace.country_code))
    return None if lead_id is None else store.leads.get(workspace.id, lead_id)


def enrol(
    store: Store, workspace: Workspace, campaign: Document, lead: Document | None, person: Lead | None
) -> Enrolled:
    """Add a lead to a campaign and start its sequence.

    Args:
        store: the state.
        workspace: whose campaign.
        campaign: the campaign, which has steps.
        lead: the lead; one is made of the person when it is None.
        person: who it is, as the call says; ids in other systems that the lead lacks are put into it (P7).
    """
    here = workspace.id
    new_list, is_new, changed = None, lead is None, False
    if lead is None:
        assert person is not None
        done = add_leads(store, workspace, [person], None)
        is_new, new_list = bool(done.leads), done.new_list
        lead = done.leads[0] if done.leads else done.duplicates[0].lead  # made by another call since it was looked
    elif person is not None:
        given: dict[str, Any] = msgspec.to_builtins(person)
        filled = with_missing_ids(lead, given.get("integrationIds") or {})
        if filled is not None:
            lead, changed = change_lead(store, workspace, lead, {"integrationIds": filled}), True
    if store.is_member(here, campaign["id"], lead["id"]):
        return Enrolled(lead, [], True, is_new, new_list, changed)
    try:
        if store.hands is None:
            message_ids = _begin(store, workspace, campaign, lead["id"])
        else:
            with store.hands.making(here, "enrol", {f"{campaign['id']}/{lead['id']}": ""}):
                message_ids = _begin(store, workspace, campaign, lead["id"])
    except Taken:  # by another call, since it was looked
        return Enrolled(lead, [], True, is_new, new_list, changed)
    return Enrolled(lead, message_ids, False, is_new, new_list, changed)


def _begin(store: Store, workspace: Workspace, campaign: Document, lead_id: str) -> list[str]:
    """Start a lead's sequence; the messages.

    Raises:
        Taken: somebody else has just done so.
    """
    here = workspace.id
    enrolment = {
        "_id": key(here, campaign["id"], lead_id),
        "workspaceId": here,
        "campaignId": campaign["id"],
        "leadId": lead_id,
        "seq": store.vitals.next_sequence(here),
    }
    store.documents.insert(here, "enrolments", [enrolment])
    return _follow(store, workspace, campaign, lead_id)


def go_on_enrolling(store: Store, workspace: Workspace, campaign_id: str, lead_id: str) -> None:
    """Do what is missing of a lead's place in a campaign, when the process died that had begun to give it one."""
    here = workspace.id
    campaign = store.get("campaigns", here, campaign_id)
    if campaign is None or not store.is_member(here, campaign_id, lead_id) or not store.leads.exists(here, lead_id):
        return
    if not store.messages.are_of_campaign(here, lead_id, campaign_id):
        _follow(store, workspace, campaign, lead_id)


def _follow(store: Store, workspace: Workspace, campaign: Document, lead_id: str) -> list[str]:
    """Note the lead's earlier replies among those of the campaign (R4), and make its messages."""
    here = workspace.id
    last = store.replies.last_of(here, lead_id, threads.ALL)
    if last is not None:
        store.replies.touch(here, [threads.document(here, lead_id, threads.campaign(campaign["id"]), last)])
    messages = add(store, workspace, Items(messages=list(_sequence(store, here, campaign, lead_id)))).messages
    return [each["id"] for each in messages]


def _sequence(store: Store, workspace: str, campaign: Document, lead_id: str) -> Iterator[Message]:
    """A message a step: queued while no step has had a delay, then scheduled, each its delay after the one before."""
    now = store.vitals.clock(workspace).now()
    due = now
    for index, step in enumerate(campaign["steps"]):
        due = min(due + (parse_duration(step.get("delay") or "0s") or 0), MILLIS_MAX)
        yield Message(
            lead_id=lead_id,
            message=step["message"],
            campaign_id=campaign["id"],
            batch_id=f"campaign_{campaign['id']}_lead_{lead_id}_{now}_step_{index}",
            step_index=index,
            status="scheduled" if due > now else "queued",
            scheduled_date=iso(due) if due > now else None,
        )
