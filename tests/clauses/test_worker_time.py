"""The worker in time: all that is due on the way, each thing at its own moment; live; settle (W23 to W25)."""

from __future__ import annotations

import functools
import json
import threading
import time
from typing import TYPE_CHECKING

import pytest

from tests.clauses.worker import SLOW, START, STOPS, Shop, kinds
from tests.support import World
from tests.support_webhooks import Catcher, register
from tuco_mock.actions import running
from tuco_mock.client.receiving import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import httpx

    Make = Callable[..., World]

REAL_SECONDS = 20.0


@pytest.fixture
def shop(make_world: Make) -> Shop:
    """A workspace with one line whose worker follows the clock."""
    return Shop(make_world, worker="auto")


@pytest.mark.clause("W23")
@pytest.mark.parametrize(
    "way", [{"advance": "8d"}, {"set": "2026-03-21T12:00:00Z"}, {"freeze": "2026-03-21T12:00:00Z"}]
)
def test_everything_happens_at_its_own_moment(shop: Shop, way: dict[str, str]) -> None:
    lead, slow = shop.lead(phone=STOPS), shop.lead(phone=SLOW)
    steps = [shop.send(lead, status="scheduled", scheduledDate=f"+{day}d") for day in range(1, 8)]
    held_up = shop.send(slow, status="scheduled", scheduledDate="+1d")
    assert shop.world.clock(**way) == "2026-03-21T12:00:00.000Z"
    found = [shop.message(each) for each in steps]
    assert [each["sentAt"] for each in found] == [f"2026-03-{13 + day}T12:00:00.000Z" for day in range(1, 8)]
    assert [each["deliveredAt"] for each in found] == [f"2026-03-{13 + day}T12:00:01.000Z" for day in range(1, 8)]
    assert shop.message(held_up)["sentAt"] == "2026-03-14T12:01:15.000Z"  # 45 s behind the other one, and 30 s slow
    replies = shop.world.control("GET", "/replies")["replies"]
    assert [each["receivedAt"] for each in replies] == [f"2026-03-{13 + day}T12:01:00.000Z" for day in range(1, 8)]


@pytest.mark.clause("W23")
def test_what_comes_of_it_on_the_way_is_done_too(shop: Shop) -> None:
    messages = [shop.send(status="scheduled", scheduledDate="+1m") for _ in range(30)]
    shop.world.clock(advance="2d")
    assert set(shop.status(*messages)) == {"delivered"}
    times = sorted(shop.message(each)["sentAt"] for each in messages)
    assert times[:2] == ["2026-03-13T12:01:00.000Z", "2026-03-13T12:01:45.000Z"]
    assert (times[19], times[20]) == ("2026-03-13T12:15:15.000Z", "2026-03-14T00:00:00.000Z")
    assert shop.line()["usage"] == {"date": "2026-03-14", "newConversationsCount": 10, "totalMessagesCount": 10}


@pytest.mark.clause("W23")
@pytest.mark.parametrize(
    ("zone", "start", "sent"),
    [
        ("America/New_York", "2026-03-06T12:00:00Z", ["06T14:00", "07T14:00", "08T13:00", "09T13:00"]),
        ("America/New_York", "2026-10-30T12:00:00Z", ["30T13:00", "31T13:00", "01T14:00", "02T14:00"]),
        ("Europe/Berlin", "2028-02-27T00:00:00Z", ["27T08:00", "28T08:00", "29T08:00", "01T08:00"]),
        ("Europe/Berlin", "2026-02-27T00:00:00Z", ["27T08:00", "28T08:00", "01T08:00", "02T08:00"]),
    ],
)
def test_windows_and_daily_limits_hold_over_changes_of_the_clock_and_ends_of_months(
    make_world: Make, zone: str, start: str, sent: list[str]
) -> None:
    shop = Shop(make_world, lines=0, worker="auto", clock=start)
    shop.world.add("lines", phone="+16462230000", dailyNewConversationsLimit=1)
    messages = [shop.send(sendWindowStart="09:00", sendWindowEnd="17:00", timezone=zone) for _ in sent]
    shop.world.clock(advance="6d")
    assert [shop.message(each)["sentAt"][8:16] for each in messages] == sent


class Consumer(Catcher):
    """Calls cancel-for-lead for each reply, and notes when."""

    def __init__(self, shop: Shop) -> None:
        super().__init__()
        self.world = shop.world
        self.cancelled_at: list[str] = []
        register(shop.world, self.url, "message.reply")

    def take(self, headers: Mapping[str, str], raw: bytes) -> Answer:
        """Cancel, then answer."""
        self.world.cancel(leadId=json.loads(raw)["leadId"])
        self.cancelled_at.append(self.world.control("GET", "/clock")["now"])
        return super().take(headers, raw)


@pytest.fixture
def consumer(shop: Shop) -> Iterator[Consumer]:
    """A receiver of replies that cancels what waits for who said stop, and answers then."""
    with Consumer(shop) as running:
        yield running


@pytest.mark.clause("W23")
def test_time_stands_until_webhooks_have_answered(shop: Shop, consumer: Consumer) -> None:
    """Else a consumer could do nothing about a reply before all of a year was over."""
    lead = shop.lead(phone=STOPS)
    messages = [shop.send(lead, status="scheduled", scheduledDate=f"+{days}d") for days in range(1, 8)]
    shop.world.clock(advance="365d")
    assert shop.status(*messages) == ["delivered", *["cancelled"] * 6]
    assert consumer.cancelled_at == ["2026-03-14T12:01:00.000Z"]


@pytest.mark.clause("W23")
def test_a_webhook_that_the_lab_delays_is_told_on_the_way(shop: Shop, consumer: Consumer) -> None:
    lead = shop.lead(phone=STOPS)
    messages = [shop.send(lead, status="scheduled", scheduledDate=f"+{days}d") for days in (1, 2, 3)]
    shop.world.control("POST", "/webhook-lab", [{"effect": "delay", "delay": "30h", "times": 1}])
    shop.world.clock(advance="9d")
    assert shop.status(*messages) == ["delivered", "delivered", "cancelled"]
    assert consumer.cancelled_at == ["2026-03-15T12:01:00.000Z", "2026-03-15T18:01:00.000Z"]


@pytest.mark.clause("W23")
def test_a_receiver_that_hangs_holds_time_up_once(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "_PATIENCE", 0.2)
    messages = [shop.send(status="scheduled", scheduledDate=f"+{hours}h") for hours in range(1, 16)]
    with Catcher(Answer(hang=True)) as receiver:
        register(shop.world, receiver.url, "message.sent")
        begun = time.perf_counter()
        shop.world.clock(advance="1d")
        assert time.perf_counter() - begun < 15 * 0.2
        assert shop.status(*messages) == ["delivered"] * 15
        assert shop.world.control("GET", "/deliveries")["pending"] > 0


@pytest.mark.clause("W23")
def test_a_workspace_that_is_dropped_while_webhooks_are_waited_for(http: httpx.Client) -> None:
    shop = Shop(functools.partial(World, http), worker="auto")
    shop.send(status="scheduled", scheduledDate="+1h")
    dropped = threading.Event()

    class Dropping(Catcher):
        def take(self, headers: Mapping[str, str], raw: bytes) -> Answer:
            shop.world.drop()
            dropped.set()
            return super().take(headers, raw)

    with Dropping() as receiver:
        register(shop.world, receiver.url, "message.sent")
        moved = shop.world.http.post(f"/_tuco/workspaces/{shop.world.id}/clock", json={"advance": "1d"})
        assert dropped.wait(REAL_SECONDS)
    assert moved.status_code == 404
    assert shop.world.http.get(f"/_tuco/workspaces/{shop.world.id}").status_code == 404


@pytest.mark.clause("W23")
def test_backwards_nothing_happens(shop: Shop) -> None:
    message = shop.send(status="scheduled", scheduledDate="+1h")
    shop.world.clock(set="2026-03-01T00:00:00Z")
    assert shop.status(message) == ["scheduled"]


@pytest.mark.clause("W23")
def test_the_timeline_tells_what_was_done(shop: Shop) -> None:
    message = shop.send(status="scheduled", scheduledDate="+1h")
    shop.world.clock(advance="2h")
    events = [each for each in shop.world.control("GET", "/timeline")["events"] if message in each["text"]]
    assert [(each["kind"], each["at"]) for each in events] == [
        ("messages.added", START),
        ("messages.sent", "2026-03-13T13:00:00.000Z"),
        ("messages.delivered", "2026-03-13T13:00:01.000Z"),
    ]


@pytest.mark.clause("W24")
def test_what_is_due_now_is_done_at_once_while_the_clock_stands(shop: Shop) -> None:
    message = shop.send()
    shop.settle()
    assert shop.message(message)["sentAt"] == START


@pytest.mark.clause("W24")
@pytest.mark.parametrize("begin", ["patch", "restore", "state", "reset"])
def test_a_worker_that_is_let_go_begins(make_world: Make, begin: str) -> None:
    shop = Shop(make_world, worker="auto")
    world = shop.world
    lead = shop.lead()
    world.patch(worker="manual")
    message = shop.send(lead)
    if begin == "patch":
        world.patch(worker="auto")
    elif begin == "restore":
        world.control("POST", "/snapshots", {"name": "here"})
        shop.settle()
        world.control("POST", "/snapshots/here/restore")
        world.patch(worker="auto")
    elif begin == "state":
        world.control("PUT", "/state", {**world.state(), "worker": "auto"})
    else:
        world.control("POST", "/reset")
        message = shop.send(shop.lead())
    shop.settle()
    assert shop.status(message) == ["sent"]


@pytest.mark.clause("W24")
def test_live_what_becomes_due_is_done_when_it_does(make_world: Make) -> None:
    """The clock runs: a message is due in half a second, and nobody asks for it."""
    shop = Shop(make_world, worker="auto", clock={"live": "+1h"})
    message = shop.send(status="scheduled", scheduledDate="+500ms")
    due = shop.message(message)["scheduledDate"]
    sent = threading.Event()

    def look() -> None:
        while shop.status(message) != ["delivered"] and not sent.wait(0.02):
            pass

    looking = threading.Thread(target=look)
    looking.start()
    looking.join(REAL_SECONDS)
    sent.set()
    found = shop.message(message)
    assert found["status"] == "delivered"
    assert due <= found["sentAt"] < found["deliveredAt"]


@pytest.mark.clause("W25")
def test_settle_does_all_that_is_due_and_says_what(shop: Shop) -> None:
    shop.world.patch(worker="manual")
    first, second = shop.send(), shop.send()
    assert shop.settle() == {
        "now": START,
        "counts": {"sent": 1, "pending": 1},
        "happened": [
            {"at": START, "kind": "sent", "messageId": first},
            {"at": START, "kind": "pending", "messageId": second},
        ],
        "deliveries": 0,
        "waiting": {"delayed": 0, "until": None, "held": 0},
        "nextDue": "2026-03-13T12:00:01.000Z",
    }
    assert shop.world.control("GET", "/clock")["now"] == START
    assert kinds(shop.settle()) == []


@pytest.mark.clause("W25")
def test_settle_lets_webhooks_answer_to_what_leads_did_before_jobs_are_done(shop: Shop, consumer: Consumer) -> None:
    lead = shop.lead(phone=STOPS)
    shop.world.patch(worker="manual")
    first = shop.send(lead)
    shop.settle()
    second = shop.send(lead, status="scheduled", scheduledDate="+1d")
    shop.world.clock(advance="2d")
    told = shop.settle()
    assert shop.status(first, second) == ["delivered", "cancelled"]
    assert (told["counts"], told["deliveries"]) == ({"delivered": 1, "reply": 1}, 1)


@pytest.mark.clause("W25", "W24")
def test_settled_is_settled_in_any_mode(shop: Shop) -> None:
    messages = [shop.send() for _ in range(3)]
    shop.settle()
    assert shop.settle()["happened"] == []
    assert shop.status(*messages) == ["sent", "pending", "pending"]
