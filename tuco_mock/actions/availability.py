"""Look up who has iMessage: addresses, and leads by theirs (clauses V10 to V24)."""

from __future__ import annotations

import heapq
from collections import Counter
from typing import TYPE_CHECKING, Literal, NamedTuple

from tuco_mock.actions.reach import reach
from tuco_mock.domain.addresses import AVAILABILITY_ORDER, keys_by_field
from tuco_mock.domain.errors import QuotaExhausted
from tuco_mock.domain.ids import key
from tuco_mock.domain.lines import checked, checks_left, day_of, is_usable, with_checks_counted
from tuco_mock.domain.timestamps import iso

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.state.engines import Document
    from tuco_mock.state.store import Store

Status = Literal["available", "unavailable", "error"]


class Found(NamedTuple):
    """Whether an address was found to have iMessage, and how many addresses were looked up for that."""

    available: bool
    checks: int


class Checked(NamedTuple):
    """What was found about leads.

    Attributes:
        statuses: of each, by its id: ``error`` where no check was left for it (V23).
        checks: how many addresses were looked up.
    """

    statuses: dict[str, Status]
    checks: int


def look_up(store: Store, workspace: Workspace, address_keys: Sequence[str | None]) -> list[bool]:
    """Whether each of the addresses has iMessage; None stands for a text that is no address, which costs no check.

    Raises:
        QuotaExhausted: not all of them can be looked up today; none was.
    """
    found = [each is not None and reach(store, workspace, each).imessage for each in address_keys]
    _Quota(store, workspace).spend(sum(each is not None for each in address_keys))
    return found


def look_up_any(store: Store, workspace: Workspace, address_keys: Iterable[str]) -> Found:
    """Whether one of the addresses has iMessage: they are tried in their order, up to the first that has it.

    Raises:
        QuotaExhausted: not all of those can be looked up today; none was.
    """
    found = _first_available(store, workspace, address_keys)
    _Quota(store, workspace).spend(found.checks)
    return found


def check_lead(store: Store, workspace: Workspace, lead: Document) -> Found:
    """Whether a lead has iMessage at one of its addresses; what was found is kept with it (V15).

    Raises:
        QuotaExhausted: its addresses can't all be looked up today; nothing was changed.
    """
    found = look_up_any(store, workspace, _keys(lead, workspace))
    _keep(store, workspace, {lead["id"]: _status(found)})
    return found


def check_leads(store: Store, workspace: Workspace, leads: Iterable[Document]) -> Checked:
    """The same of many leads, in their order, as far as the day's checks go (V23).

    Raises:
        QuotaExhausted: none is left; nothing was changed.
    """
    quota = _Quota(store, workspace)
    statuses: dict[str, Status] = {}
    spent = 0
    for lead in leads:
        found = _first_available(store, workspace, _keys(lead, workspace))
        fits = spent + found.checks <= quota.left
        statuses[lead["id"]] = _status(found) if fits else "error"
        spent += found.checks if fits else 0
    if not quota.left and "error" in statuses.values():
        raise QuotaExhausted(quota.why)
    quota.spend(spent)
    _keep(store, workspace, statuses)
    return Checked(statuses, spent)


def _keys(lead: Document, workspace: Workspace) -> list[str]:
    """The keys of a lead's addresses in the order in which they are looked up (V15)."""
    known = keys_by_field(lead, workspace.country_code)
    return list(dict.fromkeys(known[name] for name in AVAILABILITY_ORDER if name in known))


def _first_available(store: Store, workspace: Workspace, address_keys: Iterable[str]) -> Found:
    checks = 0
    for checks, each in enumerate(address_keys, 1):
        if reach(store, workspace, each).imessage:
            return Found(True, checks)
    return Found(False, checks)


def _status(found: Found) -> Status:
    return "available" if found.available else "unavailable"


def _keep(store: Store, workspace: Workspace, statuses: dict[str, Status]) -> None:
    """Write the statuses of leads, one write for each different one."""
    here = workspace.id
    now = iso(store.vitals.clock(here).now())
    for status in dict.fromkeys(statuses.values()):
        keys = [key(here, each) for each, its in statuses.items() if its == status]
        changes = {"availabilityStatus": status, "updatedAt": now}
        store.documents.update(here, "leads", {"_id": {"$in": keys}}, {"$set": changes})


class _Quota:
    """What is left of the day's checks: each usable line has its own (V21).

    Attributes:
        left: how many addresses can still be looked up.
        why: why that may be none, for the journal.
    """

    def __init__(self, store: Store, workspace: Workspace) -> None:
        self._store = store
        self._here = workspace.id
        self._day = day_of(iso(store.vitals.clock(workspace.id).now()))
        self._look()
        self.why = f"{self.left} checks are left today"
        if not self._lines:
            self.why = "the workspace has no active line to look anything up with"

    def _look(self) -> None:
        """See what the lines have left."""
        self._lines: list[Document] = [each for each in self._store.all("lines", self._here) if is_usable(each)]
        self.left = sum(checks_left(line, self._day) for line in self._lines)

    def spend(self, count: int) -> None:
        """Count checks, each on the line that has most left, the first made of equals.

        Where somebody else has counted on a line meanwhile, it is looked again what is left.

        Raises:
            QuotaExhausted: so many are not left; none was counted.
        """
        wanted, counted = count, Counter[str]()
        while True:
            if count > self.left:
                self._take_back(counted)
                raise QuotaExhausted(f"{self.why}, and {wanted} are needed")
            for place, checks in self._shares(count).items():
                line = self._lines[place]
                if self._count(line, checks):
                    counted[line["_id"]] += checks
                    count -= checks
            if not count:
                return
            self._look()

    def _count(self, line: Document, checks: int) -> bool:
        """Count checks on a line, if it has counted nothing since its document was read."""
        so_far = line.get("availabilityChecks") or {}
        same = {f"availabilityChecks.{name}": so_far.get(name) for name in ("date", "count")}
        changes = {"$set": with_checks_counted(line, self._day, checks)}
        found = self._store.documents.update(self._here, "lines", {"_id": line["_id"], **same}, changes)
        return found.matched_count == 1

    def _shares(self, count: int) -> Counter[int]:
        """How many of the checks fall to each line."""
        turns = [(checked(line, self._day), place) for place, line in enumerate(self._lines)]
        heapq.heapify(turns)
        spent: Counter[int] = Counter()
        for _ in range(count):
            so_far, place = turns[0]
            spent[place] += 1
            heapq.heapreplace(turns, (so_far + 1, place))
        return spent

    def _take_back(self, counted: Counter[str]) -> None:
        for line, checks in counted.items():
            chosen = {"_id": line, "availabilityChecks.date": self._day}
            less = {"$inc": {"availabilityChecks.count": -checks}}
            self._store.documents.update(self._here, "lines", chosen, less)
