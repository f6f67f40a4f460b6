"""`byline check`: check models, reader, index and articles."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from index.check import Finding, State, Subject, check
from index.storage.store import Store
from qa.reader.check import check_readers
from tui.cli.options import index_option, json_option, reader_option
from tui.cli.which_index import existing_store
from tui.exit_codes import Exit
from tui.output.json_output import findings_json, json_line
from tui.output.progress import ProgressDisplay
from tui.output.sanitise import visible
from tui.output.wording import counted
from tui.paths import model_cache
from tui.settings import chosen_reader

_DELAY = 1.0
"""Seconds before progress is shown."""
_CODES: dict[State, Exit] = {"ok": Exit.DONE, "warn": Exit.NO_ANSWER, "error": Exit.ERROR}


@click.command(
    "check",
    epilog="""\b
Examples:
  byline check
  byline check --json | jq -r '.findings[] | select(.state != "ok") | .advice'

\b
--json prints one object:
  {"ok": true or false,
   "findings": [{"subject": "index", "model", "articles" or "reader",
                 "state": "ok", "warn" or "error",
                 "message": "what was found", "advice": "what to do" or null}]}""",
)
@index_option
@reader_option
@json_option("the findings")
def command(index_folder: Path | None, reader: str | None, as_json: bool) -> int:
    """Check models, reader, index and articles for problems; offline, without changing anything.

    Compares the checksum of every file of the index and the models, and every article with what
    was indexed. Exit code 0: everything is OK; 1: warnings; 2: errors.
    """
    found = _findings(existing_store(index_folder), chosen_reader(reader))
    if as_json:
        findings = list(found)
        click.echo(json_line(findings_json(findings)))
    else:
        findings = list(_printed(found))
        click.echo(_verdict(findings))
    return max((_CODES[finding.state] for finding in findings), default=Exit.DONE)


def _findings(store: Store, reader: str) -> Iterator[Finding]:
    """Check everything, with progress on stderr."""
    with ProgressDisplay(bar_delay=_DELAY, line_delay=_DELAY) as display:

        def show(subject: Subject, done: int, total: int) -> None:
            is_counted = total > 1
            megabytes = (
                f"{done / 1e6:,.0f} of {total / 1e6:,.0f} MB" if subject == "index" else None
            )
            display.update(
                f"Checking the {subject}", done, total if is_counted else None, count=megabytes
            )

        for finding in check(store, model_cache(), show):
            display.clear()
            yield finding
        show("reader", 0, 1)
        findings = list(check_readers(reader, model_cache()))
    yield from findings


def _printed(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Print each finding as soon as it is known."""
    for finding in findings:
        advice = f"; {finding.advice}" if finding.advice else ""
        line = f"{finding.state:<7}{finding.subject}: {finding.message}{advice}"
        click.echo(visible(line))
        yield finding


def _verdict(findings: list[Finding]) -> str:
    """Sum up the findings, with what to do."""
    states = [finding.state for finding in findings]
    counts = ((states.count("error"), "error"), (states.count("warn"), "warning"))
    verdict = " ".join(f"{counted(count, noun)}." for count, noun in counts if count)
    advice = dict.fromkeys(finding.advice for finding in findings if finding.advice)
    to_do = f" To do: {visible('; then '.join(advice))}." if advice else ""
    return (verdict or "Everything is OK.") + to_do
