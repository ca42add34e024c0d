"""The API description and the behaviour catalogue as data, and how to walk the former.

Both files are YAML in `openapi/`. What is loaded is kept and shared between callers, who must not change it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from tuco_mock.settings import resource

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

OPENAPI_FILE = "openapi/tuco.yaml"
"""The shapes: OpenAPI 3.1."""

BEHAVIOUR_FILE = "openapi/behaviour.yaml"
"""The behaviour: the catalogue of clauses."""

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
"""Keys of a path item that are operations."""


class Operation(NamedTuple):
    """One operation of the description.

    Attributes:
        id: its operationId.
        method: in upper case, as a request has it.
        path: the path template.
        pointer: where it stands in the document, a JSON Pointer.
        definition: the Operation Object.

    """

    id: str
    method: str
    path: str
    pointer: str
    definition: Mapping[str, Any]


def load_spec(path: Path | None = None) -> dict[str, Any]:
    """The API description; the shipped one unless a path is given.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no YAML mapping.

    """
    return _load(path or resource(OPENAPI_FILE))


def load_catalogue(path: Path | None = None) -> dict[str, Any]:
    """The behaviour catalogue as it stands in its file; errors as for `load_spec`."""
    return _load(path or resource(BEHAVIOUR_FILE))


@cache
def _load(path: Path) -> dict[str, Any]:
    import yaml  # noqa: PLC0415 - only who reads a description pays for it

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml: ten times as fast
    try:
        document = yaml.load(path.read_bytes(), Loader=loader)  # noqa: S506 - both are safe loaders
    except yaml.YAMLError as error:
        raise ValueError(f"{path}: {error}") from error
    if not isinstance(document, dict):
        raise ValueError(f"{path}: expected a mapping, found {type(document).__name__}")  # noqa: TRY004 - a bad file
    return document


def operations(document: Mapping[str, Any]) -> Iterator[Operation]:
    """All operations of an API description, in the order of the file."""
    for path, item in document.get("paths", {}).items():
        for method in item:
            if method in METHODS:
                pointer = f"/paths/{escape(path)}/{method}"
                yield Operation(item[method]["operationId"], method.upper(), path, pointer, item[method])


def escape(name: str) -> str:
    """A key as one token of a JSON Pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")


def resolve(document: Mapping[str, Any], pointer: str) -> tuple[str, Any]:
    """What a JSON Pointer means once references at its end are followed.

    Args:
        document: the whole API description.
        pointer: as ``/paths/~1api~1replies/get/responses/401``.

    Returns:
        The pointer of the place where the thing really stands, and the thing.

    Raises:
        LookupError: there is nothing at the pointer, or at one that it leads to.
        ValueError: a reference leads out of the document, or in a circle.

    """
    visited = set()
    while True:
        visited.add(pointer)
        node: Any = document
        for token in pointer.split("/")[1:]:
            name = token.replace("~1", "/").replace("~0", "~")
            node = node[int(name)] if isinstance(node, list) else node[name]
        if not isinstance(node, dict) or "$ref" not in node:
            return pointer, node
        reference = node["$ref"]
        pointer = reference.removeprefix("#")
        if pointer == reference or pointer in visited:
            raise ValueError(f"{reference} leads out of the document or in a circle")
