"""Database and client in the pymongo API, which hand out the collections that use their indexes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tuco_mock.state.embedded.documents.borrowed import BaseClient, BaseDatabase
from tuco_mock.state.embedded.documents.collection import IndexedCollection
from tuco_mock.state.embedded.documents.store import IndexedServerStore

if TYPE_CHECKING:
    from tuco_mock.state.embedded.documents.store import IndexedDatabaseStore


class IndexedDatabase(BaseDatabase):
    """A mongomock database of indexed collections."""

    _store: IndexedDatabaseStore

    def __init__(self, client: IndexedClient, name: str, _store: IndexedDatabaseStore, **options: Any) -> None:
        super().__init__(client, name, _store, **options)
        self._collections: dict[str, IndexedCollection] = {}

    def __getitem__(self, coll_name: str) -> IndexedCollection:
        found = self._collections.get(coll_name)
        return self.get_collection(coll_name) if found is None else found

    def get_collection(self, name: str, **options: Any) -> IndexedCollection:
        """The collection of a name, which need not exist yet."""
        found = self._collections.get(name)
        if found is None:
            self._ensure_valid_collection_name(name)
            found = self._collections[name] = IndexedCollection(
                self,
                name,
                _db_store=self._store,
                read_preference=self.read_preference,
                codec_options=self._codec_options,
            )
        return found.with_options(**options) if options else found

    def with_options(self, **options: Any) -> IndexedDatabase:
        """The same database with other options."""
        other = super().with_options(**options)
        unchanged = other is self
        return (
            self
            if unchanged
            else IndexedDatabase(
                self._client,
                self.name,
                self._store,
                read_preference=other.read_preference,
                codec_options=other.codec_options,
                read_concern=other.read_concern,
            )
        )

    def drop_collection(self, name_or_collection: Any, session: Any = None) -> None:
        """Drop the documents and indexes of a collection."""
        with self._store.lock:
            super().drop_collection(name_or_collection, session)

    def rename_collection(self, name: str, new_name: str, **options: Any) -> dict[str, Any]:
        """Give a collection another name."""
        with self._store.lock:
            return super().rename_collection(name, new_name, **options)


class IndexedClient(BaseClient):
    """A mongomock client of indexed databases, each of them with the client's own life time."""

    def __init__(self) -> None:
        super().__init__(_store=IndexedServerStore())

    def get_database(self, name: str, **_options: Any) -> IndexedDatabase:
        """The database of a name, which need not exist yet."""
        found: IndexedDatabase | None = self._database_accesses.get(name)
        if found is None:
            found = self._database_accesses[name] = IndexedDatabase(
                self, name, self._store[name], read_preference=self.read_preference, codec_options=self._codec_options
            )
        return found
