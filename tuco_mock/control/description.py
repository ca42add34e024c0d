"""The control plane's own OpenAPI description, made from its table of operations and the fixture format's types."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec

import tuco_mock
from tuco_mock.control.deliveries import Wait
from tuco_mock.control.journal import Patience, Question
from tuco_mock.control.schemas import PROBLEM
from tuco_mock.domain.deliveries import LabRule
from tuco_mock.domain.faults import Fault
from tuco_mock.domain.fixture import model

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tuco_mock.control.door import ControlOperation

_PARAMETER = re.compile(r"\{(\w+)\}")
_NO_NAME = re.compile(r"[^A-Za-z]+(?:tuco/)?")
_MEANING = {
    "ws": "id of a workspace, or `default` for the first one",
    "messageId": "id of a message",
    "name": "name of a snapshot",
    "deliveryId": "number of a delivery",
    "group": "rate-limit group, as `replies`",
}

_TYPES = (model.Workspace, Fault, Question, Patience, LabRule, Wait)


def describe(operations: Iterable[ControlOperation]) -> dict[str, Any]:
    """The OpenAPI 3.1 document of the operations."""
    paths: dict[str, Any] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    _, schemas = msgspec.json.schema_components(_TYPES, ref_template="#/components/schemas/{name}")
    return {
        "openapi": "3.1.0",
        "info": {"title": "tuco-mock control plane", "version": tuco_mock.__version__},
        "paths": paths,
        "components": {
            "schemas": {**schemas, "Problem": PROBLEM},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{}, {"token": []}],
    }


def _operation(operation: ControlOperation) -> dict[str, Any]:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    described: dict[str, Any] = {
        "summary": operation.summary,
        "operationId": _NO_NAME.sub("_", f"{operation.method.lower()}{operation.path}").strip("_"),
        "parameters": [
            *(_parameter(name, "path", _MEANING[name]) for name in _PARAMETER.findall(operation.path)),
            *(_parameter(name, "query", meaning) for name, meaning in operation.query.items()),
        ],
        "responses": {
            str(operation.status): {
                "description": "Done",
                "content": {operation.content_type: {"schema": operation.answer}},
            },
            "default": {"description": "Refused; `detail` says what to do", "content": problem},
        },
    }
    if operation.body is not None:
        described["requestBody"] = {"content": {"application/json": {"schema": operation.body}}}
    return described


def _parameter(name: str, place: str, meaning: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": place,
        "required": place == "path",
        "description": meaning,
        "schema": {"type": "string"},
    }
