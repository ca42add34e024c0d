"""The error of a unique index, in MongoDB's words."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pymongo.errors import DuplicateKeyError

if TYPE_CHECKING:
    from tuco_mock.state.embedded.documents.borrowed import Document


def duplicate_key(
    database: str, collection: str, index: str, fields: Sequence[str], document: Document
) -> DuplicateKeyError:
    """The error for a document whose key in a unique index another document has."""
    values = {field: document.get(field) for field in fields}
    shown = ", ".join(f"{field}: {json.dumps(value, default=str)}" for field, value in values.items())
    text = f"E11000 duplicate key error collection: {database}.{collection} index: {index} dup key: {{ {shown} }}"
    details = {"code": 11000, "errmsg": text, "keyPattern": dict.fromkeys(fields, 1), "keyValue": values}
    return DuplicateKeyError(text, 11000, details)
