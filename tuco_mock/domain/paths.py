"""Paths as tests write them and as descriptions do.

In a pattern ``*`` stands for any characters and a parameter as ``{id}`` for one whole or a part of one segment, so that
the template of an operation, ``/api/webhooks/{id}``, is a pattern too.
"""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_ANY = "*"
_IN_SEGMENT = "{}"
_PARAMETER = re.compile(r"\{\w+\}")
_TOKEN = re.compile(r"\{\w+\}|.", re.DOTALL)
_ALIKE = 0.65

_Token = tuple[str, bool]
"""A character, `_ANY` or `_IN_SEGMENT`; and whether it stands for so many of them, none too, or for one."""


def path_matches(pattern: str, path: str) -> bool:
    """Whether the path is one that the pattern says; in time that grows with their lengths alone."""
    if "{" in pattern:
        return _overlap(_tokens(pattern), [(each, False) for each in path])
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


def may_match(pattern: str, template: str) -> bool:
    """Whether there can be a path of an operation that the pattern says."""
    if "{" not in template:
        return path_matches(pattern, template)
    return _overlap(_tokens(pattern), _tokens(template, any_star=False))


def nearest(path: str, templates: Iterable[str]) -> str | None:
    """The path of an operation that is most like one that none has; its parameters as they stand in that one."""
    filled = dict.fromkeys(_filled(each, path) for each in templates)
    return next(iter(difflib.get_close_matches(path, filled, n=1, cutoff=_ALIKE)), None)


def _filled(template: str, path: str) -> str:
    """The template with its parameters taken from the same places of a path of as many segments."""
    segments, wanted = path.split("/"), template.split("/")
    if len(segments) != len(wanted):
        return template
    return "/".join(
        given if _PARAMETER.fullmatch(each) and given else each for given, each in zip(segments, wanted, strict=True)
    )


def _tokens(pattern: str, *, any_star: bool = True) -> list[_Token]:
    """What a pattern consists of; in a template a star is a star."""
    found: list[_Token] = []
    for each in _TOKEN.findall(pattern):
        if len(each) > 1:
            found += [(_IN_SEGMENT, False), (_IN_SEGMENT, True)]
        else:
            found.append((each, any_star and each == _ANY))
    return found


def _overlap(one: list[_Token], other: list[_Token]) -> bool:
    """Whether there is a text that both say: walks through both at once, each pair of places once."""
    ahead, met = [(0, 0)], {(0, 0)}
    while ahead:
        here, there = ahead.pop()
        if here == len(one) and there == len(other):
            return True
        for step in _steps(one, here, other, there):
            if step not in met:
                met.add(step)
                ahead.append(step)
    return False


def _steps(one: list[_Token], here: int, other: list[_Token], there: int) -> list[tuple[int, int]]:
    """The pairs of places that the next character, or leaving a repetition, leads to."""
    found: list[tuple[int, int]] = []
    left, repeats_left = one[here] if here < len(one) else ("", False)
    right, repeats_right = other[there] if there < len(other) else ("", False)
    if repeats_left:
        found.append((here + 1, there))
    if repeats_right:
        found.append((here, there + 1))
    if left and right and _share(left, repeats_left, right, repeats_right):
        found.append((here + (not repeats_left), there + (not repeats_right)))
    return found


def _share(left: str, repeats_left: bool, right: str, repeats_right: bool) -> bool:
    """Whether there is a character that both tokens say; a star that doesn't repeat is a star."""
    if (left == _ANY and repeats_left) or (right == _ANY and repeats_right):
        return True
    if _IN_SEGMENT in (left, right):
        return "/" not in (left, right)
    return left == right
