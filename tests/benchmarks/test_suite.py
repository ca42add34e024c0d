"""The benchmarks run, and tell what they have found; that nothing is slow is not for a test to say."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks import contestants, readme
from tests.benchmarks.__main__ import SECTIONS, measure
from tests.benchmarks.goals import GOALS, Goal, judge
from tests.benchmarks.peers import all as all_peers
from tests.benchmarks.peers.installed import NotInstalledError, package
from tests.benchmarks.report import Report, read
from tests.benchmarks.run import Run
from tests.benchmarks.scale import QUICK
from tests.benchmarks.table import table

ROOT = Path(__file__).parents[2]
ALONE = ("volume", "workspaces", "snapshots", "campaign", "growth", "pytest")
"""Sections of tuco-mock's own figures."""
BOTH = ("latency", "first-cancels", "throughput", "endurance", "start")
SMALL = QUICK._replace(
    rounds=1, calls=5, connections=(8,), seconds=0.05, endurance=100, tests=4, workers=1, sizes=(100, 200)
)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """All sections, with the smallest counts, of the floor and tuco-mock."""
    there, missing = all_peers.find(None)
    assert there == []
    run = Run([contestants.the_floor(), contestants.ours()], SMALL, tmp_path_factory.mktemp("run"))
    return measure(run, missing, [])


def test_every_section_measures(found: Report) -> None:
    assert found.failed == {}
    assert found.sections.keys() == SECTIONS.keys() == {*ALONE, *BOTH, "collecting"}
    for section in BOTH:
        assert found.sections[section].keys() == {"floor", "tuco-mock"}, section
        assert {*found.sections[section]["floor"]} == {*found.sections[section]["tuco-mock"]}, section
    for section in ALONE:
        assert found.sections[section].keys() == {"tuco-mock"}, section
    values = [
        value
        for section in {*ALONE, *BOTH} - {"volume"}  # a difference, which may be less than nothing
        for figures in found.sections[section].values()
        for value in figures.values()
    ]
    assert all(value > 0 for value in values)


def test_every_goal_can_be_judged(found: Report) -> None:
    against_peers = {goal.text for goal in GOALS if goal.against in all_peers.NAMES}
    of_full_runs = {"loading 100,000 messages, s", "fixture `tuco`, the same with -n 4, ms"}
    not_measured = {verdict.goal.text for verdict in judge(found.sections) if verdict.value is None}
    assert against_peers
    assert not_measured == against_peers | of_full_runs
    assert {goal.section for goal in GOALS} <= SECTIONS.keys()


@pytest.mark.parametrize(
    ("ours", "at_least", "outcome"),
    [(2.0, False, "reached"), (2.1, False, "not reached"), (2.0, True, "reached"), (1.9, True, "not reached")],
)
def test_a_goal_is_judged_over_the_floor(
    ours: float, at_least: bool, outcome: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.benchmarks.goals.GOALS", (Goal("a goal", "some", "figure", 0.5, "floor", at_least),))
    [verdict] = judge({"some": {"floor": {"figure": 4.0}, "tuco-mock": {"figure": ours}}})
    assert (verdict.value, verdict.outcome) == (ours / 4, outcome)


def test_the_table_has_a_column_for_everybody_and_a_row_for_every_figure(found: Report) -> None:
    shown = table(found)
    [heading] = [line for line in shown.splitlines() if line.startswith("|  | floor |")]
    columns = [cell.strip() for cell in heading.strip("|").split("|")][1:]
    assert columns == ["floor", "tuco-mock", *(f"{name} (not installed)" for name in all_peers.NAMES)]
    for section, measured in found.sections.items():
        for figure in measured["tuco-mock"]:
            [row] = [line for line in shown.splitlines() if line.startswith(f"| {section}: {figure} |")]
            assert row.count("|") == heading.count("|")
            assert re.search(r"\d", row.split("|")[3])
    for name in all_peers.NAMES:
        assert f"- {name}: not installed (" in shown
    for goal in GOALS:
        assert f"| {goal.text} | at " in shown


def test_the_json_has_machine_date_and_versions_and_can_be_read_again(found: Report, tmp_path: Path) -> None:
    found.write(tmp_path / "report.json")
    written = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert read(tmp_path / "report.json") == found
    assert written["machine"].keys() == {"architecture", "processor", "cores", "memory", "system", "python"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", written["date"])
    assert written["versions"].keys() == {"floor", "tuco-mock"}
    assert written["not_installed"].keys() == {*all_peers.NAMES}
    assert written["quick"] is True
    assert {goal["outcome"] for goal in written["goals"]} <= {"reached", "not reached", "not measured"}


def test_who_fails_is_reported_and_spoils_nothing(tmp_path: Path) -> None:
    def start(_: Path) -> None:
        raise RuntimeError("no answer after 1 s")

    broken = contestants.the_floor()._replace(name="WireMock", version="3", start=start)  # type: ignore[arg-type] # on purpose
    run = Run([contestants.the_floor(), broken], SMALL, tmp_path)
    report = measure(run, {}, ["start"])
    assert report.sections["start"].keys() == {"floor"}
    assert report.failed == {"start, WireMock": "RuntimeError: no answer after 1 s"}
    [row] = [line for line in table(report).splitlines() if line.startswith("| start: MB then |")]
    assert row.endswith("| failed |")


def test_peers_that_are_not_there_are_named_with_the_reason(tmp_path: Path) -> None:
    there, missing = all_peers.find(tmp_path)
    assert there == []
    assert missing.keys() == {*all_peers.NAMES}
    assert all(missing.values())
    with pytest.raises(NotInstalledError, match="json-server is not in"):
        package(tmp_path, "json-server")


def test_the_readme_has_one_place_for_the_figures() -> None:
    text = readme.README.read_text("utf-8")
    written = readme.rewrite(text, "the \\1 figures\n")
    assert "<!-- figures -->\nthe \\1 figures\n<!-- /figures -->" in written
    assert readme.BETWEEN.sub("", written) == readme.BETWEEN.sub("", text)
    with pytest.raises(ValueError, match="0 places"):
        readme.rewrite("nothing", "")


def test_the_peers_are_installed_outside_of_the_checkout_only() -> None:
    command = [sys.executable, "-m", "tests.benchmarks.install", str(ROOT / "peers")]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "outside the checkout" in ended.stderr
    assert not (ROOT / "peers").exists()
