"""What webhooks are told of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.state.engines import Document
    from tuco_mock.state.store import Store


def message_event(store: Store, workspace: Workspace, event: str, message: Document, data: Mapping[str, Any]) -> None:
    """Tell the subscribed webhooks what became of a message."""


def reply_event(store: Store, workspace: Workspace, reply: Document) -> None:
    """Tell the subscribed webhooks of a reply."""
