"""What snapshots cost, counted: taking one nothing, putting one back what was changed since, no snapshot one read."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.state.counting import COLLECTIONS, Counted
from tests.state.snapshot_worlds import IDS, PHONES, Place
from tuco_mock.actions import snapshots

if TYPE_CHECKING:
    from collections.abc import Callable

SMALL, LARGE = 100, 10_000
OURS = {"id": IDS[0], "phone": PHONES[0]}
OTHER = {"id": IDS[1], "phone": PHONES[1]}


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    """A store whose engines are counted."""
    return Counted(monkeypatch)


def crowded(counted: Counted, name: str, size: int) -> Place:
    """A workspace with as many messages, jobs, leads and replies; three of the messages are for one lead."""
    leads = [OURS, *({"phone": f"+1415{2000000 + number}"} for number in range(size))]
    replies = [{"recipientPhone": lead["phone"], "message": "Hi", "receivedAt": "-1h"} for lead in leads]
    ours = [{"id": each, "leadId": IDS[0]} for each in IDS[1:4]]
    others = [{"recipientPhone": lead["phone"]} for lead in leads[1:]]
    return Place(
        counted.store, name, clock="2026-03-13T00:00:00Z", leads=leads, messages=others + ours, replies=replies
    )


def changes(place: Place) -> None:
    """A few changes of all kinds."""
    place.start(IDS[1])
    assert len(place.cancel(PHONES[0]).message_ids) == 3
    place.finish(IDS[1])
    place.add("messages", {"id": IDS[0], "leadId": IDS[0], "job": "active"}, {"leadId": IDS[0], "status": "scheduled"})
    place.add("replies", {"leadId": IDS[0], "message": "Stop"})
    place.add("leads", {"phone": PHONES[4]})
    place.add("campaigns", {"name": "Spring", "leads": [IDS[0]]})


def journey(counted: Counted, size: int) -> dict[str, Counter[str]]:
    """What each step costs in a workspace of a size: taking a snapshot, a few changes, putting it back."""
    place = crowded(counted, f"of-{size}", size)
    before = place.kept()
    costs = {
        "take": counted.of(lambda: snapshots.take_snapshot(counted.store, place.settings, "a")),
        "change": counted.of(lambda: changes(place)),
        "list": counted.of(lambda: snapshots.list_snapshots(counted.store, place.settings)),
        "restore": counted.of(lambda: snapshots.restore_snapshot(counted.store, place.settings, "a")),
    }
    assert place.kept() == before
    return costs


def test_each_step_costs_the_same_whatever_else_there_is(counted: Counted) -> None:
    small, large = journey(counted, SMALL), journey(counted, LARGE)
    assert small == large
    assert small["take"].total() < 50
    assert small["restore"].total() < 500


def test_putting_back_what_was_not_changed_writes_no_document(counted: Counted) -> None:
    place = crowded(counted, "ws", SMALL)
    snapshots.take_snapshot(counted.store, place.settings, "a")
    cost = counted.of(lambda: snapshots.restore_snapshot(counted.store, place.settings, "a"))
    methods = {name for name in cost if "." in name}
    assert methods == {"workspaces.find_one", "workspaces.update_one"}


@pytest.mark.parametrize("count", [1, 40])
@pytest.mark.parametrize(
    ("writes", "step"),
    [
        (2, lambda place, count: place.add("messages", *([{"leadId": IDS[0]}] * count))),  # the messages, the jobs
        (2, lambda place, count: place.add("replies", *([{"leadId": IDS[0], "message": "Hi"}] * count))),  # the threads
        (1, lambda place, count: place.add("lines", *({"phone": f"+1415{2000000 + each}"} for each in range(count)))),
        (2, lambda place, count: place.cancel(PHONES[1] if count == 1 else PHONES[0])),
        (1, lambda place, _: place.start(IDS[2])),
        (2, lambda place, _: place.store.empty(place.id)),
    ],
)
def test_without_snapshots_a_write_costs_one_small_read(
    counted: Counted, writes: int, step: Callable[[Place, int], object], count: int
) -> None:
    messages = [{"id": IDS[2], "leadId": IDS[1]}, *([{"leadId": IDS[0]}] * 40)]
    place = Place(counted.store, "ws", leads=[OURS, OTHER], messages=messages)
    cost = counted.of(lambda: step(place, count))
    assert cost["HKEYS"] == writes
    assert (cost["HSETNX"], cost["ZMSCORE"]) == (0, 0)


def life(place_of: Callable[[], Place]) -> None:
    """The life of a test's workspace."""
    place = place_of()
    for name in ("a", "b"):
        snapshots.take_snapshot(place.store, place.settings, name)
        changes(place)
        snapshots.restore_snapshot(place.store, place.settings, name)
    changes(place)
    place.drop()


def test_the_fiftieth_workspace_costs_what_the_first_did_and_leaves_nothing(counted: Counted) -> None:
    standing = crowded(counted, "standing", SMALL)
    snapshots.take_snapshot(counted.store, standing.settings, "a")
    keys = set(counted.engines.redis.keys())
    sizes = Counter({name: counted.engines.documents[name].count_documents({}) for name in COLLECTIONS})
    costs = [counted.of(lambda: life(lambda: crowded(counted, "passing", 3))) for _ in range(50)]
    assert costs[0] == costs[-1]
    assert set(counted.engines.redis.keys()) == keys
    assert Counter({name: counted.engines.documents[name].count_documents({}) for name in COLLECTIONS}) == sizes
