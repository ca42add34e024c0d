"""DELETE /api/leads: parse, act, render (clauses L19 to L23)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuco_mock.actions.remove_leads import Removed, remove_leads
from tuco_mock.api.errors import ApiError
from tuco_mock.api.json_body import json_object
from tuco_mock.domain.ids import object_id
from tuco_mock.domain.journal import Effect
from tuco_mock.wire.answer import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tuco_mock.api.door import Call


def handle(call: Call) -> Answer:
    """Remove the leads that the body names."""
    lead_ids = _parse(call.body)
    call.visit.lead = lead_ids[0]
    removed = remove_leads(call.store, call.workspace, lead_ids)
    call.visit.effects = tuple(_effects(removed))
    return Answer(200, {"deletedCount": len(removed.lead_ids)})


def lead_of(call: Call) -> str | None:
    """The lead that a call is about: the first that it names."""
    return _parse(call.body)[0]


def _parse(body: bytes) -> list[str]:
    """The ids of the leads, at least one.

    Raises:
        ApiError: 400, there is none, or one that is no id (L19).
    """
    given = json_object(body).get("ids")
    if not isinstance(given, list) or not given:
        raise ApiError(400, "No ids provided", clause="L19")
    found: list[str] = []
    for position, each in enumerate(given):
        lead_id = object_id(each)
        if lead_id is None:
            raise ApiError(400, "Invalid lead id in ids array", clause="L19", reason=f"ids[{position}] is none")
        found.append(lead_id)
    return found


def _effects(removed: Removed) -> Iterator[Effect]:
    if removed.lead_ids:
        yield Effect("leads.removed", ids=tuple(removed.lead_ids))
    if removed.message_ids:
        yield Effect("messages.removed", message_ids=tuple(removed.message_ids))
        yield Effect("jobs.removed", count=removed.jobs)
    if removed.reply_ids:
        yield Effect("replies.removed", ids=tuple(removed.reply_ids))
    if removed.enrolments:
        yield Effect("enrolments.removed", count=removed.enrolments)
