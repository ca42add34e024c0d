"""List the leads who replied: GET /api/replies (clauses R1 to R26)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from tuco_mock.actions.conversations import Conversations
from tuco_mock.domain import threads
from tuco_mock.domain.errors import NotFound
from tuco_mock.domain.replies import ReplyQuery, latest_by_lead, passes

if TYPE_CHECKING:
    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.state.engines import Document
    from tuco_mock.state.store import Store

Found = list[tuple[str, str]]
"""Leads, each with the id of its most recent reply that passes, newest first."""


Owners = list[tuple[str, str | None]]
"""Addresses that are asked for, each with the lead that has it, or None."""


class ReplyPage(NamedTuple):
    """A page of leads who replied.

    Attributes:
        items: the leads of this page, as the API shows them.
        total: how many leads there are on all pages (R14).
        lead: the lead that the query names, or the first that has one of its addresses; None when there is none.
    """

    items: list[dict[str, Any]]
    total: int
    lead: str | None


def list_replies(store: Store, workspace: Workspace, query: ReplyQuery) -> ReplyPage:
    """The page of leads that the query asks for, newest reply first (R2).

    Raises:
        NotFound: the query names a lead or a campaign that the workspace doesn't have (R3, R4).
    """
    conversations = Conversations(store, workspace.id)
    if query.lead_id is not None and conversations.lead(query.lead_id) is None:
        raise NotFound("lead")
    if query.campaign_id is not None and not store.exists("campaigns", workspace.id, query.campaign_id):
        raise NotFound("campaign")
    skip = (query.page - 1) * query.limit
    owners: Owners = []
    if _is_plain(query):
        total, found = _from_threads(store, workspace.id, query, skip)
    else:
        owners = [(each, conversations.owner(each)) for each in query.addresses if each is not None]
        everyone = _from_replies(store, workspace.id, query, owners, conversations)
        total, found = len(everyone), everyone[skip : skip + query.limit]
    items = [conversations.item(lead_id, reply_id) for lead_id, reply_id in found]
    lead = query.lead_id or next((owner for _, owner in owners if owner is not None), None)
    return ReplyPage([item for item in items if item is not None], total, lead)


def _is_plain(query: ReplyQuery) -> bool:
    """Whether the threads alone can answer: a lead's last reply in one scope is the one that counts."""
    return (
        query.lead_id is None
        and query.until is None
        and not query.addresses
        and (query.line_id is None or query.campaign_id is None)
    )


def _from_threads(store: Store, workspace: str, query: ReplyQuery, skip: int) -> tuple[int, Found]:
    """How many leads, and those of the page with their most recent reply, at the cost of the page."""
    if query.line_id is not None:
        scope = threads.line(query.line_id)
    elif query.campaign_id is not None:
        scope = threads.campaign(query.campaign_id)
    else:
        scope = threads.ALL
    total = store.replies.count_threads(workspace, scope, query.since)
    if skip >= total:
        return total, []
    found = store.replies.threads(workspace, scope, query.since, skip, query.limit)
    return total, [(thread["leadId"], threads.split(thread["last"])[1]) for thread in found]


def _from_replies(
    store: Store, workspace: str, query: ReplyQuery, owners: Owners, conversations: Conversations
) -> Found:
    """All leads with their most recent reply that passes, by looking at the fewest replies that can."""
    if None in query.addresses:
        return []
    if _asks_for_one_lead(query, owners):
        latest = latest_by_lead(_written_as_one(store, workspace, owners[0], conversations))
    else:
        candidates = _candidates(store, workspace, query, owners)
        latest = latest_by_lead(reply for reply in candidates if passes(query, reply, owners))
    if query.campaign_id is None:
        return latest
    return [each for each in latest if store.is_member(workspace, query.campaign_id, each[0])]


def _asks_for_one_lead(query: ReplyQuery, owners: Owners) -> bool:
    """Whether any reply counts that came from an address, and any of the lead that has it."""
    conditions = (query.lead_id, query.line_id, query.since, query.until)
    return len(owners) == 1 and owners[0][1] is not None and conditions == (None, None, None, None)


def _written_as_one(
    store: Store, workspace: str, owned: tuple[str, str | None], conversations: Conversations
) -> list[Document]:
    """The replies from an address that has an owner, and the owner's newest from any: the newest is among them."""
    address, owner = owned
    assert owner is not None
    from_address = store.replies.writers_from(workspace, address)
    return [each for each in from_address if each["leadId"] is not None] + conversations.recent(owner)


def _candidates(store: Store, workspace: str, query: ReplyQuery, owners: Owners) -> list[Document]:
    """Replies among which each lead's most recent one that passes must be."""
    if query.lead_id is not None:
        return store.replies.of_lead(workspace, query.lead_id)
    if not owners:
        return store.replies.between(workspace, query.since, query.until)
    address, owner = owners[0]
    found = store.replies.from_address(workspace, address)
    return found if owner is None else found + store.replies.of_lead(workspace, owner)
