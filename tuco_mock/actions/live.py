"""The timeline as it comes: what is new in a workspace since it was looked at before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tuco_mock.actions.timeline import OPEN, delivery_event, events_of
from tuco_mock.state.log import UNCLAIMED

if TYPE_CHECKING:
    from tuco_mock.domain.deliveries import Delivery
    from tuco_mock.state.store import Store


class Watch:
    """A look at one workspace.

    Args:
        store: the state.
        workspace: whose; that of requests with nobody's key is `UNCLAIMED`.
        after: the number of the record behind which it begins; the newest one when it is None.

    Attributes:
        last: the number of the newest record that was seen.
    """

    def __init__(self, store: Store, workspace: str, after: int | None = None) -> None:
        self._store = store
        self._workspace = workspace
        self._begun = store.log.begun_really(workspace)
        self._causes: dict[int, str] = {}
        self._told: set[int] = set()
        self.last = store.log.last(workspace) if after is None else after
        self._told.update(each.id for each in self._done() if after is None or each.after < after)

    def news(self) -> list[dict[str, Any]] | None:
        """The events since the last look, in order; None when the workspace is gone.

        Deliveries come when they are done with, as in the timeline. Where records were dropped before they could be
        seen, an event of the kind ``missed`` says how many.
        """
        store, here = self._store, self._workspace
        if here != UNCLAIMED and not store.vitals.exist(here):
            return None
        begun = store.log.begun_really(here)
        if begun != self._begun:  # it was put back to its start
            self._begun, self.last = begun, 0
            self._causes.clear()
            self._told.clear()
        part = store.log.read(here, self.last)
        found = [] if part.cut <= self.last else [self._missed(part.cut)]
        for entry in part.entries:
            found += events_of(entry)
            for place, effect in enumerate(entry.record.effects, 1):
                self._causes.update(dict.fromkeys(effect.deliveries, f"{entry.id}.{place}"))
            self.last = entry.id
        for each in self._done():
            found.append(delivery_event(each, self._causes.pop(each.id, None)))
            self._told.add(each.id)
        return found

    def _done(self) -> list[Delivery]:
        """The deliveries that are done with and were not told of."""
        if self._workspace == UNCLAIMED:
            return []
        return [each for each in self._store.deliveries.all(self._workspace) if self._is_news(each)]

    def _is_news(self, delivery: Delivery) -> bool:
        return delivery.state not in OPEN and delivery.id not in self._told

    def _missed(self, cut: int) -> dict[str, Any]:
        count, self.last = cut - self.last, cut
        return {
            "id": str(cut),
            "cause": None,
            "at": None,
            "kind": "missed",
            "text": f"{count} record{'' if count == 1 else 's'} dropped before they could be told (--journal-limit)",
        }
