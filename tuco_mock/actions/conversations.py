"""Leads and what was written between them and us, as one listing needs it: nothing is read twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tuco_mock.domain.replies import CONTEXT, item

if TYPE_CHECKING:
    from tuco_mock.state.engines import Document
    from tuco_mock.state.store import Store


class Conversations:
    """The conversations of one workspace's leads, remembered for as long as one call is answered."""

    def __init__(self, store: Store, workspace: str) -> None:
        self._store = store
        self._workspace = workspace
        self._leads: dict[str, Document] = {}
        self._shown: dict[str, Document] = {}
        self._recent: dict[str, list[Document]] = {}

    def lead(self, lead_id: str) -> Document | None:
        """The lead, or None."""
        lead = self._leads.get(lead_id) or self._store.leads.get(self._workspace, lead_id)
        if lead is not None:
            self._leads[lead_id] = lead
        return lead

    def owner(self, address_key: str) -> str | None:
        """The id of the lead that has the address, primary or alternate (R6)."""
        lead = self._store.leads.shown_with_address(self._workspace, address_key)
        if lead is None:
            return None
        lead_id: str = lead["id"]
        self._shown[lead_id] = lead
        return lead_id

    def recent(self, lead_id: str) -> list[Document]:
        """What is shown of the lead's most recent replies, newest first (R17)."""
        if lead_id not in self._recent:
            self._recent[lead_id] = self._store.replies.shown_of_lead(self._workspace, lead_id, CONTEXT)
        return self._recent[lead_id]

    def item(self, lead_id: str, reply_id: str) -> dict[str, Any] | None:
        """The lead as the API shows it, with the reply that was asked for and its whole conversation (R11).

        None when the lead was removed by another process since the listing began.
        """
        lead = self._shown.get(lead_id) or self._leads.get(lead_id)
        lead = lead or self._store.leads.shown(self._workspace, lead_id)
        recent = self.recent(lead_id)
        latest = next((reply for reply in recent if reply["id"] == reply_id), None)
        if latest is None:
            latest = self._store.replies.get(self._workspace, reply_id)
        if lead is None or latest is None:
            return None
        return item(lead, latest, recent, self._store.messages.sent_to(self._workspace, lead_id, CONTEXT))
