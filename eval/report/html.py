"""A run as one HTML file that fetches nothing and runs nothing that an article contains."""

import base64
import hashlib
from datetime import UTC, datetime
from pathlib import Path

from eval.metrics.labels import (
    ANSWERS,
    COLD_START,
    STATE_LABELS,
    TAG_LABELS,
    format_interval,
    format_value,
)
from eval.metrics.ranking import RANKED, RANKINGS
from eval.metrics.risk_control import describe
from eval.report.plots import draw_plots
from eval.report.rows import Show, row_of
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
    environment.filters.update(
        show=show, value=lambda value, name: format_value(name, value), interval=format_interval
    )
    known = exported.results.by_name
    return environment.get_template("report.html").render(
        exported=exported,
        started=_date(exported.started),
        policy=_policy(style, script),
        style=style,
        script=script,
        known=known,
        labels=ANSWERS,
        proposal=describe(exported.proposal),
        state_labels=STATE_LABELS,
        tag_labels=TAG_LABELS,
        ranked=RANKED,
        rankings=[ranking for ranking in RANKINGS if f"{ranking}-{RANKED[0]}" in known],
        plots=draw_plots(exported.results),
        cold_start=known.get(COLD_START),
        kinds=sorted({outcome.kind.value for outcome in exported.outcomes}),
        rows=[row_of(outcome, show) for outcome in exported.outcomes],
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
