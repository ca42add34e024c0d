"""What loading and walking the description do with files and pointers that are right or wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tuco_mock.contract.spec import load_spec, resolve

if TYPE_CHECKING:
    from pathlib import Path


def test_is_kept() -> None:
    assert load_spec() is load_spec()


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_spec(tmp_path / "none.yaml")


@pytest.mark.parametrize(("text", "message"), [("[1, 2]", "expected a mapping, found list"), ("a: [", "a.yaml")])
def test_wrong_file(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        load_spec(path)


@pytest.mark.parametrize("reference", ["#/b", "other.yaml#/a"])
def test_reference_in_a_circle_or_out(reference: str) -> None:
    with pytest.raises(ValueError, match="out of the document or in a circle"):
        resolve({"a": {"$ref": "#/b"}, "b": {"$ref": reference}}, "/a")
