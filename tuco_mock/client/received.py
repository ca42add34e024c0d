"""A webhook that came, and what is said about those that did and those that did not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec

from tuco_mock.client.arguments import milliseconds
from tuco_mock.client.handle import id_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from tuco_mock.client.models import Lead
    from tuco_mock.client.webhook_models import Delivery

_TEXT = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m)", re.ASCII)
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0}


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook that came.

    Attributes:
        event: what it tells, by its header.
        body: its JSON; `raw` are its very bytes.
        headers: by lower-case name.
        verified: whether it was signed with this webhook's secret.
    """

    event: str
    body: Any
    raw: bytes
    headers: dict[str, str]
    verified: bool

    @property
    def data(self) -> dict[str, Any]:
        """What the event says besides."""
        found: dict[str, Any] = self.body["data"]
        return found

    @property
    def lead_id(self) -> str | None:
        """The lead that it is about."""
        return self.body.get("leadId") if isinstance(self.body, dict) else None

    def __str__(self) -> str:
        told = "" if self.verified else ", wrongly signed"
        text = self.raw.decode("utf-8", "replace")
        return f"{self.event}{told}: {text if len(text) <= 160 else text[:159] + '…'}"


def delivery_line(each: Delivery) -> str:
    """A delivery in a line: what became of it, and why."""
    why = each.error or (f"answered {each.status}" if each.status is not None else "")
    by = f"by the webhook lab ({', '.join(each.lab)})" if each.lab else ""
    return " ".join(filter(None, (f"#{each.id} {each.event}: {each.state}", why, by)))


def came(count: int) -> str:
    """How often, in words."""
    return "none came" if count == 0 else "it came once" if count == 1 else f"it came {count} times"


def meant(event: str | None, lead: Lead | str | None, json: Mapping[str, Any] | None) -> str:
    """What was meant, in words."""
    about = "" if lead is None else f" about lead {id_of(lead)}"
    part = "" if json is None else f" with {msgspec.json.encode(json).decode()}"
    return f"{event or 'webhook'}{about}{part}"


def has(given: Any, wanted: Any) -> bool:
    """Whether JSON has what is wanted: objects may have more members, anything else must be equal."""
    if isinstance(wanted, dict) and isinstance(given, dict):
        return all(name in given and has(given[name], value) for name, value in wanted.items())
    return bool(given == wanted)


def seconds_of(what: str, value: str | timedelta | float) -> float:
    """A text as ``5s``, a timedelta or a number of seconds, in seconds.

    Raises:
        TucoError: it is none of these.
    """
    found = _TEXT.fullmatch(value) if isinstance(value, str) else None
    if found is not None:
        return float(found[1]) * _UNITS[found[2]]
    return milliseconds(what, value) / 1000
