"""What the worker did, as the timeline tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuco_mock.actions.effects import gather
from tuco_mock.actions.running import run_present
from tuco_mock.domain.journal import Effect, Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tuco_mock.actions.worker import Done
    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.state.store import Store

_OF_THEIR_OWN = frozenset({"reply", "opened"})
"""What notes itself when it happens, with all that follows from it."""


def effects(done: Sequence[Done]) -> list[Effect]:
    """Messages by what became of them."""
    kinds = dict.fromkeys(each.kind for each in done if each.kind not in _OF_THEIR_OWN)
    return [
        Effect(f"messages.{kind}", message_ids=tuple(each.message_id or "" for each in done if each.kind == kind))
        for kind in kinds
    ]


async def work(store: Store, workspace: Workspace) -> None:
    """Do all that is due, because its time has come and nobody said so; the timeline has a record of it."""
    noted: list[Effect] = []
    gather(noted)
    done = await run_present(store, workspace)
    if done:
        told = (*effects(done), *noted)
        store.log.append(workspace.id, Record(kind="worker", method="", path="", effects=told))
