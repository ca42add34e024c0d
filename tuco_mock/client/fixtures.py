"""Fixture files, read here and sent: so a test's file is loaded by a server on another machine, too."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from tuco_mock.client.errors import FixtureError

if TYPE_CHECKING:
    from collections.abc import Iterable

_PACKAGE = Path(__file__).parents[1]
_JSON = (b"{", b"[")
_NOT_CARRIED = ("id", "apiKeys")


class State(NamedTuple):
    """The first workspace of a fixture file, as JSON.

    Attributes:
        name: the file, to be named when the server finds mistakes in it.
        whole: all of it.
        contents: it without its id and keys, to be loaded into a workspace that has its own.
        origin: its id, from which ids of things without one are derived; empty when it has none.
    """

    name: str
    whole: msgspec.Raw
    contents: msgspec.Raw
    origin: str


_read: dict[Path, tuple[int, int, State]] = {}


def state_of(fixture: str | Path, near: Iterable[Path] = ()) -> State:
    """The first workspace of a fixture: a file, or a shipped one by name; read once as long as the file is the same.

    Args:
        fixture: path of a file, or a name such as ``default`` or ``agency``.
        near: directories a relative path is looked for in before the current one.

    Raises:
        FixtureError: there is no such file or name, or the file is no fixture.
    """
    path = find(fixture, near)
    try:
        stat = path.stat()
        kept = _read.get(path)
        if kept is None or kept[:2] != (stat.st_mtime_ns, stat.st_size):
            kept = (stat.st_mtime_ns, stat.st_size, _state(path, path.read_bytes()))
            _read[path] = kept
    except OSError as error:
        raise FixtureError(f"{path}: {error.strerror or error}") from error
    return kept[2]


def find(fixture: str | Path, near: Iterable[Path] = ()) -> Path:
    """The file of a fixture.

    Raises:
        FixtureError: there is none; the message says where it was looked for and which are shipped.
    """
    wanted = _path(fixture).expanduser()
    places = list(dict.fromkeys(directory / wanted for directory in (*near, Path.cwd())))
    for place in places:
        if place.is_file():
            return place
    shipped = _shipped()
    if str(fixture) in shipped:
        return shipped[str(fixture)]
    looked = ", ".join(map(str, places))
    raise FixtureError(f"no fixture {str(fixture)!r}: there is no {looked}; shipped, by name, are {', '.join(shipped)}")


def write(path: str | Path, state: dict[str, Any]) -> None:
    """Write a workspace's state as a fixture file: YAML when its name ends in .yaml or .yml, else JSON.

    Raises:
        FixtureError: the path is none, or nothing can be written there.
    """
    file, fixture = _path(path), {"workspaces": [state]}
    if file.suffix in {".yaml", ".yml"}:
        from tuco_mock.client.yaml_files import to_yaml  # noqa: PLC0415 - PyYAML takes its time

        data = to_yaml(fixture).encode()
    else:
        data = msgspec.json.format(msgspec.json.encode(fixture), indent=2) + b"\n"
    try:
        file.write_bytes(data)
    except OSError as error:
        raise FixtureError(f"the state can't be written to {file}: {error.strerror}") from error


def _path(given: Any) -> Path:
    try:
        return Path(given)
    except TypeError:
        raise FixtureError(f"a fixture is a file's path or a shipped name, as 'default', not {given!r}") from None


def _shipped() -> dict[str, Path]:
    """The fixtures that come with the package, in a checkout beside it."""
    found = [*(_PACKAGE / "fixtures").glob("*.yaml"), *(_PACKAGE.parent / "fixtures").glob("*.yaml")]
    return {path.stem: path for path in sorted(found, key=lambda each: each.name)}


def _state(path: Path, data: bytes) -> State:
    fixture = _parsed(path, data.removeprefix(b"\xef\xbb\xbf"))
    workspaces = fixture.get("workspaces") if isinstance(fixture, dict) else None
    if not isinstance(workspaces, list) or not workspaces or not isinstance(workspaces[0], dict):
        raise FixtureError(f"{path} is no fixture: it has no list `workspaces` with at least one workspace in it")
    contents = {name: value for name, value in workspaces[0].items() if name not in _NOT_CARRIED}
    encode = msgspec.json.encode
    origin = str(workspaces[0].get("id") or "")
    return State(str(path), msgspec.Raw(encode(workspaces[0])), msgspec.Raw(encode(contents)), origin)


def _parsed(path: Path, data: bytes) -> Any:
    if data.lstrip().startswith(_JSON):
        try:
            return msgspec.json.decode(data)
        except msgspec.DecodeError as error:
            raise FixtureError(f"{path} is no JSON: {error}") from error
    from tuco_mock.client.yaml_files import from_yaml  # noqa: PLC0415 - PyYAML takes its time

    return from_yaml(path, data)
