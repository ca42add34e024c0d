"""Validators for the schemas inside an API description (JSON Schema 2020-12, formats not asserted)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jsonschema import Draft202012Validator

_BASE = "urn:tuco-mock:api-description"


class Schemas:
    """Makes validators of the schemas of one document; references are resolved within it.

    Creating one imports `jsonschema`, which nobody else needs.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        from jsonschema import Draft202012Validator  # noqa: PLC0415 - only who validates pays for it
        from referencing import Registry  # noqa: PLC0415 - only who needs it pays for it
        from referencing.jsonschema import DRAFT202012  # noqa: PLC0415 - only who needs it pays for it

        self._class = Draft202012Validator
        self._registry = Registry[Any]().with_resource(_BASE, DRAFT202012.create_resource(document))

    def validator(self, pointer: str) -> Draft202012Validator:
        """A validator of the schema at a JSON Pointer of the document."""
        return self._class({"$ref": f"{_BASE}#{quote(pointer)}"}, registry=self._registry)
