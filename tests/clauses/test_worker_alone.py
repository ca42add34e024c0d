"""Who else changes a workspace while its worker moves its time: one after the other, and each whole (W23)."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from tests.clauses.worker import Shop

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support import World

MANY = 400
BEGIN = "2026-03-13T12:00:00.000Z"


@pytest.fixture
def busy(make_world: Callable[..., World]) -> Shop:
    """A workspace with much to do on the way, which follows its clock, and a snapshot `s` of its beginning."""
    shop = Shop(make_world, lines=0, worker="auto")
    limits = {"dailyTotalMessagesLimit": 100_000, "dailyNewConversationsLimit": 100_000}
    shop.world.add("lines", phone="+16462230000", **limits)
    lead = shop.lead()
    many = [{"leadId": lead, "status": "scheduled", "scheduledDate": f"+{1 + 50 * n}s"} for n in range(MANY)]
    shop.world.control("POST", "/messages", many, status=201)
    shop.world.control("POST", "/snapshots", {"name": "s"}, status=201)
    return shop


def meanwhile(shop: Shop, method: str, path: str, body: Any = None) -> Any:
    """The answer to a call while the clock is being moved by five hours: as soon as the first message has left."""
    moving = threading.Thread(target=shop.world.clock, kwargs={"advance": "5h"})
    moving.start()
    while shop.world.control("GET", "/messages?status=delivered&limit=1")["total"] == 0:
        pass  # each look is a call over the socket
    answer = shop.world.control(method, path, body)
    moving.join()
    return answer


def counted(shop: Shop) -> int:
    """How many messages have left."""
    total: int = shop.world.control("GET", "/messages?status=delivered,sent&limit=1")["total"]
    return total


@pytest.mark.clause("W23")
def test_times_that_are_moved_at_once_add_up(busy: Shop) -> None:
    threads = [threading.Thread(target=busy.world.clock, kwargs={"advance": "1h"}) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert busy.world.control("GET", "/clock")["now"] == "2026-03-13T16:00:00.000Z"
    assert counted(busy) == 4 * 3600 // 50


@pytest.mark.clause("W23")
@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/snapshots/s/restore"), ("POST", "/reset")], ids=["restore", "reset"]
)
def test_what_is_put_back_meanwhile_stays(busy: Shop, method: str, path: str) -> None:
    meanwhile(busy, method, path)
    assert busy.world.control("GET", "/clock")["now"] == BEGIN
    assert counted(busy) == 0


@pytest.mark.clause("W23")
def test_a_clock_that_is_set_meanwhile_stays_set(busy: Shop) -> None:
    meanwhile(busy, "POST", "/clock", {"set": "2026-03-01T00:00:00Z"})
    assert busy.world.control("GET", "/clock")["now"] == "2026-03-01T00:00:00.000Z"


@pytest.mark.clause("W23")
@pytest.mark.parametrize("path", ["/queue/run", "/settle"])
def test_who_works_there_waits_until_the_clock_has_arrived(busy: Shop, path: str) -> None:
    assert meanwhile(busy, "POST", path)["now"] == "2026-03-13T17:00:00.000Z"
    assert counted(busy) == 5 * 3600 // 50


@pytest.mark.clause("W23")
def test_settings_that_are_changed_meanwhile_hold_from_then_on(busy: Shop) -> None:
    meanwhile(busy, "PATCH", "", {"worker": "manual"})
    assert busy.world.control("GET", "/clock")["now"] == "2026-03-13T17:00:00.000Z"
    assert counted(busy) == 5 * 3600 // 50


@pytest.mark.clause("W11")
def test_at_the_end_of_time_what_can_t_wait_fails(make_world: Callable[..., World]) -> None:
    shop = Shop(make_world, worker="auto", clock="9999-12-31T23:59:50Z")
    first, second = (shop.world.send(recipientPhone=f"+1415555010{n}")["message"]["_id"] for n in range(2))
    window = {"timezone": "UTC", "sendWindowStart": "09:00", "sendWindowEnd": "10:00"}
    third = shop.world.post_message({"message": "Hi", "recipientPhone": "+14155550102", **window}).json()["message"][
        "_id"
    ]
    shop.world.clock(set="9999-12-31T23:59:59.999Z")
    shop.settle()
    assert shop.message(first)["status"] in {"sent", "delivered"}
    assert shop.message(second)["status"] in {"sent", "delivered", "failed"}
    assert shop.message(third)["error"] == "Outside the send window, and no time is left to wait"
    assert shop.world.control("GET", "/queue")["jobs"] == []


@pytest.mark.clause("W8", "W9")
def test_gaps_are_no_matter_of_a_time_that_is_still_to_come(make_world: Callable[..., World]) -> None:
    """The clock was set back behind the line's latest message."""
    shop = Shop(make_world, lines=1, clock="2027-03-01T00:00:00Z")
    assert shop.world.send(recipientPhone="+14155550101")["status"] == "sent"
    shop.world.clock(set="2026-03-01T00:00:00Z")
    assert shop.world.send(recipientPhone="+14155550102")["status"] == "sent"
    assert shop.world.send(recipientPhone="+14155550103")["status"] == "pending"
