"""The outbound messages of all workspaces."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

from tuco_mock.domain.ids import key
from tuco_mock.domain.messages import CANCELLABLE, Status, phase_of
from tuco_mock.domain.replies import parent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tuco_mock.state.documents import Documents
    from tuco_mock.state.engines import Document, Engines

_CANCELLABLE = list(CANCELLABLE)
_OLDEST_FIRST = [("createdAt", 1), ("seq", 1)]
_SENT_FIELDS = {"_id": 0, "id": 1, "message": 1, "sentAt": 1, "batchId": 1, "stepIndex": 1}
_NEWEST_SENT_FIRST = [("sentAt", -1), ("id", -1)]
_ID: Callable[[Document], str] = itemgetter("id")


class Messages:
    """The message documents."""

    def __init__(self, engines: Engines, documents: Documents) -> None:
        self._collection = engines.documents["messages"]
        self._documents = documents
        of_lead = ("workspaceId", "leadId", "phase")
        self._waiting = engines.ask("messages", of_lead, {"id": 1}, _OLDEST_FIRST, read=_ID)
        self._sent = engines.ask("messages", of_lead, _SENT_FIELDS, _NEWEST_SENT_FIRST, read=parent)

    def cancellable_of_lead(self, workspace: str, lead_id: str) -> list[str]:
        """Ids of the lead's cancellable messages, oldest first (C9, C11, C16)."""
        return self._waiting.all(workspace, lead_id, "waiting")

    def cancellable_to(self, workspace: str, address_keys: Sequence[str]) -> list[str]:
        """Ids of the cancellable messages that go to one of the addresses, oldest first (C10, C11, C16)."""
        return self._cancellable({"workspaceId": workspace, "to": {"$in": list(address_keys)}})

    def _cancellable(self, chosen: Mapping[str, object]) -> list[str]:
        found = self._collection.find({**chosen, "phase": "waiting"}, {"id": 1}, sort=_OLDEST_FIRST)
        return [document["id"] for document in found]

    def cancel(self, workspace: str, message_ids: Sequence[str], at: str, cancellation: int) -> list[str]:
        """Cancel those of the messages that still can be, in one bulk update (C12).

        Args:
            workspace: whose messages.
            message_ids: those found cancellable a moment ago.
            at: the moment, for `updatedAt`.
            cancellation: a number no other cancellation has, by which a message cancelled by another call at the same
                moment is told from one of ours (C17).

        Returns:
            The ids of the messages that this call cancelled, in the order given.
        """
        keys = [key(workspace, each) for each in message_ids]
        result = self._documents.update(
            workspace,
            "messages",
            {"_id": {"$in": keys}, "status": {"$in": _CANCELLABLE}},
            {"$set": {**_now("cancelled"), "updatedAt": at, "cancellation": cancellation}},
        )
        if result.modified_count == len(keys):
            return list(message_ids)
        ours = self._collection.find({"_id": {"$in": keys}, "cancellation": cancellation}, {"id": 1})
        ids = {document["id"] for document in ours}
        return [each for each in message_ids if each in ids]

    def of_cancellation(self, workspace: str, number: int) -> list[str]:
        """Ids of the messages that a cancellation cancelled."""
        chosen = {"workspaceId": workspace, "status": "cancelled", "cancellation": number}
        return [each["id"] for each in self._collection.find(chosen, {"id": 1})]

    def sent_to(self, workspace: str, lead_id: str, limit: int, campaign_id: str | None = None) -> list[Document]:
        """What the lead has got from us, in all or by one campaign, newest first, as it is shown (R18, H12)."""
        if campaign_id is None:
            return self._sent.all(workspace, lead_id, "reached", limit=limit)
        chosen = {"workspaceId": workspace, "leadId": lead_id, "phase": "reached", "campaignId": campaign_id}
        return [*map(parent, self._collection.find(chosen, _SENT_FIELDS, sort=_NEWEST_SENT_FIRST, limit=limit))]

    def cancellable_of_campaign(self, workspace: str, lead_id: str, campaign_id: str) -> list[str]:
        """Ids of the cancellable messages of a campaign to the lead, oldest first (P16)."""
        return self._cancellable({"workspaceId": workspace, "leadId": lead_id, "campaignId": campaign_id})

    def are_of_campaign(self, workspace: str, lead_id: str, campaign_id: str) -> bool:
        """Whether a campaign's sequence has been made for the lead."""
        chosen = {"workspaceId": workspace, "leadId": lead_id, "campaignId": campaign_id, "stepIndex": {"$gte": 0}}
        return self._collection.find_one(chosen, {"_id": 1}) is not None

    def last_sent_to(self, workspace: str, lead_id: str | None, address_keys: Sequence[str]) -> Document | None:
        """What the lead, or without one the addresses, got last, by send time (P15)."""
        whose = {"to": {"$in": list(address_keys)}} if lead_id is None else {"leadId": lead_id}
        chosen = {"workspaceId": workspace, **whose, "phase": "reached"}
        return next(iter(self._collection.find(chosen, sort=_NEWEST_SENT_FIRST, limit=1)), None)

    def move(
        self,
        workspace: str,
        message_id: str,
        status: Status,
        changes: Mapping[str, Any],
        allowed: Sequence[Status],
        gone: Sequence[str] = (),
    ) -> bool:
        """Give a message another status if its present one still is one of the allowed; False when it is not (C14).

        With it go `changes` of its fields; `gone` are fields that it has no more.
        """
        chosen = {"_id": key(workspace, message_id), "status": {"$in": list(allowed)}}
        update: dict[str, Any] = {"$set": {**_now(status), **changes}}
        if gone:
            update["$unset"] = dict.fromkeys(gone, "")
        result = self._documents.update(workspace, "messages", chosen, update)
        return result.matched_count == 1

    def of_leads(self, workspace: str, lead_ids: Sequence[str]) -> list[str]:
        """Ids of all messages to these leads, whatever became of them, in order of creation."""
        chosen = {"workspaceId": workspace, "leadId": {"$in": list(lead_ids)}}
        return [each["id"] for each in self._collection.find(chosen, {"id": 1}, sort=[("seq", 1)])]

    def has_fallback(self, workspace: str, message_id: str) -> bool:
        """Whether there is a message in place of this one."""
        return self._collection.find_one({"workspaceId": workspace, "fallbackOf": message_id}, {"_id": 1}) is not None

    def get(self, workspace: str, message_id: str) -> Document | None:
        """The message, or None."""
        return self._collection.find_one({"_id": key(workspace, message_id)})


def _now(status: Status) -> dict[str, str]:
    """A status with the phase it amounts to: the two are never written apart."""
    return {"status": status, "phase": phase_of(status)}
