"""Engines that are watched: a test can make a collection fail, count what is called, or step in between two calls."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import httpx

from tests.engines.chosen import fresh_engines
from tests.support import World
from tuco_mock.app import TucoApp, create_app
from tuco_mock.contract.spec import load_spec
from tuco_mock.contract.validation import ResponseValidator
from tuco_mock.server import BackgroundServer

if TYPE_CHECKING:
    from pymongo.database import Database

    from tuco_mock.settings import Settings
    from tuco_mock.state.engines import Document, Engines

Watch = Callable[[str, str], None]
"""Told of each call of a documents collection before it is made: collection, method."""


class Watched:
    """The documents engine, with someone told of every call of a collection.

    Attributes:
        watch: who is told; nobody at first.
    """

    def __init__(self, database: Database[Document]) -> None:
        self.watch: Watch | None = None
        self._database = database

    def __getitem__(self, name: str) -> Any:
        return _WatchedCollection(self, name, self._database[name])

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)


class _WatchedCollection:
    def __init__(self, database: Watched, name: str, collection: Any) -> None:
        self._database = database
        self._name = name
        self._collection = collection

    def __getattr__(self, method: str) -> Any:
        real = getattr(self._collection, method)

        def told(*args: Any, **kwargs: Any) -> Any:
            if self._database.watch is not None:
                self._database.watch(self._name, method)
            return real(*args, **kwargs)

        return told


class OwnServer:
    """A server that belongs to one test.

    Attributes:
        app: the application.
        documents: its documents engine.
        url: where it answers.
        http: a client of it.
    """

    def __init__(self, app: TucoApp, documents: Watched, url: str, http: httpx.Client) -> None:
        self.app = app
        self.documents = documents
        self.url = url
        self.http = http

    def world(self, **made_with: Any) -> World:
        """A workspace on it."""
        return World(self.http, **made_with)


@contextlib.contextmanager
def own_server(settings: Settings | None = None, engines: Engines | None = None) -> Iterator[OwnServer]:
    """A server of the test's own, every answer checked against the API description."""
    engines = engines or fresh_engines()
    watched = Watched(engines.documents)
    documents = cast("Database[Document]", watched)
    app = create_app(settings, engines=replace(engines, documents=documents))
    validator = ResponseValidator(app, load_spec())
    with (
        BackgroundServer(validator) as server,
        httpx.Client(base_url=server.url, trust_env=False, timeout=30) as http,
    ):
        yield OwnServer(app, watched, server.url, http)
    assert validator.different == 0
