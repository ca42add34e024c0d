"""Talking to the running server, and comparing what it says with what the model says."""

from __future__ import annotations

import difflib
import http.client
import json
from typing import Any
from urllib.parse import urlsplit

from tests.model import api, contents
from tests.model.model import KINDS, Thing, Workspace
from tests.support import CANCEL, REPLIES

CONTROL = "/_tuco/workspaces"


def same(what: str, found: object, expected: object) -> None:
    """Fail with the difference, unless the two are equal."""
    if found != expected:
        model, server = (
            json.dumps(each, indent=1, ensure_ascii=False, sort_keys=True).splitlines() for each in (expected, found)
        )
        lines = difflib.unified_diff(model, server, "model", "server", lineterm="", n=4)
        raise AssertionError(f"{what} differs:\n" + "\n".join(lines))


class Remote:
    """The server under test, over one connection: most of the time goes into calls, so the client is a plain one."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)

    def close(self) -> None:
        self._connection.close()

    def _call(self, method: str, target: str, body: bytes | None, authorization: str | None = None) -> api.Answer:
        headers = {} if authorization is None else {"Authorization": authorization}
        self._connection.request(method, target, body, headers)
        answer = self._connection.getresponse()
        wait = answer.headers.get("retry-after")
        return api.Answer(answer.status, json.loads(answer.read()), None if wait is None else int(wait))

    def control(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Status and body of a call of the control plane, below the workspaces."""
        answer = self._call(method, CONTROL + path, None if body is None else json.dumps(body).encode())
        if answer.status >= 400:
            same("the status in the problem", answer.body["status"], answer.status)
            assert answer.body["detail"]
        return answer.status, answer.body

    def cancel(self, authorization: str | None, content: bytes) -> api.Answer:
        """POST cancel-for-lead."""
        return self._call("POST", CANCEL, content, authorization)

    def replies(self, authorization: str | None, query: str) -> api.Answer:
        """GET replies."""
        return self._call("GET", f"{REPLIES}?{query}", None, authorization)

    def state(self, workspace: Workspace) -> Thing:
        """The whole state of a workspace, but for the running number."""
        status, found = self.control("GET", f"/{workspace.id}/state")
        same("the status of the state", status, 200)
        assert isinstance(found.pop("sequence"), int)
        assert isinstance(found, dict)
        return found

    def compare(self, workspace: Workspace) -> None:
        """All that is remembered is as in the model: settings, clock, bucket, things, jobs."""
        same(f"the state of {workspace.id}", self.state(workspace), contents.state(workspace))
        _, queue = self.control("GET", f"/{workspace.id}/queue")
        jobs = sorted(queue["jobs"], key=lambda each: str(each["messageId"]))
        same(f"the queue of {workspace.id}", jobs, contents.queue(workspace))
        counts = {state: sum(job["state"] == state for job in jobs) for state in ("waiting", "delayed", "active")}
        same(f"the counts of the queue of {workspace.id}", queue["counts"], counts)


def adopt_ids(given: list[Thing], shown: list[Thing]) -> list[Thing]:
    """The given things, with the ids that the server has made for those without."""
    same("the number of things", len(shown), len(given))
    return [{**thing, "id": thing.get("id") or each["id"]} for thing, each in zip(given, shown, strict=True)]


def adopt_ids_of_state(given: Thing, shown: Thing) -> Thing:
    """The same for a whole state."""
    return {**given, **{kind: adopt_ids(given[kind], shown[kind]) for kind in KINDS if kind in given}}
