"""What is still to happen to a message: it has been sent, it is delivered, its lead answers or opens it."""

from __future__ import annotations

from typing import Any, NamedTuple


class Act(NamedTuple):
    """Something that is to happen.

    Attributes:
        due: when, in milliseconds of the workspace's clock.
        deed: what, in the words of the fixture format (`fixture.model_agenda.Act`), its time left out.
    """

    due: int
    deed: dict[str, Any]
