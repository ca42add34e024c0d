"""A process dies before each of its commands while it replaces a whole state: others bring that to its end.

Until then nobody gets in. What the state is like is what it was before, or what it was to be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.engines.mortals import two_processes
from tuco_mock.actions.export import state_of
from tuco_mock.actions.load import add, make_workspace, replace_state
from tuco_mock.actions.reset import drop_workspace, reset_server, reset_workspace, start_with
from tuco_mock.actions.snapshots import restore_snapshot, take_snapshot
from tuco_mock.domain.fixture.build import Items
from tuco_mock.domain.fixture.check import check, check_workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.engines.mortals import Two
    from tests.engines.servers import MongoServer, RedisServer
    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.state.store import Store

HERE, COME = "w-here", "69ab444ac1feb77d7f464629"


def world(text: str, lead: int) -> dict[str, Any]:
    """A small state: a lead, and a message to him that is late."""
    id_ = f"69ab444ac1feb77d7f46462{lead}"
    message = {"leadId": id_, "message": text, "status": "scheduled", "job": "delayed", "scheduledDate": "+1d"}
    leads = [{"id": id_, "phone": f"+1415555010{lead}"}]
    return {"name": text, "clock": "2026-03-13T12:00:00Z", "leads": leads, "messages": [message]}


@pytest.fixture(scope="module")
def two(redis_server: RedisServer, mongo_server: MongoServer) -> Iterator[Two]:
    with two_processes(redis_server, mongo_server) as found:
        start_with(found.living, check({"workspaces": [{"id": HERE, "apiKeys": ["k"], **world("start", 1)}]}))
        yield found


def look(store: Store) -> dict[str, Any]:
    """The state, which has to be whole; nothing when there is no workspace, and then nothing of it may be left."""
    there = store.workspaces.exist(HERE)
    state = state_of(store, store.workspaces.get(HERE)) if there else {}
    messages = store.all("messages", HERE)
    leads = {each["id"] for each in store.all("leads", HERE)}
    assert {each["leadId"] for each in messages} == leads
    assert {each.message_id for each in store.queue.jobs(HERE)} == {each["id"] for each in messages}
    assert there or not leads
    return state


def let_in(store: Store) -> dict[str, Any] | None:
    """What who calls finds, if he is let in."""
    assert store.gates is not None
    if store.gates.enter(HERE):
        return None
    found = look(store)
    store.gates.leave(HERE)
    return found


def put(store: Store, workspace: Workspace) -> object:
    state = world("put", 2)
    return replace_state(store, workspace, check_workspace(state), given=frozenset(state))


def make(store: Store, _: Workspace) -> object:
    drop_workspace(store, HERE)
    return make_workspace(store, check_workspace({"id": HERE, "apiKeys": ["k"], **world("made", 3)}))


def prepare(store: Store) -> Workspace:
    """The workspace as it was left, and a lead with a message in it that no state has which is put in its place."""
    if not store.workspaces.exist(HERE):
        reset_server(store)
    workspace = store.workspaces.get(HERE)
    if not store.leads.exists(HERE, COME):
        further = {"leads": [{"id": COME, "phone": "+14155550109"}], "messages": [{"leadId": COME, "message": "come"}]}
        add(store, workspace, Items.of(check_workspace(further)))
    return workspace


DEEDS: dict[str, Callable[[Store, Workspace], object]] = {
    "reset": reset_workspace,
    "put": put,
    "restore": lambda store, workspace: restore_snapshot(store, workspace, "a"),
    "drop and make": make,
    "reset of the server": lambda store, _: reset_server(store),
}


@pytest.mark.parametrize("name", DEEDS)
def test_whenever_it_dies_the_state_is_the_old_one_or_the_new_one(two: Two, name: str) -> None:
    """Each time it begins with what the time before has left, and something more."""
    deed = DEEDS[name]
    take_snapshot(two.living, two.living.workspaces.get(HERE), "a")
    deed(two.living, prepare(two.living))
    after = look(two.living)
    outcomes: list[dict[str, Any] | None] = []
    prepare(two.living)
    before = look(two.living)
    assert before != after
    died = True
    while died:
        died = two.die_in(deed, prepare(two.living), len(outcomes))
        found = let_in(two.living)
        assert died or found == after
        if found is None:
            two.go_on()
            found = let_in(two.living)
        outcomes.append(found)
        assert found in ([before, after] if name != "drop and make" else [before, {}, after])
    assert outcomes[-1] == after
    assert len(outcomes) > 10
