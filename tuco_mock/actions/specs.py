"""What the words of a workspace to be made say of it, apart from what it holds."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import msgspec

from tuco_mock.domain.bookings import Bookings, Day
from tuco_mock.domain.clocks import Clock
from tuco_mock.domain.errors import InvalidInput, Mistake
from tuco_mock.domain.fixture.model_clock import LiveClock
from tuco_mock.domain.fixture.values import moment, signed_duration
from tuco_mock.domain.timestamps import millis
from tuco_mock.state.starts import Start

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tuco_mock.domain.fixture import model
    from tuco_mock.domain.fixture.model_agenda import Booking
    from tuco_mock.domain.workspaces import Workspace


def named(spec: model.Workspace) -> model.Workspace:
    """A workspace to be made, with an id and keys made up for it when it gives none."""
    return msgspec.structs.replace(
        spec,
        id=spec.id or f"org_{secrets.token_hex(12)}",
        api_keys=spec.api_keys or [f"tuco_sk_{secrets.token_hex(16)}"],
    )


def start_of(spec: model.Workspace, origin: str) -> Start:
    """What a workspace is reset to: all it is made with, and the id and keys that were made up for it (`named`)."""
    return Start.of(spec.id or "", origin, msgspec.json.encode(spec))


def settings_of(spec: model.Workspace, old: Workspace, given: frozenset[str] | None = None) -> Workspace:
    """The settings a state gives; those it doesn't give (all are, unless `given` names them) stay as they are."""
    rate_limits = {} if spec.rate_limits is None else msgspec.to_builtins(spec.rate_limits)
    words: dict[str, tuple[str, Any]] = {
        "name": ("name", spec.name or ""),
        "apiKeys": ("api_keys", tuple(spec.api_keys)),
        "seed": ("seed", spec.seed or ""),
        "active": ("active", spec.active),
        "readOnly": ("read_only", spec.read_only),
        "defaultCountryCode": ("country_code", spec.default_country_code),
        "imessage": ("imessage", spec.imessage),
        "rateLimits": ("rate_limits", rate_limits),
        "worker": ("worker", spec.worker),
        "fallbackConfigured": ("fallback_configured", spec.fallback_configured),
    }
    changes = {field: value for word, (field, value) in words.items() if given is None or word in given}
    return msgspec.structs.replace(old, **changes)


def first_clock(spec: model.Workspace) -> Clock:
    """The clock a state begins with: frozen at a time, running ahead of real time, or real time itself."""
    if isinstance(spec.clock, LiveClock):
        return Clock(False, signed_duration(spec.clock.live) or 0)
    if spec.clock is None:
        return Clock()
    text = moment(spec.clock, Clock().now())
    if text is None:
        raise InvalidInput([Mistake("clock", "the time is outside the years 1 to 9999")])
    return Clock(True, millis(text))


def booked_of(given: Sequence[Booking]) -> dict[str, Bookings]:
    """What is booked on each line."""
    found: dict[str, Bookings] = {}
    for each in given:
        found.setdefault(each.line_id.lower(), {})[each.day] = Day(each.new, each.total, each.spans)
    return found
