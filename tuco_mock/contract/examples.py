"""Every example of the API description, beside the schema it has to fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from tuco_mock.contract.spec import Operation, escape, operations, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Example(NamedTuple):
    """One example.

    Attributes:
        operation: operationId; empty for the answer to unknown paths, which belongs to none.
        place: of what: ``request``, ``parameter limit``, ``response 404``, ``header Allow of 405``.
        name: its key among its siblings; empty for one that has none.
        value: the example.
        schema_pointer: JSON Pointer of the schema in the document.

    """

    operation: str
    place: str
    name: str
    value: Any
    schema_pointer: str


def examples(document: Mapping[str, Any]) -> Iterator[Example]:
    """All examples of requests, parameters, answers and their headers, in the order of the file."""
    for operation in operations(document):
        yield from _of_parameters(document, operation)
        if "requestBody" in operation.definition:
            pointer, _ = resolve(document, f"{operation.pointer}/requestBody")
            yield from _of_content(document, operation.id, "request", pointer)
        for status in operation.definition["responses"]:
            pointer, _ = resolve(document, f"{operation.pointer}/responses/{status}")
            yield from _of_response(document, operation.id, status, pointer)
    for name in document.get("components", {}).get("responses", {}):
        yield from _of_content(document, "", f"response {name}", f"/components/responses/{escape(name)}")


def _of_parameters(document: Mapping[str, Any], operation: Operation) -> Iterator[Example]:
    for index in range(len(operation.definition.get("parameters", ()))):
        pointer, parameter = resolve(document, f"{operation.pointer}/parameters/{index}")
        yield from _beside_schema(operation.id, f"parameter {parameter['name']}", pointer, parameter)


def _of_response(document: Mapping[str, Any], operation: str, status: str, pointer: str) -> Iterator[Example]:
    yield from _of_content(document, operation, f"response {status}", pointer)
    _, response = resolve(document, pointer)
    for name in response.get("headers", {}):
        place, header = resolve(document, f"{pointer}/headers/{escape(name)}")
        yield from _beside_schema(operation, f"header {name} of {status}", place, header)


def _of_content(document: Mapping[str, Any], operation: str, place: str, pointer: str) -> Iterator[Example]:
    _, owner = resolve(document, pointer)
    for media_type, media in owner.get("content", {}).items():
        yield from _beside_schema(operation, place, f"{pointer}/content/{escape(media_type)}", media)


def _beside_schema(operation: str, place: str, pointer: str, owner: Mapping[str, Any]) -> Iterator[Example]:
    """The examples that stand beside a schema, in `example` and in `examples`."""
    if "example" in owner:
        yield Example(operation, place, "", owner["example"], f"{pointer}/schema")
    for name, example in owner.get("examples", {}).items():
        yield Example(operation, place, name, example["value"], f"{pointer}/schema")
