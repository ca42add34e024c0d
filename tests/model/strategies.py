"""What the machine's steps are made of: few ids, addresses and times, so that things meet often.

What has to fit the present state (an id that exists, a time at the very edge of a reply) is drawn as a `Pick`, which
the machine looks up when the step is taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.model import notation

Draw = st.DrawFn
Strategy = st.SearchStrategy

BASE = 1_773_360_000_000
"""2026-03-13T00:00:00.000Z, in milliseconds."""

LEADS = [f"69b2c41d352a78479d2c62a{n:x}" for n in range(12)]
LINES = [f"69ab427ac1feb77d7f4646b{n}" for n in range(4)]
CAMPAIGNS = [f"69ab444ac1feb77d7f4646c{n}" for n in range(4)]
UNKNOWN = "ffffffffffffffffffffffff"
THINGS = [f"69dba0{n % 4}0aaaaaaaaaaaaa{n:03x}" for n in range(40)]
WORKSPACES = [f"model-{n}" for n in range(4)]
KEYS = [f"tuco_sk_model_{n}" for n in range(5)]
COUNTRY_CODES = list(notation.PLANS)
STATUSES = ["queued", "pending", "scheduled", "sending", "sent", "delivered", "failed", "fallback", "cancelled"]
NUMBERS = [("+1", f"415555{n:04}") for n in range(14)] + [("+44", "7700900123"), ("+33", "612345678")]
EMAILS = [f"{name}@example.com" for name in ("ann", "bob", "zoë", "d+tag", "eve", "flo", "guy", "hal")]
NO_PHONES = ["call me", "---", "+", "12", "+1415555", "x4155550001"]
TEXTS = ["Stop", "", "Grüße 👋", "a" * 199 + "👋b", "é" * 201, "line\nbreak"]


@dataclass(frozen=True)
class Pick:
    """Something of the present state.

    Attributes:
        kind: of what.
        index: which of them, counted round and round.
        field: what of it.
        form: how it is written.
        shift: of a time, how far beside it, in microseconds.
    """

    kind: str
    index: int
    field: str = "id"
    form: str = "plain"
    shift: int = 0


def weighted(*choices: tuple[int, Strategy[Any]]) -> Strategy[Any]:
    """One of the strategies, so many times as often."""
    return st.one_of([strategy for weight, strategy in choices for _ in range(weight)])


def batches(things: Strategy[dict[str, Any]], most: int = 4) -> Strategy[dict[str, Any] | list[dict[str, Any]]]:
    """One thing, or a list of them."""
    return weighted((1, things), (most - 1, st.lists(things, max_size=most)))


@st.composite
def spelled(draw: Draw, numbers: list[tuple[str, str]] | None = None) -> str:
    """One of the numbers, as people write it."""
    code, national = draw(st.sampled_from(numbers or NUMBERS))
    trunk = notation.PLANS[code][0]
    grouped = f"{national[:3]}) {national[3:6]}-{national[6:]}"
    return draw(
        st.sampled_from(
            [
                code + national,
                f"{code} {national[:3]} {national[3:6]} {national[6:]}",
                national,
                code[1:] + national,
                trunk + national,
                "(" + grouped,
                f"{code} ({grouped}",
                national[:3] + "-" + national[3:6] + "-" + national[6:],
            ]
        )
    )


def phones() -> Strategy[str]:
    """Mostly phone numbers."""
    return weighted((9, spelled()), (1, st.sampled_from(NO_PHONES)))


@st.composite
def emails(draw: Draw) -> str:
    """Email addresses with the spaces and capitals that don't matter."""
    return draw(st.sampled_from(["{}", "{}", " {}", "{}\t"])).format(
        draw(st.sampled_from([case(address) for address in EMAILS for case in (str, str.upper, str.title)]))
    )


def shifts() -> Strategy[int]:
    """Milliseconds from `BASE`: many equal, many just beside each other."""
    return st.sampled_from([0, 0, 1, -1, 1000, -1000, -3_600_000, 3_600_000, -86_400_000, 86_400_000])


@st.composite
def times(draw: Draw) -> str:
    """Times as fixtures give them."""
    shift = draw(shifts())
    return draw(
        st.sampled_from(
            [notation.iso(BASE + shift)] * 6
            + ["-2h", "+1d", "-90s", "2026-03-13", "2026-03-13T01:00:00+01:00", "2026-03-12T18:30-05:30"]
        )
    )


def either_case(ids: list[str]) -> Strategy[str]:
    """The ids, now and then in upper case (A5)."""
    return weighted((4, st.sampled_from(ids)), (1, st.sampled_from(ids).map(str.upper)))


def present(kind: str) -> Strategy[Any]:
    """The id of a thing that is there, rarely of one that is not, or not yet (C6)."""
    forms = st.sampled_from(["plain", "plain", "plain", "upper"])
    picks = st.builds(Pick, st.just(kind), st.integers(0, 9), form=forms)
    others = {"leads": LEADS, "lines": LINES, "campaigns": CAMPAIGNS}[kind]
    return weighted((14, picks), (1, st.sampled_from([*others, UNKNOWN])))


_NAMES = st.sampled_from(["BG", "", " Zoë", "de la Cruz "])
_PHONE_FIELDS = ("phone", "altPhone1", "altPhone2", "altPhone3")
_EMAIL_FIELDS = ("email", "altEmail1", "altEmail2", "altEmail3")


@st.composite
def leads(draw: Draw) -> dict[str, Any]:
    """A lead with one to three addresses in any of the eight places."""
    lead: dict[str, Any] = draw(
        st.fixed_dictionaries({}, optional={"firstName": _NAMES, "lastName": _NAMES, "createdAt": times()})
    )
    if draw(st.booleans()):
        lead["id"] = draw(either_case(LEADS))
    fields = st.sampled_from([*_PHONE_FIELDS, *_EMAIL_FIELDS])
    names = weighted((40, st.lists(fields, min_size=1, max_size=3, unique=True)), (1, st.just([])))
    for name in draw(names):
        lead[name] = draw(phones() if name in _PHONE_FIELDS else emails())
    return lead


def lines() -> Strategy[dict[str, Any]]:
    """A line of ours."""
    return st.fixed_dictionaries({"id": either_case(LINES)}, optional={"phone": phones(), "email": emails()})


def campaigns() -> Strategy[dict[str, Any]]:
    """A campaign with some leads enrolled."""
    return st.fixed_dictionaries(
        {"id": either_case(CAMPAIGNS), "name": st.just("Spring")},
        optional={
            "leads": st.lists(present("leads"), max_size=3),
            "steps": st.just([{"message": "Hi", "delay": "2d"}]),
        },
    )


@st.composite
def _addressed(draw: Draw) -> dict[str, Any]:
    """Whom a message or reply belongs to: a lead, an address, nobody, both or neither."""
    ways = ["lead", "address", "both"] * 5 + ["nobody"] * 3 + ["neither"]
    way = draw(st.sampled_from(ways))
    addresses: dict[str, Any] = draw(
        st.one_of(
            st.fixed_dictionaries({"recipientPhone": phones()}),
            st.fixed_dictionaries({"recipientEmail": emails()}),
            st.fixed_dictionaries({"recipientPhone": phones(), "recipientEmail": emails()}),
        )
    )
    people: dict[str, dict[str, Any]] = {
        "lead": {"leadId": draw(present("leads"))},
        "address": addresses,
        "nobody": {"leadId": None, **addresses},
        "both": {"leadId": draw(present("leads")), **addresses},
        "neither": draw(st.sampled_from([{}, {"leadId": None}, {"recipientPhone": " "}])),
    }
    return people[way]


def _rarely(draw: Draw, thing: dict[str, Any], **optional: Strategy[Any]) -> None:
    for name, values in optional.items():
        if draw(st.integers(0, 2)) == 2:
            thing[name] = draw(values)


@st.composite
def messages(draw: Draw) -> dict[str, Any]:
    """An outbound message in any status, with any job that may go with it, and rarely one that may not."""
    status = draw(
        st.sampled_from([*STATUSES, "queued", "pending", "scheduled", "queued", "pending", "scheduled", "sent"])
    )
    message = {**draw(_addressed()), "status": status, "message": draw(st.sampled_from(TEXTS))}
    jobs = ["none", None]
    if status in {"queued", "pending", "scheduled", "sending"}:
        jobs += ["waiting", "delayed", "active"]
    if status == "cancelled" or not draw(st.integers(0, 15)):
        jobs += ["active"]
    _rarely(
        draw,
        message,
        id=either_case(THINGS),
        job=st.sampled_from(jobs),
        messageType=st.sampled_from(["imessage", "sms", "email"]),
        fromLineId=present("lines"),
        campaignId=present("campaigns"),
        batchId=st.just("batch-1"),
        stepIndex=st.integers(0, 2),
        scheduledDate=times(),
        createdAt=times(),
        updatedAt=times(),
        sentAt=times(),
    )
    return message


@st.composite
def replies(draw: Draw) -> dict[str, Any]:
    """An inbound message; its sender is known, unknown, or follows from the lead."""
    reply = {**draw(_addressed()), "message": draw(st.sampled_from(TEXTS))}
    if draw(st.booleans()):
        reply["receivedAt"] = draw(times())
    _rarely(draw, reply, id=either_case(THINGS), lineId=present("lines"), campaignId=present("campaigns"))
    return reply


@st.composite
def towns(draw: Draw) -> dict[str, Any]:
    """A state that can be loaded: leads with addresses of their own, and something said between us and them."""
    count = draw(st.integers(1, 4))
    people: list[dict[str, Any]] = [
        {"id": LEADS[n], "phone": draw(spelled([NUMBERS[n]])), "email": draw(st.sampled_from([EMAILS[n], None]))}
        for n in range(count)
    ]
    for n, person in enumerate(people):
        name = draw(st.sampled_from([*_PHONE_FIELDS[1:], *_EMAIL_FIELDS[1:]]))
        person[name] = draw(spelled([NUMBERS[4 + n]])) if name in _PHONE_FIELDS else EMAILS[4 + n].upper()
    sent = st.sampled_from(
        [
            {"status": "queued"},
            {"status": "pending", "job": "none"},
            {"status": "scheduled", "job": "active"},
            {"status": "scheduled", "createdAt": "-2h"},
            {"status": "sending", "job": "active"},
            {"status": "delivered"},
        ]
    )
    said = [{"leadId": person["id"], "message": "Yes", "lineId": LINES[n % 2]} for n, person in enumerate(people)]
    return {
        "lines": [{"id": LINES[0], "phone": "+12125550100"}, {"id": LINES[1], "email": "us@example.com"}],
        "leads": people,
        "campaigns": [{"id": CAMPAIGNS[0], "name": "Spring", "leads": draw(st.sampled_from([[], LEADS[:count]]))}],
        "messages": [
            {"leadId": person["id"], "message": "Hi", **each}
            for person in people
            for each in draw(st.lists(sent, max_size=4))
        ]
        + draw(st.sampled_from([[{"recipientPhone": "(415) 555-0013"}, {"recipientEmail": EMAILS[-1]}], []])),
        "replies": draw(st.sampled_from([said, []])),
    }
