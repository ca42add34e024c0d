"""Snapshots: take under a name, change anything, and put it back; all others stay what they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.control.described import paths, refused
from tests.control.given import SETTINGS, status

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from tests.support import World

NOW = "2026-03-13T00:00:00.000Z"
PHONE = "+14155550100"


@pytest.fixture
def lead(world: World) -> str:
    """A lead to write to."""
    return world.lead(phone=PHONE)


def take(world: World, name: str = "a") -> dict[str, Any]:
    """Take a snapshot; as it is shown."""
    found: dict[str, Any] = world.control("POST", "/snapshots", {"name": name}, status=201)
    return found


def restore(world: World, name: str = "a") -> dict[str, Any]:
    """Put one back; the workspace as it is shown then."""
    found: dict[str, Any] = world.control("POST", f"/snapshots/{name}/restore", status=200)
    return found


def listed(world: World) -> list[tuple[str, int]]:
    """The snapshots there are, with how much was changed since."""
    found = world.control("GET", "/snapshots")["snapshots"]
    return [(each["name"], each["changed"]) for each in found]


def everything(world: World) -> tuple[Any, Any]:
    """State and queue."""
    return world.state(), world.control("GET", "/queue")


def post(world: World, path: str, **content: Any) -> httpx.Response:
    """POST below the workspace, whatever comes of it."""
    return world.http.post(f"/_tuco/workspaces/{world.id}{path}", **content)


# take and list


def test_a_snapshot_is_shown_with_the_workspace_s_time(world: World) -> None:
    assert world.control("GET", "/snapshots") == {"snapshots": []}
    assert take(world) == {"name": "a", "takenAt": NOW, "changed": 0}
    assert world.control("GET", "/snapshots") == {"snapshots": [{"name": "a", "takenAt": NOW, "changed": 0}]}


def test_they_are_listed_by_time_then_by_name(world: World) -> None:
    take(world, "late")
    take(world, "also-late")
    world.clock(set="-1d")
    take(world, "zero")
    assert [name for name, _ in listed(world)] == ["zero", "also-late", "late"]


def test_changed_counts_documents_and_jobs_once_each(world: World, lead: str) -> None:
    first = world.message(lead)
    take(world)
    world.message(lead, status="sent")
    assert listed(world) == [("a", 1)]
    world.control("POST", f"/queue/{first}/start")
    assert listed(world) == [("a", 3)]  # the job, and who is held
    world.control("POST", f"/queue/{first}/finish")
    assert listed(world) == [("a", 5)]  # its message, and its delivery to come
    world.reply(lead, message="Stop")
    assert listed(world) == [("a", 7)]  # the reply and its thread


def test_what_is_refused_or_finds_nothing_changes_nothing(world: World, lead: str) -> None:
    sent = world.message(lead, status="sent")
    take(world)
    assert post(world, f"/queue/{sent}/start").status_code == 409
    assert post(world, f"/queue/{sent}/finish").status_code == 409
    assert post(world, "/leads", json={"phone": PHONE}).status_code == 422
    assert world.cancel(leadId=lead)["cancelledCount"] == 0
    assert listed(world) == [("a", 0)]


def test_the_same_name_again_replaces_it(world: World, lead: str) -> None:
    take(world)
    world.message(lead)
    world.clock(advance="5m")
    again = take(world)
    assert again == {"name": "a", "takenAt": "2026-03-13T00:05:00.000Z", "changed": 0}
    assert listed(world) == [("a", 0)]
    before = everything(world)
    world.cancel(leadId=lead)
    restore(world)
    assert everything(world) == before


@pytest.mark.parametrize("name", ["a", "A.b_c-9", "x" * 64, "...-", "0"])
def test_names(world: World, name: str) -> None:
    assert take(world, name)["name"] == name
    restore(world, name)
    assert world.control("DELETE", f"/snapshots/{name}", status=200) == {"dropped": name}


@pytest.mark.parametrize("name", ["", "x" * 65, "a b", "a/b", "ä", ".", "..", "a\n", "٣", None, 7, ["a"]])
def test_bad_names(world: World, name: Any) -> None:
    answer = post(world, "/snapshots", json={"name": name})
    assert paths(answer) == ["name"]
    assert "1 to 64" in answer.json()["detail"]
    assert listed(world) == []


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'"a"', b'{"name": "a", "ttl": 5}', b"null", b"{"])
def test_bad_bodies(world: World, content: bytes) -> None:
    refused(post(world, "/snapshots", content=content), 400)
    assert listed(world) == []


# put back


def test_a_changed_workspace_is_put_back(world: World, lead: str) -> None:
    waiting, later, held = world.message(lead), world.message(lead, status="scheduled"), world.message(lead)
    world.control("POST", f"/queue/{held}/start")
    world.reply(lead, message="Hello")
    page = world.replies()
    before = everything(world)
    take(world)
    assert world.cancel(leadId=lead)["cancelledCount"] == 3
    world.control("POST", f"/queue/{held}/finish")
    world.reply(lead, message="Stop", receivedAt="+1h")
    world.add("campaigns", name="Spring", leads=[lead])
    world.lead(email="new@example.com")
    world.add("lines", phone="+16462230920")
    world.add("webhooks", name="w", url="http://127.0.0.1:9/", events=["message.sent"])
    assert restore(world) == world.control("GET", "")
    assert everything(world) == before
    assert world.replies() == page
    assert world.jobs() == {held: "active", waiting: "waiting", later: "delayed"}
    assert world.cancel(leadId=lead)["messageIds"] == [waiting, later, held]


def test_it_can_be_put_back_again_and_again(world: World, lead: str) -> None:
    take(world)
    before = everything(world)
    ids = []
    for _ in range(3):
        ids.append(world.message(lead))
        world.cancel(leadId=lead)
        restore(world)
        assert everything(world) == before
        assert listed(world) == [("a", 0)]
    assert ids[0] == ids[1] == ids[2], "the running number goes back, too: a test repeated is the same test"


def test_an_unchanged_one_may_be_put_back(world: World, lead: str) -> None:
    before = everything(world)
    take(world)
    restore(world)
    assert everything(world) == before


def test_all_others_stay_what_they_are(world: World, lead: str) -> None:
    shown = {}
    for name in ("first", "second", "third"):
        world.message(lead)
        take(world, name)
        shown[name] = everything(world)
    world.cancel(leadId=lead)
    for name in ("second", "third", "first", "third", "second", "first"):
        restore(world, name)
        assert everything(world) == shown[name], name


@pytest.mark.parametrize("way", ["reset", "state"])
def test_one_taken_before_everything_was_replaced(world: World, lead: str, way: str) -> None:
    world.message(lead)
    take(world)
    before = everything(world)
    if way == "reset":
        world.control("POST", "/reset")
    else:
        world.control(
            "PUT", "/state", {"leads": [{"id": "0" * 24, "phone": PHONE}, {"id": lead, "phone": "+14155550101"}]}
        )
    assert everything(world) != before
    restore(world)
    assert everything(world) == before


def test_two_leads_that_swapped_their_addresses(world: World) -> None:
    one, two = world.lead(phone=PHONE), world.lead(phone="+14155550101")
    take(world)
    before = everything(world)
    swapped = [{"id": two, "phone": PHONE}, {"id": one, "phone": "+14155550101"}]
    world.control("PUT", "/state", {"leads": swapped})
    restore(world)
    assert everything(world) == before
    assert world.cancel(recipientPhone=PHONE)["leadId"] == one


# what else is put back


def test_settings_and_keys(http: httpx.Client, world: World) -> None:
    key = world.key
    before = world.control("GET", "")
    take(world)
    world.patch(**SETTINGS)
    assert status(http, key) == 401
    assert restore(world) == before
    assert status(http, key) == 200
    assert status(http, "two") == 401


def test_several_workspaces_without_a_key(make_world: Callable[..., World]) -> None:
    one, two = make_world(), make_world()
    one.patch(apiKeys=[])
    take(one)
    one.patch(apiKeys=["one-of-its-own"])
    assert two.patch(apiKeys=[])["apiKeys"] == []
    assert restore(one)["apiKeys"] == []


def test_a_key_that_another_workspace_has_now(make_world: Callable[..., World]) -> None:
    world = make_world(apiKeys=["shared-key-1"], leads=[{"phone": PHONE}])
    take(world)
    world.patch(apiKeys=["shared-key-2"])
    world.lead(email="new@example.com")
    other = make_world(apiKeys=["shared-key-1"])
    before = everything(world)
    refused(post(world, "/snapshots/a/restore"), 409, "'shared-key-1'", other.id)
    assert everything(world) == before
    assert listed(world) == [("a", 1)]
    other.patch(apiKeys=[])
    assert restore(world)["apiKeys"] == ["shared-key-1"]


def test_a_frozen_clock(world: World) -> None:
    take(world)
    world.clock(advance="3d")
    world.clock(resume=True)
    assert restore(world)["clock"] == {"now": NOW, "mode": "frozen"}


def test_a_running_clock_keeps_its_distance_to_real_time(make_world: Callable[..., World]) -> None:
    world = make_world(clock={"live": "-400d"})
    take(world)
    world.clock(freeze="+1d")
    assert restore(world)["clock"]["mode"] == "live"
    assert world.state()["clock"] == {"live": f"-{400 * 86_400_000}ms"}


def test_rate_limits_and_buckets(world: World) -> None:
    world.patch(rateLimits={"replies": 2})
    world.replies()
    take(world)
    world.replies()
    assert world.get_replies().status_code == 429
    restore(world)
    world.replies()
    assert world.get_replies().status_code == 429
    world.patch(rateLimits={"replies": None})
    restore(world)
    world.replies()
    assert world.get_replies().status_code == 429


def test_faults_and_how_often_they_struck_but_not_the_request_log(world: World) -> None:
    world.control("POST", "/faults", {"effect": {"status": 503}, "times": 2}, status=201)
    assert world.get_replies().status_code == 503
    take(world)
    faults = world.control("GET", "/faults")
    assert world.get_replies().status_code == 503
    assert world.get_replies().status_code == 200
    world.control("DELETE", "/faults")
    restore(world)
    assert world.control("GET", "/faults") == faults
    assert world.get_replies().status_code == 503
    assert [each["status"] for each in world.control("GET", "/requests")["requests"]] == [503, 503, 200, 503]


# forget


def test_forgetting_one_leaves_the_others(world: World, lead: str) -> None:
    take(world, "a")
    world.message(lead)
    take(world, "b")
    assert world.control("DELETE", "/snapshots/a", status=200) == {"dropped": "a"}
    assert listed(world) == [("b", 0)]
    world.message(lead)
    restore(world, "b")
    assert len(world.statuses()) == 1


@pytest.mark.parametrize(("method", "path"), [("POST", "/snapshots/c/restore"), ("DELETE", "/snapshots/c")])
def test_an_unknown_one(world: World, method: str, path: str) -> None:
    url = f"/_tuco/workspaces/{world.id}{path}"
    refused(world.http.request(method, url), 404, "'c'", "none")
    take(world, "b")
    take(world, "a")
    refused(world.http.request(method, url), 404, "'c'", "it has a, b")


def test_a_workspace_of_the_same_id_has_none_of_them(make_world: Callable[..., World], http: httpx.Client) -> None:
    first = make_world(id="snapped", leads=[{"phone": PHONE}])
    take(first)
    first.lead(email="new@example.com")
    assert http.delete("/_tuco/workspaces/snapped").status_code == 200
    again = make_world(id="snapped")
    first.drop = lambda: None  # type: ignore[method-assign] # it is gone
    assert listed(again) == []
    take(again, "b")
    assert listed(again) == [("b", 0)]


def test_each_workspace_has_its_own(make_world: Callable[..., World]) -> None:
    one, two = make_world(), make_world()
    take(one)
    take(two)
    one.lead(phone=PHONE)
    two.lead(phone=PHONE)
    restore(one)
    assert (listed(one), listed(two)) == ([("a", 0)], [("a", 1)])
    assert [world.control("GET", "/leads")["total"] for world in (one, two)] == [0, 1]
