"""Who lives where the machine plays: lines with small limits, campaigns, and addresses that do something."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from tests.model import notation
from tests.model.model import Thing

STARTS = (
    "2026-03-06T12:00:00.000Z",  # the clocks of America are put forward on the 8th
    "2026-10-23T20:00:00.000Z",  # those of Europe are put back on the 25th
    "2028-02-27T23:30:00.000Z",  # with a leap day
    "2026-12-30T04:59:00.000Z",
)

LINES = ("69ab427ac1feb77d7f4646a1", "69ab427ac1feb77d7f4646a2")
DOWN = "69ab427ac1feb77d7f4646a3"
CAMPAIGNS: list[Thing] = [
    {
        "id": "69ab444ac1feb77d7f4646c1",
        "name": "Days",
        "steps": [
            {"message": "Hi {firstName|there}"},
            {"message": "2", "delay": "1d"},
            {"message": "3", "delay": "2d"},
        ],
    },
    {
        "id": "69ab444ac1feb77d7f4646c2",
        "name": "Weeks",
        "steps": [{"message": "1", "delay": "1h"}, {"message": "2", "delay": "7d"}, {"message": "3", "delay": "30d"}],
    },
    {"id": "69ab444ac1feb77d7f4646c3", "name": "At once", "steps": [{"message": "1"}, {"message": "2"}]},
]

NO_IMESSAGE, FAILS, SLOW, STOPS, OPENS = (f"+150055500{n}" for n in ("09", "01", "08", "10", "12"))
HOURS, LATE, MUTE = "+14155550171", "+14155550172", "mute@example.com"
ADDRESSES: list[Thing] = [
    {"address": HOURS, "takes": "5h"},
    {"address": LATE, "replies": {"message": "Yes", "after": "26h"}, "opens": "25h"},
    {"address": MUTE, "imessage": False},
]
TAKES = {SLOW: timedelta(seconds=30), HOURS: timedelta(hours=5)}
"""How long sending to some addresses takes."""

PHONES = (
    *("+14155550101", "+14155550102", "+14155550103", "+14155550104"),
    *(NO_IMESSAGE, FAILS, SLOW, STOPS, OPENS, HOURS, LATE),
)
EMAILS = ("jane@example.com", "joe@example.com", MUTE)


def world(start: str, limits: list[int], *, worker: str, fallback: bool) -> Thing:
    """What a workspace is made with; `limits` are those of the lines, new and total of each."""
    lines = [
        {
            "id": each,
            "phone": f"+1646223000{n}",
            "dailyNewConversationsLimit": limits[2 * n],
            "dailyTotalMessagesLimit": limits[2 * n + 1],
        }
        for n, each in enumerate(LINES)
    ]
    lines.append({"id": DOWN, "phone": "+16462230009", "healthCheck": {"status": "down"}})
    return {
        "clock": start,
        "seed": "s",  # else what is made later has another id in a copy
        "worker": worker,
        "fallbackConfigured": fallback,
        "rateLimits": dict.fromkeys(("replies", "availability", "messages", "campaignLeads")),
        "state": {"lines": lines, "campaigns": CAMPAIGNS, "addresses": ADDRESSES},
    }


def _spelled(number: str) -> st.SearchStrategy[str]:
    return st.sampled_from([number, notation.national(number), f"1 {notation.national(number)}"])


phones = st.sampled_from(PHONES).flatmap(_spelled)
emails = st.sampled_from(EMAILS).flatmap(lambda text: st.sampled_from([text, text.title(), f" {text}"]))


@st.composite
def people(draw: st.DrawFn) -> Thing:
    """A row of an import, with one address at least."""
    names = draw(st.lists(st.sampled_from(["phone", "altPhone1", "email", "altEmail1"]), min_size=1, unique=True))
    found: Thing = {name: draw(phones if "hone" in name else emails) for name in names}
    return {"firstName": draw(st.sampled_from(["Jane", "Joe"])), **found}


WINDOWS: list[Thing] = [
    {"sendWindowStart": "09:00", "sendWindowEnd": "17:00"},
    {"sendWindowStart": "22:00", "sendWindowEnd": "02:30"},
    {"sendWindowStart": "02:00", "sendWindowEnd": "03:00"},
    {"sendWindowStart": "23:30"},
    {"sendWindowEnd": "01:30"},
    {},
]
ZONES = ("America/New_York", "Europe/Berlin", "Asia/Kolkata", "Pacific/Auckland", "UTC", None)


@st.composite
def hours(draw: st.DrawFn) -> Thing:
    """When a message may be sent, if that is restricted at all."""
    found = dict(draw(st.sampled_from(WINDOWS)))
    zone = draw(st.sampled_from(ZONES))
    days = draw(st.sampled_from([None, None, [1, 2, 3, 4, 5], [0], [6, 0]]))
    return found | ({"timezone": zone} if zone else {}) | ({"allowedDaysOfWeek": days} if days else {})


LATER = (None, None, None, "+30s", "+1h", "+1d", "+20d")


@st.composite
def sendings(draw: st.DrawFn) -> Thing:
    """The body of a POST of messages; `to` and `when` are still to be looked up."""
    body: dict[str, Any] = {"message": "Hi {firstName|there}", "when": draw(st.sampled_from(LATER))}
    body |= draw(st.one_of(st.just({}), hours()))
    way = draw(st.sampled_from(["lead", "lead", "phone", "email", "both"]))
    if way == "lead":
        body["to"] = draw(st.integers(0, 9))
    if way in {"phone", "both"}:
        body["recipientPhone"] = draw(phones)
    if way in {"email", "both"}:
        body["recipientEmail"] = draw(emails)
    if way == "both":
        body["altPhone1"] = draw(phones)
    line = draw(st.sampled_from([None, None, *LINES, DOWN]))
    kind = draw(st.sampled_from(["imessage", "imessage", "imessage", "sms", "email"]))
    body |= {"fromLineId": line} if line else {}
    body |= {"messageType": kind} if kind != "imessage" else {}
    return body | ({"sendFallbackSmsOnFailed": True} if draw(st.booleans()) else {})
