"""A report as tables of Markdown: figures in rows and servers in columns, then the goals."""

from __future__ import annotations

from tests.benchmarks.contestants import FLOOR
from tests.benchmarks.goals import judge
from tests.benchmarks.report import Report

NONE = "-"


def table(report: Report) -> str:
    """All that a report says; in brackets how a figure relates to the floor's."""
    machine = report.machine
    heading = (
        f"{report.date}, {machine['processor']} ({machine['architecture']}), {machine['cores']} cores, "
        f"{machine['memory']}, Python {machine['python']}; in brackets: over the floor's."
    )
    parts = [heading, _servers(report), _figures(report), _goals(report)]
    if report.quick:
        parts.insert(0, "**Counts too small to mean anything (`--quick`).**")
    if report.failed:
        parts.append("\n".join(["Failed:", "", *(f"- {what}: {why}" for what, why in report.failed.items())]))
    return "\n\n".join(parts) + "\n"


def _servers(report: Report) -> str:
    lines = [f"- {name}: {_installed(report, name)}" for name in report.columns()]
    return "\n".join(lines)


def _installed(report: Report, name: str) -> str:
    return report.versions.get(name) or f"not installed ({report.not_installed[name]})"


def _figures(report: Report) -> str:
    columns = report.columns()
    titles = [f"{name} (not installed)" if name in report.not_installed else name for name in columns]
    lines = [_row(["", *titles]), _row(["---", *("---:" for _ in columns)])]
    for section, measured in report.sections.items():
        names = list(dict.fromkeys(figure for figures in measured.values() for figure in figures))
        lines += [
            _row([f"{section}: {name}", *(_cell(report, section, name, who) for who in columns)]) for name in names
        ]
    return "\n".join(lines)


def _cell(report: Report, section: str, figure: str, who: str) -> str:
    measured = report.sections[section]
    value = measured.get(who, {}).get(figure)
    if value is None:
        return "failed" if f"{section}, {who}" in report.failed else NONE
    floor = measured.get(FLOOR, {}).get(figure)
    if who == FLOOR or not floor or " / " in figure or "bytes" in figure or figure == "requests":
        return number(value)
    return f"{number(value)} ({value / floor:.2f})"


def _goals(report: Report) -> str:
    lines = [_row(["goal", "bound", "measured", ""]), _row(["---", "---:", "---:", "---"])]
    for verdict in judge(report.sections):
        goal, value = verdict
        bound = f"at {'least' if goal.at_least else 'most'} {goal.bound:g}"
        lines.append(_row([goal.text, bound, NONE if value is None else number(value), verdict.outcome]))
    return "\n".join(lines)


def number(value: float) -> str:
    """With as many digits as are worth reading."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
