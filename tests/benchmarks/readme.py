"""The figures in the README, between their markers."""

from __future__ import annotations

import re
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"
BETWEEN = re.compile(r"(<!-- figures -->\n).*?(<!-- /figures -->)", re.DOTALL)


def rewrite(text: str, figures: str) -> str:
    """A README with other figures. ValueError: it has no markers, or several."""
    written, count = BETWEEN.subn(lambda found: f"{found[1]}{figures}{found[2]}", text)
    if count != 1:
        raise ValueError(f"{count} places for figures instead of one")
    return written
