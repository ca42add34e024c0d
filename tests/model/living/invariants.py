"""What holds after every step, whatever it was. None of it knows how the worker goes about its work."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tests.model import notation
from tests.model.model import EMAILS, PHONES, WAITING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.model.living.ledger import Ledger
    from tests.model.living.wire import View
    from tests.model.model import Thing

DEVICE_GAP, CONTACT_GAP = 30_000, 45_000
BECOMES = {
    "sending": {"sending", "sent", "delivered", "failed"},
    "sent": {"sent", "delivered"},
    **{status: {status} for status in ("delivered", "failed", "fallback", "cancelled")},
}
"""What a message can be later; one that waits can become anything."""


def each_is_sent_once(before: View, after: View) -> None:
    """No message comes back from its end, none is sent after it was cancelled, and when it was sent never changes."""
    for message in after.state["messages"]:
        was, status = before.messages.get(message["id"]), message["status"]
        assert ("sentAt" in message) == (status in {"sent", "delivered"}), message
        if was is not None:
            assert status in BECOMES.get(was["status"], {status}), (was, message)
            assert was.get("sentAt", message.get("sentAt")) == message.get("sentAt"), (was, message)
            assert was.get("readAt", message.get("readAt")) == message.get("readAt"), (was, message)


def each_that_waits_has_one_job(before: View, after: View) -> None:
    """No job is left of a message that is gone or ended, but one that a worker held when it was cancelled."""
    jobs = {message_id: job["state"] for message_id, job in after.jobs.items()}
    for message in after.state["messages"]:
        job = jobs.pop(message["id"], None)
        if message["status"] in WAITING:
            assert job is not None, message
        elif message["status"] == "sending":
            assert job == "active", (job, message)
        elif job is not None:
            held = before.jobs.get(message["id"], {}).get("state")
            assert (message["status"], job, held) == ("cancelled", "active", "active"), (job, message)
    assert jobs == {}


def worker_is_not_behind(after: View) -> None:
    """Where it follows the clock, nothing is due that is not done."""
    if after.is_auto:
        for job in after.jobs.values():
            assert job["state"] == "active" or (job["state"] == "delayed" and job["dueAt"] > after.now), job
        second_ago = notation.iso(notation.millis(after.now) - 1_000)
        assert [
            each for each in after.state["messages"] if each["status"] == "sent" and each["sentAt"] <= second_ago
        ] == []
        assert [each for each in after.state.get("agenda", []) if each["due"] <= after.now] == []


def each_thing_has_its_own_moment(before: View, after: View, ledger: Ledger, *, has_run: bool) -> None:
    """Where the worker follows the clock, what waits for a time is sent then, and delivered a second later.

    While the clock ran by itself, no earlier, and no later than it was stopped.
    """
    if not before.is_auto:
        return
    for left in ledger.now:
        if before.jobs.get(left.message_id, {}).get("state") == "delayed":
            due = notation.millis(after.messages[left.message_id]["scheduledDate"])
            assert left.at == due or (has_run and due < left.at <= notation.millis(after.now)), left
    for message in after.state["messages"]:
        if "deliveredAt" in message and "deliveredAt" not in before.messages.get(message["id"], {}):
            due, delivered = notation.millis(message["sentAt"]) + 1_000, notation.millis(message["deliveredAt"])
            assert delivered == due or (has_run and due < delivered <= notation.millis(after.now)), message


def leads_share_no_address(after: View) -> None:
    """Neither primary nor alternate, however it is written."""
    found: Counter[str] = Counter()
    for lead in after.state["leads"]:
        theirs = {notation.phone(lead[name], "+1") for name in PHONES if name in lead}
        theirs |= {notation.email(lead[name]) for name in EMAILS if name in lead}
        found.update(str(each) for each in theirs)
    assert [each for each, count in found.items() if count > 1] == []


def lines_keep_their_limits(after: View, ledger: Ledger) -> None:
    """What a worker sent has room in its line's day, and its distance to what the line sent before."""
    lines = {each["id"]: each for each in after.state["lines"]}
    order = [*ledger.left.values()]
    for left in ledger.now:
        if left.by_hand:
            continue
        line = lines[left.line]
        assert line.get("isActive", True), (left, line)
        assert line.get("healthCheck", {}).get("status", "healthy") == "healthy", (left, line)
        earlier = [each for each in order[: order.index(left)] if each.line == left.line]
        today = [each for each in earlier if each.day == left.day]
        assert len(today) < line["dailyTotalMessagesLimit"], (left, today)
        assert left.at >= max((each.at + DEVICE_GAP for each in earlier), default=0), (left, earlier[-1])
        if left.is_first:
            new = [each for each in today if each.is_first]
            assert len(new) < line["dailyNewConversationsLimit"], (left, new)
            assert left.at >= max((each.at + CONTACT_GAP for each in earlier if each.is_first), default=0), (
                left,
                earlier,
                [after.messages.get(each.message_id) for each in [*earlier, left]],
            )


def lines_count_what_they_send(after: View, ledger: Ledger) -> None:
    """Usage is what left on its day; nothing has left later."""
    for line in after.state["lines"]:
        usage = line.get("usage") or {"date": "", "totalMessagesCount": 0, "newConversationsCount": 0}
        theirs = ledger.of(line["id"], usage["date"])
        counted = (usage["totalMessagesCount"], usage["newConversationsCount"])
        assert counted == (len(theirs), sum(each.is_first for each in theirs)), (line, theirs)
        assert max((each.day for each in ledger.left.values() if each.line == line["id"]), default="") <= usage["date"]
        assert (line.get("availabilityChecks") or {"count": 0})["count"] <= 70, line


def times_are_kept(before: View, after: View, ledger: Ledger) -> None:
    """What a worker sent, it sent no earlier than it was to be, and within its window, on one of its days."""
    for left in ledger.now:
        message, was = after.messages[left.message_id], before.messages.get(left.message_id, {})
        if not left.by_hand:
            assert is_allowed(message, left.at), (message, left)
            assert left.at >= notation.millis(was.get("scheduledDate") or message["createdAt"]), (was, message)


def is_allowed(message: Thing, at: int) -> bool:
    """Whether a message may be sent at a moment: by its own clock on the wall (W6, W7)."""
    zone = ZoneInfo(message.get("timezone") or "UTC")
    wall = datetime.fromisoformat(notation.iso(at)).astimezone(zone)
    days = message.get("allowedDaysOfWeek")
    if days and wall.isoweekday() % 7 not in days:
        return False
    start, end = (message.get(name) or "00:00" for name in ("sendWindowStart", "sendWindowEnd"))
    shown = wall.strftime("%H:%M")
    if start < end:
        return bool(start <= shown < end)
    return start == end or shown >= start or shown < end


def replies_stop_campaigns(after: View, ledger: Ledger) -> None:
    """After an answer, no later step of that run waits, or has left."""
    for reply in after.state["replies"]:
        if reply.get("leadId") is None or reply.get("campaignId") is None:
            continue
        at = notation.millis(reply["receivedAt"])
        for message in after.state["messages"]:
            if (message["leadId"], message.get("campaignId")) != (reply["leadId"], reply["campaignId"]):
                continue
            assert message["status"] not in WAITING, (reply, message)
            left = ledger.left.get(message["id"])
            assert left is None or left.at <= at, (reply, message)


def webhooks_are_told(before: View, ledger: Ledger, deliveries: Sequence[Thing]) -> None:
    """Each event once to each webhook that was active and wanted it, with the moment it happened, and to no other.

    What the lab duplicates, is there twice, and counts as one.
    """
    told: Counter[tuple[str, str, str, str]] = Counter()
    for each in deliveries:
        is_twice = has_met(each, "duplicate") and each["state"] != "lost"
        told[each["webhookId"], each["event"], each["messageId"], each["timestamp"]] += 1 if is_twice else 2
    expected = Counter(
        (webhook["id"], event.name, event.about, event.at)
        for webhook in before.state["webhooks"]
        for event in (*ledger.events, *ledger.events)
        if webhook.get("isActive", True) and event.name in webhook["events"]
    )
    assert told == expected, (told - expected, expected - told)
    webhooks = {each["id"]: each for each in before.state["webhooks"]}
    last: dict[str, str] = {}
    for each in deliveries:
        assert is_true(each, webhooks[each["webhookId"]]), each
        assert last.get(each["webhookId"], "") <= each["timestamp"], each
        last[each["webhookId"]] = each["timestamp"]


def has_met(delivery: Thing, effect: str) -> bool:
    """Whether the lab did this to a delivery; its rules are called by what they do."""
    return any(name.startswith(effect) for name in delivery["lab"])


def what_waits_is_told(settled: Thing, deliveries: Sequence[Thing]) -> None:
    """What is settled tells of what the lab keeps, which is all that is not done, and nothing of it is due."""
    kept = [each for each in deliveries if each["state"] in {"delayed", "held"}]
    assert [each for each in deliveries if each["state"] == "pending"] == []
    dues = [each["dueAt"] for each in kept if each["state"] == "delayed"]
    assert settled["waiting"] == {
        "delayed": len(dues),
        "until": min(dues, default=None),
        "held": len(kept) - len(dues),
    }, (settled, kept)
    assert all(each > settled["now"] for each in dues), (settled, kept)


def what_was_told_of_the_removed_is_dropped(state: Thing, deliveries: Sequence[Thing]) -> None:
    """Nothing waits for a webhook that is gone, unless it went with a state that another one replaced."""
    known = {each["id"] for each in state["webhooks"]}
    for each in deliveries:
        if each["state"] == "dropped":
            assert (each["sentAt"], each["error"]) == (None, "The webhook was removed"), each
        elif each["state"] in {"delayed", "held"}:
            assert each["webhookId"] in known, each


def is_true(delivery: Thing, webhook: Thing) -> bool:
    """Whether a delivery is signed, goes where its webhook is, and says what it says it is about."""
    signature = hmac.new(webhook["secret"].encode(), delivery["raw"].encode(), hashlib.sha256).hexdigest()
    body = json.loads(delivery["raw"])
    is_wrong = has_met(delivery, "missign") or has_met(delivery, "rotatedSecret")
    return (
        (delivery["signature"] == signature) != is_wrong
        and delivery["url"] == webhook["url"]
        and (body["event"], body["messageId"]) == (delivery["event"], delivery["messageId"])
        and body["timestamp"] == delivery["timestamp"]
        and body.get("leadId") == delivery["leadId"]
    )
