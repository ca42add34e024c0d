"""The worker: who is asked first, which line sends, and what puts a message off (W1 to W11, W15, W16)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.clauses.worker import LINES, START, Shop, kinds

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support import World

    Make = Callable[..., World]


@pytest.fixture
def shop(make_world: Make) -> Shop:
    """A workspace with one line."""
    return Shop(make_world)


@pytest.mark.clause("W1")
def test_the_worker_s_mode_is_a_setting(shop: Shop, make_world: Make) -> None:
    assert shop.world.control("GET", "")["worker"] == "manual"
    assert shop.world.patch(worker="auto")["worker"] == "auto"
    assert shop.world.state()["worker"] == "auto"
    assert shop.world.patch(worker=None)["worker"] == "manual"
    assert make_world(worker="auto").control("GET", "")["worker"] == "auto"


@pytest.mark.clause("W2")
def test_by_hand_nothing_is_sent_because_time_goes_by(shop: Shop) -> None:
    message = shop.send()
    shop.world.clock(advance="7d")
    assert (shop.status(message), shop.world.jobs()) == (["queued"], {message: "waiting"})
    assert shop.settle()["counts"] == {"sent": 1}
    shop.world.clock(advance="7d")
    assert shop.status(message) == ["sent"]
    assert shop.settle()["counts"] == {"delivered": 1}


@pytest.mark.clause("W3")
def test_the_order_in_which_jobs_are_taken(make_world: Make) -> None:
    shop = Shop(make_world, lines=3)
    lead = shop.lead()
    late = shop.send(lead, status="scheduled", scheduledDate="+2h", messageType="email", recipientEmail="a@x.io")
    first = shop.send(lead, messageType="email", recipientEmail="a@x.io")
    soon = shop.send(lead, status="scheduled", scheduledDate="+1h", messageType="email", recipientEmail="a@x.io")
    never = shop.send(lead, status="scheduled", scheduledDate="+4h")
    shop.world.clock(advance="3h")
    assert [each for _, each in kinds(shop.run())] == [soon, late, first]
    assert shop.status(never) == ["scheduled"]


@pytest.mark.clause("W3")
def test_no_more_jobs_are_taken_than_asked_for(make_world: Make) -> None:
    shop = Shop(make_world, lines=3)
    messages = [shop.send() for _ in range(3)]
    assert kinds(shop.run(max=2)) == [("sent", messages[0]), ("sent", messages[1])]
    assert shop.status(*messages) == ["sent", "sent", "queued"]


@pytest.mark.clause("W4")
def test_lines_take_turns(make_world: Make) -> None:
    shop = Shop(make_world, lines=3)
    lead = shop.lead()
    used = []
    for _ in range(6):
        message = shop.send(lead)
        shop.run()
        used.append(shop.message(message)["fromLineId"])
        shop.world.clock(advance="1m")
    assert used == LINES * 2


@pytest.mark.clause("W4")
def test_a_message_leaves_from_the_line_it_names_while_that_can_be_used(make_world: Make) -> None:
    lines: list[dict[str, Any]] = [
        {"id": LINES[0], "phone": "+16462230000"},
        {"id": LINES[1], "phone": "+16462230001", "isActive": False},
    ]
    shop = Shop(make_world, lines=0)
    for line in lines:
        shop.world.add("lines", **line)
    named, other = shop.send(fromLineId=LINES[0]), shop.send(fromLineId=LINES[1])
    shop.run()
    assert shop.message(named)["fromLineId"] == LINES[0]
    assert (shop.message(other)["status"], shop.message(other)["fromLineId"]) == ("pending", LINES[0])


@pytest.mark.clause("W4", "W18")
def test_without_a_line_nothing_can_be_sent(make_world: Make) -> None:
    shop = Shop(make_world, lines=0)
    message = shop.send()
    assert kinds(shop.run()) == [("failed", message)]
    error = "No active lines in workspace. Add and activate a line, or provide fromLineId."
    assert (shop.message(message)["error"], shop.world.jobs()) == (error, {})


@pytest.mark.clause("W5", "W11", "W15")
def test_a_line_s_day_ends_with_its_limits(make_world: Make) -> None:
    shop = Shop(make_world, lines=0)
    shop.world.add("lines", id=LINES[0], phone="+16462230000", dailyNewConversationsLimit=2, dailyTotalMessagesLimit=3)
    known = shop.lead()
    sent = [shop.send(known), shop.send(), shop.send(known)]
    for _ in range(3):
        shop.run(max=1)
        shop.world.clock(advance="1m")
    assert shop.status(*sent) == ["sent"] * 3
    usage = {"date": START[:10], "newConversationsCount": 2, "totalMessagesCount": 3}
    assert shop.line()["usage"] == usage
    late = shop.send(known)
    shop.run()
    put_off = shop.message(late)
    assert (put_off["status"], put_off["scheduledDate"]) == ("scheduled", "2026-03-14T00:00:00.000Z")
    assert put_off["delayReason"] == "Daily limit of 3 messages reached"
    assert shop.world.jobs() == {late: "delayed"}
    shop.world.clock(set="2026-03-14T00:00:00Z")
    shop.run()
    assert "delayReason" not in shop.message(late)
    assert shop.line()["usage"] == {"date": "2026-03-14", "newConversationsCount": 0, "totalMessagesCount": 1}


@pytest.mark.clause("W5", "W11")
def test_the_reason_is_the_limit_that_is_in_the_way(make_world: Make) -> None:
    shop = Shop(make_world, lines=0)
    shop.world.add("lines", phone="+16462230000", dailyTotalMessagesLimit=3)
    messages = [shop.send() for _ in range(5)]
    shop.run()
    found = [shop.message(each).get("delayReason") for each in messages]
    assert found[3:] == ["Daily limit of 3 messages reached"] * 2


@pytest.mark.clause("W9", "W11")
def test_midnight_is_no_limit(make_world: Make) -> None:
    shop = Shop(make_world, clock="2026-03-13T23:59:30Z")
    messages = [shop.send() for _ in range(2)]
    shop.run()
    found = shop.message(messages[1])
    assert (found["status"], found["scheduledDate"]) == ("pending", "2026-03-14T00:00:15.000Z")
    assert found["delayReason"] == "30 seconds between two messages of a line"


@pytest.mark.clause("W5", "W10")
def test_the_limit_of_new_conversations_is_for_first_messages(make_world: Make) -> None:
    shop = Shop(make_world, lines=0)
    shop.world.add("lines", id=LINES[0], phone="+16462230000", dailyNewConversationsLimit=1)
    known, new = shop.lead(), shop.lead()
    shop.send(known)
    shop.run()
    shop.world.clock(advance="1m")
    again, first = shop.send(known), shop.send(new)
    shop.world.reply(new, message="Hello")
    shop.run()
    assert shop.status(again, first) == ["sent", "scheduled"]
    assert shop.message(first)["delayReason"] == "Daily limit of 1 new conversations reached"


@pytest.mark.clause("W6", "W7")
@pytest.mark.parametrize(
    ("window", "until", "reason"),
    [
        ({"sendWindowStart": "13:00"}, "2026-03-13T13:00:00.000Z", "Outside the send window"),
        ({"sendWindowEnd": "12:00"}, "2026-03-14T00:00:00.000Z", "Outside the send window"),
        ({"sendWindowStart": "22:00", "sendWindowEnd": "06:00"}, "2026-03-13T22:00:00.000Z", "Outside the send window"),
        (
            {"sendWindowStart": "09:00", "sendWindowEnd": "17:00", "timezone": "America/New_York"},
            "2026-03-13T13:00:00.000Z",
            "Outside the send window",
        ),
        ({"allowedDaysOfWeek": [0, 1]}, "2026-03-15T00:00:00.000Z", "Not on an allowed day of the week"),
        (
            {"allowedDaysOfWeek": [6], "sendWindowStart": "09:00", "timezone": "Asia/Tokyo"},
            "2026-03-14T00:00:00.000Z",
            "Not on an allowed day of the week",
        ),
    ],
)
def test_a_message_waits_for_its_window_and_its_days(
    shop: Shop, window: dict[str, Any], until: str, reason: str
) -> None:
    message = shop.send(**window)
    shop.run()
    put_off = shop.message(message)
    assert (put_off["status"], put_off["scheduledDate"], put_off["delayReason"]) == ("scheduled", until, reason)
    shop.world.clock(set=until)
    shop.run()
    assert shop.message(message)["sentAt"] == until


@pytest.mark.clause("W6")
def test_within_its_window_a_message_is_sent(shop: Shop) -> None:
    message = shop.send(sendWindowStart="12:00", sendWindowEnd="12:01", allowedDaysOfWeek=[5], timezone="UTC")
    shop.run()
    assert shop.status(message) == ["sent"]


@pytest.mark.clause("W8", "W11")
def test_thirty_seconds_lie_between_messages_of_a_line(shop: Shop) -> None:
    lead = shop.lead()
    messages = [shop.send(lead) for _ in range(3)]
    shop.run()
    found = [shop.message(each) for each in messages]
    assert [each["status"] for each in found] == ["sent", "pending", "pending"]
    times = ["2026-03-13T12:00:30.000Z", "2026-03-13T12:01:00.000Z"]
    assert [each["scheduledDate"] for each in found[1:]] == times
    shop.world.clock(advance="29999ms")
    assert shop.run()["happened"] == []
    shop.world.clock(advance="1ms")
    assert kinds(shop.run()) == [("sent", messages[1])]


@pytest.mark.clause("W9", "W10", "W11")
def test_forty_five_seconds_lie_between_first_messages_to_two_contacts(shop: Shop) -> None:
    known, new = shop.lead(), shop.lead()
    shop.send(known)
    shop.run()
    again, first = shop.send(known), shop.send(new)
    stranger = shop.send(recipientPhone="+14155559999")
    shop.run()
    found = [shop.message(each) for each in (again, first, stranger)]
    assert [(each["status"], each["scheduledDate"][17:19]) for each in found] == [
        ("pending", "30"),
        ("pending", "15"),
        ("pending", "00"),
    ]
    for time, message in (("12:00:30", again), ("12:01:15", first), ("12:02:00", stranger)):
        shop.world.clock(set=f"2026-03-13T{time}Z")
        assert kinds(shop.run()) == [("sent", message)]


@pytest.mark.clause("W11")
def test_many_that_wait_get_times_one_behind_the_other_on_days_with_room(make_world: Make) -> None:
    shop = Shop(make_world, lines=0)
    shop.world.add("lines", id=LINES[0], phone="+16462230000", dailyNewConversationsLimit=2)
    messages = [shop.send() for _ in range(6)]
    shop.run()
    times = [shop.message(each).get("scheduledDate", "")[:19] for each in messages]
    assert times == [
        "",
        "2026-03-13T12:00:45",
        "2026-03-14T00:00:00",
        "2026-03-14T00:00:45",
        "2026-03-15T00:00:00",
        "2026-03-15T00:00:45",
    ]
    assert shop.status(*messages) == ["sent", "pending", *["scheduled"] * 4]


@pytest.mark.clause("W11")
def test_a_message_that_is_put_off_tells_all_checks(shop: Shop) -> None:
    """The reason is that of the first check, the time that which all allow."""
    lead = shop.lead()
    shop.send(lead)
    shop.run()
    message = shop.send(lead, sendWindowStart="12:05", sendWindowEnd="12:10", allowedDaysOfWeek=[1])
    shop.run()
    put_off = shop.message(message)
    assert (put_off["delayReason"], put_off["scheduledDate"]) == (
        "Outside the send window",
        "2026-03-16T12:05:00.000Z",
    )


@pytest.mark.clause("W16")
@pytest.mark.parametrize("status", ["queued", "scheduled"])
def test_a_cancelled_message_is_never_sent(make_world: Make, status: str) -> None:
    shop = Shop(make_world, worker="auto")
    lead = shop.lead()
    first = shop.send(lead, status="scheduled", scheduledDate="+1m")
    message = shop.send(lead, status="scheduled", scheduledDate="+1m")
    if status == "queued":
        shop.world.clock(advance="1m")
        assert shop.status(first, message) == ["sent", "pending"]
    cancelled = shop.world.cancel(leadId=lead)
    shop.world.clock(advance="7d")
    assert message in cancelled["messageIds"]
    assert (shop.message(message)["status"], shop.world.jobs()) == ("cancelled", {})
    assert "sentAt" not in shop.message(message)


@pytest.mark.clause("W16")
def test_a_job_whose_message_may_not_be_sent_is_dropped(shop: Shop) -> None:
    message = shop.send()
    shop.turn(message, "start")
    shop.world.cancel(leadId=shop.message(message)["leadId"])
    assert shop.run()["happened"] == []  # somebody holds it
    shop.turn(message, "finish")
    assert (shop.status(message), shop.world.jobs()) == (["cancelled"], {})


@pytest.mark.clause("W16")
def test_a_message_is_sent_once(make_world: Make) -> None:
    shop = Shop(make_world, lines=3)
    messages = [shop.send() for _ in range(3)]
    assert shop.run()["counts"] == {"sent": 3}
    shop.world.clock(advance="1d")
    assert shop.run()["happened"] == []
    assert shop.status(*messages) == ["sent"] * 3
