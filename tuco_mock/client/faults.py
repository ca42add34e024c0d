"""Faults: what goes wrong, for which calls, how often."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from msgspec import UNSET, Struct

from tuco_mock.client.arguments import duration, path_alone
from tuco_mock.client.errors import TucoError
from tuco_mock.client.fault_models import Fault, FaultEffect, FaultMatch
from tuco_mock.client.handle import Handle, id_of

if TYPE_CHECKING:
    import builtins
    from datetime import timedelta

    from tuco_mock.client.models import Lead

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
        method: str | None = None,
        path: str | None = None,
        group: str | None = None,
        headers: dict[str, str] | None = None,
        lead: Lead | str | None = None,
        times: int | None = 1,
        body: Any = UNSET,
        retry_after: int | None = None,
        answer_headers: dict[str, str] | None = None,
        phase: Phase = "before",
        probability: float | None = None,
    ) -> Fault:
        """Answer the next call, or calls, with a status.

        The `status` is 400 to 599; its `body` may be any JSON and is the documented one unless given; `retry_after` is
        in seconds; `answer_headers` are more headers of it. Which calls are meant, and how often, says the class.

        Raises:
            ControlError: the fault contradicts itself.
        """
        effect = FaultEffect(status=status, body=body, retry_after=retry_after, headers=answer_headers)
        match = _meant(method, path, group, headers, lead)
        return self._plan(Fault(effect=effect, match=match, times=times, phase=phase, probability=probability))

    def latency(
        self,
        delay: str | timedelta | float,
        *,
        jitter: str | timedelta | float | None = None,
        method: str | None = None,
        path: str | None = None,
        group: str | None = None,
        headers: dict[str, str] | None = None,
        lead: Lead | str | None = None,
        times: int | None = None,
        phase: Phase = "before",
        probability: float | None = None,
    ) -> Fault:
        """Let answers take longer, of real time, until `faults.clear` unless `times` are given.

        Delay and jitter, by which it varies at most, are ``1500ms``, a timedelta or seconds; the jitter is drawn from
        the workspace's seed. The delay is ten minutes at most. Which calls are meant says the class.

        Raises:
            TucoError: delay or jitter is no duration.
        """
        varies = None if jitter is None else duration(jitter, "jitter")
        effect = FaultEffect(delay=duration(delay, "delay"), jitter=varies)
        match = _meant(method, path, group, headers, lead)
        return self._plan(Fault(effect=effect, match=match, times=times, phase=phase, probability=probability))

    def drop_next(
        self,
        kind: Drop = "reset",
        *,
        after: bool = False,
        method: str | None = None,
        path: str | None = None,
        group: str | None = None,
        headers: dict[str, str] | None = None,
        lead: Lead | str | None = None,
        times: int | None = 1,
        phase: Phase | None = None,
        probability: float | None = None,
    ) -> Fault:
        """Lose the answer of the next call, or calls.

        With `after` the change is made all the same, as with `phase="after"`. Which calls are meant says the class.

        Raises:
            TucoError: `after` and `phase` contradict each other.
        """
        if after and phase == "before":
            raise TucoError('after=True and phase="before" contradict each other: leave one of them out')
        match = _meant(method, path, group, headers, lead)
        when: Phase = "after" if after else phase or "before"
        fault = Fault(effect=FaultEffect(drop=kind), match=match, times=times, phase=when, probability=probability)
        return self._plan(fault)

    def _plan(self, fault: Fault) -> Fault:
        return self.faults.add(fault)[-1]


def _sent(faults: tuple[Fault | dict[str, Any], ...]) -> Any:
    """Faults as they are sent: one alone, so that an error about it counts none."""
    return faults[0] if len(faults) == 1 else faults


def _meant(
    method: str | None, path: str | None, group: str | None, headers: dict[str, str] | None, lead: Lead | str | None
) -> FaultMatch:
    """The calls that a fault is for.

    Raises:
        TucoError: the path is more than a path.
    """
    path = path_alone(path, has_query=False)
    return FaultMatch(method=method, path=path, group=group, header=headers, lead=id_of(lead))
