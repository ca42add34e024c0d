"""Show what a workspace holds, in the fixture format: read out and loaded again it is the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tuco_mock.domain.fixture import render
from tuco_mock.domain.fixture.past import past_words
from tuco_mock.domain.fixture.references import KINDS
from tuco_mock.domain.fixture.world import address_words
from tuco_mock.domain.limits import UNITS_PER_TOKEN
from tuco_mock.domain.timestamps import iso

if TYPE_CHECKING:
    from tuco_mock.domain.clocks import Clock
    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.state.store import Store

Document = Mapping[str, Any]

_PLAIN = {
    "lines": render.line,
    "lists": render.lead_list,
    "leads": render.lead,
    "replies": render.reply,
    "webhooks": render.webhook,
}
"""What shows the kinds that stand in one document each."""


def state_of(store: Store, workspace: Workspace) -> dict[str, Any]:
    """The whole state of a workspace in the fixture format."""
    here = workspace.id
    buckets = {
        group: {"tokens": bucket.units / UNITS_PER_TOKEN, "at": iso(bucket.at)}
        for group, bucket in store.vitals.buckets(here).items()
    }
    state: dict[str, Any] = {
        "id": here,
        "name": workspace.name,
        "apiKeys": list(workspace.api_keys),
        "seed": workspace.seed,
        "active": workspace.active,
        "readOnly": workspace.read_only,
        "defaultCountryCode": workspace.country_code,
        "imessage": workspace.imessage,
        "rateLimits": dict(workspace.rate_limits),
        "worker": workspace.worker,
        "fallbackConfigured": workspace.fallback_configured,
        "clock": clock_words(store.vitals.clock(here)),
        "rateLimitBuckets": buckets,
        "sequence": store.vitals.sequence(here),
    }
    for kind in KINDS:
        state[kind] = words(store, here, kind, store.all(kind, here))
    state["addresses"] = [address_words(each) for each in store.addresses.all(here)]
    if agenda := store.agenda.all(here):
        state["agenda"] = [render.act(each.due, each.deed) for each in agenda]
    if bookings := store.bookings.all(here):
        state["bookings"] = [
            render.booking(line_id, day, booked) for line_id, days in bookings.items() for day, booked in days.items()
        ]
    if past := store.past_replies.all(here):
        state["pastReplies"] = [past_words(each) for each in past]
    return state


def words(store: Store, workspace: str, kind: str, documents: Sequence[Document]) -> list[dict[str, Any]]:
    """Documents of a kind in the words of the fixture format."""
    if kind == "messages":
        jobs = store.queue.states(workspace, [document["id"] for document in documents])
        return [render.message(document, jobs.get(document["id"])) for document in documents]
    if kind == "campaigns":
        return [render.campaign(each, store.members(workspace, each["id"])) for each in documents]
    return [_PLAIN[kind](document) for document in documents]


def clock_words(clock: Clock) -> Any:
    """A clock in the fixture format: a time when frozen, the distance to real time when running."""
    return iso(clock.millis) if clock.frozen else {"live": f"{clock.millis}ms"}
