"""What it costs to load many things at once: commands and memory for each, and nothing that grows faster."""

from __future__ import annotations

import gc
import tracemalloc
from collections import Counter
from typing import Any

import msgspec
import pytest

from tests.benchmarks import data
from tests.state.counting import COLLECTIONS, Counted
from tuco_mock.actions.load import make_workspace
from tuco_mock.actions.reset import reset_server, start_with
from tuco_mock.domain.fixture.check import check_text, check_workspace
from tuco_mock.state.engines import embedded
from tuco_mock.state.starts import Start
from tuco_mock.state.store import Store

MESSAGES = 5_000
QUEUED = MESSAGES // 5
"""Those that have jobs: one in five (`data.STATUSES`)."""


def text(messages: int = MESSAGES) -> bytes:
    return msgspec.json.encode({"workspaces": [data.workspace("measured", data.KEY, messages)]})


def test_commands_of_loading_do_not_grow_with_what_has_no_job(monkeypatch: pytest.MonkeyPatch) -> None:
    counted = Counted(monkeypatch)
    cost = counted.of(lambda: start_with(counted.store, check_text(text())))
    inserts = {f"{kind}.insert_many": 1 for kind in COLLECTIONS if f"{kind}.insert_many" in cost}
    assert inserts.keys() == {f"{kind}.insert_many" for kind in ("leads", "lines", "messages", "replies", "threads")}
    commands = Counter({name: count for name, count in cost.items() if name not in {"values", "examined"}})
    assert commands["HSET"] <= QUEUED + 2
    assert (commands - Counter(inserts)).total() <= QUEUED + 40
    assert cost["examined"] <= 1


@pytest.mark.parametrize("again", [False, True])
def test_memory_a_message(again: bool) -> None:
    """With its share of leads, replies, jobs and of what the server is reset to; 2.7 KB when nothing was shared."""
    given = text()
    start_with(Store(embedded()), check_text(text(10)))  # what is made once
    gc.collect()
    tracemalloc.start()
    try:
        store = Store(embedded())
        start_with(store, check_text(given))
        if again:
            reset_server(store)
        gc.collect()
        used, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert store.count("messages", "measured") == MESSAGES
    assert used / MESSAGES <= 1_700


def test_the_collector_is_held_off_while_much_is_loaded() -> None:
    """It would look through all documents again and again."""
    runs: list[dict[str, Any]] = []

    def note(phase: str, info: dict[str, Any]) -> None:
        if phase == "start":
            runs.append(info)

    store, given = Store(embedded()), text()
    gc.callbacks.append(note)
    try:
        start_with(store, check_text(given))
    finally:
        gc.callbacks.remove(note)
    assert gc.isenabled()
    assert len(runs) <= 10


def test_the_collector_goes_on_after_a_mistake() -> None:
    with pytest.raises(Exception, match="workspaces"):
        check_text(b'{"workspaces": 5}')
    assert gc.isenabled()


def test_a_fixture_is_used_up_and_what_a_workspace_is_made_of_is_not() -> None:
    store, fixture = Store(embedded()), check_text(text(20))
    start_with(store, fixture)
    assert fixture.workspaces[0].messages == []
    spec = check_workspace(
        {"id": "other", "leads": [{"phone": "+14155550100"}], "messages": [{"recipientPhone": "+1"}]}
    )
    before = msgspec.json.encode(spec)
    make_workspace(store, spec)
    assert msgspec.json.encode(spec) == before


def test_a_large_start_is_packed_and_a_small_one_is_not() -> None:
    for state in (b'{"id":"w"}', msgspec.json.encode({"id": "w", "name": "n" * 100_000})):
        start = Start.of("w", "o", state)
        kept = msgspec.json.encode(start)
        assert msgspec.json.decode(kept, type=Start).state == start.state == state
        assert len(kept) < 2_000
    assert msgspec.json.decode(b'{"workspace":"w","origin":"o","state":{"id":"w"}}', type=Start).state == b'{"id":"w"}'
