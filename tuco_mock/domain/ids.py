"""Ids: 24 hexadecimal digits, sent and stored in lower case (A5)."""

from __future__ import annotations

import hashlib
import re

_OBJECT_ID = re.compile(r"[0-9a-fA-F]{24}", re.ASCII)


def object_id(value: object) -> str | None:
    """The canonical, lower-case form of an id given from outside; None when it is no ObjectId (A5, C4)."""
    if isinstance(value, str) and _OBJECT_ID.fullmatch(value):
        return value.lower()
    return None


def derived_id(workspace: str, kind: str, position: int) -> str:
    """The id of a fixture's thing that gives none: the same file always yields the same ids."""
    return hashlib.sha256(f"{workspace}/{kind}/{position}".encode()).hexdigest()[:24]


def generated_id(seed: str, sequence: int, now: int) -> str:
    """A new id in the shape of an ObjectId: seconds of the workspace's clock, its seed, its running number.

    Args:
        seed: the workspace's seed.
        sequence: the workspace's running number, never the same twice.
        now: the workspace's time in milliseconds.
    """
    seconds = (now // 1000) & 0xFFFFFFFF
    return f"{seconds:08x}{hashlib.sha256(seed.encode()).hexdigest()[:8]}{sequence & 0xFFFFFFFF:08x}"


def key(workspace: str, *parts: str) -> str:
    """The `_id` of a document: ids are unique in a workspace only, so that one fixture can be loaded in many (A7)."""
    return "/".join((workspace, *parts))
