"""`tuco-mock spec`, `fixture validate` and `fixture schema`: no server needed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import jsonschema
import pytest
import yaml

from tests.cli.running import ROOT, Ended

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

Tuco = Callable[..., Ended]


def printed(ended: Ended) -> str:
    """What a command printed that went well."""
    assert (ended.code, ended.err) == (0, ""), ended
    return ended.out


@pytest.mark.parametrize(
    ("options", "file"), [((), "tuco.yaml"), (("--format", "yaml"), "tuco.yaml"), (("--clauses",), "behaviour.yaml")]
)
def test_spec_as_yaml_is_the_file_itself(tuco: Tuco, options: tuple[str, ...], file: str) -> None:
    assert printed(tuco("spec", *options)) == (ROOT / "openapi" / file).read_text("utf-8")


def test_spec_as_json_says_the_same(tuco: Tuco, http: httpx.Client) -> None:
    said = json.loads(printed(tuco("spec", "--format", "json")))
    assert said == yaml.safe_load((ROOT / "openapi" / "tuco.yaml").read_bytes())
    assert said == http.get("/openapi.json").json()


def test_the_catalogue_as_json(tuco: Tuco) -> None:
    said = json.loads(printed(tuco("spec", "--clauses", "--format", "json")))
    assert said == yaml.safe_load((ROOT / "openapi" / "behaviour.yaml").read_bytes())


def test_spec_knows_no_other_format(tuco: Tuco) -> None:
    ended = tuco("spec", "--format", "toml")
    assert (ended.code, ended.out) == (2, "")
    assert "toml" in ended.err


def test_validate_knows_the_shipped_fixtures_by_name(tuco: Tuco) -> None:
    assert printed(tuco("fixture", "validate", "default", "agency")) == "default: fine\nagency: fine\n"


def test_validate_reads_yaml_and_json(tuco: Tuco, home: Path) -> None:
    (home / "a.yaml").write_text("workspaces: [{leads: [{phone: '+14155550100', createdAt: -2h}]}]\n")
    (home / "b.json").write_text('{"workspaces": [{"leads": [{"phone": "+14155550100"}]}]}')
    assert printed(tuco("fixture", "validate", "a.yaml", "b.json")) == "a.yaml: fine\nb.json: fine\n"


def test_validate_tells_every_mistake_of_every_file(tuco: Tuco, home: Path) -> None:
    (home / "good.yaml").write_text("workspaces: []\n")
    (home / "two.yaml").write_text("workspaces: [{leads: [{phone: 1}, {}]}]\n")
    (home / "broken.json").write_text('{"workspaces": [')
    files = ("two.yaml", "missing.yaml", "good.yaml", "broken.json")
    ended = tuco("fixture", "validate", *files)
    assert (ended.code, ended.out) == (2, "good.yaml: fine\n")
    told = ended.err.splitlines()
    assert "Traceback" not in ended.err
    assert [line.split(":")[0] for line in told] == ["two.yaml", "two.yaml", "missing.yaml", "broken.json"]
    assert told[0].startswith("two.yaml: workspaces[0].leads[0].phone: ")
    assert told[1].startswith("two.yaml: workspaces[0].leads[1]: ")
    assert "no such file" in told[2]


def test_validate_wants_a_file(tuco: Tuco) -> None:
    assert tuco("fixture", "validate").code == 2


def test_schema_is_a_json_schema_that_takes_the_shipped_fixtures(tuco: Tuco) -> None:
    schema = json.loads(printed(tuco("fixture", "schema")))
    jsonschema.Draft202012Validator.check_schema(schema)
    check = jsonschema.Draft202012Validator(schema)
    for path in (ROOT / "fixtures").glob("*.yaml"):
        check.validate(yaml.load(path.read_bytes(), Loader=Plain))
    assert not check.is_valid({"workspaces": [{"leads": [{"fone": "+14155550100"}]}]})
    assert schema == json.loads((ROOT / "fixtures" / "schema.json").read_bytes())


class Plain(yaml.SafeLoader):
    """YAML in which times stay text, as the fixture format and editors read it."""


Plain.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
