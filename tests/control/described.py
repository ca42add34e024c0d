"""Each answer of the control plane against its own description, /_tuco/openapi.json."""

from __future__ import annotations

import json
import re
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple

from jsonschema import Draft202012Validator

if TYPE_CHECKING:
    import httpx

Json = dict[str, Any]


class Place(NamedTuple):
    """A path of the description: its pattern, and its operations by method."""

    pattern: re.Pattern[str]
    operations: Json


class Described:
    """An event hook of httpx: raises when an answer, or a body that was taken, is not as described.

    Attributes:
        checked: how many answers were compared, by operation.
    """

    def __init__(self, document: Json) -> None:
        self.checked: dict[str, int] = {}
        self._components = document["components"]
        self._places = [
            Place(re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))), operations)
            for path, operations in document["paths"].items()
        ]
        self._validator = cache(self._made)

    def __call__(self, answer: httpx.Response) -> None:
        """Check an answer; those of the simulated API are not described there."""
        path = answer.request.url.path
        if not (path + "/").startswith("/_tuco/"):
            return
        answer.read()
        assert answer.status_code < 500, answer.text
        place = next((place for place in self._places if place.pattern.fullmatch(path)), None)
        operation = place.operations.get(answer.request.method.lower()) if place else None
        if operation is None:
            assert answer.status_code in {401, 403, 404, 405}, f"{answer.request.method} {path} is not described"
            check_problem(answer)
            return
        name = operation["operationId"]
        self.checked[name] = self.checked.get(name, 0) + 1
        if answer.is_success:
            self._check_success(answer, operation)
        else:
            assert "default" in operation["responses"] or str(answer.status_code) in operation["responses"]
            check_problem(answer)
            self._check("problem", {"$ref": "#/components/schemas/Problem"}, answer.json())

    def _check_success(self, answer: httpx.Response, operation: Json) -> None:
        [status] = [each for each in operation["responses"] if each != "default"]
        assert answer.status_code == int(status), f"{answer.status_code} is not the described {status}"
        assert answer.headers["content-type"] == "application/json"
        name = operation["operationId"]
        schema = operation["responses"][status]["content"]["application/json"]["schema"]
        self._check(f"answer of {name}", schema, answer.json())
        sent = answer.request.content.strip()
        if sent and "requestBody" in operation:
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            self._check(f"body of {name}", schema, json.loads(sent))
        described = {each["name"] for each in operation["parameters"] if each["in"] == "query"}
        assert set(answer.request.url.params) <= described

    def _check(self, what: str, schema: Json, value: Any) -> None:
        errors = [
            f"{error.json_path}: {error.message}" for error in self._validator(json.dumps(schema)).iter_errors(value)
        ]
        assert not errors, f"{what} is not as described: {errors}"

    def _made(self, schema: str) -> Draft202012Validator:
        whole = {"components": self._components, "allOf": [json.loads(schema)]}
        Draft202012Validator.check_schema(whole)
        return Draft202012Validator(whole)


def check_problem(answer: httpx.Response) -> None:
    """The one shape of every refusal: problem+json that says what to do, and where when there is a where."""
    assert answer.headers["content-type"] == "application/problem+json"
    if answer.request.method == "HEAD":
        return
    problem = answer.json()
    assert list(problem) == ["type", "title", "status", "detail", *(["errors"] if "errors" in problem else [])]
    assert problem["type"] == "about:blank"
    assert problem["title"] == HTTPStatus(answer.status_code).phrase
    assert problem["status"] == answer.status_code
    assert len(problem["detail"]) > 10
    for position, mistake in enumerate(problem.get("errors", [])):
        assert list(mistake) == ["path", "message"]
        assert mistake["message"]
        if position < 3:  # people are told the first ones, machines all of them
            assert f"{mistake['path']}: {mistake['message']}".removeprefix(": ") in problem["detail"]


def refused(answer: httpx.Response, status: int, *words: str) -> Json:
    """The problem of a refusal with this status, whose detail has all these words."""
    assert answer.status_code == status, answer.text
    check_problem(answer)
    problem: Json = answer.json()
    for each in words:
        assert each in problem["detail"], f"{each!r} is not in {problem['detail']!r}"
    return problem


def paths(answer: httpx.Response) -> list[str]:
    """The paths of the mistakes that a 422 lists."""
    return [each["path"] for each in refused(answer, 422)["errors"]]
