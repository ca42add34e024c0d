"""What is done about one lead costs the same among many leads as among few."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.state.counting import Counted
from tests.state.snapshot_worlds import Place
from tuco_mock.actions.add_leads import add_leads
from tuco_mock.actions.list_leads import list_leads
from tuco_mock.actions.remove_leads import remove_leads
from tuco_mock.domain.fixture.model import Lead
from tuco_mock.domain.leads import LeadQuery

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable

LIST = "69a1fc43a00b806f64300001"
LISTED = LeadQuery(list_id=LIST, limit=5)
ACTIONS: dict[str, Callable[[Place], object]] = {
    "add": lambda place: add_leads(place.store, place.settings, [Lead(phone="+14155550100")], LIST),
    "known": lambda place: add_leads(place.store, place.settings, [Lead(email="L3@example.com")], None),
    "page": lambda place: list_leads(place.store, place.settings, LeadQuery(limit=5)),
    "list": lambda place: list_leads(place.store, place.settings, LISTED),
    "lists": lambda place: place.store.lists.with_counts(place.id),
    "remove": lambda place: remove_leads(place.store, place.settings, [f"{3:024x}"]),
    "cancel": lambda place: place.cancel("+14155550199"),
}


def cost(monkeypatch: pytest.MonkeyPatch, action: Callable[[Place], object], leads: int) -> Counter[str]:
    """What an action costs among so many leads, each with a message."""
    counted = Counted(monkeypatch)
    place = Place(
        counted.store,
        "ws",
        lists=[{"id": LIST, "name": "Quick Sends"}],
        leads=[{"id": f"{n:024x}", "email": f"l{n}@example.com", "listId": LIST} for n in range(leads)],
        messages=[{"leadId": f"{n:024x}", "status": "queued"} for n in range(leads)],
    )
    return counted.of(lambda: action(place))


@pytest.mark.parametrize("name", ACTIONS)
def test_many_other_leads_cost_nothing(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    few, many = (cost(monkeypatch, ACTIONS[name], size) for size in (20, 1_000))
    assert few == many
    assert few["examined"] < 50
