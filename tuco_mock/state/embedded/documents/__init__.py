"""The embedded documents engine: mongomock with indexes that are used.

mongomock, a MongoDB in memory, answers every query by looking at every document. The collections here answer from
the indexes declared on them, and otherwise with mongomock's own code, so that what they find is what it finds. Where
they differ:

- A unique index over an array field keeps every element unique among the documents, as MongoDB does; mongomock
  compares whole arrays.
- An update that fails leaves the document as it was, as in MongoDB; mongomock keeps what it had changed by then.
- Documents share no values that could change with each other or with the caller's; mongomock's may, after an update
  of several.

How it is made: `shapes` keeps documents small; `values` and `entries` keep what is sorted, `index` and `store` the
indexes in step with the documents; `filters`, `planning`, `sorting` and `reading` find documents; `updates` and
`writing` change them; `copying` keeps callers away from them; `collection`, `cursor` and `database` are the pymongo
API; `looking` and `asking` are a shorter way for what is asked again and again. `borrowed` holds all that is taken from
mongomock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from tuco_mock.state.embedded.documents.asking import question
from tuco_mock.state.embedded.documents.database import IndexedClient

if TYPE_CHECKING:
    from pymongo.database import Database

__all__ = ["open_documents", "question"]


def open_documents(name: str = "tuco") -> Database[dict[str, Any]]:
    """A new, empty database of its own, reached like one of MongoDB's."""
    return cast("Database[dict[str, Any]]", IndexedClient().get_database(name))
