"""The workspace as a whole: snapshots, state, settings, timeline, recording."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.client.conftest import CANCEL, REPLIES
from tuco_mock.client import ControlError, FixtureError, Tuco
from tuco_mock.pytest_plugin import MakeTuco

PHONE = "+14155550100"


def test_a_snapshot_is_gone_back_to(tuco: Tuco) -> None:
    lead = tuco.add_lead(phone=PHONE)
    taken = tuco.snapshot("before")
    tuco.add_message(lead)
    assert [(each.name, each.taken_at) for each in tuco.snapshots()] == [("before", taken.taken_at)]
    tuco.restore("before")
    assert tuco.messages() == []
    assert tuco.leads() == [lead]


def test_a_snapshot_needs_no_name(tuco: Tuco) -> None:
    tuco.snapshot()
    tuco.add_lead(phone=PHONE)
    tuco.restore()
    assert tuco.leads() == []


def test_a_snapshot_that_is_not_there_is_told_with_those_that_are(tuco: Tuco) -> None:
    tuco.snapshot("one")
    with pytest.raises(ControlError, match="one") as caught:
        tuco.restore("two")
    assert caught.value.status == 404


def test_a_shipped_fixture_is_loaded_by_name(tuco: Tuco) -> None:
    tuco.add_lead(phone=PHONE)
    key = tuco.api_key
    tuco.load("default")
    assert [lead.first_name for lead in tuco.leads()] == ["BG"]
    assert tuco.api_key == key
    assert tuco.client.get(REPLIES).json()["total"] == 1


@pytest.mark.parametrize("identified", ["id: org_of_file, ", ""])
def test_the_same_file_yields_the_same_ids_however_it_is_loaded(
    make_tuco: MakeTuco, tmp_path: Path, identified: str
) -> None:
    file = tmp_path / "leads.yaml"
    file.write_text(
        f"workspaces: [{{{identified}leads: [{{phone: '{PHONE}'}}], messages: [{{recipientPhone: '{PHONE}'}}]}}]"
    )
    made, loaded, again = make_tuco(fixture=file), make_tuco(), make_tuco()
    loaded.load(file)
    again.load(file)
    ids = [(tuco.leads()[0].id, tuco.messages()[0].id) for tuco in (made, loaded, again)]
    assert ids[0] == ids[1] == ids[2]


@pytest.mark.parametrize("name", ["saved.yaml", "saved.yml", "saved.json"])
def test_a_state_is_saved_and_loaded_again(make_tuco: MakeTuco, tmp_path: Path, name: str) -> None:
    one, other = make_tuco(fixture="agency"), make_tuco()
    one.add_lead(firstName="no", lastName="007", phone=PHONE, notes="12:30", customFields={"a": [1.5, None, "é\n"]})
    one.save(tmp_path / name)
    other.load(tmp_path / name)
    differ = {"id", "apiKeys"}
    assert {k: v for k, v in other.state().items() if k not in differ} == {
        k: v for k, v in one.state().items() if k not in differ
    }


def test_a_state_that_can_not_be_saved_says_why(tuco: Tuco, tmp_path: Path) -> None:
    for name in ("missing/state.json", "missing/state.yaml"):
        with pytest.raises(FixtureError, match=f"can't be written to {tmp_path}/{name}: No such file or directory"):
            tuco.save(tmp_path / name)


def test_a_fixture_that_is_not_there_is_told_with_where_it_was_looked_for(tuco: Tuco, tmp_path: Path) -> None:
    with pytest.raises(FixtureError, match=f"no fixture '{tmp_path}/nope.yaml'.*shipped, by name, are agency, default"):
        tuco.load(tmp_path / "nope.yaml")


def test_mistakes_in_a_fixture_are_told_with_its_name_and_nothing_is_loaded(tuco: Tuco, tmp_path: Path) -> None:
    lead = tuco.add_lead(phone=PHONE)
    file = tmp_path / "bad.yaml"
    file.write_text("workspaces:\n  - leads: [{firstName: 7}]\n    messages: [{status: cancled}]\n")
    with pytest.raises(ControlError) as caught:
        tuco.load(file)
    assert str(caught.value).startswith(f"{file}: 2 mistakes:\n")
    assert {mistake.path for mistake in caught.value.mistakes} >= {"leads[0].firstName", "messages[0].status"}
    assert tuco.leads() == [lead]


def test_a_reset_goes_back_to_what_the_workspace_was_made_with(make_tuco: MakeTuco) -> None:
    tuco = make_tuco(fixture="default")
    before = tuco.messages()
    tuco.client.post(CANCEL, json={"recipientPhone": "+14422646782"})
    tuco.reset()
    assert [message.status for message in tuco.messages()] == [message.status for message in before]


def test_settings_are_changed(tuco: Tuco) -> None:
    shown = tuco.patch(active=False, defaultCountryCode="+49")
    assert (shown["active"], shown["defaultCountryCode"]) == (False, "+49")
    assert tuco.client.get(REPLIES).json() == {"error": "No active workspace"}
    with pytest.raises(ControlError, match="PATCH takes name, apiKeys, seed, active"):
        tuco.patch(activ=True)


def test_a_rotated_key_is_taken_over(tuco: Tuco) -> None:
    old = tuco.api_key
    kept = tuco.client
    tuco.patch(rotateApiKeys=True)
    assert tuco.api_key != old
    assert kept.is_closed
    assert tuco.client.get(REPLIES).status_code == 200
    assert tuco.client.get(REPLIES, headers={"Authorization": f"Bearer {old}"}).status_code == 401
    tuco.patch(apiKeys=[])
    assert tuco.api_key == ""


def test_what_happened_is_told_in_order_with_causes(tuco: Tuco) -> None:
    lead = tuco.add_lead(phone=PHONE)
    tuco.add_message(lead)
    tuco.client.post(CANCEL, json={"leadId": lead.id})
    events = tuco.timeline()
    [request] = [event for event in events if event.kind == "request"]
    assert request.text.startswith(f"POST {CANCEL}")
    assert {event.kind for event in events if event.cause == request.id} == {"messages.cancelled", "jobs.removed"}
    assert tuco.timeline(limit=1) == events[-1:]


@pytest.mark.tuco(seed="s", clock="2026-03-13T00:00:00Z")
def test_a_recording_holds_what_is_needed_to_run_it_again(tuco: Tuco) -> None:
    tuco.client.get(REPLIES)
    bundle = tuco.recording()
    assert (bundle["format"], bundle["workspace"], bundle["seed"]) == (1, tuco.id, "s")
    assert bundle["startedAt"] == bundle["start"]["clock"] == "2026-03-13T00:00:00.000Z"
    assert [record["path"] for record in bundle["records"]] == [REPLIES]


def test_the_whole_state_is_in_the_fixture_format(tuco: Tuco) -> None:
    lead = tuco.add_lead(phone=PHONE)
    state = tuco.state()
    assert (state["id"], state["apiKeys"], [each["id"] for each in state["leads"]]) == (
        tuco.id,
        [tuco.api_key],
        [lead.id],
    )
