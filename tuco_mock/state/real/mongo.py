"""A real MongoDB, or what speaks its protocol: opened, checked, and shared by several installations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit
from uuid import uuid4

from bson.codec_options import CodecOptions, TypeDecoder, TypeRegistry
from bson.int64 import Int64
from pymongo import MongoClient
from pymongo.errors import ConfigurationError, ConnectionFailure, InvalidURI, OperationFailure, PyMongoError

from tuco_mock.state.away import first_line
from tuco_mock.state.engines import Document, UnusableEngine
from tuco_mock.state.indexes import INDEXES

if TYPE_CHECKING:
    from collections.abc import Callable

    from pymongo.collection import Collection
    from pymongo.database import Database

OLDEST = (4, 4)
"""The oldest version of MongoDB that is used."""

DATABASE = "tuco"
"""The database when the address names none."""

MARKS = "installation"
"""The collection with the mark of a server's half of what is kept here."""

_TRIALS = "trials"

_OPTIONS = {"serverSelectionTimeoutMS": 3_000, "connectTimeoutMS": 3_000, "socketTimeoutMS": 20_000}
"""How long is waited, unless the address says otherwise: a server that is gone is told of soon."""

_UNAUTHORIZED = frozenset({13, 18})


class _PlainNumbers(TypeDecoder):
    """Reads long integers as what they were when they were written, and not as a type of their own."""

    bson_type = Int64

    def transform_bson(self, value: Any) -> int:
        return int(value)


class SharedDatabase:
    """A database of which the collections with names below a namespace are ours.

    Args:
        database: the real one.
        namespace: what stands before the names of our collections, a dot between; nothing when it is empty.
    """

    def __init__(self, database: Database[Document], namespace: str) -> None:
        options: CodecOptions[Document] = CodecOptions(type_registry=TypeRegistry([_PlainNumbers()]))
        self._database = database.with_options(options)
        self._before = f"{namespace}." if namespace else ""
        self._collections: dict[str, Collection[Document]] = {}

    def __getitem__(self, name: str) -> Collection[Document]:
        found = self._collections.get(name)
        if found is None:
            found = self._collections[name] = self._database[self._before + name]
        return found

    def command(self, command: str) -> Any:
        """Run a command of the database."""
        return self._database.command(command)


def open_documents(url: str, namespace: str, connections: int) -> tuple[Database[Document], str, Callable[[], None]]:
    """The documents engine at an address, what it is for people, and what closes it.

    Raises:
        UnusableEngine: it can't be reached, is too old, or may not be used by who we are there.
    """
    where = f"MongoDB at {place_of(url)}"
    if not url.startswith(("mongodb://", "mongodb+srv://")):
        raise UnusableEngine(f"--mongo-url is no address of a MongoDB: {url!r} does not begin with mongodb://")
    if "." in (name := urlsplit(url).path.strip("/")):
        raise UnusableEngine(f"--mongo-url ends with a database's name, in which no dot can be, not with {name!r}")
    try:
        given = {name.partition("=")[0].lower() for name in urlsplit(url).query.split("&")}
        options: dict[str, Any] = {name: value for name, value in _OPTIONS.items() if name.lower() not in given}
        client: MongoClient[Document] = MongoClient(url, maxPoolSize=connections + 1, appname="tuco-mock", **options)
    except (InvalidURI, ConfigurationError, ValueError) as error:
        raise UnusableEngine(f"--mongo-url is no address of a MongoDB: {first_line(error)}") from error
    try:
        version = client.server_info()["version"]
        _is_new_enough(where, version)
        shared = cast("Database[Document]", SharedDatabase(client.get_default_database(DATABASE), namespace))
        _try(shared)
    except UnusableEngine:
        client.close()
        raise
    except PyMongoError as error:
        client.close()
        raise UnusableEngine(f"{where} {_why(error)}") from error
    return shared, f"{where}, version {version}", client.close


def forget_documents(documents: Database[Document]) -> None:
    """Drop all collections that are ours."""
    for name in (*INDEXES, _TRIALS, MARKS):
        documents[name].drop()


def place_of(url: str) -> str:
    """Where an address leads, without the password in it and what else is for the client alone."""
    parts = urlsplit(url)
    return parts.netloc.rpartition("@")[2] + parts.path.rstrip("/") or "an unnamed host"


def _try(documents: Database[Document]) -> None:
    """Do once what will be done all the time: with fewer rights the first call would meet the refusal."""
    trial, name = documents[_TRIALS], uuid4().hex
    trial.create_index([("workspaceId", 1)], name="of_workspace")
    trial.insert_one({"_id": name})
    trial.update_one({"_id": name}, {"$set": {"workspaceId": name}})
    trial.find_one({"_id": name})
    trial.delete_one({"_id": name})


def _why(error: PyMongoError) -> str:
    if isinstance(error, OperationFailure) and error.code in _UNAUTHORIZED:
        return f"does not let us do what is needed: {first_line(error)}"
    if isinstance(error, ConnectionFailure):
        text = first_line(error)
        return f"refuses connections: {text}" if "refused" in text else f"does not answer: {text}"
    return f"can't be used: {first_line(error)}"


def _is_new_enough(where: str, version: str) -> None:
    numbers = tuple(int(part) for part in version.partition("-")[0].split(".")[:2] if part.isdecimal())
    if numbers < OLDEST:
        raise UnusableEngine(f"{where} is version {version}; {'.'.join(map(str, OLDEST))} or newer is needed")
