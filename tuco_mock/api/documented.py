"""The documented answers of each operation, from its description: what a forced status is answered with."""

from __future__ import annotations

from functools import cache
from http import HTTPStatus
from typing import Any, NamedTuple, cast

import msgspec

from tuco_mock.api.description import description


class Documented(NamedTuple):
    """A documented answer.

    Attributes:
        examples: its example bodies, by name, the first one first.
        headers: the example values of its headers.
    """

    examples: dict[str, Any]
    headers: dict[str, str]


Answers = dict[int, Documented]


def documented(method: str, path: str) -> Answers:
    """The documented answers of an operation, by status."""
    return _all()[method, path]


@cache
def _all() -> dict[tuple[str, str], Answers]:
    """The documented answers of every operation; read when first asked for, since start-up counts."""
    document = msgspec.json.decode(description())
    return {
        (method.upper(), path): {
            int(code): _documented(document, answer) for code, answer in operation["responses"].items()
        }
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if "responses" in operation
    }


def _documented(document: dict[str, Any], answer: dict[str, Any]) -> Documented:
    answer = _resolved(document, answer)
    content = answer.get("content", {}).get("application/json", {})
    examples = {name: _resolved(document, each)["value"] for name, each in content.get("examples", {}).items()}
    headers = {name: _resolved(document, each).get("example") for name, each in answer.get("headers", {}).items()}
    return Documented(examples, {name: str(value) for name, value in headers.items() if value is not None})


def _resolved(document: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in part:
        found: Any = document
        for step in cast("str", part["$ref"]).removeprefix("#/").split("/"):
            found = found[step]
        part = found
    return part


def answer_of(method: str, path: str, status: int) -> tuple[Any, dict[str, str]]:
    """Body and headers an operation answers a status with.

    Where the operation documents none, those that another one documents for the status, unless it is a failure, whose
    text is the operation's own; else the status' own phrase.
    """
    everywhere = _all()
    others = everywhere.values() if status < 500 else ()
    for answers in (everywhere[method, path], *others):
        found = answers.get(status)
        if found is not None and found.examples:
            return next(iter(found.examples.values())), dict(found.headers)
    try:
        return {"error": HTTPStatus(status).phrase}, {}
    except ValueError:
        return {"error": f"Status {status}"}, {}
