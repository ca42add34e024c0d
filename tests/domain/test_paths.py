"""Paths with wildcards: as a regular expression would have it, but never slow."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tuco_mock.domain.paths import may_match, nearest, path_matches

patterns = st.text("ab*/", max_size=12)


@example(pattern="a*a", path="a")
@example(pattern="*", path="")
@example(pattern="**", path="a")
@example(pattern="*ab*ab", path="ab")
@given(pattern=patterns, path=st.text("ab/", max_size=12))
def test_a_star_stands_for_any_characters(pattern: str, path: str) -> None:
    expected = re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), path, re.DOTALL) is not None
    assert path_matches(pattern, path) == expected


def test_many_stars_take_no_time() -> None:
    began = time.perf_counter()
    assert not path_matches("*a" * 2_000 + "z", "/" + "a" * 20_000)
    assert time.perf_counter() - began < 5


def as_expression(pattern: str) -> str:
    """The regular expression that a pattern with parameters means."""
    parts = re.split(r"(\{x\}|\*)", pattern)
    return "".join({"{x}": "[^/]+", "*": ".*"}.get(each, re.escape(each)) for each in parts)


pieces = st.lists(st.sampled_from(["a", "b", "/", "*", "{x}"]), max_size=7).map("".join)


@example(pattern="/{x}/a", path="//a")
@example(pattern="{x}", path="{x}")
@example(pattern="*{x}", path="/")
@given(pattern=pieces, path=st.text("ab/", max_size=8))
def test_a_parameter_stands_for_characters_of_one_segment(pattern: str, path: str) -> None:
    assert path_matches(pattern, path) == (re.fullmatch(as_expression(pattern), path, re.DOTALL) is not None)


@given(pattern=pieces, template=pieces, path=st.text("ab/", max_size=5))
def test_a_pattern_that_says_a_path_of_a_template_may_match_it(pattern: str, template: str, path: str) -> None:
    template = template.replace("*", "")
    if path_matches(pattern, path) and path_matches(template, path):
        assert may_match(pattern, template)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("/api/hooks/{id}", True),
        ("/api/hooks/69ab", True),
        ("/api/*", True),
        ("*/69*", True),
        ("/api/h*s/6*9", True),
        ("*", True),
        ("/api/hooks/", False),
        ("/api/hooks", False),
        ("/api/hooks/69ab/test", False),
        ("/api/hoks/*", False),
        ("*/", False),
    ],
)
def test_a_pattern_may_be_for_a_template(pattern: str, expected: bool) -> None:
    assert may_match(pattern, "/api/hooks/{id}") is expected


def test_a_star_in_a_template_is_a_star() -> None:
    assert may_match("/a*c/1", "/a*c/{id}")
    assert not may_match("/abc/1", "/a*c/{id}")


def test_the_nearest_path_has_the_parameters_of_the_given_one() -> None:
    known = ["/api/hooks", "/api/hooks/{id}", "/api/hooks/{id}/test", "/api/leads"]
    assert nearest("/api/hook/69ab", known) == "/api/hooks/69ab"
    assert nearest("/api/hooks/69ab/tset", known) == "/api/hooks/69ab/test"
    assert nearest("/api/lead", known) == "/api/leads"
    assert nearest("/elsewhere", known) is None


def test_many_stars_and_parameters_take_no_time() -> None:
    began = time.perf_counter()
    assert not may_match("*a" * 200 + "z", "/api/hooks/{id}/test")
    assert not path_matches("*a" * 100 + "{id}z", "/" + "a" * 1_000)
    assert time.perf_counter() - began < 5
