"""Tell the webhooks what happened: one delivery for each that is active and wants to know is queued, nothing more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from tuco_mock.actions.conversations import Conversations
from tuco_mock.actions.effects import note
from tuco_mock.domain import events
from tuco_mock.domain.deliveries import Delivery, is_meant
from tuco_mock.domain.javascript import stringify
from tuco_mock.domain.journal import Effect
from tuco_mock.domain.replies import item as reply_item
from tuco_mock.domain.timestamps import MILLIS_MAX, iso, parse_duration
from tuco_mock.domain.webhooks import signature

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from tuco_mock.domain.deliveries import LabRule
    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.state.engines import Document
    from tuco_mock.state.store import Store

ROTATED_AWAY = "rotated away"
"""What the lab signs with in place of a webhook's own secret, unless its rule says with what."""


def message_event(
    store: Store,
    workspace: Workspace,
    event: str,
    message: Document,
    data: Mapping[str, Any] | None = None,
    *,
    told: Collection[str] = (),
) -> list[Delivery]:
    """Tell what became of an outbound message.

    Args:
        store: the state.
        workspace: whose message.
        event: `message.sent`, `message.failed`, `message.fallback` or `message.opened`.
        message: the stored document, after the change.
        data: what the event says besides (H11).
        told: the webhooks that were told of it by a process that died before it had told all.

    Returns:
        The deliveries that were queued.
    """
    here = workspace.id
    webhooks = _but(told, store.webhooks.told(here, event))
    if not webhooks:
        return []
    at = _now(store, here)
    lead = _one(store, "leads", here, message.get("leadId"))
    body = events.message_body(
        event,
        at,
        message,
        line=_one(store, "lines", here, message.get("fromLineId")),
        lead=lead,
        campaign=_one(store, "campaigns", here, message.get("campaignId")),
        data=data or {},
    )
    return _tell(store, workspace, webhooks, body, lead, message["id"])


def reply_event(store: Store, workspace: Workspace, reply: Document, *, told: Collection[str] = ()) -> list[Delivery]:
    """Tell that a reply came.

    Args:
        store: the state.
        workspace: whose lead has replied.
        reply: the stored reply.
        told: the webhooks that were told of it by a process that died before it had told all.

    Returns:
        The deliveries that were queued.
    """
    here = workspace.id
    webhooks = _but(told, store.webhooks.told(here, "message.reply"))
    if not webhooks:
        return []
    conversations = Conversations(store, here)
    lead_id, campaign_id = reply.get("leadId"), reply.get("campaignId")
    lead = None if lead_id is None else conversations.lead(lead_id)
    item = None if lead_id is None else conversations.item(lead_id, reply["id"])
    sent = [] if lead is None else store.messages.sent_to(here, lead["id"], events.PARENTS, campaign_id)
    original = _one(store, "messages", here, sent[0]["messageId"]) if sent else None
    body = events.reply_body(
        _now(store, here),
        reply,
        lead=lead,
        campaign=_one(store, "campaigns", here, campaign_id),
        item=item or _item_of_nobody(reply),
        parents=sent,
        original=original,
        original_line=None if original is None else _one(store, "lines", here, original.get("fromLineId")),
    )
    return _tell(store, workspace, webhooks, body, lead, reply["id"])


def _but(told: Collection[str], webhooks: list[Document]) -> list[Document]:
    return [each for each in webhooks if each["id"] not in told] if told else webhooks


def _item_of_nobody(reply: Document) -> dict[str, Any]:
    """What stands for the item of a reply that no lead wrote: the same but for the lead's id."""
    sender = {"id": None, "phone": reply.get("recipientPhone"), "email": reply.get("recipientEmail")}
    shown = reply_item(sender, reply, [reply], [])
    del shown["leadId"]
    return shown


def _now(store: Store, workspace: str) -> str:
    return iso(store.vitals.clock(workspace).now())


def _one(store: Store, kind: str, workspace: str, document_id: str | None) -> Document | None:
    return None if document_id is None else store.get(kind, workspace, document_id)


def _tell(
    store: Store,
    workspace: Workspace,
    webhooks: list[Document],
    body: dict[str, Any],
    lead: Document | None,
    message_id: str,
) -> list[Delivery]:
    """Queue a delivery of the body for each webhook, as the lab wants it."""
    here, event = workspace.id, body["event"]
    written = stringify(body)
    rules = store.lab.all(here)
    queued: list[Delivery] = []
    for webhook in webhooks:
        plain = Delivery(
            webhook_id=webhook["id"],
            url=webhook["url"],
            event=event,
            body=written.decode(),
            signature=signature(webhook["secret"], written),
            timestamp=body["timestamp"],
            lead_id=None if lead is None else lead["id"],
            message_id=message_id,
        )
        queued += [store.deliveries.add(here, each) for each in _as_the_lab_wants(store, here, rules, plain)]
        if any(each.webhook_id == webhook["id"] and each.state == "pending" for each in queued):
            store.deliveries.release_held(here, webhook["id"])
    effect = Effect(event, deliveries=tuple(each.id for each in queued))
    if event == "message.reply":
        effect.ids = (message_id,)
    else:
        effect.message_ids = (message_id,)
    note(effect)
    return queued


def _as_the_lab_wants(store: Store, workspace: str, rules: list[LabRule], delivery: Delivery) -> Iterator[Delivery]:
    """The delivery with what goes wrong with it: several of them when it is duplicated."""
    copies = 1
    for rule in rules:
        if not is_meant(rule, delivery):
            continue
        store.lab.see(workspace, rule)
        if not store.lab.fire(workspace, rule):
            continue
        delivery = _struck(store, workspace, rule, delivery)
        if rule.effect == "duplicate":
            copies = rule.copies or 2
    for _ in range(1 if delivery.state == "lost" else copies):
        yield delivery


def _struck(store: Store, workspace: str, rule: LabRule, delivery: Delivery) -> Delivery:
    changes: dict[str, Any] = {"lab": (*delivery.lab, rule.id)}
    if rule.effect == "lose":
        changes["state"] = "lost"
    elif rule.effect == "reorder" and delivery.state == "pending":
        changes["state"] = "held"
    elif rule.effect == "delay" and delivery.state in {"pending", "held"}:
        due = store.vitals.clock(workspace).now() + (parse_duration(rule.delay or "") or 0)
        changes |= {"state": "delayed", "due": min(due, MILLIS_MAX)}
    elif rule.effect == "missign":
        changes["signature"] = delivery.signature[::-1]
    elif rule.effect == "rotatedSecret":
        changes["signature"] = signature(ROTATED_AWAY if rule.secret is None else rule.secret, delivery.body.encode())
    return msgspec.structs.replace(delivery, **changes)
