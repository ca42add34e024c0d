"""A workspace: the unit of isolation, chosen by the API key that a client sends anyway (A7)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

import msgspec

from tuco_mock.domain.addresses import DEFAULT_COUNTRY_CODE
from tuco_mock.domain.limits import DEFAULT_LIMITS

_WORKSPACE_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}", re.ASCII)

WorkerMode = Literal["auto", "manual"]
"""Whether jobs are done as the clock goes, or when told to."""

FIRST = "default"
"""The word that means the first workspace of the server, usable instead of an id."""

SERVER = "*"
"""What stands for all workspaces together where one is named; no id."""


class Workspace(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of one workspace.

    Attributes:
        id: its id, as ``org_3AZs4H8UsfFxVFONr6H4K75okaG``.
        name: for people.
        api_keys: what authenticates as this workspace; empty when all keys are revoked (A1).
        seed: what ids and chance are derived from.
        active: an inactive one answers ``No active workspace`` (A4).
        read_only: documented writes answer 402 (A21).
        country_code: calling code of numbers written without one (N2).
        imessage: whether addresses that nothing is said of have iMessage (V7).
        has_faults: whether there is any fault to look for.
        worker: whether jobs are done as the clock goes, or only when told to; None: as the server has it (W1).
        fallback_configured: whether an SMS can be sent where iMessage fails (W20).
        rate_limits: calls a minute of a group; None lifts the limit. Groups not named keep the documented one (R20).
    """

    id: str
    name: str = ""
    api_keys: tuple[str, ...] = ()
    seed: str = ""
    active: bool = True
    read_only: bool = False
    country_code: str = DEFAULT_COUNTRY_CODE
    imessage: bool = True
    rate_limits: Mapping[str, int | None] = {}
    has_faults: bool = False
    worker: WorkerMode | None = None
    fallback_configured: bool = False

    def limit(self, group: str) -> int | None:
        """Calls a minute that the group allows, or None when it is unlimited."""
        if group in self.rate_limits:
            return self.rate_limits[group]
        return DEFAULT_LIMITS.get(group)


def is_workspace_id(text: str) -> bool:
    """Whether the text can be a workspace's id: it stands in paths and in queue names."""
    return text != FIRST and _WORKSPACE_ID.fullmatch(text) is not None
