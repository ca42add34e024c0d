"""The operations on lines and availability, as the tests call them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx

    from tests.support import Json, World

LINES = "/api/lines/by-user"
CHECK = "/api/check-availability"
CHECK_ANY = "/api/check-availability-rr"
CHECK_LEADS = "/api/leads/check-availability"

LINE = {"id": "69ab427ac1feb77d7f460001", "phone": "+16462230920"}
SECOND_LINE = {"id": "69ab427ac1feb77d7f460002", "email": "sales@example.com"}
SOMEBODY = "+14155550100"

QUOTA = (429, {"error": "Daily availability check quota exhausted"})
TOO_OFTEN = (429, {"error": "Rate limit exceeded"})

CALLS: dict[str, tuple[str, str, Json | None]] = {
    "getLines": ("GET", LINES, None),
    "checkAddress": ("GET", f"{CHECK}?address=%2B14155550100", None),
    "checkAddresses": ("POST", CHECK, {"addresses": [SOMEBODY]}),
    "checkContact": ("POST", CHECK_ANY, {"phones": [SOMEBODY]}),
    "checkLeadAvailability": ("GET", f"{CHECK_LEADS}?id=69b2c41d352a78479d2c0001", None),
    "checkLeads": ("POST", CHECK_LEADS, {"address": SOMEBODY}),
}
"""A call of each operation that can be answered 200 where Jane is a lead."""

CHECKS = {name: call for name, call in CALLS.items() if name != "getLines"}


def ask(world: World, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
    """Call the simulated API."""
    sent = {**world.headers, **headers}
    if body is None:
        return world.http.request(method, path, headers=sent)
    return world.http.request(method, path, headers=sent, json=body)


def told(answer: httpx.Response) -> Any:
    """The body of a 200."""
    assert answer.status_code == 200, answer.text
    return answer.json()


def is_available(world: World, *addresses: str) -> list[bool]:
    """Which of the addresses have iMessage."""
    found = told(ask(world, "POST", CHECK, {"addresses": list(addresses)}))
    return [each["available"] for each in found["results"]]


def checks(world: World) -> list[int]:
    """How many checks each line has counted."""
    lines = world.control("GET", "/lines")["lines"]
    return [each.get("availabilityChecks", {}).get("count", 0) for each in lines]


def status_of(world: World, lead: str) -> Any:
    """What is kept of a lead's availability."""
    return world.leads(id=lead)["lead"]["availabilityStatus"]
