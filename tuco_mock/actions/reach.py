"""What happens to a message that is sent to an address (V8, V9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuco_mock.domain.magic_addresses import BY_KEY
from tuco_mock.domain.reaches import Reach, reach_of

if TYPE_CHECKING:
    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.state.store import Store

__all__ = ["Reach", "reach"]


def reach(store: Store, workspace: Workspace, address_key: str) -> Reach:
    """What an address does: what the workspace says of it, else what it does by magic, else nothing special.

    Args:
        store: the state.
        workspace: whose world.
        address_key: the address as in a lead's `identity` (`domain.addresses`).
    """
    said = store.addresses.get(workspace.id, address_key)
    if said is not None:
        return reach_of(said, imessage=workspace.imessage)
    return BY_KEY.get(address_key) or Reach(imessage=workspace.imessage)
