"""The shipped fixtures, and the schema beside them."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any, get_args

import jsonschema
import msgspec
import pytest

from tuco_mock.domain import ids
from tuco_mock.domain.addresses import phone_key
from tuco_mock.domain.fixture import prepared, schema
from tuco_mock.domain.fixture.build import Context, Documents, Items, build
from tuco_mock.domain.fixture.check import check
from tuco_mock.domain.fixture.parse import parse
from tuco_mock.domain.messages import CANCELLABLE, DELIVERED, STATUSES, Channel
from tuco_mock.domain.timestamps import millis
from tuco_mock.settings import fixture_path, resource

if TYPE_CHECKING:
    from pathlib import Path

    from tuco_mock.domain.fixture.model import Fixture

FOLDER = resource("fixtures/default.yaml").parent
FILES = sorted(FOLDER.glob("*.yaml"))
NOW = millis("2026-03-16T10:00:00.000Z")


def loaded(path: Path) -> Fixture:
    return check(parse(path.read_bytes(), path.name))


def documents(path: Path, position: int = 0) -> Documents:
    workspace = loaded(path).workspaces[position]
    here = workspace.id or "w"
    context = Context(
        now=NOW,
        country_code=workspace.default_country_code,
        new_id=lambda kind, place, _sequence: ids.derived_id(here, kind, place),
    )
    return build(here, Items.of(workspace), context)


def test_the_schema_file_is_current() -> None:
    assert (FOLDER / "schema.json").read_text(encoding="utf-8") == schema.text()


def test_the_schema_file_is_written_by_one_command() -> None:
    command = [sys.executable, "-m", "tuco_mock.domain.fixture.schema"]
    written = subprocess.run(command, capture_output=True, check=True, cwd=FOLDER.parent, encoding="utf-8")
    assert written.stdout == schema.text()


def test_the_prepared_default_fixture_is_current() -> None:
    """A server reads this one, people the other: they say the same."""
    assert fixture_path("default") == FOLDER / "default.json"
    assert fixture_path("default").read_text(encoding="utf-8") == prepared.text()
    assert loaded(FOLDER / "default.json") == loaded(FOLDER / "default.yaml")
    assert fixture_path("agency") == FOLDER / "agency.yaml"
    with pytest.raises(FileNotFoundError, match="no shipped fixture"):
        fixture_path("schema")


def test_the_prepared_default_fixture_is_written_by_one_command() -> None:
    command = [sys.executable, "-m", "tuco_mock.domain.fixture.prepared"]
    written = subprocess.run(command, capture_output=True, check=True, cwd=FOLDER.parent, encoding="utf-8")
    assert written.stdout == prepared.text()


def test_the_schema_is_one() -> None:
    described = schema.json_schema()
    jsonschema.Draft202012Validator.check_schema(described)
    assert described["$schema"] == schema.DIALECT
    for name, thing in described["$defs"].items():
        assert thing["description"], name
        assert thing["additionalProperties"] is False, name


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_shipped_fixture_is_right_by_checks_and_schema(path: Path) -> None:
    jsonschema.validate(parse(path.read_bytes()), schema.json_schema())
    assert loaded(path).workspaces
    assert path.read_text(encoding="utf-8").startswith("# yaml-language-server: $schema=schema.json\n")


@pytest.mark.parametrize(
    "workspace",
    [
        {"nam": "x"},
        {"leads": [{"phone": 5}]},
        {"leads": [{"id": "x", "phone": "1"}]},
        {"messages": [{"status": "sendin"}]},
        {"webhooks": [{"url": "ftp://x", "events": ["message.reply"], "name": "x"}]},
        {"rateLimits": {"replies": 0}},
        {"apiKeys": ["a b"]},
    ],
)
def test_the_schema_shows_mistakes_in_the_editor(workspace: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"workspaces": [workspace]}, schema.json_schema())


def test_the_default_fixture_holds_the_documented_examples() -> None:
    made = documents(FOLDER / "default.yaml")
    workspace = loaded(FOLDER / "default.yaml").workspaces[0]
    assert (workspace.id, workspace.api_keys, workspace.clock) == (
        "org_3AZs4H8UsfFxVFONr6H4K75okaG",
        ["tuco_sk_xxxxxxxxxxxxx"],
        None,
    )
    (lead,) = made.leads
    assert (lead["id"], lead["firstName"], lead["lastName"]) == ("69b2c41d352a78479d2c623b", "BG", "Real")
    assert (lead["phone"], lead["email"], lead["altPhone1"]) == ("+919042956129", "goforbg@icloud.com", "+14422646782")
    assert phone_key("+14422646782") in lead["identity"]
    assert {message["leadId"] for message in made.messages} == {lead["id"]}


def test_cancelling_in_the_default_fixture_gives_the_documented_numbers() -> None:
    made = documents(FOLDER / "default.yaml")
    waiting = [message for message in made.messages if message["status"] in CANCELLABLE]
    assert [message["id"] for message in waiting] == [f"69dba000111111111111111{n}" for n in (1, 2, 3)]
    assert [message["status"] for message in waiting] == ["queued", "pending", "scheduled"]
    assert waiting[2]["scheduledDate"] > "2026-03-16T10:00:00.000Z"
    assert Counter(job.state for job in made.jobs) == {"waiting": 1, "active": 1, "delayed": 1}
    assert {job.message_id for job in made.jobs} == {message["id"] for message in waiting}


def test_replies_in_the_default_fixture_give_the_documented_page() -> None:
    made = documents(FOLDER / "default.yaml")
    newest_first = sorted(made.replies, key=lambda reply: str(reply["receivedAt"]), reverse=True)
    assert [(reply["id"], reply["message"], reply["receivedAt"]) for reply in newest_first] == [
        ("69b340dd6dae1d942ece4d09", "Stop", "2026-03-12T22:40:29.174Z"),
        ("69b33fdd6dae1d942ece4d08", "Thanks for reaching out", "2026-03-12T21:15:00.000Z"),
    ]
    (sent,) = [message for message in made.messages if message["status"] in DELIVERED]
    assert (sent["id"], sent["message"], sent["sentAt"]) == (
        "69b344bc6dae1d942ece4d0e",
        "Here's your document.",
        "2026-03-12T22:57:02.892Z",
    )
    assert not {"batchId", "stepIndex"} & set(sent)


def test_the_agency_has_something_of_everything() -> None:
    path = FOLDER / "agency.yaml"
    workspaces = loaded(path).workspaces
    made = [documents(path, position) for position in range(len(workspaces))]
    assert [workspace.default_country_code for workspace in workspaces] == ["+1", "+44", "+91"]
    messages = [message for each in made for message in each.messages]
    assert {message["status"] for message in messages} == set(STATUSES)
    assert {message["messageType"] for message in messages} == set(get_args(Channel))
    assert {job.state for each in made for job in each.jobs} == {"waiting", "delayed", "active"}
    assert sum(len(each.leads) for each in made) == 40
    assert sum(len(each.campaigns) for each in made) == 4
    assert len(messages) > 100
    for each in made:
        assert all(lead["identity"][0][0] in "pe" for lead in each.leads)
        assert any(reply["leadId"] is None for reply in each.replies)
        assert any(reply["leadId"] is not None and "stop" in reply["message"].lower() for reply in each.replies)
        assert any(thread["scope"].startswith("campaign:") for thread in each.threads)


def test_the_agency_leads_that_were_handled_have_nothing_left_to_cancel() -> None:
    """The comments in the file say so; they are Priscilla, Nusrat, Amara and Ananya."""
    path = FOLDER / "agency.yaml"
    for position, lead_id in (
        (0, "01" + "3".zfill(18)),
        (1, "44" + "4".zfill(18)),
        (1, "44" + "10".zfill(18)),
        (2, "91" + "4".zfill(18)),
    ):
        own = [each for each in documents(path, position).messages if each["leadId"] == "1ead" + lead_id]
        assert own
        assert not [each for each in own if each["status"] in CANCELLABLE]


def test_a_fixture_says_the_same_in_json() -> None:
    for path in FILES:
        raw = parse(path.read_bytes())
        assert check(parse(msgspec.json.encode(raw))) == check(raw)
