"""What the worker did, as the timeline tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuco_mock.actions.effects import gather
from tuco_mock.actions.running import run_present
from tuco_mock.domain.journal import Record

if TYPE_CHECKING:
    from tuco_mock.domain.journal import Effect
    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.state.store import Store


async def work(store: Store, workspace: Workspace) -> None:
    """Do all that is due, because its time has come and nobody said so; the timeline has a record of it."""
    noted: list[Effect] = []
    gather(noted)
    if await run_present(store, workspace):
        record = Record(kind="worker", method="", path="", effects=tuple(noted))
        await store.engines.run(store.log.append, workspace.id, record)
