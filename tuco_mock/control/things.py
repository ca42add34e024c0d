"""What a workspace holds: look with filters, and put things there directly in the fixture format's words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tuco_mock.actions import export, load
from tuco_mock.actions.answer import answer_all, open_message
from tuco_mock.control.problem import Problem
from tuco_mock.domain import addresses
from tuco_mock.domain.errors import InvalidInput, Mistake
from tuco_mock.domain.fixture.build import Items
from tuco_mock.domain.fixture.check import check_items
from tuco_mock.domain.ids import object_id
from tuco_mock.domain.journal import Effect
from tuco_mock.domain.messages import STATUSES

if TYPE_CHECKING:
    from collections.abc import Callable

    from tuco_mock.control.door import ControlCall
    from tuco_mock.domain.workspaces import Workspace

DEFAULT_LIMIT = 1_000
MAX_LIMIT = 10_000

PAGING = {
    "page": "which page, from 1",
    "limit": f"how many a page, {DEFAULT_LIMIT} unless told, at most {MAX_LIMIT}",
}

FILTERS: dict[str, dict[str, str]] = {
    "lines": {},
    "lists": {},
    "campaigns": {},
    "leads": {"phone": "any of the lead's phones", "email": "any of its email addresses"},
    "messages": {
        "status": "one of these statuses; repeat it, or separate by commas",
        "leadId": "messages to this lead",
        "campaignId": "messages of this campaign",
        "recipientPhone": "messages to this phone",
        "recipientEmail": "messages to this email address",
    },
    "replies": {
        "leadId": "replies of this lead",
        "lineId": "replies received on this line",
        "recipientPhone": "replies from this phone",
        "recipientEmail": "replies from this email address",
    },
    "webhooks": {},
}
"""The filters of each kind, with what they choose."""

_ADDRESS_FIELD = {"leads": "identity", "messages": "to", "replies": "from"}


def look(kind: str) -> Callable[[ControlCall], dict[str, Any]]:
    """The handler that shows things of a kind."""

    def handle(call: ControlCall) -> dict[str, Any]:
        workspace = call.workspace()
        page, limit = (
            call.number("page", 1, 2**31) or 1,
            call.number("limit", DEFAULT_LIMIT, MAX_LIMIT) or DEFAULT_LIMIT,
        )
        chosen = _chosen(call, kind, workspace)
        total, found = call.store.page(kind, workspace.id, chosen, (page - 1) * limit, limit)
        shown = export.words(call.store, workspace.id, kind, found)
        return {kind: shown, "total": total, "page": page, "limit": limit}

    return handle


def add(kind: str) -> Callable[[ControlCall], Any]:
    """The handler that puts one thing, or a list of them, into the workspace: all of them or none."""

    def handle(call: ControlCall) -> Any:
        workspace = call.workspace()
        many = isinstance(call.body, list)
        items = Items(**{kind: check_items(kind, call.body if many else [call.body], "" if many else None)})
        try:
            documents = load.add(call.store, workspace, items)
        except InvalidInput as error:
            raise InvalidInput([_as_sent(mistake, kind, many) for mistake in error.mistakes]) from error
        added = getattr(documents, kind)
        call.effects.append(Effect(f"{kind}.added", ids=tuple(document["id"] for document in added)))
        shown = export.words(call.store, workspace.id, kind, added)
        return shown if many else shown[0]

    return handle


def reply(call: ControlCall) -> Any:
    """Let one lead reply, or several, one after the other: all of them or none (P14)."""
    workspace = call.workspace()
    many = isinstance(call.body, list)
    replies = check_items("replies", call.body if many else [call.body], "" if many else None)
    try:
        stored = answer_all(call.store, workspace, replies)
    except InvalidInput as error:
        raise InvalidInput([_as_sent(mistake, "replies", many) for mistake in error.mistakes]) from error
    shown = export.words(call.store, workspace.id, "replies", stored)
    return shown if many else shown[0]


def open_one(call: ControlCall) -> dict[str, Any]:
    """Let who got a message open it (P17)."""
    workspace = call.workspace()
    opened = open_message(call.store, workspace, call.path["messageId"])
    return export.words(call.store, workspace.id, "messages", [opened])[0]


def _as_sent(mistake: Mistake, kind: str, many: bool) -> Mistake:
    """The mistake with paths as the body has them, which is a list of the kind, or one thing alone."""
    place = kind if many else rf"{kind}\[0\]\.?"
    return Mistake(*(re.sub(rf"(?<![\w.]){place}(?=[\[\w]|$)", "", text) for text in mistake))


def _chosen(call: ControlCall, kind: str, workspace: Workspace) -> dict[str, Any]:
    """The filters of the query string, as conditions on documents."""
    unknown = call.query.keys() - FILTERS[kind].keys() - PAGING.keys()
    if unknown:
        known = ", ".join((*FILTERS[kind], *PAGING))
        raise Problem(400, f"There is no filter {min(unknown)!r} for {kind}; there are {known}.")
    chosen: dict[str, Any] = {}
    mistakes: list[Mistake] = []
    for name, values in call.query.items():
        if name == "status":
            wanted = [status.strip() for value in values for status in value.split(",")]
            mistakes += [Mistake(name, f"{each!r} is no status") for each in wanted if each not in STATUSES]
            chosen[name] = {"$in": wanted}
        elif name.endswith("Id"):
            chosen[name] = object_id(values[0])
            if chosen[name] is None:
                mistakes.append(Mistake(name, "expected 24 hexadecimal digits"))
        elif name not in PAGING:
            keys = _address_keys(name, values[0], workspace.country_code)
            field = _ADDRESS_FIELD[kind]
            if field in chosen:  # a phone and an email: both must be its addresses
                chosen["$and"] = [{field: {"$in": keys}}]
            else:
                chosen[field] = {"$in": keys}
    if mistakes:
        raise InvalidInput(mistakes)
    return chosen


def _address_keys(name: str, value: str, country_code: str) -> list[str]:
    if name.lower().endswith("phone"):
        found = addresses.phone_key(addresses.phone_in_query(value, country_code))
    else:
        found = addresses.email_key(addresses.email(value))
    return [] if found is None else [found]
