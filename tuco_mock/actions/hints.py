"""Why a request was not the one that was meant, in the words of the trade: leads and their addresses."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, NamedTuple

from tuco_mock.actions.journal import unclaimed
from tuco_mock.domain import addresses
from tuco_mock.domain.ids import object_id
from tuco_mock.domain.journal import parameters, parsed, parted
from tuco_mock.domain.paths import may_match
from tuco_mock.domain.paths import nearest as closest_path

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from tuco_mock.domain.journal import Asked, Record
    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.state.engines import Document
    from tuco_mock.state.store import Store

_LEADS_COMPARED = 2_000
_ALIKE = 0.8


class _Owned(NamedTuple):
    """An address of a lead, as it was written, and the field it stands in."""

    lead: str
    field: str
    text: str


def hints(
    store: Store,
    workspace: Workspace,
    asked: Asked,
    nearest: Sequence[Record],
    simulated: Iterable[tuple[str, str, Any]],
) -> list[str]:
    """What may explain that the nearest requests are not those that were meant.

    Args:
        store: the state.
        workspace: whose requests.
        asked: which were meant.
        nearest: those that differ least.
        simulated: method and path of each operation of the API.
    """
    found: list[str] = [
        *_unknown_path(asked, {path for _, path, _ in simulated}),
        *_unknown_lead(store, workspace, asked.lead),
    ]
    wanted = _fields({**(asked.query or {}), **(asked.body if isinstance(asked.body, dict) else {})})
    for record in nearest:
        used = _fields({**parameters(record.query), **_object(record)})
        found += _about_used(store, workspace, record, used)
        found += _written_differently(workspace, wanted, used)
    found += _strangers(store, workspace.id)
    return list(dict.fromkeys(found))


def _unknown_path(asked: Asked, paths: Collection[str]) -> Iterator[str]:
    """A path that is asked for and that no operation has."""
    if asked.path is None or any(may_match(asked.path, path) for path in paths):
        return
    near = closest_path(asked.path, paths)
    yield f"the API has no {asked.path}" + (f"; did you mean {near}?" if near else "")


def _unknown_lead(store: Store, workspace: Workspace, text: str | None) -> Iterator[str]:
    """A lead that is asked for and that the workspace does not have."""
    lead_id = object_id(text)
    if lead_id is not None:
        if not store.leads.exists(workspace.id, lead_id):
            yield f"the workspace has no lead {lead_id}"
        return
    key = None if text is None else addresses.any_key(text, workspace.country_code)
    if key is not None and store.leads.id_of(workspace.id, key) is None:
        yield f"no lead has {key.partition(':')[2]}" + _nearest_told(store, workspace, key)


def _nearest_told(store: Store, workspace: Workspace, key: str) -> str:
    """Which lead has an address most like that of the key, to be added to what is told; nothing when none has."""
    near = _nearest_address(store.leads.some(workspace.id, _LEADS_COMPARED), key, workspace.country_code)
    return "" if near is None else f"; lead {near.lead} has {near.text} as {near.field}"


def _object(record: Record) -> dict[str, Any]:
    body = parsed(record.body)
    return body if isinstance(body, dict) else {}


def _fields(given: Mapping[str, Any]) -> dict[str, str]:
    """The fields that name a lead."""
    names = ("leadId", "recipientPhone", "recipientEmail")
    return {name: given[name] for name in names if isinstance(given.get(name), str) and given[name].strip()}


def _about_used(store: Store, workspace: Workspace, record: Record, used: Mapping[str, str]) -> Iterator[str]:
    """What is odd about the lead or the addresses that a request names."""
    verb = "cancel" if record.path.endswith("/cancel-for-lead") else record.path.rpartition("/")[2]
    lead_id = object_id(used.get("leadId"))
    if lead_id is not None and not store.leads.exists(workspace.id, lead_id):
        yield f"{verb} used lead {lead_id}, which the workspace does not have"
    for name in ("recipientPhone", "recipientEmail"):
        text = used.get(name)
        if text is None or (lead_id is not None and verb == "cancel"):
            continue
        key = _key(name, text, workspace.country_code)
        if key is None:
            yield f"{verb} used {text!r}, which is no phone number"
        elif store.leads.id_of(workspace.id, key) is None:
            near = _nearest_told(store, workspace, key)
            yield f"{verb} used {key.partition(':')[2]}{near or ', which no lead has'}"


def _key(name: str, text: str, country_code: str) -> str | None:
    if name == "recipientEmail":
        return addresses.email_key(addresses.email(text))
    return addresses.phone_key(addresses.phone_in_query(text, country_code))


def _nearest_address(leads: Iterable[Document], key: str, country_code: str) -> _Owned | None:
    """The address of a lead that is most like the one of the key."""
    best, likeness = None, _ALIKE
    matcher = difflib.SequenceMatcher(autojunk=False)
    matcher.set_seq2(key)
    for lead in leads:
        for owned, its_key in _addresses_of(lead, country_code):
            matcher.set_seq1(its_key)
            if its_key[:2] == key[:2] and matcher.quick_ratio() >= likeness and matcher.ratio() >= likeness:
                best, likeness = owned, matcher.ratio()
    return best


def _addresses_of(lead: Document, country_code: str) -> Iterator[tuple[_Owned, str]]:
    for name, fields in (("recipientPhone", addresses.PHONE_FIELDS), ("recipientEmail", addresses.EMAIL_FIELDS)):
        for field in fields:
            text = lead.get(field)
            key = _key(name, text, country_code) if text else None
            if key is not None:
                yield _Owned(lead["id"], field, key.partition(":")[2]), key


def _written_differently(workspace: Workspace, wanted: Mapping[str, str], used: Mapping[str, str]) -> Iterator[str]:
    """Addresses that are the same but for their spelling."""
    for name, text in wanted.items():
        other = used.get(name)
        if other is None or other == text or name == "leadId":
            continue
        key = _key(name, text, workspace.country_code)
        if key is not None and key == _key(name, other, workspace.country_code):
            yield f"{other!r} and {text!r} are the same address in two spellings"


def _strangers(store: Store, workspace: str) -> Iterator[str]:
    """Requests since the workspace was made whose key nobody has: perhaps the one that is missed."""
    found = unclaimed(store, workspace)
    if found:
        last = found[-1].record
        key = dict(parted(last.headers)).get("authorization", "none")
        count = "1 request" if len(found) == 1 else f"{len(found)} requests"
        yield f"{count} came with no key of any workspace; the last was {last.method} {last.path}, its key {key}"
