"""Everything that is taken from mongomock's inside, in one place.

Read from mongomock 4.3.0; whoever raises that version reads these again:

- `mongomock.filtering`: `filter_applies` and `resolve_sort_key` define what a filter matches and how values sort;
- `mongomock.helpers`: `patch_datetime_awareness_in_document` makes the stored copy of a value and
  `make_datetime_timezone_aware_in_document` one to give out, `hashdict` the key of a document whose ``_id`` is a
  document; `create_index_list` and `gen_index_name`;
- `mongomock.collection`: the checks of arguments, and of `Collection` the members declared below, most of all
  `_apply_update_document` and `_apply_update_pipeline`, which carry out the update operators on one document;
- `mongomock.store`, `mongomock.database`, `mongomock.mongo_client`: the objects that hold collections, and their
  attributes declared below;
- `mongomock.aggregate.process_pipeline`.

mongomock's stubs say that its classes are pymongo's: the classes here declare what is used of them, and are
mongomock's own at run time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from mongomock import aggregate, collection, database, filtering, helpers, mongo_client, store

Document = dict[str, Any]
"""A document as it is stored and returned."""

Sort = tuple[tuple[str, int], ...]
"""Fields to sort by, each with its direction: 1 or -1."""

MISSING: Any = filtering.NOTHING  # type: ignore[attr-defined] # not exported
"""What mongomock uses for the value of a field that is not there."""

filter_applies: Callable[[Any, Document], bool] = filtering.filter_applies
resolve_sort_key: Callable[[str, Document], Any] = filtering.resolve_sort_key
stored_copy: Callable[[Any], Any] = helpers.patch_datetime_awareness_in_document
timezone_aware_copy: Callable[[Any], Any] = helpers.make_datetime_timezone_aware_in_document
hashable_document: Callable[[Document], Any] = helpers.hashdict
create_index_list: Callable[..., Any] = helpers.create_index_list
gen_index_name: Callable[[Any], str] = helpers.gen_index_name
validate_is_mapping: Callable[[str, object], None] = collection.validate_is_mapping
validate_list_or_mapping: Callable[[str, object], None] = collection.validate_list_or_mapping
validate_ok_for_update: Callable[[object], None] = collection.validate_ok_for_update
validate_update_pipeline: Callable[[list[Any]], None] = collection._validate_document_stages  # noqa: SLF001 - not public
validate_field_names: Callable[[Mapping[str, Any]], None] = collection._validate_data_fields  # noqa: SLF001 - not public
process_pipeline: Callable[..., Any] = aggregate.process_pipeline

if TYPE_CHECKING:

    class BaseStore:
        """A collection's documents, by ``_id``, and its declared indexes, by name."""

        name: str
        indexes: dict[str, dict[str, Any]]
        _documents: dict[Any, Document]
        _ttl_indexes: dict[str, dict[str, Any]]

        def __init__(self, name: str) -> None: ...
        def create_index(self, index_name: str, index_dict: dict[str, Any]) -> None: ...
        def drop_index(self, index_name: str) -> None: ...
        def drop(self) -> None: ...
        def _remove_expired_documents(self) -> None: ...

    class BaseDatabaseStore:
        """The collections of a database, by name."""

        _collections: dict[str, Any]

    class BaseServerStore:
        """The databases of a server, by name."""

        _databases: dict[str, Any]

    class BaseCursor:
        """The answer to a query, computed at first access."""

        collection: Any
        session: Any
        _skip: Any
        _limit: Any

        def distinct(self, key: str, session: Any = None) -> list[Any]: ...
        def skip(self, count: int) -> Any: ...
        def limit(self, count: int) -> Any: ...

    class BaseBulk:
        """The operations of one bulk_write, carried out in order."""

        def __init__(self, collection: Any, ordered: bool = False) -> None: ...
        def add_update(
            self, selector: Any, doc: Any, multi: bool = False, upsert: bool = False, **options: Any
        ) -> None: ...
        def add_replace(self, selector: Any, doc: Any, upsert: bool, **options: Any) -> None: ...
        def execute(self) -> dict[str, Any]: ...

    class BaseCollection:
        """A collection in the pymongo API."""

        database: Any
        _name: str
        _db_store: Any
        _codec_options: Any
        _read_concern: Any
        _read_preference: Any
        _write_concern: Any
        codec_options: Any

        def __init__(self, database: Any, name: str, _db_store: Any, **options: Any) -> None: ...
        @property
        def name(self) -> str: ...
        @property
        def full_name(self) -> str: ...
        def find(self, filter: Any = None, *args: Any, **options: Any) -> Any: ...
        def count_documents(self, filter: Any, **options: Any) -> int: ...
        def insert_many(
            self, documents: Any, ordered: bool = True, bypass_document_validation: bool = False, **options: Any
        ) -> Any: ...
        def create_index(self, key_or_list: Any, **options: Any) -> str: ...
        def drop_index(self, index_or_name: Any, session: Any = None) -> None: ...
        def with_options(self, **options: Any) -> Any: ...
        def _find_and_modify(self, query: Any, *args: Any, **options: Any) -> Document | None: ...
        def _ensure_uniques(self, new_data: Document) -> None: ...
        def _copy_only_fields(self, doc: Document, fields: Any, container: type) -> Document: ...
        def _apply_update_document(
            self, existing_document: Document, spec: Any, document: Any, was_insert: bool
        ) -> None: ...
        def _apply_update_pipeline(self, existing_document: Document, pipeline: list[Any], session: Any) -> None: ...
        def _expand_dots(self, doc: Document) -> Document: ...
        def _discard_operators(self, doc: Any) -> tuple[Any, bool]: ...
        def _list_all_indexes(self) -> Iterator[tuple[str, dict[str, Any]]]: ...

    class BaseDatabase:
        """A database in the pymongo API."""

        name: str
        read_preference: Any
        _client: Any
        _codec_options: Any
        _store: Any

        def __init__(self, client: Any, name: str, _store: Any, **options: Any) -> None: ...
        def with_options(self, **options: Any) -> Any: ...
        def drop_collection(self, name_or_collection: Any, session: Any = None) -> None: ...
        def rename_collection(self, name: str, new_name: str, **options: Any) -> dict[str, Any]: ...
        def _ensure_valid_collection_name(self, name: str) -> None: ...

    class BaseClient:
        """A client in the pymongo API."""

        read_preference: Any
        _codec_options: Any
        _database_accesses: dict[str, Any]
        _server_version: str
        _store: Any

        def __init__(self, host: str | None = None, *, _store: Any = None) -> None: ...

else:
    BaseStore = store.CollectionStore
    BaseDatabaseStore = store.DatabaseStore
    BaseServerStore = store.ServerStore
    BaseCursor = collection.Cursor
    BaseBulk = collection.BulkOperationBuilder
    BaseCollection = collection.Collection
    BaseDatabase = database.Database
    BaseClient = mongo_client.MongoClient
