"""What follows from sending by hand, in the model: address, line, usage, the delivery to come (W4, W12, W15, W22)."""

from __future__ import annotations

from tests.model import notation
from tests.model.model import EMAILS, PHONES, Thing, Workspace

NEW = "newConversationsCount"
TOTAL = "totalMessagesCount"


def send(workspace: Workspace, message: Thing) -> None:
    """The message is sent now, whatever the checks would say of it."""
    now = notation.iso(workspace.now)
    line = line_of(workspace, message)
    if line is not None:
        count(workspace, line, message)
        message["fromLineId"] = line["id"]
    to = first_address(workspace, message)
    if to is not None:
        field, message["sentTo"] = to
        if not {"recipientPhone", "recipientEmail"} & message.keys():
            message[field] = to[1]
            message["_addresses"] = workspace.addresses(message)
    message.update(status="sent", sentAt=now, updatedAt=now)
    due = notation.iso(workspace.now + 1_000)
    workspace.agenda.append({"due": due, "deed": "delivered", "messageId": message["id"]})


def line_of(workspace: Workspace, message: Thing) -> Thing | None:
    """Its own line, else the active one that has sent nothing for the longest time (W4)."""
    active = [line for line in workspace.things["lines"] if line["isActive"]]
    own = [line for line in active if line["id"] == message.get("fromLineId")]
    in_turn = sorted(own or active, key=lambda line: str(line.get("lastSentAt", "")))
    free = [line for line in in_turn if not pause(workspace, line, message)]
    waits = sorted(in_turn, key=lambda line: pause(workspace, line, message))
    return next(iter(free or waits), None)


def is_first(workspace: Workspace, line: Thing, message: Thing) -> bool:
    """Whether the line has sent nothing else to the lead, or to the address where there is no lead (W10)."""
    for other in workspace.things["messages"]:
        there = other["status"] in {"sent", "delivered", "sending"} and other.get("fromLineId") == line["id"]
        if other is message or not there:
            continue
        if message["leadId"] is not None and other["leadId"] == message["leadId"]:
            return False
        if message["leadId"] is None and set(other["_addresses"]) & set(message["_addresses"]):
            return False
    return True


def pause(workspace: Workspace, line: Thing, message: Thing) -> int:
    """How long the line's gaps would let the message wait (W8, W9): none after what is yet to come (W8)."""
    gaps = [("lastSentAt", 30_000)]
    if is_first(workspace, line, message):
        gaps.append(("lastFirstContactAt", 45_000))
    since = [(workspace.now - notation.millis(line[name]), gap) for name, gap in gaps if name in line]
    return max([0, *(gap - passed for passed, gap in since if passed >= 0)])


def count(workspace: Workspace, line: Thing, message: Thing) -> None:
    """The line notes what it sends (W15)."""
    now = notation.iso(workspace.now)
    first = is_first(workspace, line, message)
    usage = line.get("usage", {})
    before = usage if usage.get("date") == now[:10] else {}
    line["usage"] = {"date": now[:10], NEW: before.get(NEW, 0) + first, TOTAL: before.get(TOTAL, 0) + 1}
    line.update(lastSentAt=now, updatedAt=now)
    if first:
        line["lastFirstContactAt"] = now


def first_address(workspace: Workspace, message: Thing) -> tuple[str, str] | None:
    """The field that names the first address of its kind, and the address (W12)."""
    lead = workspace.find("leads", message["leadId"] or "") or {}
    phone, email = message.get("recipientPhone"), message.get("recipientEmail")
    phones = [phone, *(lead.get(name) for name in PHONES if not (phone and name == "phone"))]
    emails = [email, *(lead.get(name) for name in EMAILS if not (email and name == "email"))]
    texts = [("p", phones[0]), ("e", emails[0]), *(("p", each) for each in phones[1:])]
    texts += [("e", each) for each in emails[1:]]
    kind = message["messageType"]
    for sort, text in texts:
        if not text or kind not in {"imessage", "sms" if sort == "p" else "email"}:
            continue
        number = notation.phone(text, workspace.country_code) if sort == "p" else text
        if number is not None and (sort == "p" or notation.email(text) is not None):
            return ("recipientPhone" if sort == "p" else "recipientEmail"), number
    return None
