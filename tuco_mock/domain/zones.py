"""Time zones by their names in the IANA database, as `America/New_York`."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_NAME = re.compile(r"[A-Za-z0-9_+-]{1,14}(?:/[A-Za-z0-9_+-]{1,31}){0,2}", re.ASCII)

_OTHER_READINGS = ("posix/", "right/")
"""Folders of some machines' databases with the same zones once more, with and without leap seconds."""

_NO_ZONES = frozenset({"localtime", "Factory", "posixrules"})
"""Files beside the zones: what a machine is set to, or nothing yet."""


def known_zone(name: str) -> ZoneInfo:
    """The time zone of a name that is one."""
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - only who needs it pays for it

    return ZoneInfo(name)


@lru_cache(maxsize=1_024)
def zone(name: str) -> ZoneInfo | None:
    """The time zone of a name, in the spelling of the database; None when there is none."""
    if not _NAME.fullmatch(name) or name in _NO_ZONES or name.startswith(_OTHER_READINGS):
        return None
    try:
        return known_zone(name)
    except (LookupError, ValueError, OSError):  # an OSError for the name of a folder
        return None


def is_zone(name: str) -> bool:
    """Whether there is a time zone of the name."""
    return zone(name) is not None
