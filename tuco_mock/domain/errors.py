"""What an action refuses, in the words of the domain.

::

    Refusal
    ├── NotFound         nothing by that id or name
    ├── Conflict         the thing exists, but its present state forbids it
    ├── RateLimited      the workspace's bucket is empty
    ├── QuotaExhausted   the day's availability checks are used up
    └── InvalidInput     a fixture or body with mistakes, all of them listed
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class Refusal(Exception):
    """Root of all refusals; nothing was changed when one is raised (A10)."""


class NotFound(Refusal):
    """There is no such thing.

    Attributes:
        kind: what was looked for: ``lead``, ``list``, ``campaign``, ``workspace``, ``message``, ``job``.
    """

    def __init__(self, kind: str, detail: str = "") -> None:
        super().__init__(detail or f"no such {kind}")
        self.kind = kind


class Conflict(Refusal):
    """The present state forbids it."""


class RateLimited(Refusal):
    """The workspace's bucket is empty.

    Attributes:
        retry_after: whole seconds until the next call will be let through (R21).
    """

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"rate limit exceeded, retry after {retry_after} s")
        self.retry_after = retry_after


class QuotaExhausted(Refusal):
    """The workspace's lines can't look up so many addresses today (V21); the text says why."""


class Mistake(NamedTuple):
    """One mistake in an input.

    Attributes:
        path: where, as ``workspaces[0].leads[3].phone``; empty for the whole.
        message: what was expected.
    """

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class InvalidInput(Refusal):
    """An input with mistakes; all of them, and nothing was loaded.

    Attributes:
        mistakes: each with its path.
    """

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("; ".join(map(str, mistakes[:10])) + (" …" if len(mistakes) > 10 else ""))
        self.mistakes = tuple(mistakes)
