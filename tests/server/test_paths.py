"""Which door a path leads to."""

from __future__ import annotations

import pytest

from tuco_mock.wire.paths import PathTree

TREE = PathTree(
    {each: each for each in ("/a", "/a/b", "/a/{id}", "/a/{id}/c", "/a/{id}/c/{name}/d", "/a/b/{other}", "/{word}/x")}
)


@pytest.mark.parametrize(
    ("path", "found", "parameters"),
    [
        ("/a", "/a", {}),
        ("/a/b", "/a/b", {}),
        ("/a/x y", "/a/{id}", {"id": "x y"}),
        ("/a/{id}", "/a/{id}", {"id": "{id}"}),
        ("/a/1/c", "/a/{id}/c", {"id": "1"}),
        ("/a/1/c/2/d", "/a/{id}/c/{name}/d", {"id": "1", "name": "2"}),
        ("/a/b/2", "/a/b/{other}", {"other": "2"}),
        ("/z/x", "/{word}/x", {"word": "z"}),
    ],
)
def test_a_path_is_found_with_its_parameters(path: str, found: str, parameters: dict[str, str]) -> None:
    assert TREE.find(path) == (found, parameters)


@pytest.mark.parametrize("path", ["", "/", "a", "/a/", "/a//c", "/a/1/c/", "/a/1/d", "/a/1/c/2", "/A", "/a/1/c/2/d/e"])
def test_another_path_is_another_path(path: str) -> None:
    assert TREE.find(path) is None
