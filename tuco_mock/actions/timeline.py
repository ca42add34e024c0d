"""What happened in a workspace, in order, with causes; and all that is needed to let it happen again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from tuco_mock.domain.timestamps import iso

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tuco_mock.domain.deliveries import Delivery
    from tuco_mock.domain.journal import Effect, Entry, Record
    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.state.store import Store

BUNDLE_FORMAT = 1
"""The version of what `recording` gives."""

OPEN = frozenset({"pending", "delayed", "held"})
"""The states of a delivery that is not done with."""

_LONGEST_TEXT = 120


def timeline(store: Store, workspace: str) -> tuple[int, list[dict[str, Any]]]:
    """How many records were dropped, and what happened since, oldest first: each request, then what it did.

    What a webhook was told stands where it was done with, behind all else when it is not yet.
    """
    part = store.log.read(workspace)
    causes = {
        number: (entry.id, f"{entry.id}.{place}")
        for entry in part.entries
        for place, effect in enumerate(entry.record.effects, 1)
        for number in effect.deliveries
    }
    told: dict[int | None, list[dict[str, Any]]] = {}
    for each in store.deliveries.all(workspace):
        beginning, cause = causes.get(each.id, (part.cut, None))
        place = None if each.state in OPEN else max(each.after, beginning)
        told.setdefault(place, []).append(delivery_event(each, cause))
    found = told.get(part.cut, [])
    for entry in part.entries:
        found += [*events_of(entry), *told.get(entry.id, ())]
    return part.cut, found + told.get(None, [])


def events_of(entry: Entry) -> Iterator[dict[str, Any]]:
    """A record of the log: what came, then what it did."""
    record, at = entry.record, iso(entry.at)
    yield {"id": str(entry.id), "cause": None, "at": at, "kind": record.kind, "text": _text(record)}
    for place, effect in enumerate(record.effects, 1):
        details = {name: value for name, value in msgspec.to_builtins(effect).items() if name not in {"kind", "at"}}
        yield {
            "id": f"{entry.id}.{place}",
            "cause": str(entry.id),
            "at": effect.at or at,
            "kind": effect.kind,
            "text": _effect_text(effect),
            **details,
        }


def delivery_event(delivery: Delivery, cause: str | None) -> dict[str, Any]:
    """What a webhook was told, and what came of it."""
    told = f"{delivery.event} to {delivery.url}: {delivery.state}"
    if delivery.status is not None or delivery.error is not None:
        told += f" ({delivery.error if delivery.status is None else delivery.status})"
    if delivery.lab:
        told += f" by lab rule {', '.join(delivery.lab)}"
    return {
        "id": f"d{delivery.id}",
        "cause": cause,
        "at": delivery.sent_at or delivery.timestamp,
        "kind": "delivery",
        "text": told,
        "delivery": delivery.id,
    }


def _text(record: Record) -> str:
    """A request in one line."""
    if record.kind == "worker":
        return "worker: what was due"
    called = f"{record.method} {record.path or '/'}{'?' + record.query if record.query else ''}"
    body = " ".join(record.body.split())
    if body:
        called += f" {body if len(body) <= _LONGEST_TEXT else body[: _LONGEST_TEXT - 1] + '…'}"
    if record.kind == "control":
        return f"control: {called}"
    told = "no answer" if record.status is None else str(record.status)
    if record.clause is not None:
        told += f" ({record.clause}{': ' + record.reason if record.reason else ''})"
    elif record.reason is not None:
        told += f" ({record.reason})"
    if record.fault is not None:
        told += f" by fault {record.fault.id}, {record.fault.phase} the change: {_brief(record.fault.effect)}"
    return f"{called} -> {told}"


def _brief(effect: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in effect.items())


def _effect_text(effect: Effect) -> str:
    ids = effect.message_ids or effect.ids
    shown = ", ".join(ids[:5]) + (" …" if len(ids) > 5 else "")
    count = len(ids) if effect.count is None else effect.count
    return f"{effect.kind}: {count}{' (' + shown + ')' if shown else ''}"


def recording(store: Store, workspace: Workspace) -> dict[str, Any]:
    """A workspace's start and all that was done to it since, to be run again by ``tuco-mock replay``."""
    here = workspace.id
    start = store.starts.of(here)
    started = iso(store.log.begun(here))
    part = store.log.read(here)
    return {
        "format": BUNDLE_FORMAT,
        "workspace": here,
        "seed": workspace.seed or here,
        "startedAt": started,
        "origin": start.origin,
        "start": {**msgspec.json.decode(start.state), "clock": started},
        "records": [{"id": each.id, "at": iso(each.at), **_plain(each.record)} for each in part.entries],
        "dropped": part.cut,
    }


def _plain(record: Record) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(record))
    return found
