"""The whole state behind one door: what the actions work on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tuco_mock.domain.ids import key
from tuco_mock.state import indexes
from tuco_mock.state.leads import Leads
from tuco_mock.state.messages import Messages
from tuco_mock.state.queue import Queue
from tuco_mock.state.replies import Replies
from tuco_mock.state.starts import Starts
from tuco_mock.state.vitals import Vitals
from tuco_mock.state.workspaces import Workspaces

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tuco_mock.state.engines import Document, Engines

_OLDEST_FIRST = [("seq", 1)]
_CHUNK = 25_000


class Store:
    """Everything the server remembers.

    Attributes:
        engines: the two engines all of it is kept in.
        workspaces: settings and API keys.
        vitals: clocks, running numbers, token buckets.
        leads, messages, replies: the documents of those names.
        queue: the jobs.
        starts: what server and workspaces are reset to.
    """

    def __init__(self, engines: Engines) -> None:
        indexes.create(engines)
        self.engines = engines
        self.workspaces = Workspaces(engines)
        self.vitals = Vitals(engines.redis)
        self.leads = Leads(engines)
        self.messages = Messages(engines)
        self.replies = Replies(engines)
        self.queue = Queue(engines.redis)
        self.starts = Starts(engines.redis)

    def insert(self, kind: str, documents: Sequence[Document]) -> None:
        """Keep new documents of a kind."""
        if documents:
            self.engines.documents[kind].insert_many(documents)

    def move_in(self, kind: str, documents: list[Document]) -> None:
        """Keep new documents of a kind and take them out of the list as it goes, so that memory holds them once."""
        while documents:
            self.engines.documents[kind].insert_many(documents[:_CHUNK])
            del documents[:_CHUNK]

    def exists(self, kind: str, workspace: str, document_id: str) -> bool:
        """Whether the workspace has a document of the kind and id."""
        return self.engines.documents[kind].find_one({"_id": key(workspace, document_id)}, {"_id": 1}) is not None

    def all(self, kind: str, workspace: str) -> list[Document]:
        """The workspace's documents of a kind, in order of creation."""
        return list(self.engines.documents[kind].find({"workspaceId": workspace}).sort(_OLDEST_FIRST))

    def page(
        self, kind: str, workspace: str, chosen: Mapping[str, Any], skip: int, limit: int
    ) -> tuple[int, list[Document]]:
        """How many documents of a kind are chosen, and a page of them in order of creation."""
        wanted = {"workspaceId": workspace, **chosen}
        collection = self.engines.documents[kind]
        found = collection.find(wanted).sort(_OLDEST_FIRST).skip(skip).limit(limit)
        return collection.count_documents(wanted), list(found)

    def count(self, kind: str, workspace: str) -> int:
        """How many documents of a kind the workspace has."""
        return self.engines.documents[kind].count_documents({"workspaceId": workspace})

    def members(self, workspace: str, campaign_id: str) -> list[str]:
        """The leads of a campaign, in order of enrolment."""
        chosen = {"workspaceId": workspace, "campaignId": campaign_id}
        found = self.engines.documents["enrolments"].find(chosen, {"leadId": 1}).sort(_OLDEST_FIRST)
        return [document["leadId"] for document in found]

    def is_member(self, workspace: str, campaign_id: str, lead_id: str) -> bool:
        """Whether the lead is in the campaign (R4)."""
        return self.exists("enrolments", workspace, f"{campaign_id}/{lead_id}")

    def campaigns_of(self, workspace: str, lead_id: str) -> list[str]:
        """The campaigns a lead is in."""
        chosen = {"workspaceId": workspace, "leadId": lead_id}
        return [document["campaignId"] for document in self.engines.documents["enrolments"].find(chosen)]

    def empty(self, workspace: str) -> None:
        """Remove everything of the workspace but its settings and what it is reset to."""
        for kind in indexes.IN_WORKSPACE:
            self.engines.documents[kind].delete_many({"workspaceId": workspace})
        self.queue.drop(workspace)
        self.vitals.drop(workspace)
