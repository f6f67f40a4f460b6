"""A run as one HTML file: nothing is fetched, and nothing that an article holds can run."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from eval.metrics.labels import ANSWERS, COLD_START, shown_figure, shown_value
from eval.metrics.ranking import RANKED, RANKINGS
from eval.metrics.resampling import Figure
from eval.report.plots import latency_bars, recall_plot, reliability_plot, risk_plot
from eval.report.rows import Show, rows_of
from eval.runs.export import Exported
from index.disk.durable_files import replace_synced

_PARTS = Path(__file__).parent


def write_report(file: Path, exported: Exported, show: Show) -> None:
    """Write the report, whole or not at all."""
    replace_synced(file, report(exported, show).encode("utf-8"))


def report(exported: Exported, show: Show) -> str:
    """Give the report as HTML."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    style, script = (
        (_PARTS / name).read_text(encoding="utf-8") for name in ("report.css", "report.js")
    )
    environment = Environment(
        loader=FileSystemLoader(_PARTS),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["show"] = show
    environment.filters["value"] = lambda value, name: shown_value(name, value)
    figures = exported.results.figures
    return environment.get_template("report.html").render(
        exported=exported,
        started=_day(exported.started),
        policy=_policy(style, script),
        style=Markup(style),  # noqa: S704  ours
        script=Markup(script),  # noqa: S704  ours
        figures=_labelled(figures),
        ranked=RANKED,
        rankings=_rankings(figures),
        plots=(
            *recall_plot(figures),
            *reliability_plot(exported.results.reliability),
            *risk_plot(exported.results.risk_coverage),
        ),
        bars=latency_bars(figures),
        cold="".join(shown_figure(one)[0] for one in figures if one.name == COLD_START),
        labels=ANSWERS,
        kinds=sorted({one.kind.value for one in exported.outcomes}),
        rows=msgspec.to_builtins(rows_of(exported.outcomes, show)),
    )


def _policy(style: str, script: str) -> str:
    """Let just this style and this script in; nothing else, from nowhere."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _day(started: str) -> str:
    """Give a time in ISO 8601 as people write it: `2 January 2026, 03:04 UTC`."""
    when = datetime.fromisoformat(started).astimezone(UTC)
    return f"{when:%d %B %Y, %H:%M} UTC".lstrip("0")


@dataclass(frozen=True, slots=True)
class _Labelled:
    label: str
    value: str
    interval: str
    count: int


@dataclass(frozen=True, slots=True)
class _Ranking:
    name: str
    figures: tuple[Figure, ...]


def _labelled(figures: Sequence[Figure]) -> list[_Labelled]:
    known = {one.name: one for one in figures}
    return [
        _Labelled(label, *shown_figure(known[name]), known[name].count)
        for name, label in ANSWERS.items()
        if name in known
    ]


def _rankings(figures: Sequence[Figure]) -> list[_Ranking]:
    known = {one.name: one for one in figures}
    return [
        _Ranking(ranking, tuple(known[f"{ranking}-{name}"] for name in RANKED))
        for ranking in RANKINGS
        if f"{ranking}-{RANKED[0]}" in known
    ]
