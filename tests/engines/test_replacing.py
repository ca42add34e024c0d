"""A process dies before each of its commands while it replaces a whole state: others bring that to its end.

Until then nobody gets in. What the state is like is what it was before, or what it was to be.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from tests.engines.mortals import two_processes
from tuco_mock.actions.export import state_of
from tuco_mock.actions.load import make_workspace, replace_state
from tuco_mock.actions.reset import drop_workspace, reset_server, reset_workspace, start_with
from tuco_mock.actions.snapshots import restore_snapshot, take_snapshot
from tuco_mock.domain.fixture.check import check, check_workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.engines.mortals import Two
    from tests.engines.servers import MongoServer, RedisServer
    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.state.store import Store

NOON = "2026-03-13T12:00:00.000Z"
SOON = 0.03
"""For how many seconds somebody knocks at a gate; who is let in later is not looked at."""

START, FURTHER = "w-start", "w-further"

Deed = "Callable[[Store, Workspace], object]"


def world(text: str, lead: int) -> dict[str, Any]:
    """A small state: a lead, to whom a message waits, one is late, and who has replied."""
    id_ = f"69ab444ac1feb77d7f46462{lead}"
    return {
        "name": text,
        "clock": NOON,
        "lines": [{"phone": "+16462230920"}],
        "leads": [{"id": id_, "phone": f"+1415555010{lead}"}],
        "messages": [
            {"leadId": id_, "message": text, "status": "queued", "job": "waiting"},
            {"leadId": id_, "message": text, "status": "scheduled", "job": "delayed", "scheduledDate": "+1d"},
        ],
        "replies": [{"leadId": id_, "message": text, "receivedAt": "-1h"}],
    }


@pytest.fixture(scope="module")
def two(redis_server: RedisServer, mongo_server: MongoServer) -> Iterator[Two]:
    with two_processes(redis_server, mongo_server) as found:
        start_with(found.living, check({"workspaces": [{"id": START, "apiKeys": ["start"], **world("start", 1)}]}))
        yield found


def look(store: Store) -> dict[str, Any]:
    """All that there is, by workspace; and nothing else."""
    found = {each.id: state_of(store, each) for each in store.workspaces.all()}
    for name in (START, FURTHER):
        state = found.get(name, {"messages": [], "leads": [], "replies": []})
        assert [each["id"] for each in state["messages"]] == [each["id"] for each in store.all("messages", name)]
        queued = {each.message_id for each in store.queue.jobs(name)}
        assert queued == {each["id"] for each in state["messages"]}
        assert [each["id"] for each in store.all("leads", name)] == [each["id"] for each in state["leads"]]
        assert len(store.all("replies", name)) == len(state["replies"])
    return found


def let_in(store: Store) -> dict[str, Any] | None:
    """What who calls finds, if he is let in."""

    async def knock() -> dict[str, Any] | None:
        assert store.gates is not None
        try:
            async with asyncio.timeout(SOON):
                return await store.gates.within(FURTHER, look, store)
        except TimeoutError:
            return None

    return asyncio.run(knock())


def put(store: Store, workspace: Workspace) -> object:
    state = world("put", 2)
    return replace_state(store, workspace, check_workspace(state), given=frozenset(state))


def make(store: Store, _: Workspace) -> object:
    drop_workspace(store, FURTHER)
    return make_workspace(store, check_workspace({"id": FURTHER, "apiKeys": ["made"], **world("made", 4)}))


DEEDS: dict[str, Callable[[Store, Workspace], object]] = {
    "reset": reset_workspace,
    "put": put,
    "restore": lambda store, workspace: restore_snapshot(store, workspace, "a"),
    "drop": lambda store, workspace: drop_workspace(store, workspace.id),
    "drop and make": make,
    "reset of the server": lambda store, _: reset_server(store),
}


def prepare(store: Store) -> Workspace:
    """A server of two workspaces, of which one was changed twice since it was made: by hand, and after a snapshot."""
    drop_workspace(store, FURTHER)
    made = make_workspace(store, check_workspace({"id": FURTHER, "apiKeys": ["further"], **world("further", 3)}))
    take_snapshot(store, made, "a")
    state = world("changed", 5)
    return replace_state(store, made, check_workspace(state), given=frozenset(state))


@pytest.mark.parametrize("name", DEEDS)
def test_whenever_it_dies_the_state_is_the_old_one_or_the_new_one(two: Two, name: str) -> None:
    prepare(two.living)
    before = look(two.living)
    DEEDS[name](two.living, two.living.workspaces.get(FURTHER))
    after = look(two.living)
    allowed = [before, after]
    if name == "drop and make":
        allowed.append({START: before[START]})
    assert before != after
    commands = 0
    seen = []
    while True:
        workspace = prepare(two.living)
        died = two.die_in(DEEDS[name], workspace, commands)
        if died:
            assert let_in(two.living) in [None, *allowed]
            two.go_on()
        found = let_in(two.living) if died else look(two.living)
        found = look(two.living) if found is None else found
        assert found in allowed
        seen.append(allowed.index(found))
        if not died:
            break
        commands += 1
    assert seen[0] == 0
    assert seen[-1] == 1
    assert commands > 5
