"""Paths as tests write them: whole, or with ``*`` for any characters."""

from __future__ import annotations


def path_matches(pattern: str, path: str) -> bool:
    """Whether the path is one that the pattern says; in time that grows with their lengths alone."""
    first, *rest = pattern.split("*")
    if not rest:
        return pattern == path
    *between, last = rest
    if len(path) < len(first) + len(last) or not (path.startswith(first) and path.endswith(last)):
        return False
    place, end = len(first), len(path) - len(last)
    for part in between:  # the leftmost place for each leaves the most for those behind it
        place = path.find(part, place, end)
        if place < 0:
            return False
        place += len(part)
    return True
