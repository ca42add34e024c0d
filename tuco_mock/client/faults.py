"""Faults: what goes wrong, for which calls, how often."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypedDict, Unpack

from msgspec import UNSET, Struct

from tuco_mock.client.arguments import duration, known_alone, path_alone
from tuco_mock.client.errors import TucoError
from tuco_mock.client.fault_models import Fault, FaultEffect, FaultMatch
from tuco_mock.client.handle import Handle, id_of
from tuco_mock.client.models import Lead

if TYPE_CHECKING:
    import builtins
    from datetime import timedelta


Phase = Literal["before", "after"]
"""before: nothing is done. after: the change is made and the answer lost or replaced."""

Drop = Literal["reset", "empty", "truncated", "garbage"]
"""How an answer is lost: connection reset, closed without a byte, closed in mid-body, or filled with broken JSON."""


class _Faults(Struct):
    faults: list[Fault]


class Faults(Handle):
    """The faults of a workspace. They are `Fault` objects, or dictionaries in the control plane's words."""

    def list(self) -> list[Fault]:
        """All of them, with how often each has struck."""
        return self._answered("GET")

    def add(self, *faults: Fault | dict[str, Any]) -> builtins.list[Fault]:
        """Put more there; all faults that there are then.

        Raises:
            ControlError: a fault contradicts itself; nothing was added.
        """
        return self._answered("PATCH", _sent(faults))

    def replace(self, *faults: Fault | dict[str, Any]) -> builtins.list[Fault]:
        """Put these in place of all others; see `add`."""
        return self._answered("POST", _sent(faults))

    def clear(self) -> None:
        """Take all of them away."""
        self._call("DELETE", "/faults")

    def _answered(self, method: str, body: Any = None) -> builtins.list[Fault]:
        found: _Faults = self._call(method, "/faults", body, answer=_Faults)
        return found.faults


class Calls(TypedDict, total=False):
    """Which calls a fault is for, how likely it strikes at each, and when; what is left out, any, always, before.

    Attributes:
        method: HTTP method.
        path: the path alone, in which ``*`` stands for any characters.
        group: the operations in a rate-limit group, as ``replies``.
        headers: those that are there, with these values.
        lead: the lead that they are about, it or its id, whether they name it by id or by any of its addresses.
        phase: ``before``: nothing is done. ``after``: the change is made all the same.
        probability: above 0 and at most 1, drawn from the workspace's seed.
    """

    method: str | None
    path: str | None
    group: str | None
    headers: dict[str, str] | None
    lead: Lead | str | None
    phase: Phase | None
    probability: float | None


class FaultVerbs(Handle):
    """The faults that tests want most, in one call each.

    Which calls they are for: those of this `method` and `path` (in which ``*`` stands for any characters), of the
    operations in a rate-limit `group`, with these `headers`, about this `lead` (it or its id), whether they name it by
    id or by any of its addresses; what is not given, any. `times` is for how many of them, None for all until it is
    cleared; `probability` is how likely it strikes at each, drawn from the workspace's seed; `phase` ``after`` makes
    the change all the same.
    """

    @cached_property
    def faults(self) -> Faults:
        """All of them, to look at, add to and clear."""
        return Faults(self._control, self.id)

    def fail_next(
        self,
        status: int,
        *,
        times: int | None = 1,
        body: Any = UNSET,
        retry_after: int | None = None,
        answer_headers: dict[str, str] | None = None,
        **calls: Unpack[Calls],
    ) -> Fault:
        """Answer the next call, or calls, with a status.

        The `status` is 400 to 599; its `body` may be any JSON and is the documented one unless given; `retry_after` is
        in seconds; `answer_headers` are more headers of it. Which calls are meant, and how often, says the class.

        Raises:
            ControlError: the fault contradicts itself.
        """
        effect = FaultEffect(status=status, body=body, retry_after=retry_after, headers=answer_headers)
        return self._plan("fail_next", effect, times, calls)

    def latency(
        self,
        delay: str | timedelta | float,
        *,
        jitter: str | timedelta | float | None = None,
        times: int | None = None,
        **calls: Unpack[Calls],
    ) -> Fault:
        """Let answers take longer, of real time, until `faults.clear` unless `times` are given.

        Delay and jitter, by which it varies at most, are ``1500ms``, a timedelta or seconds; the jitter is drawn from
        the workspace's seed. The delay is ten minutes at most. Which calls are meant says the class.

        Raises:
            TucoError: delay or jitter is no duration.
        """
        varies = None if jitter is None else duration(jitter, "jitter")
        return self._plan("latency", FaultEffect(delay=duration(delay, "delay"), jitter=varies), times, calls)

    def drop_next(
        self,
        kind: Drop = "reset",
        *,
        after: bool = False,
        times: int | None = 1,
        **calls: Unpack[Calls],
    ) -> Fault:
        """Lose the answer of the next call, or calls.

        With `after` the change is made all the same, as with `phase="after"`. Which calls are meant says the class.

        Raises:
            TucoError: `after` and `phase` contradict each other.
        """
        if after:
            if calls.get("phase") == "before":
                raise TucoError('after=True and phase="before" contradict each other: leave one of them out')
            calls["phase"] = "after"
        return self._plan("drop_next", FaultEffect(drop=kind), times, calls)

    def _plan(self, verb: str, effect: FaultEffect, times: int | None, calls: Calls) -> Fault:
        """Add the fault that a verb's arguments ask for.

        Raises:
            TypeError: the verb takes no such argument.
            TucoError: the path is more than a path.
        """
        known_alone(verb, calls, Calls.__optional_keys__)
        match = FaultMatch(
            method=calls.get("method"),
            path=path_alone(calls.get("path"), has_query=False),
            group=calls.get("group"),
            header=calls.get("headers"),
            lead=id_of(calls.get("lead")),
        )
        phase, probability = calls.get("phase") or "before", calls.get("probability")
        return self.faults.add(Fault(effect=effect, match=match, times=times, phase=phase, probability=probability))[-1]


def _sent(faults: tuple[Fault | dict[str, Any], ...]) -> Any:
    """Faults as they are sent: one alone, so that an error about it counts none."""
    return faults[0] if len(faults) == 1 else faults
