"""What the journal keeps of a request, how it shows it, and what is asked of it.

A request keeps what it did in the workspace (`effects`), so that journal and timeline are one record: nothing is
written twice, and causes need no numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import parse_qsl

import msgspec
from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from tuco_mock.domain.paths import path_matches
from tuco_mock.domain.timestamps import iso

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST_BODY = 64 * 1024
"""How much of a request's body is kept, in bytes."""

LONGEST_ANSWER = 32 * 1024
"""How much of an answer is kept, in bytes."""

NO_ANSWER = Raw(b"")
"""Stands for the body of an answer that was not sent."""

Headers = list[tuple[str, str]]
"""Names in lower case, with their values, in the order in which they came."""


class Effect(Struct, omit_defaults=True, rename="camel", gc=False):
    """What a request did.

    Attributes:
        kind: ``messages.cancelled``, ``jobs.removed``, ``leads.added`` and the like.
        message_ids: the messages, of effects on messages.
        ids: the other things, of additions and removals.
        count: how many, where there are no ids.
        deliveries: what webhooks were told of it, by the numbers of the deliveries.
        at: when, if that is not the moment of the record: what was due while a clock was moved.
    """

    kind: str
    message_ids: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    count: int | None = None
    deliveries: tuple[int, ...] = ()
    at: str | None = None


class Struck(Struct, omit_defaults=True, rename="camel"):
    """The fault that a request met; its effect in the words of `domain.faults.Effect`."""

    id: str
    phase: str
    effect: dict[str, Any]


class Record(Struct, omit_defaults=True, rename="camel", kw_only=True):
    """A request as it is kept; a call of the control plane that changed the workspace, likewise.

    Attributes:
        kind: ``request`` for one of the simulated API, ``control`` for one of the control plane, ``worker`` for what
            nobody asked for: its time had come.
        method, path, query: as they came; the worker has none.
        headers: of the request, as `joined` makes them; the key but for its end is left out.
        body: of the request, as text, `LONGEST_BODY` at most; `body_bytes` says how long it was when that is less.
        status: of the answer; None when none was sent.
        answer: its body as JSON, or as text within JSON; `LONGEST_ANSWER` at most, `answer_bytes` likewise; `NO_ANSWER`
            when none was sent.
        answer_headers: those beside the content's type and length.
        took: from its arrival to its answer, in milliseconds of real time.
        fault: what went wrong on purpose.
        clause: the clause of the catalogue that a refusal follows from.
        reason: why it was refused, beyond what the answer says.
        lead: the lead that it was about.
        effects: what it did.
    """

    kind: Literal["request", "control", "worker"] = "request"
    method: str
    path: str
    query: str = ""
    headers: str = ""
    body: str = ""
    body_bytes: int | None = None
    status: int | None = None
    answer: Raw = NO_ANSWER
    answer_bytes: int | None = None
    answer_headers: Headers = []
    took: float = 0.0
    fault: Struck | None = None
    clause: str | None = None
    reason: str | None = None
    lead: str | None = None
    effects: tuple[Effect, ...] = ()


class Entry(Struct):
    """A record with its running number in the workspace and the workspace's time when it was written, in ms."""

    id: int
    at: int
    record: Record


class Asked(Struct, rename="camel", forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Which requests are meant; what is left out, any."""

    method: Annotated[str | None, Meta(description="HTTP method.")] = None
    path: Annotated[
        str | None, Meta(description="The whole path; `*` stands for any characters, `{id}` for one segment.")
    ] = None
    query: Annotated[dict[str, str] | None, Meta(description="Parameters with these values.")] = None
    headers: Annotated[dict[str, str] | None, Meta(description="Headers with these values.")] = None
    body: Annotated[Any, Meta(description="A part of the JSON body; members not given may be there.")] = UNSET
    status: Annotated[int | None, Meta(description="The status of the answer.")] = None
    lead: Annotated[
        str | None, Meta(description="Requests about this lead, by id or any of its addresses, however they name it.")
    ] = None


def joined(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """Headers as one text, a line each: a tenth of the memory and time of a list."""
    return b"\n".join([name + b":" + value for name, value in headers]).decode("latin-1")


def parted(headers: str) -> Headers:
    """The headers of a text that `joined` made."""
    pairs = (line.partition(":") for line in headers.split("\n") if line)
    return [(name, value) for name, _, value in pairs]


def clipped(text: bytes, longest: int) -> tuple[str, int | None]:
    """What is kept of a body, and its length in bytes when something was cut off."""
    if len(text) <= longest:
        return text.decode("utf-8", "replace"), None
    return text[:longest].decode("utf-8", "replace"), len(text)


def parsed(text: str) -> Any:
    """A body as JSON where it is JSON, else as text; None for an empty one."""
    if not text.strip():
        return None
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return text


def parameters(query: str) -> dict[str, str]:
    """The parameters of a query string; of a repeated one the first value (A15)."""
    given: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True, errors="replace"):
        given.setdefault(name, value)
    return given


def shown(entry: Entry) -> dict[str, Any]:
    """A request as the control plane shows it."""
    record = entry.record
    return {
        "id": entry.id,
        "at": iso(entry.at),
        "method": record.method,
        "path": record.path,
        "query": parameters(record.query),
        "headers": dict(reversed(parted(record.headers))),
        "body": parsed(record.body) if record.body_bytes is None else record.body,
        "bodyTruncated": record.body_bytes is not None,
        "status": record.status,
        "answer": _answer(record),
        "answerHeaders": dict(record.answer_headers),
        "durationMs": record.took,
        "fault": record.fault,
        "clause": record.clause,
        "reason": record.reason,
        "lead": record.lead,
        "effects": record.effects,
    }


def _answer(record: Record) -> Any:
    return None if not bytes(record.answer) else msgspec.json.decode(record.answer)


def differences(asked: Asked, record: Record, lead: str | None = None) -> list[str]:
    """What keeps a request from being the one that is meant; empty when it is.

    Args:
        asked: which is meant.
        record: the request.
        lead: the id of the lead that `asked.lead` names; None when that is no lead's.
    """
    found: list[str] = []
    if asked.method is not None and asked.method.upper() != record.method:
        found.append(f"method is {record.method}, not {asked.method.upper()}")
    if asked.path is not None and not path_matches(asked.path, record.path):
        found.append(f"path is {record.path}, not {asked.path}")
    if asked.query:
        found += _member_differences("query", asked.query, parameters(record.query))
    if asked.headers:
        wanted = {name.lower(): value for name, value in asked.headers.items()}
        found += _member_differences("header", wanted, dict(reversed(parted(record.headers))))
    if not isinstance(asked.body, UnsetType):
        found += _body_differences(asked.body, record)
    if asked.status is not None and asked.status != record.status:
        found.append(
            f"status is {'none: the answer was lost' if record.status is None else record.status}, not {asked.status}"
        )
    if asked.lead is not None and not is_about(record, lead):
        found.append(f"lead is {record.lead or 'none'}, not {lead or f'one with {asked.lead.strip()}'}")
    return found


def is_about(record: Record, lead: str | None) -> bool:
    """Whether a request was about a lead, of several one that it did something to."""
    return lead is not None and (
        record.lead == lead or any(each.kind.startswith("leads.") and lead in each.ids for each in record.effects)
    )


def _member_differences(what: str, wanted: dict[str, str], given: dict[str, str]) -> list[str]:
    return [
        f"{what} {name} is {_quoted(given[name])}, not {_quoted(value)}"
        if name in given
        else f"{what} {name} is missing, not {_quoted(value)}"
        for name, value in wanted.items()
        if given.get(name) != value
    ]


def _body_differences(wanted: Any, record: Record) -> list[str]:
    if record.body_bytes is not None:
        return [f"body was {record.body_bytes} bytes long and is kept in part only"]
    return _json_differences("body", wanted, parsed(record.body))


def _json_differences(path: str, wanted: Any, given: Any) -> list[str]:
    """Where JSON lacks what is wanted: objects may have more members, anything else must be equal."""
    if isinstance(wanted, dict) and isinstance(given, dict):
        found: list[str] = []
        for name, value in wanted.items():
            if name in given:
                found += _json_differences(f"{path}.{name}", value, given[name])
            else:
                found.append(f"{path}.{name} is missing, not {_quoted(value)}")
        return found
    if type(wanted) is type(given) or {type(wanted), type(given)} == {int, float}:
        return [] if wanted == given else [f"{path} is {_quoted(given)}, not {_quoted(wanted)}"]
    return [f"{path} is {_quoted(given)}, not {_quoted(wanted)}"]


def _quoted(value: Any) -> str:
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= 120 else text[:117] + "…"
