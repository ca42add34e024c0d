"""The settings of a workspace: changed one by one, keys rotated, nothing changed by a mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.control.described import paths, refused
from tests.control.given import LIMITS, SETTINGS, status
from tests.support import error

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from tests.support import World

ALL = "/_tuco/workspaces"


@pytest.mark.parametrize(("name", "value"), SETTINGS.items())
def test_each_setting_is_changed_alone(world: World, name: str, value: Any) -> None:
    before = world.control("GET", "")
    assert world.patch(**{name: value}) == {**before, name: value}
    assert world.control("GET", "") == {**before, name: value}


def test_a_patch_that_says_nothing_changes_nothing(http: httpx.Client, world: World) -> None:
    before = world.control("GET", "")
    assert world.patch() == before
    assert http.patch(f"{ALL}/{world.id}").json() == before


def test_null_lifts_a_limit_and_an_empty_table_restores_the_documented_one(world: World) -> None:
    assert world.patch(rateLimits={"replies": None})["rateLimits"] == {**LIMITS, "replies": None}
    assert world.patch(rateLimits={})["rateLimits"] == LIMITS


def test_a_changed_limit_begins_with_a_full_bucket(world: World) -> None:
    world.patch(rateLimits={"replies": 1})
    assert [world.get_replies().status_code for _ in range(2)] == [200, 429]
    world.patch(rateLimits={"replies": 2})
    assert [world.get_replies().status_code for _ in range(3)] == [200, 200, 429]


def test_an_inactive_workspace_says_so_and_wakes_up_again(world: World) -> None:
    world.patch(active=False)
    assert error(world.post_cancel({})) == (400, {"error": "No active workspace"})
    world.patch(active=True)
    assert world.cancel(recipientPhone="+14155550100")["success"] is True


def test_keys_are_replaced_and_revoked(http: httpx.Client, world: World) -> None:
    world.patch(apiKeys=[world.key, "tuco_sk_second"])
    assert status(http, world.key) == status(http, "tuco_sk_second") == 200
    world.patch(apiKeys=[])
    assert status(http, world.key) == status(http, "tuco_sk_second") == 401


def test_rotation_revokes_all_keys_and_makes_a_new_one(http: httpx.Client, make_world: Callable[..., World]) -> None:
    world = make_world(apiKeys=["tuco_sk_a", "tuco_sk_b"])
    [key] = world.patch(rotateApiKeys=True)["apiKeys"]
    assert key.startswith("tuco_sk_")
    assert (status(http, key), status(http, "tuco_sk_a"), status(http, "tuco_sk_b")) == (200, 401, 401)
    [again] = world.patch(rotateApiKeys=True, name="beside")["apiKeys"]
    assert again != key
    assert world.control("GET", "")["name"] == "beside"
    assert world.patch(rotateApiKeys=False)["apiKeys"] == [again]


@pytest.mark.parametrize(
    "body",
    [
        {"id": "another"},
        {"clock": "2026-03-13T00:00:00Z"},
        {"leads": []},
        {"nmae": "x"},
        {"rotateApiKeys": "yes"},
        {"rotateApiKeys": 1},
        {"rotateApiKeys": True, "apiKeys": ["tuco_sk_x"]},
        [],
        "name",
    ],
    ids=str,
)
def test_what_patch_does_not_take(http: httpx.Client, world: World, body: Any) -> None:
    before = world.state()
    refused(http.patch(f"{ALL}/{world.id}", json=body), 400)
    assert world.state() == before


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"name": "good", "active": 1}, "active"),
        ({"name": "good", "apiKeys": ["ok", "not ok"]}, "apiKeys[1]"),
        ({"name": "good", "rateLimits": {"replies": 1_000_001}}, "rateLimits.replies"),
        ({"name": "good", "defaultCountryCode": "+999"}, "defaultCountryCode"),
        ({"active": None}, "active"),
    ],
    ids=str,
)
def test_a_patch_with_mistakes_changes_nothing(http: httpx.Client, world: World, body: Any, where: str) -> None:
    before = world.state()
    assert paths(http.patch(f"{ALL}/{world.id}", json=body)) == [where]
    assert world.state() == before


def test_a_key_of_another_workspace_can_t_be_taken(http: httpx.Client, make_world: Callable[..., World]) -> None:
    one, two = make_world(), make_world()
    before = two.state()
    refused(http.patch(f"{ALL}/{two.id}", json={"name": "x", "apiKeys": [two.key, one.key]}), 409, two.id)
    assert two.state() == before
    assert status(http, one.key) == 200


def test_a_new_country_code_counts_for_what_comes_then(world: World) -> None:
    world.patch(defaultCountryCode="+44")
    lead = world.lead(phone="020 7946 0958")
    assert world.state()["leads"][0]["phone"] == "+442079460958"
    assert world.cancel(recipientPhone="02079460958")["leadId"] == lead
