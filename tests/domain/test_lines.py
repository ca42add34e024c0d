"""What a line may do in a day, and what is counted."""

from __future__ import annotations

from typing import Any

import pytest

from tuco_mock.domain import lines

TODAY, YESTERDAY = "2026-03-13", "2026-03-12"


def line(**more: Any) -> dict[str, Any]:
    """The document of a line."""
    return {"id": "l", **more}


def usage(new: int, total: int, day: str = TODAY) -> dict[str, Any]:
    """A line that sent so much."""
    return line(usage={"date": day, "newConversationsCount": new, "totalMessagesCount": total})


@pytest.mark.parametrize(
    ("document", "again", "first"),
    [
        (line(), True, True),
        (usage(19, 49), True, True),
        (usage(20, 49), True, False),
        (usage(0, 50), False, False),
        (usage(20, 50, YESTERDAY), True, True),
        (usage(21, 51), False, False),
        ({**usage(4, 6), "dailyNewConversationsLimit": 4}, True, False),
        ({**usage(0, 6), "dailyTotalMessagesLimit": 6}, False, False),
        (line(dailyTotalMessagesLimit=0), False, False),
        (line(dailyNewConversationsLimit=0), True, False),
    ],
)
def test_what_the_limits_allow(document: dict[str, Any], again: bool, first: bool) -> None:
    assert lines.may_send(document, TODAY, first_contact=False) is again
    assert lines.may_send(document, TODAY, first_contact=True) is first


def test_counting_what_is_sent() -> None:
    document = usage(20, 50, YESTERDAY)
    for sent, first in enumerate([True, False, True], 1):
        document |= lines.with_send_counted(document, TODAY, first)
        assert lines.used(document, TODAY).total_messages == sent
    assert document["usage"] == {"date": TODAY, "newConversationsCount": 2, "totalMessagesCount": 3}
    assert lines.used(document, YESTERDAY) == lines.Used(0, 0)


def test_sending_up_to_the_limits() -> None:
    document, sent = line(), 0
    while lines.may_send(document, TODAY, first_contact=False):
        document |= lines.with_send_counted(document, TODAY, lines.may_send(document, TODAY, first_contact=True))
        sent += 1
    assert (sent, lines.used(document, TODAY)) == (50, lines.Used(20, 50))


def test_counting_what_is_looked_up() -> None:
    document = line(availabilityChecks={"date": YESTERDAY, "count": 70})
    assert (lines.checks_left(document, YESTERDAY), lines.checks_left(document, TODAY)) == (0, 70)
    document |= lines.with_checks_counted(document, TODAY, 3)
    document |= lines.with_checks_counted(document, TODAY, 4)
    assert document["availabilityChecks"] == {"date": TODAY, "count": 7}
    assert (lines.checked(document, TODAY), lines.checks_left(document, TODAY)) == (7, 63)
    assert lines.checks_left(line(availabilityChecks={"date": TODAY, "count": 99}), TODAY) == 0


@pytest.mark.parametrize(
    ("document", "usable"),
    [
        (line(), True),
        (line(isActive=False), False),
        (line(healthCheck={"status": "healthy"}), True),
        (line(healthCheck={"status": "down"}), False),
    ],
)
def test_which_lines_can_be_used(document: dict[str, Any], usable: bool) -> None:
    assert lines.is_usable(document) is usable


def test_the_day_of_a_moment() -> None:
    assert lines.day_of("2026-03-13T23:59:59.999Z") == TODAY
