"""Run a recorded workspace again and compare: the same start, seed and times, the same calls, in the same order.

A recording (``GET …/recording``, or ``pytest --tuco-record``) holds the workspace's start and its log. Running it
again fills a new log, and the two are compared record by record. Delays are left out. Times are those of the
recording, to the millisecond; calls that overlapped are run one after the other, in the order of their records.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import msgspec

from tuco_mock.actions.load import make_workspace
from tuco_mock.actions.outcomes import work
from tuco_mock.actions.timeline import BUNDLE_FORMAT
from tuco_mock.app import TucoApp
from tuco_mock.domain.clocks import Clock
from tuco_mock.domain.errors import InvalidInput, Mistake
from tuco_mock.domain.fixture.check import check_workspace
from tuco_mock.domain.journal import Record, parted
from tuco_mock.domain.timestamps import millis, parse_iso
from tuco_mock.settings import Settings
from tuco_mock.state.engines import embedded
from tuco_mock.state.store import Store
from tuco_mock.wire.connection import EXTENSION

if TYPE_CHECKING:
    from starlette.types import Message, Scope

_COMPARED = ("status", "answer", "answerHeaders", "clause", "fault", "lead", "effects")


class Recorded(Record, kw_only=True):
    """A record with its running number and time."""

    id: int
    at: str


class Recording(msgspec.Struct, rename="camel", kw_only=True):
    """What ``GET …/recording`` gives."""

    format: int
    workspace: str
    seed: str
    started_at: str
    origin: str
    start: dict[str, Any]
    records: list[Recorded]
    dropped: int


class Difference(NamedTuple):
    """What came out otherwise than it was recorded.

    Attributes:
        number: of the record.
        call: the call, as ``POST /api/messages/cancel-for-lead``.
        told: what differs.
    """

    number: int
    call: str
    told: str


def read_recording(data: bytes) -> Recording:
    """A recording from its JSON.

    Raises:
        InvalidInput: it is none, of another version, or lacks something, as what had to be dropped while recording.
    """
    try:
        found = msgspec.json.decode(data, type=Recording)
    except msgspec.DecodeError as error:
        raise InvalidInput([Mistake("", f"this is no recording of tuco-mock: {error}")]) from error
    mistakes = [
        Mistake(f"records[{place}]", told)
        for place, record in enumerate(found.records)
        if (told := _unusable(record)) is not None
    ]
    if parse_iso(found.started_at) is None:
        mistakes.append(Mistake("startedAt", "is no time"))
    try:
        check_workspace(found.start)
    except InvalidInput as error:
        mistakes += [Mistake(f"start.{each.path}", each.message) for each in error.mistakes]
    if found.format != BUNDLE_FORMAT:
        mistakes.append(Mistake("format", f"is {found.format}; this version reads {BUNDLE_FORMAT}"))
    if found.dropped:
        told = f"{found.dropped} records were dropped while recording; serve with a higher --journal-limit"
        mistakes.append(Mistake("dropped", told))
    if mistakes:
        raise InvalidInput(mistakes)
    return found


def _unusable(record: Recorded) -> str | None:
    """Why a record can't be run again; None when it can."""
    if record.body_bytes is not None:
        return f"its body was {record.body_bytes} bytes long and was kept in part only"
    if parse_iso(record.at) is None:
        return f"its time, {record.at!r}, is none"
    if record.kind == "control" and not record.path and record.method != "PATCH":
        return f"{record.method} of the workspace itself is never recorded"
    return None


def replay(recording: Recording) -> list[Difference]:
    """What comes out otherwise when everything is done again."""
    store = Store(embedded(), journal_limit=len(recording.records) + 1)
    app = TucoApp(store, Settings())
    app.stop_waiting()  # delays are not waited for
    spec = check_workspace(recording.start)
    workspace = make_workspace(store, spec, recording.origin)
    calls = [each for each in recording.records if each.status is not None or each.fault is not None or _is_work(each)]
    asyncio.run(_run(app, workspace.id, calls))
    again = [entry.record for entry in store.log.read(workspace.id).entries]
    found = [difference for was, now in zip(calls, again, strict=False) for difference in _compared(was, now)]
    if len(again) != len(calls):
        found.append(Difference(0, "in all", f"{len(calls)} calls were recorded, {len(again)} came about"))
    return found


async def _run(app: TucoApp, workspace: str, calls: list[Recorded]) -> None:
    for record in calls:
        moves_clock = record.kind == "control" and record.path == "/clock"
        if not moves_clock:
            app.store.vitals.set_clock(workspace, Clock(True, millis(record.at)))
        if _is_work(record):
            await work(app.store, app.store.workspaces.get(workspace))
            continue
        await _call(app, _scope(app, workspace, record), record.body.encode())


def _is_work(record: Recorded) -> bool:
    """Whether the worker did something by itself: here it does so when it is its turn."""
    return record.kind == "worker"


def _scope(app: TucoApp, workspace: str, record: Recorded) -> Scope:
    sent = [each for each in parted(record.headers) if each[0] != "authorization"]  # it was kept without the key
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in sent]
    path = record.path
    if record.kind == "control":
        headers = [(b"host", b"localhost")]
        path = f"/_tuco/workspaces/{workspace}{path}"
    else:
        key = next(iter(app.store.workspaces.get(workspace).api_keys), "")
        headers.append((b"authorization", f"Bearer {key}".encode("latin-1")))
    return {
        "type": "http",
        "http_version": "1.1",
        "method": record.method,
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "scheme": "http",
        "query_string": record.query.encode("latin-1"),
        "headers": headers,
        "server": ("localhost", 80),
        "client": ("localhost", 1),
        "extensions": {EXTENSION: _NoConnection()},
    }


class _NoConnection:
    """Stands for a connection that faults may break."""

    def reset(self) -> None:
        """Nothing is there to be broken."""

    def close(self) -> None:
        """Nor to be closed."""

    def send_raw(self, data: bytes) -> None:
        """Nor does anybody read."""


async def _call(app: TucoApp, scope: Scope, body: bytes) -> None:
    unread = [body]

    async def receive() -> Message:
        return {"type": "http.request", "body": unread.pop()} if unread else {"type": "http.disconnect"}

    async def send(_: Message) -> None:
        """The log has the answer."""

    await app(scope, receive, send)


def _compared(was: Recorded, now: Record) -> list[Difference]:
    call = f"{was.method} {was.path or '/'}"
    before, after = _plain(was), _plain(now)
    if (now.kind, now.method, now.path) != (was.kind, was.method, was.path):
        return [Difference(was.id, call, f"{now.method} {now.path} came in its place")]
    return [
        Difference(was.id, call, f"{name} was {_text(before.get(name))}, is {_text(after.get(name))}")
        for name in _COMPARED
        if before.get(name) != after.get(name)
    ]


def _plain(record: Record) -> dict[str, Any]:
    return cast("dict[str, Any]", msgspec.json.decode(msgspec.json.encode(record)))


def _text(value: object) -> str:
    return msgspec.json.encode(value).decode()
