"""Cancel everything still waiting for a lead: POST /api/messages/cancel-for-lead (clauses C1 to C20)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.state.store import Store


class Cancelled(NamedTuple):
    """What a cancellation did.

    Attributes:
        lead_id: the lead it was for; None when the messages were found by address (C10).
        message_ids: the messages this call cancelled, oldest first (C16).
        jobs_removed: how many of their jobs no worker had taken yet (C13).
    """

    lead_id: str | None
    message_ids: list[str]
    jobs_removed: int


def cancel_for_lead(store: Store, workspace: Workspace, lead_id: str | None, address_keys: Sequence[str]) -> Cancelled:
    """Cancel a lead's waiting messages and remove their jobs.

    Args:
        store: the state.
        workspace: whose messages.
        lead_id: the lead; used as it is, without a lookup (C5, C6).
        address_keys: without a lead id, where to look for one, in this order (C7, C8); when no lead has any of them,
            the messages that go to one of them are meant (C10).
    """
    if lead_id is None:
        lead_id = store.leads.first_with(workspace.id, address_keys)
    if lead_id is not None:
        found = store.messages.cancellable_of_lead(workspace.id, lead_id)
    else:
        found = store.messages.cancellable_to(workspace.id, address_keys) if address_keys else []
    if not found:
        return Cancelled(lead_id, [], 0)
    return Cancelled(lead_id, *store.cancel(workspace.id, found))
