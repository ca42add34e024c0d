"""Faults at work: which one a call meets, and what it makes of the call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from msgspec import UNSET, Struct, to_builtins
from msgspec.structs import replace

from tuco_mock.api.documented import answer_of
from tuco_mock.domain.clocks import hold_moment
from tuco_mock.domain.faults import FaultedCall, applies, chance, delay_millis, is_delay_alone
from tuco_mock.domain.journal import Struck
from tuco_mock.wire.answer import JSON, Answer, encode
from tuco_mock.wire.connection import FAULTED
from tuco_mock.wire.patience import wait_for

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.types import Receive

    from tuco_mock.api.door import Call, Operation
    from tuco_mock.domain.faults import Effect, Fault
    from tuco_mock.wire.answer import RawHeaders

_TEXT = b"text/plain; charset=utf-8"
_GARBAGE = b'{"success": tru\xff\xfe{{"error": [}'


class Reply(Struct, frozen=True):
    """What leaves the house: bytes, and how they are sent.

    Attributes:
        status, body, headers, content_type: of the answer.
        is_json: whether the body is JSON, whatever its content type says.
        lost: how it is lost on the way, or None.
    """

    status: int
    body: bytes
    headers: RawHeaders = ()
    content_type: bytes = JSON
    is_json: bool = True
    lost: Literal["reset", "empty", "truncated"] | None = None


class Met(NamedTuple):
    """What a call has met.

    Attributes:
        fault: the fault that decides its answer; a delay alone when there is no other.
        before, after: delays before and after the operation does its work, in milliseconds.
    """

    fault: Fault
    before: float
    after: float


def meet(operation: Operation, call: Call) -> Met | None:
    """The first fault that strikes this call, and every delay alone that strikes it before that; they are counted."""
    workspace, faults = call.workspace, call.store.faults
    if not workspace.has_faults:
        return None
    asked = FaultedCall(
        method=operation.method,
        path=call.visit.scope["path"],
        group=operation.group,
        headers=call.visit.headers(),
        lead=lambda: operation.lead_of(call),
    )
    seed = workspace.seed or workspace.id
    met: Fault | None = None
    delays = {"before": 0.0, "after": 0.0}
    for fault in faults.all(workspace.id):
        if not applies(fault, asked):
            continue
        turn = faults.see(workspace.id, fault)
        if fault.probability is not None and chance(seed, fault.id, turn) >= fault.probability:
            continue
        if faults.fire(workspace.id, fault):
            delays[fault.phase] += delay_millis(fault.effect, chance(seed, fault.id, turn, "jitter"))
            met = fault
            if not is_delay_alone(fault.effect):
                break
    if met is None:
        return None
    call.visit.fault = Struck(str(met.id), met.phase, to_builtins(met.effect))
    call.visit.scope[FAULTED] = True
    return Met(met, delays["before"], delays["after"])


async def suffer(
    met: Met, operation: Operation, call: Call, carry_out: Callable[[], Awaitable[Answer]], receive: Receive
) -> Reply:
    """Answer a call as its fault wants it."""
    effect = met.fault.effect
    await _pause(met.before, call, receive)
    is_carried_out = met.fault.phase == "after" or (effect.status is None and effect.drop is None)
    real = await carry_out() if is_carried_out else None
    await _pause(met.after, call, receive)
    return _reply(effect, operation, real)


async def _pause(millis: float, call: Call, receive: Receive) -> None:
    if not millis:
        return
    with call.store.bell.listen() as end:
        if not await wait_for(end, millis / 1000, receive):
            call.visit.reason = "the client went away while the answer was delayed"
    hold_moment()


def _reply(effect: Effect, operation: Operation, real: Answer | None) -> Reply:
    if effect.status is not None:
        return _forced(effect, operation, effect.status)
    if effect.drop == "garbage":
        return Reply(200, _GARBAGE, is_json=False)
    if real is None:
        real = _documented_success(operation)
    found = Reply(real.status, encode(real.body), real.headers, lost=effect.drop)
    return found if effect.headers is None else _with_headers(found, effect.headers)


def _forced(effect: Effect, operation: Operation, status: int) -> Reply:
    """The status, with the body the operation documents for it unless another one is given."""
    body, headers = answer_of(operation.method, operation.path, status)
    if effect.body is not UNSET:
        body = effect.body
    if effect.retry_after is not None:
        headers["Retry-After"] = str(effect.retry_after)
    found = (
        Reply(status, body.encode(), (), _TEXT, is_json=False) if isinstance(body, str) else Reply(status, encode(body))
    )
    return _with_headers(found, {**headers, **(effect.headers or {})})


def _with_headers(reply: Reply, given: dict[str, str]) -> Reply:
    """The reply with these headers over its own."""
    raw = {name.lower().encode("latin-1"): value.encode("latin-1") for name, value in given.items()}
    content_type = raw.pop(b"content-type", reply.content_type)
    headers = {**dict(reply.headers), **raw}
    return replace(reply, headers=tuple(headers.items()), content_type=content_type)


def _documented_success(operation: Operation) -> Answer:
    return Answer(200, answer_of(operation.method, operation.path, 200)[0])
