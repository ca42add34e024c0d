"""The whole state behind one door: what the actions work on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from tuco_mock.domain.clocks import real_millis
from tuco_mock.domain.deliveries import LabRule
from tuco_mock.domain.ids import key
from tuco_mock.domain.timestamps import iso
from tuco_mock.settings import JOURNAL_LIMIT
from tuco_mock.state import indexes
from tuco_mock.state.addresses import Addresses
from tuco_mock.state.agenda import Agenda
from tuco_mock.state.alarm import Alarm
from tuco_mock.state.bell import Bell
from tuco_mock.state.bookings import BookedLines
from tuco_mock.state.deliveries import Deliveries
from tuco_mock.state.documents import Documents
from tuco_mock.state.faults import Faults
from tuco_mock.state.leads import Leads
from tuco_mock.state.lines import Lines
from tuco_mock.state.lists import Lists
from tuco_mock.state.log import UNCLAIMED, Log, marks_key
from tuco_mock.state.messages import Messages
from tuco_mock.state.pace import Pace
from tuco_mock.state.past import PastReplies
from tuco_mock.state.queue import Queue
from tuco_mock.state.replies import Replies
from tuco_mock.state.rules import Rules
from tuco_mock.state.scripts import BEGIN_WORKSPACE
from tuco_mock.state.snapshots import Snapshots
from tuco_mock.state.starts import Starts
from tuco_mock.state.turns import Turns
from tuco_mock.state.vitals import Vitals, vitals_key
from tuco_mock.state.webhooks import Webhooks
from tuco_mock.state.workspaces import Workspaces

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tuco_mock.domain.clocks import Clock
    from tuco_mock.domain.workspaces import WorkerMode, Workspace
    from tuco_mock.state.engines import Document, Engines
    from tuco_mock.state.starts import Start

T = TypeVar("T")

_OLDEST_FIRST = [("seq", 1)]


class Store:
    """Everything the server remembers.

    Attributes:
        engines: the two engines all of it is kept in.
        workspaces: settings and API keys.
        vitals: clocks, running numbers, token buckets.
        leads, lines, lists, messages, replies: the documents of those names.
        addresses: what the addresses of the simulated world do.
        past_replies: what removed leads had said.
        documents: writes the documents of all kinds.
        queue: the jobs.
        snapshots: earlier moments of workspaces, by name.
        starts: what server and workspaces are reset to.
        faults: what goes wrong on purpose.
        webhooks: who is told what happens.
        lab: what goes wrong on purpose with what they are told.
        deliveries: what they are told.
        log: requests, and what else was done to a workspace.
        bell: wakes those who wait for something to be logged.
        agenda: what is still to happen to messages.
        bookings: times given to messages that wait for a line.
        pace: the lines, in the order in which they take turns.
        alarm: wakes the worker when something may be due.
        turns: lets one worker at a time move a workspace's time.
        hands: what this process is at, for others to go on with; None when there can be no others.
        gates: lets who replaces a workspace's state have it alone; None when nobody can come in between.
        worker: how the worker goes in workspaces that don't say: ``auto`` or ``manual`` (W1).
    """

    def __init__(self, engines: Engines, journal_limit: int = JOURNAL_LIMIT, worker: WorkerMode = "manual") -> None:
        self.worker = worker
        indexes.create(engines)
        self.engines = engines
        self.hands = None if engines.peers is None else engines.peers.holdings
        self.gates = None if engines.peers is None else engines.peers.gates(engines)
        self.alarm = Alarm(engines.peers)
        self.workspaces = Workspaces(engines)
        self.vitals = Vitals(engines.redis, self.alarm)
        self.turns = Turns(engines, self.vitals)
        self.snapshots = Snapshots(engines.redis)
        self.documents = Documents(engines, self.snapshots)
        self.addresses = Addresses(engines, self.documents)
        self.leads = Leads(engines)
        self.lines = Lines(engines)
        self.lists = Lists(engines, self.documents)
        self.messages = Messages(engines, self.documents)
        self.replies = Replies(engines, self.documents)
        self.past_replies = PastReplies(engines, self.documents)
        self.queue = Queue(engines.redis, self.snapshots, self.alarm, self.hands)
        self.agenda = Agenda(engines.redis, self.snapshots, self.alarm, self.hands)
        self.bookings = BookedLines(engines)
        self.pace = Pace(engines, self.documents)
        self.starts = Starts(engines.redis)
        self.faults = Faults(engines.redis, self.workspaces)
        self.bell = Bell(engines.peers)
        self.webhooks = Webhooks(engines, self.documents)
        self.lab: Rules[LabRule] = Rules(engines.redis, "lab-rule", LabRule)
        self.deliveries = Deliveries(engines, self.bell, journal_limit, self.webhooks)
        self.log = Log(engines.redis, self.bell, journal_limit)
        self._begin = engines.redis.register_script(BEGIN_WORKSPACE)

    async def within(self, workspace: str, work: Callable[..., T], *args: Any) -> T:
        """Do something in a workspace, on the event loop's behalf, while nobody replaces its state."""
        if self.gates is None:
            return await self.engines.run(work, *args)
        return await self.gates.within(workspace, work, *args)

    def begin(self, workspace: str, clock: Clock, last: int, start: Start | None) -> None:
        """Let a workspace begin, in one piece: its clock, its last running number, its log, what it is reset to.

        Nothing is due in it yet, and nobody waits for anything there.
        """
        keys = [vitals_key(workspace), marks_key(workspace)]
        text = b""
        if start is not None:
            keys += self.starts.keys(workspace)
            text = msgspec.json.encode(start)
        self._begin(keys=keys, args=[clock.text, last, clock.now(), real_millis(), text])

    def worker_of(self, workspace: Workspace) -> WorkerMode:
        """How the worker goes in a workspace."""
        return workspace.worker or self.worker

    def get(self, kind: str, workspace: str, document_id: str) -> Document | None:
        """The workspace's document of the kind and id, or None."""
        return self.engines.documents[kind].find_one({"_id": key(workspace, document_id)})

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

    def cancel(self, workspace: str, message_ids: Sequence[str]) -> tuple[list[str], int]:
        """Cancel those of the messages that still can be; which they are, and how many jobs went with them (C13)."""
        number = self.vitals.next_sequence(workspace)
        if self.hands is None:
            return self._cancel(workspace, message_ids, number)
        with self.hands.making(workspace, "cancel", {str(number): ""}):
            return self._cancel(workspace, message_ids, number)

    def _cancel(self, workspace: str, message_ids: Sequence[str], number: int) -> tuple[list[str], int]:
        cancelled = self.messages.cancel(workspace, message_ids, iso(self.vitals.clock(workspace).now()), number)
        return cancelled, self.queue.remove(workspace, cancelled) if cancelled else 0

    def drop_jobs_of_cancelled(self, workspace: str, message_ids: Sequence[str]) -> None:
        """Remove jobs of messages that were cancelled after they were looked at, and before their jobs were there.

        Whoever cancels changes the message first and removes its job then; whoever queues calls this afterwards: one of
        the two finds the job.
        """
        keys = [key(workspace, each) for each in message_ids]
        chosen = {"_id": {"$in": keys}, "status": "cancelled"}
        gone = [each["id"] for each in self.engines.documents["messages"].find(chosen, {"id": 1})]
        if gone:
            self.queue.remove(workspace, gone)

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
        self._empty(workspace)
        self.agenda.drop(workspace)
        self.engines.redis.delete(vitals_key(workspace))

    def _empty(self, workspace: str) -> None:
        """Remove documents and jobs; there is no job without a message, unless a process died between the two."""
        if "messages" in self.documents.empty(workspace) or self.gates is not None:
            self.queue.drop(workspace)

    def drop(self, workspace: str) -> None:
        """Remove everything of the workspace; its snapshots first, in which nothing needs to be noted any more."""
        self.snapshots.drop_all(workspace)
        self.workspaces.drop(workspace)
        self._empty(workspace)
        self.deliveries.stop(workspace)
        parts = (self.documents, self.agenda, self.starts, self.faults, self.log, self.lab, self.deliveries)
        self.engines.redis.delete(vitals_key(workspace), *(key for part in parts for key in part.keys(workspace)))
        self.log.wake(workspace)

    def drop_unclaimed(self) -> None:
        """Forget the requests that nobody's key came with."""
        self.engines.redis.delete(*self.log.keys(UNCLAIMED))
