"""YAML as fixtures have it: times, ``yes``, ``no``, ``12:30`` and digits after a leading zero stay texts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar

import yaml

from tuco_mock.client.errors import FixtureError

if TYPE_CHECKING:
    from pathlib import Path

_TAG = "tag:yaml.org,2002:"


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc] # libyaml's is ten times as fast
    """PyYAML's safe loader with fewer surprises; a key that stands twice is a mistake."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, re.Pattern[str]]]]] = {}

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """A mapping whose keys are texts, each there once."""
        names = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise yaml.constructor.ConstructorError(None, None, f"duplicate key `{twice}`", node.start_mark)
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.tag != f"{_TAG}merge":
                key.tag = f"{_TAG}str"
        found: dict[Any, Any] = super().construct_mapping(node, deep)
        return found


class _Dumper(yaml.SafeDumper):
    """PyYAML's safe dumper, which quotes a text that `_Loader`, or another reader, would take for something else."""

    def ignore_aliases(self, _data: Any) -> bool:
        """Everything is written out."""
        return True


for _kind, _shape, _starts in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?(?:0|[1-9][0-9]{0,399})", list("-+0123456789")),
    ("float", r"[-+]?(?:0|[1-9][0-9]{0,399})\.[0-9]{1,400}(?:[eE][-+]?[0-9]{1,3})?", list("-+0123456789")),
    ("merge", r"<<", ["<"]),
):
    for _class in (_Loader, _Dumper):
        _class.add_implicit_resolver(_TAG + _kind, re.compile(rf"(?:{_shape})\Z", re.ASCII), _starts)


def from_yaml(path: Path, data: bytes) -> Any:
    """What a file says.

    Raises:
        FixtureError: it is no YAML; the message has file, line and column.
    """
    try:
        return yaml.load(data, _Loader)  # noqa: S506 - a safe loader
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
        raise FixtureError(f"{path}{where}: {getattr(error, 'problem', None) or error}") from error


def to_yaml(value: Any) -> str:
    """A value as YAML that reads back the same."""
    text: str = yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120)
    return text
