"""Remove leads with everything that hangs on them: DELETE /api/leads (clauses L19 to L23)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tuco_mock.domain.fixture.past import past_of
from tuco_mock.domain.ids import key
from tuco_mock.domain.timestamps import iso

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.state.engines import Document
    from tuco_mock.state.store import Store


class Removed(NamedTuple):
    """What a removal took away.

    Attributes:
        lead_ids: the leads, in the order they were named.
        message_ids, reply_ids: what was written to them, and by them; oldest first.
        jobs: how many jobs of those messages, held ones too.
        enrolments: how many places in campaigns.
    """

    lead_ids: list[str]
    message_ids: list[str]
    reply_ids: list[str]
    jobs: int
    enrolments: int


def remove_leads(store: Store, workspace: Workspace, lead_ids: Sequence[str]) -> Removed:
    """Remove leads, their messages with the jobs, their replies and threads, their places in campaigns, and
    what was still to happen to all that.

    What they had said is kept where no operation of the API shows it: it stays known who opted out (P19).

    Args:
        store: the state.
        workspace: whose leads.
        lead_ids: the leads; one that the workspace doesn't have is passed over (L20).
    """
    here = workspace.id
    leads = store.leads.of_ids(here, dict.fromkeys(lead_ids))
    if not leads:
        return Removed([], [], [], 0, 0)
    if store.hands is None:
        return _remove(store, here, leads)
    with store.hands.making(here, "remove", {lead["id"]: "" for lead in leads}):
        return _remove(store, here, leads)


def _remove(store: Store, here: str, leads: Sequence[Document]) -> Removed:
    """Remove what hangs on the leads first: who is killed meanwhile leaves leads of which others remove the rest."""
    found = [lead["id"] for lead in leads]
    theirs = {"workspaceId": here, "leadId": {"$in": found}}
    message_ids, replies = store.messages.of_leads(here, found), store.replies.of_leads(here, found)
    by_id = {lead["id"]: lead for lead in leads}
    store.past_replies.keep(here, [past_of(here, reply, by_id[reply["leadId"]]) for reply in replies])
    jobs = store.queue.discard(here, message_ids) if message_ids else 0
    store.agenda.forget(here, frozenset(message_ids), frozenset(found))
    for kind in ("messages", "replies", "threads"):
        store.documents.remove(here, kind, theirs)
    enrolments = store.documents.remove(here, "enrolments", theirs)
    store.documents.remove(here, "leads", {"_id": {"$in": [key(here, each) for each in found]}})
    lists = {lead["listId"] for lead in leads if lead.get("listId") is not None}
    store.lists.touch(here, sorted(lists), iso(store.vitals.clock(here).now()))
    return Removed(found, message_ids, [reply["id"] for reply in replies], jobs, enrolments)
