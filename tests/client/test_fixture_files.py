"""Fixture files as the client reads them: found, read once, complained about."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuco_mock.client import FixtureError, fixtures
from tuco_mock.client.yaml_files import from_yaml, to_yaml
from tuco_mock.domain.fixture.yaml_reader import read_yaml

ROOT = Path(__file__).parents[2]
ONE_LEAD = "workspaces:\n  - {id: org_a, apiKeys: [k], leads: [{firstName: Jane, phone: '+14155550100'}]}\n"


def leads(file: Path) -> list[str]:
    return [each["firstName"] for each in msgspec.json.decode(fixtures.state_of(file).whole)["leads"]]


def test_a_file_beside_the_test_comes_before_the_current_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    near, here = tmp_path / "near", tmp_path / "here"
    for place in (near, here):
        place.mkdir()
        (place / "a.yaml").write_text(ONE_LEAD)
    monkeypatch.chdir(here)
    assert fixtures.find("a.yaml", [near]) == near / "a.yaml"
    assert fixtures.find("a.yaml") == here / "a.yaml"


def test_a_directory_of_a_shipped_fixture_s_name_does_not_hide_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "default").mkdir()
    monkeypatch.chdir(tmp_path)
    assert fixtures.find("default") == ROOT / "fixtures" / "default.yaml"


def test_contents_are_without_id_and_keys(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(ONE_LEAD)
    state = fixtures.state_of(file)
    assert msgspec.json.decode(state.whole).keys() - msgspec.json.decode(state.contents).keys() == {"id", "apiKeys"}
    assert state.name == str(file)


def test_a_file_is_read_once_until_it_changes(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(ONE_LEAD)
    first = fixtures.state_of(file)
    assert fixtures.state_of(file) is first
    file.write_text(ONE_LEAD.replace("Jane", "Joan"))
    stat = file.stat()
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1_000_000))
    assert leads(file) == ["Joan"]


@pytest.mark.parametrize(
    "text", ['{"workspaces": [{"leads": [{"firstName": "Jane"}]}]}', ONE_LEAD, "\ufeff" + ONE_LEAD]
)
def test_json_and_yaml_are_told_apart_by_what_they_say(tmp_path: Path, text: str) -> None:
    file = tmp_path / "a.txt"
    file.write_text(text, "utf-8")
    assert leads(file) == ["Jane"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is no fixture: it has no list `workspaces`"),
        ("workspaces: []", "is no fixture"),
        ("workspaces: [7]", "is no fixture"),
        ("- 1", "is no fixture"),
        ("{", "is no JSON: "),
        ("a: 1\na: 2", ":1:1: duplicate key `a`"),
        ("a: [1\nb: 2", ":2:2: did not find expected"),
        ("a: !!python/name:os.system x", "could not determine a constructor"),
    ],
)
def test_a_file_that_is_no_fixture_is_told_with_its_name(tmp_path: Path, text: str, problem: str) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(text)
    with pytest.raises(FixtureError) as caught:
        fixtures.state_of(file)
    assert str(file) in str(caught.value)
    assert problem in str(caught.value)


def test_a_file_that_can_t_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(ONE_LEAD)

    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(FixtureError, match=f"{file}: Permission denied"):
        fixtures.state_of(file)


@pytest.mark.parametrize("name", ["default", "agency"])
def test_the_client_reads_yaml_as_the_server_does(name: str) -> None:
    data = (ROOT / "fixtures" / f"{name}.yaml").read_bytes()
    assert from_yaml(Path(name), data) == read_yaml(data.decode())[0]


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12) | st.sampled_from(
    [
        "yes",
        "No",
        "on",
        "12:30",
        "007",
        "1.5e3",
        "1.5",
        "-1",
        "~",
        "null",
        "2026-03-12T22:40:29.174Z",
        "<<",
        "0x1f",
        "=",
        " a ",
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.sampled_from([0.5, -2.25]) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS.filter("<<".__ne__), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_what_is_written_is_read_the_same_by_client_and_server(value: object) -> None:
    text = to_yaml({"value": value})
    assert from_yaml(Path("written"), text.encode()) == {"value": value}
    assert read_yaml(text) == ({"value": value}, [])
