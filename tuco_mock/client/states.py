"""The workspace as a whole: snapshots, state out and in, settings, timeline, recording."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from tuco_mock.client import fixtures
from tuco_mock.client.access import Access
from tuco_mock.client.handle import part
from tuco_mock.client.models import Event, Snapshot

if TYPE_CHECKING:
    from pathlib import Path

Json = dict[str, Any]


class _Snapshots(Struct):
    snapshots: list[Snapshot]


class _Timeline(Struct):
    events: list[Event]
    dropped: int = 0


class States(Access):
    """What is done with a workspace as a whole."""

    def snapshot(self, name: str = "default") -> Snapshot:
        """Remember this moment under a name; an earlier one of that name is replaced.

        Raises:
            ControlError: the name has other characters than letters, digits, ``_``, ``.`` and ``-``.
        """
        found: Snapshot = self._call("POST", "/snapshots", {"name": name}, answer=Snapshot)
        return found

    def restore(self, name: str = "default") -> None:
        """Go back to a remembered moment.

        Raises:
            ControlError: there is none of that name; the message lists those there are.
        """
        self._settled(self._call("POST", f"/snapshots/{part(name)}/restore"))

    def snapshots(self) -> list[Snapshot]:
        """The remembered moments."""
        found: _Snapshots = self._call("GET", "/snapshots", answer=_Snapshots)
        return found.snapshots

    def load(self, fixture: str | Path) -> None:
        """Put the first workspace of a fixture, a file or a shipped name, in place of all that is here.

        Id and keys stay, and so do settings that the fixture doesn't name.

        Raises:
            FixtureError: there is no such fixture.
            ControlError: the fixture has mistakes; nothing was changed.
        """
        state = fixtures.state_of(fixture)
        origin = {"origin": state.origin}  # the same file, the same ids, however it is loaded
        self._settled(self._call("PUT", "/state", state.contents, query=origin, about=state.name))

    def save(self, file: str | Path) -> None:
        """Write the state as a fixture: YAML when the file's name ends in .yaml or .yml, else JSON.

        Raises:
            FixtureError: that is no path, or nothing can be written there, as its directory is missing.
        """
        fixtures.write(file, self.state())

    def state(self) -> Json:
        """The whole state, in the fixture format."""
        found: Json = self._call("GET", "/state")
        return found

    def reset(self) -> None:
        """Go back to what the workspace was made with."""
        self._settled(self._call("POST", "/reset"))

    def patch(self, **settings: Any) -> Json:
        """Change settings: `active`, `readOnly`, `defaultCountryCode`, `rateLimits`, `seed`, `rotateApiKeys=True`, ….

        Returns:
            The workspace's settings, clock and counts.
        """
        found: Json = self._call("PATCH", "", settings)
        self._settled(found)
        return found

    def timeline(self, limit: int | None = None) -> list[Event]:
        """What happened, in order, each with its cause; the newest `limit` events when it is given."""
        found: _Timeline = self._call("GET", "/timeline", query={"limit": limit}, answer=_Timeline)
        return found.events

    def recording(self) -> Json:
        """All that is needed to run this again: state at the start, seed, clock, requests. See `tuco-mock replay`."""
        found: Json = self._call("GET", "/recording")
        return found
