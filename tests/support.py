"""What the tests talk to the server with: real sockets, one workspace a test."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx

Json = dict[str, Any]

CANCEL = "/api/messages/cancel-for-lead"
REPLIES = "/api/replies"
LEADS = "/api/leads"
MESSAGES = "/api/messages"


class World:
    """One workspace on a running server: the simulated API with its key, and the control plane."""

    def __init__(self, http: httpx.Client, **made_with: Any) -> None:
        self.http = http
        answer = http.post("/_tuco/workspaces", json=made_with)
        assert answer.status_code == 201, answer.text
        made = answer.json()
        self.id: str = made["id"]
        self.key: str = made["apiKeys"][0]

    @classmethod
    def existing(cls, http: httpx.Client, workspace: str) -> World:
        """A workspace that is there already, found by its id."""
        found = cls.__new__(cls)
        shown = http.get(f"/_tuco/workspaces/{workspace}").raise_for_status().json()
        found.http, found.id, found.key = http, shown["id"], next(iter(shown["apiKeys"]), "")
        return found

    @property
    def headers(self) -> dict[str, str]:
        """What authenticates as this workspace."""
        return {"Authorization": f"Bearer {self.key}"}

    def drop(self) -> None:
        """Remove the workspace."""
        self.control("DELETE", "", status=200)

    # the simulated API

    def post_cancel(self, body: Any = None, *, content: bytes | None = None, **headers: str) -> httpx.Response:
        """POST cancel-for-lead with a JSON body, or with these bytes."""
        sent = {**self.headers, **headers}
        if content is not None:
            return self.http.post(CANCEL, content=content, headers=sent)
        return self.http.post(CANCEL, json=body, headers=sent)

    def cancel(self, **body: Any) -> Json:
        """The 200 body of a cancellation."""
        answer = self.post_cancel(body)
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found

    def get_replies(self, query: str = "", /, **params: Any) -> httpx.Response:
        """GET replies with parameters, or with this raw query string."""
        encoded = "&".join(f"{name}={quote(str(value), safe='')}" for name, value in params.items())
        return self.http.get(f"{REPLIES}?{query or encoded}", headers=self.headers)

    def replies(self, query: str = "", /, **params: Any) -> Json:
        """The 200 body of a listing."""
        answer = self.get_replies(query, **params)
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found

    def post_leads(self, body: Any = None, *, content: bytes | None = None) -> httpx.Response:
        """POST leads with a JSON body, or with these bytes."""
        if content is not None:
            return self.http.post(LEADS, content=content, headers=self.headers)
        return self.http.post(LEADS, json=body, headers=self.headers)

    def create(self, *rows: Json, status: int = 201, **beside: Any) -> Json:
        """The body of an import of these rows."""
        answer = self.post_leads({"leads": list(rows), **beside})
        assert answer.status_code == status, answer.text
        found: Json = answer.json()
        return found

    def get_leads(self, **params: Any) -> httpx.Response:
        """GET leads with parameters."""
        return self.http.get(LEADS, params=params, headers=self.headers)

    def leads(self, **params: Any) -> Json:
        """The 200 body of a listing of leads."""
        answer = self.get_leads(**params)
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found

    def delete_leads(self, body: Any = None, *, content: bytes | None = None) -> httpx.Response:
        """DELETE leads with a JSON body, or with these bytes."""
        if content is not None:
            return self.http.request("DELETE", LEADS, content=content, headers=self.headers)
        return self.http.request("DELETE", LEADS, json=body, headers=self.headers)

    def delete(self, *lead_ids: str) -> int:
        """How many leads a removal of these removed."""
        answer = self.delete_leads({"ids": list(lead_ids)})
        assert answer.status_code == 200, answer.text
        return int(answer.json()["deletedCount"])

    def post_message(self, body: Any = None, *, content: bytes | None = None, **headers: str) -> httpx.Response:
        """POST messages with a JSON body, or with these bytes."""
        sent = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        if content is not None:
            return self.http.post(MESSAGES, content=content, headers=sent)
        return self.http.post(MESSAGES, json=body, headers=sent)

    def send(self, *, status: int = 201, **body: Any) -> Json:
        """The body of the answer to a message, which is `Hi` unless given."""
        answer = self.post_message({"message": "Hi", **body})
        assert answer.status_code == status, answer.text
        found: Json = answer.json()
        return found

    def post_enrolment(self, campaign: str, body: Any = None, *, content: bytes | None = None) -> httpx.Response:
        """POST a lead to a campaign with a JSON body, or with these bytes."""
        path = f"/api/campaigns/{quote(campaign, safe='')}/leads"
        if content is not None:
            return self.http.post(path, content=content, headers=self.headers)
        return self.http.post(path, json=body, headers=self.headers)

    def enrol(self, campaign: str, *, status: int = 201, **body: Any) -> Json:
        """The body of the answer to adding a lead to a campaign."""
        answer = self.post_enrolment(campaign, body)
        assert answer.status_code == status, answer.text
        found: Json = answer.json()
        return found

    # the control plane

    def control(self, method: str, path: str, body: Any = None, *, status: int | None = None) -> Any:
        """Call the control plane below this workspace; its JSON answer."""
        url = f"/_tuco/workspaces/{self.id}{path}"
        answer = self.http.request(method, url, json=body) if body is not None else self.http.request(method, url)
        if status is None:
            assert answer.is_success, answer.text
        else:
            assert answer.status_code == status, answer.text
        return answer.json()

    def add(self, kind: str, **thing: Any) -> Json:
        """Put one thing there, in the fixture format's words."""
        found: Json = self.control("POST", f"/{kind}", thing, status=201)
        return found

    def lead(self, **thing: Any) -> str:
        """Add a lead; its id."""
        return str(self.add("leads", **thing)["id"])

    def message(self, lead: str | None = None, **thing: Any) -> str:
        """Add an outbound message; its id."""
        return str(self.add("messages", **({"leadId": lead} if lead else {}), **thing)["id"])

    def reply(self, lead: str | None = None, **thing: Any) -> str:
        """Add an inbound reply; its id."""
        return str(self.add("replies", **({"leadId": lead} if lead else {}), **thing)["id"])

    def statuses(self) -> dict[str, str]:
        """The status of every message, by id."""
        return {each["id"]: each["status"] for each in self.control("GET", "/messages")["messages"]}

    def jobs(self) -> dict[str, str]:
        """The state of every job, by message id."""
        return {each["messageId"]: each["state"] for each in self.control("GET", "/queue")["jobs"]}

    def clock(self, **change: Any) -> str:
        """Move the clock; the time it shows then."""
        return str(self.control("POST", "/clock", change)["now"])

    def patch(self, **settings: Any) -> Json:
        """Change settings."""
        found: Json = self.control("PATCH", "", settings)
        return found

    def state(self) -> Json:
        """The whole state."""
        found: Json = self.control("GET", "/state")
        return found

    def requests(self) -> list[Json]:
        """The journal."""
        found: list[Json] = self.control("GET", "/requests")["requests"]
        return found

    def find(self, **match: Any) -> Json:
        """What the journal says to a search."""
        found: Json = self.control("POST", "/requests/find", {"match": match})
        return found

    def fault(self, effect: Json, **fault: Any) -> Json:
        """Add a fault; it, as it is shown."""
        found: list[Json] = self.control("PATCH", "/faults", {"effect": effect, **fault})["faults"]
        return found[-1]


def error(answer: httpx.Response) -> tuple[int, Mapping[str, Any]]:
    """Status and body of a refusal, to compare at once."""
    return answer.status_code, answer.json()
