"""List and search leads: GET /api/leads (clauses L12 to L18)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tuco_mock.domain.leads import SEARCHED, LeadQuery, is_found

if TYPE_CHECKING:
    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.state.engines import Document
    from tuco_mock.state.store import Store


class LeadPage(NamedTuple):
    """A page of leads, and how many there are on all pages."""

    leads: list[Document]
    total: int


def list_leads(store: Store, workspace: Workspace, query: LeadQuery) -> LeadPage:
    """The page of leads that the query asks for, newest first; a search looks at all leads of the workspace."""
    here, skip = workspace.id, (query.page - 1) * query.limit
    if query.search is None:
        total, leads = store.leads.page(here, query.list_id, skip, query.limit)
        return LeadPage(leads, total)
    everyone = store.leads.newest(here, query.list_id, SEARCHED)
    found = [lead["id"] for lead in everyone if is_found(lead, query.search)]
    return LeadPage(store.leads.of_ids(here, found[skip : skip + query.limit]), len(found))
