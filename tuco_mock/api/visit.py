"""A request's way through the house: what is found out about it, and at its end the journal's record of it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from msgspec import UNSET, Raw, UnsetType

from tuco_mock.actions.effects import gather
from tuco_mock.domain.journal import LONGEST_ANSWER, LONGEST_BODY, NO_ANSWER, Effect, Record, Struck, clipped, joined
from tuco_mock.state.log import UNCLAIMED
from tuco_mock.wire.answer import encode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.types import Scope

    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.state.store import Store
    from tuco_mock.wire.answer import RawHeaders

_SHOWN_OF_KEY = 4


class Visit:
    """One request, from its arrival to its record.

    Attributes:
        scope: the request as ASGI has it.
        workspace: whose key it came with, once that is known.
        body: its body, once that is read.
        lead: the lead that it is about; UNSET until that is known.
        effects: what it did.
        fault: what went wrong on purpose.
        clause: the clause of the catalogue that its refusal follows from.
        reason: why it was refused, beyond what the answer says.
    """

    __slots__ = ("_began", "_noted", "body", "clause", "effects", "fault", "lead", "reason", "scope", "workspace")

    def __init__(self, scope: Scope) -> None:
        self._began = time.perf_counter()
        self.scope = scope
        self.workspace: Workspace | None = None
        self.body = b""
        self.lead: str | UnsetType | None = UNSET
        self.effects: tuple[Effect, ...] = ()
        self._noted: list[Effect] = []
        gather(self._noted)
        self.fault: Struck | None = None
        self.clause: str | None = None
        self.reason: str | None = None

    def header(self, name: bytes) -> str | None:
        """The header of that name, which is in lower case; several of them are one list (RFC 9110)."""
        values = [value for each, value in self.scope["headers"] if each == name]
        return b", ".join(values).decode("latin-1") if values else None

    def headers(self) -> dict[str, str]:
        """All headers, of a repeated one the first."""
        pairs = reversed(self.scope["headers"])
        return {name.decode("latin-1"): value.decode("latin-1") for name, value in pairs}

    def close(
        self,
        store: Store,
        status: int | None,
        answer: bytes | None = None,
        headers: RawHeaders = (),
        *,
        is_json: bool = True,
    ) -> None:
        """Write the record: before the answer leaves, so that who has the answer finds it in the journal."""
        scope = self.scope
        body, body_bytes = clipped(self.body, LONGEST_BODY) if self.body else ("", None)
        kept, answer_bytes = _kept(answer, is_json)
        record = Record(
            method=scope["method"],
            path=scope["path"],
            query=scope["query_string"].decode("latin-1"),
            headers=joined(_without_key(scope["headers"])),
            body=body,
            body_bytes=body_bytes,
            status=status,
            answer=kept,
            answer_bytes=answer_bytes,
            answer_headers=[(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers],
            took=round((time.perf_counter() - self._began) * 1000, 3),
            fault=self.fault,
            clause=self.clause,
            reason=self.reason,
            lead=None if self.lead is UNSET else self.lead,
            effects=(*self.effects, *self._noted),
        )
        store.log.append(UNCLAIMED if self.workspace is None else self.workspace.id, record)


def _kept(answer: bytes | None, is_json: bool) -> tuple[Raw, int | None]:
    """What is kept of an answer: JSON as it is; other text, and what is too long, as a text within JSON."""
    if answer is None:
        return NO_ANSWER, None
    if is_json and len(answer) <= LONGEST_ANSWER:
        return Raw(answer), None
    text, length = clipped(answer, LONGEST_ANSWER)
    return Raw(encode(text)), length


def _without_key(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers, of a key no more than its end."""
    return [(name, _redacted(value) if name == b"authorization" else value) for name, value in headers]


def _redacted(value: bytes) -> bytes:
    scheme, space, key = value.partition(b" ")
    if not space:
        return b"..."
    key = key.strip()
    return scheme + b" ..." + (key[-_SHOWN_OF_KEY:] if len(key) > 2 * _SHOWN_OF_KEY else b"")
