"""How the machine of the living parts talks to the server: the simulated API with a key, and the control plane."""

from __future__ import annotations

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

from tests.model.model import Thing

CONTROL = "/_tuco/workspaces"
KEY = "tuco_sk_living"


class Lost(Exception):
    """The answer never came: a fault has broken the connection."""


class Wire:
    """One connection to the server under test, opened anew when it was broken."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)

    def close(self) -> None:
        self._connection.close()

    def api(self, method: str, path: str, body: Any = None, key: str = KEY) -> tuple[int, Any]:
        """Status and body of a call of the simulated API.

        Raises:
            Lost: there was no answer.
        """
        return self._call(method, "/api" + path, body, {"Authorization": f"Bearer {key}"})

    def control(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        """The body of a call of the control plane, below the workspaces, that has to end well."""
        found, shown = self._call(method, CONTROL + path, body, {})
        assert found == status, (method, path, body, found, shown)
        return shown

    def drop(self, workspace: str) -> None:
        """Remove a workspace, if it is there."""
        assert self._call("DELETE", f"{CONTROL}/{workspace}", None, {})[0] in {200, 404}

    def _call(self, method: str, target: str, body: Any, headers: dict[str, str]) -> tuple[int, Any]:
        content = None if body is None else json.dumps(body).encode()
        try:
            self._connection.request(method, target, content, headers)
            answer = self._connection.getresponse()
            return answer.status, json.loads(answer.read())
        except (ConnectionError, http.client.HTTPException) as error:
            self._connection.close()
            raise Lost from error


def view(wire: Wire, workspace: str) -> View:
    """All that a workspace is at the moment."""
    return View(
        wire.control("GET", f"/{workspace}/state"),
        {each["messageId"]: each for each in wire.control("GET", f"/{workspace}/queue")["jobs"]},
    )


class View:
    """A workspace at a moment.

    Attributes:
        state: its export.
        jobs: those of its queue, by message.
        messages: by id.
    """

    def __init__(self, state: Thing, jobs: dict[str, Thing]) -> None:
        self.state = state
        self.jobs = jobs
        self.messages: dict[str, Thing] = {each["id"]: each for each in state["messages"]}

    @property
    def now(self) -> str:
        """What the clock shows."""
        return str(self.state["clock"])

    @property
    def is_auto(self) -> bool:
        """Whether the worker follows the clock."""
        return bool(self.state["worker"] == "auto")

    def ids(self, kind: str) -> list[str]:
        """Those of all things of a kind."""
        return [each["id"] for each in self.state[kind]]


_TOLD = ("lastTriggeredAt", "lastSuccessAt", "lastFailureAt", "failureCount", "updatedAt")


def essence(found: View) -> Thing:
    """All of a workspace but its name and its keys, and when its receivers answered, which is a matter of real time."""
    kept = {name: each for name, each in found.state.items() if name not in {"id", "apiKeys"}}
    webhooks = [{name: each[name] for name in each if name not in _TOLD} for each in found.state["webhooks"]]
    return {**kept, "webhooks": webhooks, "jobs": found.jobs}
