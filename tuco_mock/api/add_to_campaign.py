"""POST /api/campaigns/{id}/leads: parse, act, render (clauses P1 to P13)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from tuco_mock.actions.enrol import Enrolled, enrol, match_of
from tuco_mock.api.errors import ApiError
from tuco_mock.api.json_body import json_object
from tuco_mock.api.new_leads import Batch, lead_from
from tuco_mock.domain.ids import object_id
from tuco_mock.domain.journal import Effect
from tuco_mock.domain.leads import integration_ids
from tuco_mock.wire.answer import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tuco_mock.api.door import Call
    from tuco_mock.domain.fixture.model import Lead
    from tuco_mock.state.engines import Document

_SOURCE = "api"


class _Asked(NamedTuple):
    """What a call wants: the campaign, and the lead, its data, or both."""

    campaign: Document
    lead: Document | None
    person: Lead | None


def handle(call: Call) -> Answer:
    """Add the lead that the body names or describes."""
    asked = _parse(call)
    done = enrol(call.store, call.workspace, asked.campaign, asked.lead, asked.person)
    call.visit.lead = done.lead["id"]
    call.visit.effects = tuple(_effects(done, asked.campaign["id"]))
    return Answer(200 if done.was_in else 201, _body(done, asked.campaign["id"]))


def lead_of(call: Call) -> str | None:
    """The lead that a call is about, if it is there already."""
    lead = _parse(call).lead
    return None if lead is None else str(lead["id"])


def _parse(call: Call) -> _Asked:
    """What the call wants, checked in the order of P2.

    Raises:
        ApiError: 400, something can't be used; 404, no such campaign or lead.
    """
    body = json_object(call.body)
    lead_id = body.get("leadId")
    person = _person(body.get("lead"), call) if _is_absent(lead_id) else None
    campaign_id = object_id(call.path["id"])
    campaign = None if campaign_id is None else call.store.get("campaigns", call.workspace.id, campaign_id)
    if campaign is None:
        raise ApiError(404, "Campaign not found", clause="P3")
    lead = _named(call, lead_id) if person is None else match_of(call.store, call.workspace, person)
    is_in = lead is not None and call.store.is_member(call.workspace.id, campaign["id"], lead["id"])
    if not campaign["steps"] and not is_in:
        raise ApiError(400, "Failed to process lead through campaign", clause="P9", reason="the campaign has no steps")
    return _Asked(campaign, lead, person)


def _named(call: Call, given: object) -> Document:
    lead_id = object_id(given)
    lead = None if lead_id is None else call.store.leads.get(call.workspace.id, lead_id)
    if lead is None:
        raise ApiError(404, "Lead not found", clause="P4")
    return lead


def _person(given: object, call: Call) -> Lead:
    """The lead that is described.

    Raises:
        ApiError: 400, it can't be used (P2, P5).
    """
    if given is None:
        raise _refused("Either leadId or lead data is required", "P2")
    if not isinstance(given, dict):
        raise _refused("Invalid request: must provide leadId or lead data", "P2")
    if _is_absent(given.get("firstName")):
        raise _refused("firstName is required", "P5")
    if _is_absent(given.get("email")) and _is_absent(given.get("phone")):
        raise _refused("Either email or phone is required", "P5")
    try:
        return lead_from(given, "lead", Batch(_SOURCE, call.workspace.country_code, None, None))
    except ApiError as error:
        error.clause = "P5"
        raise


def _is_absent(value: object) -> bool:
    """Whether a field counts as not given: null, empty or all blank (C2)."""
    return value is None or (isinstance(value, str) and not value.strip())


def _refused(error: str, clause: str) -> ApiError:
    return ApiError(400, error, clause=clause)


def _effects(done: Enrolled, campaign_id: str) -> Iterator[Effect]:
    if done.new_list is not None:
        yield Effect("lists.added", ids=(done.new_list,))
    if done.is_new:
        yield Effect("leads.added", ids=(done.lead["id"],))
    if done.lead_changed:
        yield Effect("leads.changed", ids=(done.lead["id"],))
    if not done.was_in:
        yield Effect("enrolments.added", ids=(f"{campaign_id}/{done.lead['id']}",))
        yield Effect("messages.added", ids=tuple(done.message_ids))


def _body(done: Enrolled, campaign_id: str) -> dict[str, Any]:
    """The answer (P1, P8)."""
    lead_id = done.lead["id"]
    return {
        "success": True,
        "leadId": lead_id,
        "campaignId": campaign_id,
        "messageCount": len(done.message_ids),
        "message": "Lead already in campaign (re-entry not allowed)."
        if done.was_in
        else "Lead added to campaign and sequence started",
        "alreadyInCampaign": done.was_in,
        **({"existingLeadIds": [lead_id]} if done.was_in else {}),
        **integration_ids(done.lead),
    }
