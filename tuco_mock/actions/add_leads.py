"""Import leads: POST /api/leads (clauses L1 to L11)."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from tuco_mock.actions.load import add
from tuco_mock.domain import addresses
from tuco_mock.domain.errors import InvalidInput, NotFound
from tuco_mock.domain.fixture.build import Items
from tuco_mock.domain.fixture.model import Lead, List
from tuco_mock.domain.leads import QUICK_SENDS, QUICK_SENDS_DESCRIPTION
from tuco_mock.domain.timestamps import iso
from tuco_mock.state.documents import Taken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.state.engines import Document
    from tuco_mock.state.store import Store


_TRIES = 20
"""How often an import meets others that have been quicker before it gives up."""


class Duplicate(NamedTuple):
    """A row that has an address of a lead.

    Attributes:
        row: its position among the rows.
        lead: the lead that it is a duplicate of, which may be one that this import made (L3).
    """

    row: int
    lead: Document


class Imported(NamedTuple):
    """What an import did.

    Attributes:
        leads: the new ones, in the order of their rows.
        duplicates: the rows that made none.
        list_id: the list the new ones are in; None when there are none.
        new_list: the same, if this import made that list.
    """

    leads: list[Document]
    duplicates: list[Duplicate]
    list_id: str | None = None
    new_list: str | None = None


class _Known(NamedTuple):
    """Who a row is: the position of an earlier row of the same address that is new, or the lead that has it."""

    new: int | None
    lead: Document | None


def add_leads(store: Store, workspace: Workspace, rows: Sequence[Lead], list_id: str | None) -> Imported:
    """Make a lead of each row whose addresses nobody has yet.

    Args:
        store: the state.
        workspace: whose leads.
        rows: the leads, each with an address; their list is not looked at.
        list_id: the list they are to be in; Quick Sends when it is None, which is made if there is none (L5).

    Raises:
        NotFound: there is no such list (L6).
    """
    for _ in range(_TRIES):
        # an address may have come to be somebody's since it was looked for, or not quite yet: look again
        with contextlib.suppress(Taken, InvalidInput):
            return _add_leads(store, workspace, rows, list_id)
    return _add_leads(store, workspace, rows, list_id)


def _add_leads(store: Store, workspace: Workspace, rows: Sequence[Lead], list_id: str | None) -> Imported:
    here = workspace.id
    if list_id is not None and not store.exists("lists", here, list_id):
        raise NotFound("list")
    fresh, known = _sorted_out(store, workspace, rows)
    if not fresh:
        return Imported([], [Duplicate(row, _lead(each, [])) for row, each in known.items()])
    new_list = None
    list_id = list_id or store.lists.named(here, QUICK_SENDS)
    if list_id is None:
        made = List(name=QUICK_SENDS, description=QUICK_SENDS_DESCRIPTION)
        list_id = new_list = add(store, workspace, Items(lists=[made])).lists[0]["id"]
    leads = add(
        store, workspace, Items(leads=[msgspec.structs.replace(rows[row], list_id=list_id) for row in fresh])
    ).leads
    store.lists.touch(here, [list_id], iso(store.vitals.clock(here).now()))
    return Imported(leads, [Duplicate(row, _lead(each, leads)) for row, each in known.items()], list_id, new_list)


def _lead(known: _Known, leads: Sequence[Document]) -> Document:
    found = known.lead if known.new is None else leads[known.new]
    assert found is not None
    return found


def _sorted_out(store: Store, workspace: Workspace, rows: Sequence[Lead]) -> tuple[list[int], dict[int, _Known]]:
    """The positions of the rows that are new, and who the others are."""
    fresh: list[int] = []
    known: dict[int, _Known] = {}
    owners: dict[str, int] = {}
    for row, lead in enumerate(rows):
        words: dict[str, Any] = msgspec.to_builtins(lead)
        keys = addresses.lead_keys(words, workspace.country_code)
        found = _first_known(store, workspace.id, keys, owners)
        if found is None:
            owners.update(dict.fromkeys(keys, len(fresh)))
            fresh.append(row)
        else:
            known[row] = found
    return fresh, known


def _first_known(store: Store, workspace: str, keys: Sequence[str], owners: dict[str, int]) -> _Known | None:
    """Who has the first of the addresses that anybody has: phones before emails (L2)."""
    for key in keys:
        if key in owners:
            return _Known(owners[key], None)
        lead = store.leads.with_address(workspace, key)
        if lead is not None:
            return _Known(None, lead)
    return None
