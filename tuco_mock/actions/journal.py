"""The journal: which requests came, which of them are meant, and which came nearest when none is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tuco_mock.domain import addresses
from tuco_mock.domain.errors import InvalidInput, Mistake
from tuco_mock.domain.ids import object_id
from tuco_mock.domain.journal import differences
from tuco_mock.state.log import UNCLAIMED

if TYPE_CHECKING:
    from tuco_mock.domain.journal import Asked, Entry
    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.state.log import Part
    from tuco_mock.state.store import Store

NEAREST = 3
"""How many of the nearest requests are shown."""

_LOOKED_AT = 500
_WORST = 4


class Near(NamedTuple):
    """A request that was not meant, and why not."""

    entry: Entry
    differences: list[str]


class Search:
    """A search for requests that goes on where it stopped: what was looked at once is not looked at again.

    Attributes:
        found: the requests that are meant, oldest first.
        dropped: how many records of the asked range were dropped before they could be looked at.
    """

    def __init__(self, store: Store, workspace: Workspace, asked: Asked, after: int) -> None:
        self.found: list[Entry] = []
        self.dropped = 0
        self._store = store
        self._workspace = workspace
        self._asked = asked
        self._seen = after
        self._others: list[Near] = []

    def go_on(self) -> None:
        """Look at what came since the last time."""
        part = self._store.log.read(self._workspace.id, self._seen)
        self.dropped += max(part.cut - max(self._seen, part.cleared), 0)
        entries = _requests(part)
        lead = lead_named(self._store, self._workspace, self._asked.lead)
        for entry in entries:
            different = differences(self._asked, entry.record, lead)
            if different:
                self._others.append(Near(entry, different))
            else:
                self.found.append(entry)
        if part.entries:
            self._seen = part.entries[-1].id
        del self._others[:-_LOOKED_AT]

    def nearest(self) -> list[Near]:
        """The requests that differ least, the nearest first, of equally near ones the latest."""
        return sorted(self._others, key=lambda each: (_distance(each), -each.entry.id))[:NEAREST]


def _distance(near: Near) -> int:
    """How far a request is from what is meant: another path is worst, then another method."""
    return sum(
        _WORST if text.startswith("path ") else 2 if text.startswith("method ") else 1 for text in near.differences
    )


def lead_named(store: Store, workspace: Workspace, text: str | None) -> str | None:
    """The id of the lead that a text names: it is an id, of a lead that may be gone, or an address that a lead has now.

    Raises:
        InvalidInput: it is neither an id nor an address.
    """
    if text is None:
        return None
    lead_id = object_id(text)
    if lead_id is not None:
        return lead_id
    key = addresses.any_key(text, workspace.country_code)
    if key is None:
        told = f"expected a lead's id, or one of its phones or emails, found {text!r}"
        raise InvalidInput([Mistake("match.lead", told)])
    return store.leads.id_of(workspace.id, key)


def requests(store: Store, workspace: str, after: int = 0) -> list[Entry]:
    """The requests of the workspace's journal with a running number above `after`, oldest first."""
    return _requests(store.log.read(workspace, after))


def _requests(part: Part) -> list[Entry]:
    return [entry for entry in part.entries if entry.id > part.cleared and entry.record.kind == "request"]


def unclaimed(store: Store, workspace: str) -> list[Entry]:
    """The requests that came with no key, or with one that no workspace has, since the workspace was made."""
    since = store.log.begun_really(workspace)
    return [entry for entry in requests(store, UNCLAIMED) if entry.at >= since]
