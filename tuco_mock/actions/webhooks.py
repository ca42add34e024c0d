"""Webhooks: make one, change it, tell it the same again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tuco_mock.domain import ids
from tuco_mock.domain.deliveries import Delivery
from tuco_mock.domain.errors import NotFound
from tuco_mock.domain.events import health_check_body
from tuco_mock.domain.javascript import stringify
from tuco_mock.domain.timestamps import iso
from tuco_mock.domain.webhooks import secret_of, signature

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.state.engines import Document
    from tuco_mock.state.store import Store


def create_webhook(store: Store, workspace: Workspace, fields: Mapping[str, Any]) -> Document:
    """Make a webhook of `url`, `events`, `name` and perhaps `description`; its secret follows from its id (H1, H3)."""
    here = workspace.id
    now = store.vitals.clock(here).now()
    sequence = store.vitals.next_sequence(here, 1)
    webhook_id = ids.generated_id(workspace.seed or here, sequence, now)
    webhook = {
        "_id": ids.key(here, webhook_id),
        "workspaceId": here,
        "id": webhook_id,
        "seq": sequence,
        **fields,
        "secret": secret_of(webhook_id),
        "isActive": True,
        "failureCount": 0,
        "createdAt": iso(now),
        "updatedAt": iso(now),
    }
    store.webhooks.add(here, webhook)
    return webhook


def change_webhook(store: Store, workspace: Workspace, webhook_id: str, changes: Mapping[str, Any]) -> None:
    """Change some of a webhook's fields (H6).

    Raises:
        NotFound: there is no such webhook.
    """
    now = iso(store.vitals.clock(workspace.id).now())
    if not store.webhooks.change(workspace.id, webhook_id, {**changes, "updatedAt": now}):
        raise NotFound("webhook")


def remove_webhook(store: Store, workspace: Workspace, webhook_id: str) -> None:
    """Remove a webhook; what the lab delays or holds back for it is dropped (H7).

    Raises:
        NotFound: there is no such webhook.
    """
    if not store.webhooks.remove(workspace.id, webhook_id):
        raise NotFound("webhook")
    store.deliveries.drop(workspace.id, webhook_id)


def health_check(store: Store, workspace: Workspace, webhook: Document) -> Delivery:
    """What a health check sends (H8); the lab leaves it alone."""
    at = iso(store.vitals.clock(workspace.id).now())
    event = webhook["events"][0]
    body = stringify(health_check_body(event, at, workspace.id))
    return Delivery(
        webhook_id=webhook["id"],
        url=webhook["url"],
        event=event,
        body=body.decode(),
        signature=signature(webhook["secret"], body),
        timestamp=at,
        is_test=True,
    )


def redeliver(store: Store, workspace: Workspace, number: int) -> Delivery:
    """Send what a webhook was sent once more: the same bytes, where it is now, signed with its present secret.

    The lab leaves it alone, and it is told to an inactive webhook, too.

    Raises:
        NotFound: there is no such delivery, or its webhook is gone.
    """
    here = workspace.id
    found = store.deliveries.get(here, number)
    if found is None:
        raise NotFound(
            "delivery", f"Workspace {here} has no delivery {number}; GET …/deliveries lists those there are."
        )
    webhook = store.webhooks.get(here, found.webhook_id)
    if webhook is None:
        raise NotFound("webhook", f"The webhook {found.webhook_id} of delivery {number} is gone.")
    again = Delivery(
        webhook_id=found.webhook_id,
        url=webhook["url"],
        event=found.event,
        body=found.body,
        signature=signature(webhook["secret"], found.body.encode()),
        timestamp=found.timestamp,
        lead_id=found.lead_id,
        message_id=found.message_id,
        repeats=found.id,
        is_test=found.is_test,
    )
    return store.deliveries.add(here, again)
