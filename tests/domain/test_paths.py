"""Paths with wildcards: as a regular expression would have it, but never slow."""

from __future__ import annotations

import re
import time

from hypothesis import example, given
from hypothesis import strategies as st

from tuco_mock.domain.paths import path_matches

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
