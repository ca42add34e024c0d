"""Workspaces: list, make, look, change, rotate keys, drop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.control.described import paths, refused
from tests.control.given import LIMITS, SETTINGS, status
from tests.support import World

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

ALL = "/_tuco/workspaces"
LEAD = {"id": "69b2c41d352a78479d2c623b", "phone": "+14155550100"}


# make


def test_ids_and_keys_are_made_up(http: httpx.Client, make_world: Callable[..., World]) -> None:
    one, two = make_world(), make_world()
    assert one.id != two.id
    assert one.key != two.key
    assert one.key.startswith("tuco_sk_")
    assert status(http, one.key) == status(http, two.key) == 200
    shown = one.control("GET", "")
    assert shown.pop("clock")["mode"] == "live"
    assert shown == {
        "id": one.id,
        "name": "",
        "apiKeys": [one.key],
        "seed": "",
        "active": True,
        "readOnly": False,
        "defaultCountryCode": "+1",
        "imessage": True,
        "rateLimits": LIMITS,
        "worker": "manual",
        "fallbackConfigured": False,
        "counts": {"lines": 0, "lists": 0, "leads": 0, "campaigns": 0, "messages": 0, "replies": 0, "webhooks": 0},
    }


def test_a_body_is_not_needed(http: httpx.Client) -> None:
    for content in (b"", b"{}"):
        made = http.post(ALL, content=content)
        assert made.status_code == 201
        http.delete(f"{ALL}/{made.json()['id']}")


def test_others_are_dropped_instead(http: httpx.Client, make_world: Callable[..., World]) -> None:
    kept = make_world(leads=[LEAD])
    one, two = (http.post(ALL, json={"leads": leads}).json() for leads in ([LEAD], []))
    made = http.post(ALL, json={"instead": [one["id"], two["id"], "gone.before"]}).json()
    for gone in (one, two):
        assert http.get(f"{ALL}/{gone['id']}").status_code == 404
        assert status(http, gone["apiKeys"][0]) == 401
    assert kept.control("GET", "")["counts"]["leads"] == 1
    http.delete(f"{ALL}/{made['id']}")


@pytest.mark.parametrize("instead", ["text", [1], {"id": "a"}, None, ["default"]])
def test_others_are_named_by_their_ids(http: httpx.Client, world: World, instead: object) -> None:
    answer = http.post(ALL, json={"instead": instead})
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("instead ")
    assert world.control("GET", "")["id"] == world.id


def test_nothing_is_dropped_when_none_is_made(http: httpx.Client, world: World) -> None:
    wrong: list[dict[str, Any]] = [{"leads": [{}]}, {"id": world.id}, {"apiKeys": [world.key]}]
    for each in wrong:
        assert http.post(ALL, json={**each, "instead": [world.id]}).status_code in {409, 422}
        assert http.get(f"{ALL}/{world.id}").status_code == 200


def test_what_is_given_is_taken(make_world: Callable[..., World]) -> None:
    world = make_world(id="given.id_1-x", clock="2026-03-13T00:00:00Z", **SETTINGS)
    found = world.control("GET", "")
    assert {name: found[name] for name in SETTINGS} == SETTINGS
    assert found["id"] == "given.id_1-x"
    assert found["clock"] == {"now": "2026-03-13T00:00:00.000Z", "mode": "frozen"}


def test_state_fills_it_beside_settings_and_things_of_its_own(make_world: Callable[..., World]) -> None:
    world = make_world(state={"name": "from the state", "leads": [LEAD], "clock": "2026-03-13T00:00:00Z"})
    assert world.control("GET", "")["name"] == "from the state"
    assert world.control("GET", "/leads")["leads"][0]["id"] == LEAD["id"]
    other = make_world(name="its own", state=world.state())  # an id and keys in the state are not taken over
    assert other.id != world.id
    assert other.key != world.key
    assert other.control("GET", "")["name"] == "its own"
    mine, theirs = world.state(), other.state()
    assert {**theirs, "id": world.id, "apiKeys": [world.key], "name": "from the state"} == mine


def test_the_same_state_gives_the_same_ids(make_world: Callable[..., World]) -> None:
    state = {"id": "origin", "leads": [{"phone": "+14155550100"}], "lines": [{"phone": "+16462230920"}]}
    one, two = make_world(state=state), make_world(state=state)
    assert one.state()["leads"][0]["id"] == two.state()["leads"][0]["id"]
    assert one.state()["lines"] != one.state()["leads"]


@pytest.mark.parametrize("taken", ["id", "apiKeys"])
def test_what_is_taken_is_a_conflict_and_nothing_is_made(http: httpx.Client, world: World, taken: str) -> None:
    before = http.get(ALL).json()
    asked: dict[str, Any] = {"id": world.id} if taken == "id" else {"apiKeys": ["tuco_sk_fresh", world.key]}
    refused(http.post(ALL, json={**asked, "leads": [LEAD]}), 409, world.id if taken == "id" else "API key")
    assert http.get(ALL).json() == before
    assert status(http, "tuco_sk_fresh") == 401
    assert world.state()["leads"] == []


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"id": "default"}, ["id"]),
        ({"id": ""}, ["id"]),
        ({"id": "a/b"}, ["id"]),
        ({"id": ".."}, ["id"]),
        ({"id": "x" * 65}, ["id"]),
        ({"id": 7}, ["id"]),
        ({"apiKeys": ["with space", ""]}, ["apiKeys[0]", "apiKeys[1]"]),
        ({"apiKeys": ["twice", "twice"]}, ["apiKeys[1]"]),
        ({"apiKeys": "tuco_sk_x"}, ["apiKeys"]),
        ({"rateLimits": {"replies": 0}}, ["rateLimits.replies"]),
        ({"rateLimits": {"sends": 1}}, ["rateLimits.sends"]),
        ({"defaultCountryCode": "1"}, ["defaultCountryCode"]),
        ({"active": "yes", "nmae": "x"}, ["nmae", "active"]),
        ({"clock": "tomorrow"}, ["clock"]),
        ({"leads": [{"phone": 1}, {}], "messages": [{}]}, ["leads[0].phone", "leads[1]", "messages[0]"]),
        ({"state": {"leads": [{"fone": "1"}]}}, ["leads[0].fone"]),
    ],
    ids=str,
)
def test_mistakes_are_listed_with_their_paths(http: httpx.Client, body: Any, where: list[str]) -> None:
    before = http.get(ALL).json()
    assert set(where) <= set(paths(http.post(ALL, json=body)))
    assert http.get(ALL).json() == before


@pytest.mark.parametrize("body", [[], [{}], "text", 7, True, {"state": []}, {"state": "default"}], ids=str)
def test_only_an_object_makes_a_workspace(http: httpx.Client, body: Any) -> None:
    before = http.get(ALL).json()
    refused(http.post(ALL, json=body), 400)
    assert http.get(ALL).json() == before


# list and look


def test_the_list_has_the_first_one_first(http: httpx.Client, make_world: Callable[..., World]) -> None:
    worlds = [make_world(id=name) for name in ("zz", "aa", "mm")]
    listed = http.get(ALL).json()["workspaces"]
    assert [each["id"] for each in listed if each["id"] in {"zz", "aa", "mm"}] == ["zz", "aa", "mm"]
    assert listed[0]["id"] == http.get(f"{ALL}/default").json()["id"]
    shown = worlds[0].control("GET", "")
    assert next(each for each in listed if each["id"] == "zz").items() <= shown.items()


def test_counts_are_what_is_there(world: World) -> None:
    lead = world.lead(phone="+14155550100")
    world.message(lead)
    world.message(lead, status="sent")
    world.reply(lead, message="Hi")
    counts = world.control("GET", "")["counts"]
    assert counts == {"lines": 0, "lists": 0, "leads": 1, "campaigns": 0, "messages": 2, "replies": 1, "webhooks": 0}


def test_default_is_the_first_workspace_everywhere(own: Callable[..., httpx.Client]) -> None:
    http = own()
    first = http.get(ALL).json()["workspaces"][0]["id"]
    for path in ("", "/state", "/queue", "/leads", "/messages"):
        ours, theirs = (http.get(f"{ALL}/{name}{path}").json() for name in ("default", first))
        ours.pop("clock", None)
        theirs.pop("clock", None)
        assert ours == theirs
    http.post(f"{ALL}/default/leads", json=LEAD | {"id": "a" * 24})
    assert http.get(f"{ALL}/{first}/leads").json()["total"] == 2
    http.patch(f"{ALL}/default", json={"name": "renamed"})
    assert http.get(f"{ALL}/{first}").json()["name"] == "renamed"
    http.post(ALL, json={"id": "second"})
    assert http.delete(f"{ALL}/default").json() == {"dropped": first}
    assert http.get(f"{ALL}/default").json()["id"] == "second"
    http.delete(f"{ALL}/default")
    assert http.get(ALL).json() == {"workspaces": []}
    refused(http.get(f"{ALL}/default"), 404, "default")


@pytest.mark.parametrize("name", ["nowhere", "Default", "%2e%2e", "a%00b", "x" * 5000, "é"])
def test_a_workspace_that_is_not_there(http: httpx.Client, name: str) -> None:
    refused(http.get(f"{ALL}/{name}"), 404, "GET /_tuco/workspaces")
    refused(http.patch(f"{ALL}/{name}", json={"name": "x"}), 404)
    refused(http.put(f"{ALL}/{name}/state", json={}), 404)
    refused(http.post(f"{ALL}/{name}/leads", json=LEAD), 404)
    refused(http.delete(f"{ALL}/{name}"), 404)


# drop


def test_what_is_dropped_is_gone_for_good(http: httpx.Client) -> None:
    world = World(http, id="shortlived", apiKeys=["tuco_sk_short"], leads=[LEAD])
    world.message(LEAD["id"], status="queued")
    world.drop()
    refused(http.get(f"{ALL}/shortlived"), 404, "shortlived")
    refused(http.delete(f"{ALL}/shortlived"), 404)
    assert status(http, "tuco_sk_short") == 401
    again = World(http, id="shortlived", apiKeys=["tuco_sk_short"])  # id and key are free, and nothing comes back
    assert again.control("GET", "")["counts"]["leads"] == 0
    assert again.jobs() == {}
    assert again.state()["sequence"] == 0
    again.drop()


def test_dropping_one_leaves_the_others_alone(make_world: Callable[..., World], http: httpx.Client) -> None:
    one = make_world(leads=[LEAD], messages=[{"leadId": LEAD["id"]}])
    two = World(http, leads=[LEAD], messages=[{"leadId": LEAD["id"]}])
    before = one.state()
    two.drop()
    assert one.state() | {"clock": 0} == before | {"clock": 0}
