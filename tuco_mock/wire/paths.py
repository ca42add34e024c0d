"""Finds what stands at a path, whose parts may be parameters: one step a part, however many paths there are."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")

_PARAMETER = "{}"
_NO_PARAMETERS: Mapping[str, str] = MappingProxyType({})
_HERE = ""


class PathTree(Generic[T]):
    """Values by path. A part in braces, as in ``/things/{id}``, takes any text but an empty one; a literal part wins.

    Args:
        values: what stands at each path.
    """

    def __init__(self, values: Mapping[str, T]) -> None:
        self._literal = {path: (value, _NO_PARAMETERS) for path, value in values.items() if "{" not in path}
        self._root: dict[str, Any] = {}
        for path, value in values.items():
            names = []
            node = self._root
            for part in path.split("/")[1:]:
                if part.startswith("{"):
                    names.append(part[1:-1])
                node = node.setdefault("/" + (_PARAMETER if part.startswith("{") else part), {})
            node[_HERE] = (value, tuple(names))

    def find(self, path: str) -> tuple[T, Mapping[str, str]] | None:
        """What stands there, and the parameters by name; None when nothing does."""
        found = self._literal.get(path)
        if found is not None:
            return found
        node = self._root
        given = []
        for part in path.split("/")[1:]:
            below = node.get("/" + part)
            if below is None:
                below = node.get("/" + _PARAMETER) if part else None
                if below is None:
                    return None
                given.append(part)
            node = below
        if _HERE not in node:
            return None
        value, names = node[_HERE]
        return value, dict(zip(names, given, strict=True))
