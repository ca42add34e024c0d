"""What is told to webhooks when something happens to a message, or a lead replies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.state.engines import Document
    from tuco_mock.state.store import Store


def message_event(store: Store, workspace: Workspace, event: str, message: Document, data: Mapping[str, Any]) -> None:
    """Tell that something happened to a message."""


def reply_event(store: Store, workspace: Workspace, reply: Document) -> None:
    """Tell that somebody replied."""
