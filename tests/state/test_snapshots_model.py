"""Whatever happens in between, a snapshot put back is what there was; held against deep copies of everything."""

from __future__ import annotations

import contextlib
import copy
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from tests.state.snapshot_worlds import IDS, PHONES, REFUSALS, Place
from tuco_mock.actions import snapshots
from tuco_mock.domain.errors import RateLimited
from tuco_mock.domain.faults import Effect, Fault
from tuco_mock.state.engines import Engines, embedded
from tuco_mock.state.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable

    import redis

NAMES = ["a", "b.2", "C-3"]
START = {
    "clock": "2026-03-13T00:00:00Z",
    "leads": [{"id": IDS[0], "phone": PHONES[0]}],
    "messages": [{"leadId": IDS[0]}, {"leadId": IDS[0], "status": "scheduled"}, {"leadId": IDS[0], "job": "active"}],
    "replies": [{"leadId": IDS[0], "message": "Stop", "receivedAt": "-1h"}],
}
STATES: list[dict[str, Any]] = [
    {},
    START,
    {"leads": [{"id": each, "phone": phone} for each, phone in zip(IDS, PHONES, strict=True)]},
    {"leads": [{"id": each, "phone": phone} for each, phone in zip(IDS, reversed(PHONES), strict=True)]},
    {
        "clock": {"live": "-2d"},
        "rateLimits": {"replies": 3},
        "rateLimitBuckets": {"replies": {"tokens": 1, "at": "+1s"}},
    },
]

where = st.sampled_from([0, 0, 0, 1])  # much happens to the one, little to its neighbour
names = st.sampled_from(NAMES)
picks = st.integers(0, 30)
phones = st.sampled_from(PHONES)
outlines = st.sampled_from(
    [{"status": each} for each in ("queued", "scheduled", "sent", "cancelled")]
    + [{"status": "queued", "job": each} for each in ("delayed", "active", "none")]
)


class Snapshots(RuleBasedStateMachine):
    """Steps in two workspaces, each with a model of its snapshots: copies of all that was kept."""

    redis: redis.Redis | None = None

    @initialize()
    def begin(self) -> None:
        engines = embedded()
        if self.redis is not None:
            self.redis.flushall()
            engines = Engines(engines.documents, self.redis, "embedded", "real")
        self.store = Store(engines)
        self.places = [Place(self.store, f"ws-{number}", **START) for number in range(2)]
        self.taken: list[dict[str, tuple[Any, Any]]] = [{}, {}]

    def attempt(self, at: int, step: Callable[[Place], Any]) -> None:
        """A step that may be refused; then nothing changed."""
        before = self.places[at].kept()
        try:
            step(self.places[at])
        except REFUSALS:
            assert self.places[at].kept() == before

    @rule(at=where, pick=picks, phone=phones)
    def add_lead(self, at: int, pick: int, phone: str) -> None:
        given = {"phone": phone} | ({"id": IDS[pick]} if pick < len(IDS) else {})
        self.attempt(at, lambda place: place.add("leads", given))

    @rule(at=where, rows=st.lists(phones, min_size=1, max_size=3), pick=picks)
    def import_leads(self, at: int, rows: list[str], pick: int) -> None:
        lists = self.places[at].ids("lists")
        chosen = lists[pick % len(lists)] if lists and pick % 3 else None
        done = self.places[at].import_leads(*({"phone": phone} for phone in rows), list_id=chosen)
        assert len(done.leads) + len(done.duplicates) == len(rows)

    @rule(at=where, data=st.data())
    def remove_leads(self, at: int, data: st.DataObject) -> None:
        named = data.draw(st.lists(st.sampled_from([*self.places[at].ids("leads"), *IDS]), max_size=3))
        removed = set(self.places[at].remove_leads(*named).lead_ids)
        assert not removed & set(self.places[at].ids("leads"))
        assert not removed & {each["leadId"] for each in self.store.all("messages", self.places[at].id)}

    @rule(at=where, phone=phones, outline=outlines, count=st.integers(1, 4))
    def add_messages(self, at: int, phone: str, outline: dict[str, str], count: int) -> None:
        self.places[at].add("messages", *([{"recipientPhone": phone, **outline}] * count))

    @rule(at=where, phone=phones, ago=st.sampled_from(["-3h", "-1s", "+1h"]))
    def add_reply(self, at: int, phone: str, ago: str) -> None:
        self.places[at].add("replies", {"recipientPhone": phone, "message": "Stop", "receivedAt": ago})

    @rule(at=where, data=st.data())
    def add_others(self, at: int, data: st.DataObject) -> None:
        leads = self.places[at].ids("leads")
        chosen = data.draw(st.lists(st.sampled_from(leads), unique=True)) if leads else []
        self.places[at].add("campaigns", {"name": "c", "leads": chosen})
        self.places[at].add("lines", {"phone": PHONES[0]})
        self.places[at].add("lists", {"name": "list"})
        self.places[at].add("webhooks", {"name": "w", "url": "http://127.0.0.1:9/", "events": ["message.sent"]})

    @rule(at=where, phone=phones)
    def cancel(self, at: int, phone: str) -> None:
        self.places[at].cancel(phone)

    @rule(at=where, pick=picks, verb=st.sampled_from(["start", "finish"]))
    def work(self, at: int, pick: int, verb: str) -> None:
        """A worker's step with a job that is there for it, or with any message."""
        state = {"start": ("waiting", "delayed"), "finish": ("active",)}[verb]
        ready = [job.message_id for job in self.store.queue.jobs(self.places[at].id) if job.state in state]
        found = ready if ready and pick % 5 else self.places[at].ids("messages")
        if found:
            self.attempt(at, lambda place: getattr(place, verb)(found[pick % len(found)]))

    @rule(at=where, change=st.sampled_from(["freeze", "resume", "advance", "back"]))
    def move_clock(self, at: int, change: str) -> None:
        vitals, here = self.store.vitals, self.places[at].id
        clock = vitals.clock(here)
        if change == "freeze":
            clock = clock.freeze()
        elif change == "resume":
            clock = clock.resume()
        else:
            clock = clock.advance(90_000) if change == "advance" else clock.set(clock.now() - 3_600_000)
        vitals.set_clock(here, clock)

    @rule(at=where)
    def take_token(self, at: int) -> None:
        with contextlib.suppress(RateLimited):
            self.store.vitals.take(self.places[at].id, "replies", 3)

    @rule(at=where, number=st.integers(0, 3))
    def add_fault(self, at: int, number: int) -> None:
        here, fault = self.places[at].id, Fault(id=f"fault-of-{number}", effect=Effect(status=500))
        self.store.faults.add(here, [fault])
        self.store.faults.see(here, fault)

    @rule(at=where)
    def remove_faults(self, at: int) -> None:
        self.store.faults.clear(self.places[at].id)

    @rule(at=where, name=names, keys=st.lists(st.sampled_from(["k1", "k2"]), unique=True))
    def change_settings(self, at: int, name: str, keys: list[str]) -> None:
        changed = msgspec.structs.replace(self.places[at].settings, name=name, api_keys=tuple(keys))
        self.attempt(at, lambda _: self.store.workspaces.replace(changed))

    @rule(at=where)
    def reset(self, at: int) -> None:
        self.attempt(at, lambda place: place.reset())

    @rule(at=where, state=st.sampled_from(STATES))
    def put_state(self, at: int, state: dict[str, Any]) -> None:
        self.attempt(at, lambda place: place.put_state(state))

    @precondition(lambda self: any(self.taken))
    @rule(at=where, name=names)
    def put_exported_state(self, at: int, name: str) -> None:
        """The very state a snapshot holds, but by the long way: all documents are made anew."""
        if name in self.taken[at]:
            self.attempt(at, lambda place: place.put_state(copy.deepcopy(self.taken[at][name][1]["state"])))

    @rule(at=where, name=names)
    def take(self, at: int, name: str) -> None:
        place = self.places[at]
        assert snapshots.take_snapshot(self.store, place.settings, name).changed == 0
        assert self.store.snapshots.changed(place.id, [name]) == [0]
        self.taken[at][name] = (place.kept(), place.seen())

    @precondition(lambda self: any(self.taken))
    @rule(at=where, name=names)
    def restore(self, at: int, name: str) -> None:
        place = self.places[at]
        before = [each.kept() for each in self.places]
        try:
            restored = snapshots.restore_snapshot(self.store, place.settings, name)
        except REFUSALS:
            owners = (
                self.store.workspaces.owner_of(self.taken[at][name][1]["state"]["apiKeys"])
                if name in self.taken[at]
                else {}
            )
            assert name not in self.taken[at] or set(owners.values()) - {place.id}
            assert [each.kept() for each in self.places] == before
            return
        kept, seen = self.taken[at][name]
        assert place.kept() == kept
        assert place.seen() == seen
        assert restored == place.settings
        assert self.places[1 - at].kept() == before[1 - at]
        changed = {each.name: each.changed for each in snapshots.list_snapshots(self.store, place.settings)}
        assert changed.keys() == self.taken[at].keys()
        assert changed[name] == 0

    @rule(at=where, name=names)
    def drop(self, at: int, name: str) -> None:
        self.attempt(at, lambda place: snapshots.drop_snapshot(self.store, place.settings, name))
        self.taken[at].pop(name, None)

    def teardown(self) -> None:
        """Every snapshot is still true; a workspace that goes leaves nothing behind."""
        for at, taken in enumerate(getattr(self, "taken", [])):
            for name in taken:
                self.restore(at, name)
        for place in getattr(self, "places", []):
            place.drop()
            assert [key for key in self.store.engines.redis.scan_iter() if place.id in key] == []


QUICK = settings(max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck))


def test_any_snapshot_is_put_back_exactly() -> None:
    run_state_machine_as_test(Snapshots, settings=QUICK)


def test_any_snapshot_is_put_back_exactly_on_a_real_redis(real_redis: redis.Redis) -> None:
    class OnRealRedis(Snapshots):
        redis = real_redis

    run_state_machine_as_test(OnRealRedis, settings=settings(QUICK, max_examples=15))


@pytest.mark.parametrize("state", STATES)
def test_a_state_that_was_put_is_undone(state: dict[str, Any]) -> None:
    place = Place(Store(embedded()), "ws", **STATES[2])
    before = place.kept()
    snapshots.take_snapshot(place.store, place.settings, "a")
    place.put_state(state)
    assert place.kept() != before
    snapshots.restore_snapshot(place.store, place.settings, "a")
    assert place.kept() == before
