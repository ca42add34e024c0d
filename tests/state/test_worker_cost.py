"""Sending a message costs the same among many leads and messages as among few."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.state.counting import Counted
from tests.state.snapshot_worlds import Place
from tuco_mock.actions.worker import attempt, do, next_due, things_due
from tuco_mock.domain.ids import key

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable

LINE = "69ab427ac1feb77d7f4646a1"
MESSAGE = "69dba000111111111111111a"
NEW = "69dba000111111111111111b"


def run(place: Place) -> None:
    """Do what is due next."""
    now = place.store.vitals.clock(place.id).now()
    assert next_due(place.store, place.id, now) is not None
    [thing, *_] = things_due(place.store, place.id, now)
    done = do(place.store, place.settings, thing, now)
    assert done is not None
    assert (done.kind, done.message_id) == ("sent", MESSAGE)


def send(place: Place) -> None:
    """Attempt to send a message at once."""
    message = place.store.messages.get(place.id, NEW)
    assert message is not None
    assert attempt(place.store, place.settings, message)["status"] == "sent"


def put_off(place: Place) -> None:
    """Attempt to send a message while its line has to wait."""
    line = {"_id": key(place.id, LINE)}
    place.store.documents.update(place.id, "lines", line, {"$set": {"lastSentAt": "2026-03-13T00:00:00.000Z"}})
    message = place.store.messages.get(place.id, NEW)
    assert message is not None
    assert attempt(place.store, place.settings, message)["status"] == "pending"


ACTIONS: dict[str, Callable[[Place], object]] = {"run": run, "send": send, "put off": put_off}


def cost(monkeypatch: pytest.MonkeyPatch, action: Callable[[Place], object], size: int) -> Counter[str]:
    """What an action costs among so many leads, each with messages that were sent and that wait."""
    counted = Counted(monkeypatch)
    place = Place(
        counted.store,
        "ws",
        clock="2026-03-13T00:00:00Z",
        lines=[{"id": LINE, "phone": "+16462230920"}],
        leads=[{"id": f"{n:024x}", "email": f"l{n}@example.com"} for n in range(size)],
        messages=[
            {"id": MESSAGE, "leadId": f"{3:024x}", "message": "Hi {firstName|there}", "status": "queued"},
            {"id": NEW, "leadId": f"{4:024x}", "message": "Hi", "status": "queued", "job": "none"},
            *({"leadId": f"{n:024x}", "status": "scheduled", "scheduledDate": f"+{n + 1}m"} for n in range(size)),
            *({"leadId": f"{n:024x}", "status": "sent", "fromLineId": LINE} for n in range(size)),
        ],
    )
    return counted.of(lambda: action(place))


@pytest.mark.parametrize("name", ACTIONS)
def test_the_size_of_the_workspace_costs_nothing(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    few, many = (cost(monkeypatch, ACTIONS[name], size) for size in (20, 1_000))
    assert few == many
    assert few["examined"] < 50
