"""What a process was replacing when it died, done again from its note, whatever is there by then."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import msgspec

from tuco_mock.actions import load, reset, snapshots
from tuco_mock.domain.clocks import Clock
from tuco_mock.domain.errors import Refusal
from tuco_mock.domain.fixture.check import check_workspace
from tuco_mock.domain.workspaces import SERVER, Workspace

if TYPE_CHECKING:
    from tuco_mock.state.real.holdings import Held, Holdings
    from tuco_mock.state.store import Store


def replace_again(store: Store, hands: Holdings, held: Held) -> None:
    """Bring to its end what was being replaced, and let calls in again.

    What is refused was refused before anything was changed: nobody else has come to change anything since.
    """
    assert store.gates is not None
    with contextlib.suppress(Refusal):
        _again(store, held.workspace, msgspec.json.decode(held.value))
    store.gates.is_whole(hands, held.workspace)
    for each in [held.workspace] if held.workspace != SERVER else [SERVER, *(it.id for it in store.workspaces.all())]:
        store.gates.wake(each)


def _again(store: Store, workspace: str, how: dict[str, Any]) -> None:
    way = how["way"]
    if way == "state":
        settings, spec = msgspec.convert(how["settings"], Workspace), check_workspace(how["state"])
        load.put_in_place(store, settings, spec, Clock.parse(how["clock"]), how["origin"])
    elif way == "start":
        reset.put_back_to_start(store, store.workspaces.get(workspace))
    elif way == "snapshot":
        snapshots.put_back(store, workspace, how["name"])
    elif way == "server":
        reset.begin_anew(store, how["gone"])
    else:
        store.drop(workspace)
