"""Does an answer fit the API description? What it must be follows from method, path and status alone."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from tuco_mock.contract.schemas import Schemas
from tuco_mock.contract.spec import Operation, escape, operations, resolve

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jsonschema import Draft202012Validator

UNKNOWN_PATH = "/components/responses/UnknownPath"
"""Where the description has the answer to paths that it does not list (A9)."""

_LONGEST_MESSAGE = 300
_INTEGER = re.compile(r"-?[0-9]{1,18}", re.ASCII)


class Answer(NamedTuple):
    """A complete HTTP answer, with what was asked.

    Attributes:
        method: of the request, in upper case.
        path: of the request, percent-decoded, without the query.
        status: of the answer.
        headers: of the answer, names in any case, as often as they were sent.
        body: of the answer.

    """

    method: str
    path: str
    status: int
    headers: Iterable[tuple[str, str]]
    body: bytes


class Verdict(NamedTuple):
    """What came of a check.

    Attributes:
        operation: operationId, or what stands for it when the path or method is undocumented.
        differences: each begins with its place: ``status``, ``header Retry-After``, ``$.replies[0].name``.

    """

    operation: str
    differences: tuple[str, ...]


class _Header(NamedTuple):
    name: str
    required: bool
    integer: bool
    validator: Draft202012Validator


class _Response(NamedTuple):
    headers: tuple[_Header, ...]
    content: Mapping[str, Draft202012Validator]


class Conformance:
    """Checks answers against one API description; validators are made once for each operation and status.

    Raises:
        ValueError: the description does not say what unknown paths answer, or lacks the 405 of a path.

    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._schemas = Schemas(document)
        self._responses: dict[str, _Response] = {}
        self._routes = _routes(document)
        if "UnknownPath" not in document.get("components", {}).get("responses", {}):
            raise ValueError(f"the API description has no {UNKNOWN_PATH}")
        for _, methods in self._routes:
            for operation in methods.values():
                if "405" not in operation.definition["responses"]:
                    raise ValueError(f"{operation.id} does not document 405")

    def check(self, answer: Answer) -> Verdict:
        """Compare one answer with its description."""
        label, statuses = self._documented(answer.method, answer.path)
        pointer = statuses.get(str(answer.status))
        if pointer is None:
            return Verdict(label, (f"status: {answer.status} is not documented, only {', '.join(statuses)}",))
        if pointer not in self._responses:
            self._responses[pointer] = self._compile(pointer)
        response = self._responses[pointer]
        headers = _joined(answer.headers)
        found = [difference for header in response.headers for difference in _check_header(header, headers)]
        found += _check_content(response.content, headers.get("content-type"), answer)
        return Verdict(label, tuple(found))

    def _documented(self, method: str, path: str) -> tuple[str, dict[str, str]]:
        """What to call this request, and each status it may get with the pointer of its description."""
        for template, methods in self._routes:
            if not template.fullmatch(path):
                continue
            if method in methods:
                operation = methods[method]
                responses = operation.definition["responses"]
                return operation.id, {name: f"{operation.pointer}/responses/{name}" for name in responses}
            documented = next(iter(methods.values()))
            return f"{method} {path} (wrong method)", {"405": f"{documented.pointer}/responses/405"}
        return f"{method} {path} (unknown path)", {"404": UNKNOWN_PATH}

    def _compile(self, pointer: str) -> _Response:
        place, response = resolve(self._document, pointer)
        content = {
            media_type.lower(): self._schemas.validator(f"{place}/content/{escape(media_type)}/schema")
            for media_type in response.get("content", {})
        }
        return _Response(tuple(self._header(place, name) for name in response.get("headers", {})), content)

    def _header(self, response: str, name: str) -> _Header:
        place, header = resolve(self._document, f"{response}/headers/{escape(name)}")
        place, schema = resolve(self._document, f"{place}/schema")
        integer = schema.get("type") == "integer"
        return _Header(name, header.get("required", False), integer, self._schemas.validator(place))


def _routes(document: Mapping[str, Any]) -> list[tuple[re.Pattern[str], dict[str, Operation]]]:
    """A pattern for each path, with its operations by method; paths without variables come first."""
    methods: dict[str, dict[str, Operation]] = {}
    for operation in operations(document):
        methods.setdefault(operation.path, {})[operation.method] = operation
    ordered = sorted(methods, key=lambda path: path.count("{"))
    return [(_pattern(path), methods[path]) for path in ordered]


def _pattern(template: str) -> re.Pattern[str]:
    """What matches a path template; a variable is one segment or a part of one."""
    parts = re.split(r"\{[^{}]*\}", template)
    return re.compile("[^/]+".join(map(re.escape, parts)))


def _joined(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Headers by lower-case name; the values of a repeated one are joined as RFC 9110 has it."""
    joined: dict[str, str] = {}
    for name, value in headers:
        key = name.lower()
        joined[key] = f"{joined[key]}, {value}" if key in joined else value
    return joined


def _check_header(header: _Header, headers: Mapping[str, str]) -> list[str]:
    text = headers.get(header.name.lower())
    if text is None:
        return [f"header {header.name}: missing"] if header.required else []
    value: object = int(text) if header.integer and _INTEGER.fullmatch(text) else text
    return [f"header {header.name}: {_cut(error.message)}" for error in header.validator.iter_errors(value)]


def _check_content(content: Mapping[str, Draft202012Validator], content_type: str | None, answer: Answer) -> list[str]:
    """The differences of content type and body; the answer to a HEAD may leave its body out."""
    media_type = (content_type or "").split(";")[0].strip().lower()
    if media_type not in content:
        return [f"header Content-Type: {content_type or 'missing'}, not {' or '.join(content)}"]
    if answer.method == "HEAD" and not answer.body:
        return []
    try:
        value = json.loads(answer.body.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        return [f"$: not JSON: {error}"]
    found = sorted((error.json_path, _cut(error.message)) for error in content[media_type].iter_errors(value))
    return [f"{place}: {message}" for place, message in found]


def _refuse(name: str) -> NoReturn:
    """NaN and Infinity, which Python would take, are no JSON."""
    raise ValueError(f"{name} is no JSON value")


def _cut(message: str) -> str:
    return message if len(message) <= _LONGEST_MESSAGE else message[:_LONGEST_MESSAGE] + " …"
