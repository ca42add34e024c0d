"""GET /api/leads: parse, act, render (clauses L12 to L18)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuco_mock.actions.list_leads import list_leads
from tuco_mock.api.errors import ApiError
from tuco_mock.api.query import parameters, whole_number
from tuco_mock.domain.ids import object_id
from tuco_mock.domain.leads import DEFAULT_LIMIT, MAX_LIMIT, MAX_PAGE, LeadQuery, searchable, shown, shown_list
from tuco_mock.wire.answer import Answer

if TYPE_CHECKING:
    from tuco_mock.api.door import Call


def handle(call: Call) -> Answer:
    """Show one lead, or a page of them with the workspace's lists."""
    given = parameters(call.query)
    if "id" in given:
        return _one(call, given["id"])
    query = _parse(given)
    page = list_leads(call.store, call.workspace, query)
    return Answer(
        200,
        {
            "leads": [shown(lead) for lead in page.leads],
            "lists": [shown_list(each, count) for each, count in call.store.lists.with_counts(call.workspace.id)],
            "pagination": {
                "page": query.page,
                "limit": query.limit,
                "totalCount": page.total,
                "totalPages": -(-page.total // query.limit),
            },
        },
    )


def lead_of(call: Call) -> str | None:
    """The lead that a call asks for, if it names one."""
    return object_id(parameters(call.query).get("id"))


def _one(call: Call, text: str) -> Answer:
    lead_id = object_id(text)
    if lead_id is None:
        raise ApiError(400, "Invalid lead id", clause="L18")
    call.visit.lead = lead_id
    lead = call.store.leads.get(call.workspace.id, lead_id)
    if lead is None:
        raise ApiError(404, "Lead not found", clause="L18")
    return Answer(200, {"lead": shown(lead)})


def _parse(given: dict[str, str]) -> LeadQuery:
    list_id, search = given.get("listId"), given.get("search", "").strip()
    return LeadQuery(
        list_id=None if list_id is None else object_id(list_id) or "",
        search=searchable(search) if search else None,
        page=whole_number(given.get("page"), 1, MAX_PAGE),
        limit=whole_number(given.get("limit"), DEFAULT_LIMIT, MAX_LIMIT),
    )
