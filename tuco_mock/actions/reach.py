"""What happens to a message that is sent to an address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuco_mock.domain.magic_addresses import BY_KEY
from tuco_mock.domain.reaches import Reach

if TYPE_CHECKING:
    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.state.store import Store

__all__ = ["Reach", "reach"]


def reach(_store: Store, _workspace: Workspace, address_key: str) -> Reach:
    """What an address does: what it does by magic, else nothing special."""
    return BY_KEY.get(address_key) or Reach()
