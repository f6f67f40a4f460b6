"""A run as one HTML file that fetches nothing and runs nothing that an article contains."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from eval.metrics.labels import ANSWERS, COLD_START, format_interval, format_value
from eval.metrics.ranking import RANKED, RANKINGS
from eval.metrics.resampling import Figure
from eval.report.plots import draw_plots
from eval.report.rows import Show, rows_of
from eval.runs.export import ExportedRun
from index.disk.durable_files import replace_synced
from index.errors import require

_FOLDER = Path(__file__).parent


def write_report(file: Path, exported: ExportedRun, show: Show) -> None:
    """Write the report atomically."""
    replace_synced(file, report(exported, show).encode("utf-8"))


def report(exported: ExportedRun, show: Show) -> str:
    """Return the report as HTML; `show` makes texts safe to look at."""
    require("jinja2", extra="eval")
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    style, script = (
        (_FOLDER / name).read_text(encoding="utf-8") for name in ("report.css", "report.js")
    )
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["show"] = show
    environment.filters["value"] = lambda value, name: format_value(name, value)
    results = exported.results
    known = {figure.name: figure for figure in results.figures}
    cold_start = known.get(COLD_START)
    return environment.get_template("report.html").render(
        exported=exported,
        started=_date(exported.started),
        policy=_policy(style, script),
        style=style,
        script=script,
        figures=_labelled(known),
        ranked=RANKED,
        rankings=_rankings(known),
        plots=draw_plots(results.figures, results.reliability, results.risk_coverage),
        cold_start=format_value(COLD_START, cold_start.value) if cold_start else None,
        labels=ANSWERS,
        kinds=sorted({outcome.kind.value for outcome in exported.outcomes}),
        rows=msgspec.to_builtins(rows_of(exported.outcomes, show)),
    )


def _policy(style: str, script: str) -> str:
    """Return a Content-Security-Policy that allows only this style and this script."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _date(started: str) -> str:
    """Format a time in ISO 8601 like `2 January 2026, 03:04 UTC`."""
    when = datetime.fromisoformat(started).astimezone(UTC)
    return f"{when:%d %B %Y, %H:%M} UTC".lstrip("0")


@dataclass(frozen=True, slots=True)
class _LabelledFigure:
    label: str
    value: str
    interval: str
    count: int


@dataclass(frozen=True, slots=True)
class _Ranking:
    name: str
    figures: Sequence[Figure]


def _labelled(known: dict[str, Figure]) -> list[_LabelledFigure]:
    return [
        _LabelledFigure(
            label, format_value(name, figure.value), format_interval(figure), figure.count
        )
        for name, label in ANSWERS.items()
        if (figure := known.get(name))
    ]


def _rankings(known: dict[str, Figure]) -> list[_Ranking]:
    return [
        _Ranking(ranking, [known[f"{ranking}-{name}"] for name in RANKED])
        for ranking in RANKINGS
        if f"{ranking}-{RANKED[0]}" in known
    ]
