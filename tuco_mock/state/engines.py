"""The two engines everything is kept in, handed in from outside.

Documents are reached through the pymongo API, all that is fast or ordered through the redis-py API. Nothing above
this line knows which implementation stands behind; the embedded default needs no server.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pymongo.database import Database
    from redis import Redis

Document = dict[str, Any]
"""A stored document."""


@dataclass(frozen=True, slots=True)
class Engines:
    """The two engines of one server.

    Attributes:
        documents: a MongoDB database, real or embedded.
        redis: a Redis client that decodes answers to text, real or embedded.
        documents_name: what stands behind `documents`, for people.
        redis_name: what stands behind `redis`, for people.
    """

    documents: Database[Document]
    redis: Redis
    documents_name: str
    redis_name: str


def embedded() -> Engines:
    """Fresh engines inside this process: mongomock and fakeredis."""
    # imported here: whoever brings real engines does not pay for the fakes
    from tuco_mock.state.embedded.documents import open_documents  # noqa: PLC0415 - only who needs it pays for it
    from tuco_mock.state.embedded.redis import open_redis  # noqa: PLC0415 - only who needs it pays for it

    return Engines(open_documents(), open_redis(), "embedded (mongomock)", "embedded (fakeredis)")
