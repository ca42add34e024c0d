"""Faults: what goes wrong, for which calls, how often. Chance comes from the workspace's seed alone."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

from msgspec import UNSET, Meta, Struct, field, to_builtins

from tuco_mock.domain.errors import InvalidInput, Mistake
from tuco_mock.domain.fixture.check import read
from tuco_mock.domain.fixture.values import Duration, ObjectId
from tuco_mock.domain.paths import may_match, path_matches
from tuco_mock.domain.timestamps import parse_duration

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Drop = Literal["reset", "empty", "truncated", "garbage"]
"""How an answer is lost: connection reset, closed without a byte, closed in mid-body, or a body of broken JSON."""

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[\t -~\xa0-\xff]*")
_OWN_HEADERS = frozenset({"connection", "content-length", "date", "transfer-encoding"})

LONGEST_DELAY = 600_000
"""Longest delay, in milliseconds."""

_Status = Annotated[int, Meta(title="a status from 400 to 599", ge=400, le=599)]
_Times = Annotated[int, Meta(title="a whole number from 1", ge=1, le=2**31 - 1)]
_Probability = Annotated[float, Meta(title="a number above 0 and at most 1", gt=0, le=1)]
_Seconds = Annotated[int, Meta(title="whole seconds from 0", ge=0, le=86_400)]
_Id = Annotated[str, Meta(title="1 to 64 letters, digits, `_`, `.` or `-`", pattern=r"^[A-Za-z0-9_.-]{1,64}(?!\n)$")]


class _Words(Struct, rename="camel", forbid_unknown_fields=True, omit_defaults=True):
    """camelCase outside, unknown fields refused."""


class Target(_Words, kw_only=True):
    """Which calls a fault is for; what is left out, any."""

    method: Annotated[str | None, Meta(description="HTTP method.")] = None
    path: Annotated[
        str | None, Meta(description="The whole path; `*` stands for any characters, `{id}` for one segment.")
    ] = None
    group: Annotated[str | None, Meta(description="The rate-limit group of the operation, as `replies`.")] = None
    header: Annotated[dict[str, str] | None, Meta(description="Headers with these very values.")] = None
    lead: Annotated[ObjectId | None, Meta(description="Calls about this lead, by id or any of its addresses.")] = None


class Effect(_Words, kw_only=True):
    """What goes wrong."""

    status: Annotated[_Status | None, Meta(description="The status of the answer.")] = None
    body: Annotated[Any, Meta(description="Its body, text as it is; the documented one when left out.")] = UNSET
    headers: Annotated[
        dict[str, str] | None,
        Meta(description="Headers over those of the answer, which is the real one when there is no status."),
    ] = None
    retry_after: Annotated[_Seconds | None, Meta(description="The `Retry-After` of the status, in seconds.")] = None
    delay: Annotated[Duration | None, Meta(description="How long the answer takes, of real time.")] = None
    jitter: Annotated[Duration | None, Meta(description="By how much the delay is shorter or longer, at most.")] = None
    drop: Annotated[Drop | None, Meta(description="How the answer is lost.")] = None


class Fault(_Words, kw_only=True):
    """Something that goes wrong."""

    id: Annotated[_Id | None, Meta(description="Its name; made up when left out.")] = None
    match: Target = field(default_factory=Target)
    times: Annotated[_Times | None, Meta(description="How often; until it is removed when left out.")] = None
    probability: Annotated[_Probability | None, Meta(description="How likely at each call; certain when left out.")] = (
        None
    )
    phase: Annotated[
        Literal["before", "after"],
        Meta(description="before: nothing is done. after: the change is made and the answer lost."),
    ] = "before"
    effect: Effect


class FaultedCall(NamedTuple):
    """What a fault can ask of a call.

    Attributes:
        method, path: as they came.
        group: the rate-limit group of the operation, or None.
        headers: by lower-case name.
        lead: gives the id of the lead the call is about, or None; asked only when a fault wants to know.
    """

    method: str
    path: str
    group: str | None
    headers: Mapping[str, str]
    lead: Callable[[], str | None]


def check_faults(raw: object) -> list[Fault]:
    """One fault, or a list of them.

    Raises:
        InvalidInput: with all mistakes, contradictions too; nothing is taken.
    """
    many = isinstance(raw, list)
    faults, mistakes = read(raw if many else [raw], list[Fault])
    wrong = {each.path.partition("]")[0] for each in mistakes}
    sound = [(place, fault) for place, fault in enumerate(faults) if f"[{place}" not in wrong]
    for place, fault in sound:
        mistakes += [Mistake(f"[{place}].{path}", text) for path, text in _contradictions(fault.effect)]
    names = [fault.id for _, fault in sound if fault.id]
    mistakes += [Mistake("", f"two faults have the id {name!r}") for name in {n for n in names if names.count(n) > 1}]
    if mistakes:
        raise InvalidInput([each if many else _alone(each) for each in mistakes])
    return list(faults)


def _alone(mistake: Mistake) -> Mistake:
    return Mistake(mistake.path.removeprefix("[0]").removeprefix("."), mistake.message)


def _contradictions(effect: Effect) -> list[tuple[str, str]]:
    """What an effect asks for that can't be had together."""
    found: list[tuple[str, str]] = []
    if effect.drop is not None:
        beside = [
            name
            for name, given in (
                ("status", effect.status is not None),
                ("body", effect.body is not UNSET),
                ("headers", effect.headers is not None),
                ("retryAfter", effect.retry_after is not None),
            )
            if given
        ]
        if beside:
            found.append(("effect", f"drop contradicts {', '.join(beside)}: an answer that is lost has none"))
    elif effect.status is None:
        found += [
            (f"effect.{name}", f"needs a status: {name} belongs to a forced answer")
            for name, given in (("body", effect.body is not UNSET), ("retryAfter", effect.retry_after is not None))
            if given
        ]
    found += [(f"effect.headers.{name}", text) for name, text in _wrong_headers(effect.headers or {})]
    if effect.jitter is not None and effect.delay is None:
        found.append(("effect.jitter", "needs a delay to vary"))
    if effect.delay is not None and (parse_duration(effect.delay) or 0) > LONGEST_DELAY:
        found.append(("effect.delay", "is longer than ten minutes"))
    if not to_builtins(effect):
        found.append(("effect", "is empty: give a status, headers, a delay or a drop"))
    return found


def _wrong_headers(headers: Mapping[str, str]) -> list[tuple[str, str]]:
    """What can't stand in the head of an answer, or would break it."""
    found: list[tuple[str, str]] = []
    for name, value in headers.items():
        if _HEADER_NAME.fullmatch(name) is None:
            found.append((name, "is no name of a header"))
        elif name.lower() in _OWN_HEADERS:
            found.append((name, "is the server's own; a `drop` breaks an answer"))
        elif _HEADER_VALUE.fullmatch(value) is None:
            found.append((name, "has a value with other than printable characters of Latin-1"))
    return found


def may_be(target: Target, method: str, path: str, group: str | None) -> bool:
    """Whether calls of an operation, whose path may have parameters, can be among those that are meant."""
    return (
        (target.method is None or target.method.upper() == method)
        and (target.path is None or may_match(target.path, path))
        and (target.group is None or target.group == group)
    )


def applies(fault: Fault, call: FaultedCall) -> bool:
    """Whether the fault is for this call, chance and number aside."""
    target = fault.match
    return (
        (target.method is None or target.method.upper() == call.method)
        and (target.path is None or path_matches(target.path, call.path))
        and (target.group is None or target.group == call.group)
        and (target.header is None or all(call.headers.get(k.lower()) == v for k, v in target.header.items()))
        and (target.lead is None or target.lead.lower() == call.lead())
    )


def chance(seed: str, *what: object) -> float:
    """A number from 0 up to 1 that follows from the seed and what it is for."""
    text = "/".join((seed, *map(str, what)))
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:7], "big") / 2**56


def is_delay_alone(effect: Effect) -> bool:
    """Whether the effect leaves the answer as it is: other faults may strike besides."""
    return effect.status is None and effect.drop is None and effect.headers is None


def delay_millis(effect: Effect, luck: float) -> float:
    """How long the answer takes, in milliseconds; `luck` from 0 to 1 chooses within the jitter."""
    delay = float(parse_duration(effect.delay) or 0) if effect.delay is not None else 0.0
    jitter = float(parse_duration(effect.jitter) or 0) if effect.jitter is not None else 0.0
    return max(delay + (2 * luck - 1) * jitter, 0.0)
