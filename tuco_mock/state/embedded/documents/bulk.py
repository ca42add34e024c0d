"""Several writes at once, and the options that no operation takes."""

from __future__ import annotations

from typing import Any

from tuco_mock.state.embedded.documents.borrowed import BaseBulk


class Bulk(BaseBulk):
    """mongomock's bulk operation, which does not know the `sort` that pymongo 4.11 and newer hand in."""

    def add_update(self, selector: Any, doc: Any, multi: bool = False, upsert: bool = False, **options: Any) -> None:
        refuse(sort=options.pop("sort", None))
        super().add_update(selector, doc, multi, upsert, **options)

    def add_replace(self, selector: Any, doc: Any, upsert: bool, **options: Any) -> None:
        refuse(sort=options.pop("sort", None))
        super().add_replace(selector, doc, upsert, **options)


def refuse(**options: Any) -> None:
    """Refuse options that would change what an operation does, when they are given."""
    for name, value in options.items():
        if value:
            raise NotImplementedError(f"The embedded documents engine does not take the option {name!r}.")
