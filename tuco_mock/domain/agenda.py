"""What is still to happen to a message: it has been sent, it is delivered, its lead answers or opens it."""

from __future__ import annotations

from typing import Any, NamedTuple

from tuco_mock.domain.ids import key

Document = dict[str, Any]


class Act(NamedTuple):
    """Something that is to happen.

    Attributes:
        due: when, in milliseconds of the workspace's clock.
        deed: what, in the words of the fixture format (`fixture.model_agenda.Act`), its time left out.
    """

    due: int
    deed: Document


def agenda_document(workspace: str, number: int, due: int, deed: Document) -> Document:
    """An act as it is stored; acts due at the same moment happen in the order of their numbers."""
    return {"_id": key(workspace, f"act{number}"), "workspaceId": workspace, "seq": number, "due": due, "deed": deed}
