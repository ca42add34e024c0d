"""A whole state is being replaced: while that lasts it is noted how others do it again if this process dies."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Literal

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tuco_mock.state.store import Store

Way = Literal["state", "start", "snapshot", "nothing", "server"]
"""By what a workspace is replaced: a state, its start, a snapshot, or nothing; or all of them by the server's start."""


@contextlib.contextmanager
def replacing(store: Store, workspace: str, way: Way, **how: Any) -> Iterator[None]:
    """Replace the state of a workspace that one has alone; `how` is what `actions.redoing` needs to do it again.

    Where there is no other process there is nothing to note.
    """
    if store.gates is None:
        yield
    else:
        with store.gates.replacing(workspace, msgspec.json.encode({"way": way, **how}).decode()):
            yield
