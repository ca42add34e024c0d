"""GET /api/lines/by-user: the workspace's lines, with what they have used today (V1 to V5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuco_mock.domain.lines import day_of, shown
from tuco_mock.domain.timestamps import iso
from tuco_mock.wire.answer import Answer

if TYPE_CHECKING:
    from tuco_mock.api.door import Call


def handle(call: Call) -> Answer:
    """Show all lines, in the order they were made."""
    here = call.workspace.id
    today = day_of(iso(call.store.vitals.clock(here).now()))
    return Answer(200, {"lines": [shown(line, today) for line in call.store.all("lines", here)]})


def lead_of(_: Call) -> None:
    """No lead: the call is about lines."""
