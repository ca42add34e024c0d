"""What can go wrong when a server is started, told to people."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from tuco_mock.cli.ending import fail

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def told(fixture: str) -> Iterator[None]:
    """End with exit code 2 and the reason when the server can't be started with this fixture, here."""
    from tuco_mock.domain.errors import InvalidInput
    from tuco_mock.server import PortTaken
    from tuco_mock.state.engines import UnusableEngine

    try:
        yield
    except InvalidInput as error:
        fail("\n  ".join((f"{fixture} has mistakes:", *map(str, error.mistakes))))
    except (PortTaken, UnusableEngine) as error:
        fail(str(error))
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}" if error.filename else str(error))
