"""`byline check`: check models, reader, index and articles."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import click

from index.check import Finding, State, check
from qa.reader.check import check_reader
from tui.cli.options import chosen_reader, index_option, json_option, reader_option
from tui.cli.which_index import store_to_look_at
from tui.exit_codes import Exit
from tui.output.check_progress import check_progress
from tui.output.json_output import findings_line
from tui.output.sanitise import visible
from tui.paths import model_cache

_CODES = {"ok": Exit.DONE, "warn": Exit.NO_ANSWER, "error": Exit.ERROR}


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
    """Check models, reader, index and articles; needs no network, changes nothing.

    The checksums of all index and model files are verified, and all articles are compared with
    what was indexed. Exit code 0: everything is OK; 1: warnings; 2: errors.
    """
    looked = _look(store_folder=index_folder, reader=chosen_reader(reader))
    if as_json:
        findings = list(looked)
        click.echo(findings_line(findings))
    else:
        findings = list(_shown(looked))
        click.echo(_verdict(findings))
    return _CODES[_worst(findings)]


def _look(store_folder: Path | None, reader: str) -> Iterator[Finding]:
    store, progress = store_to_look_at(store_folder), check_progress()
    try:
        for one in check(store, model_cache(), progress.told):
            progress.clear()
            yield one
        progress.told("reader", 0, 1)
        found = check_reader(reader, model_cache())
    finally:
        progress.clear()
    yield found


def _shown(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Show each finding as soon as it is there."""
    for one in findings:
        advice = f"; {one.advice}" if one.advice else ""
        click.echo(visible(f"{one.state:<7}{one.subject}: {one.message}{advice}"))
        yield one


def _worst(findings: Iterable[Finding]) -> State:
    return max((one.state for one in findings), key=list(_CODES).index, default="ok")


def _verdict(findings: Sequence[Finding]) -> str:
    """Return the counts of errors and warnings, with what to do."""
    errors = sum(one.state == "error" for one in findings)
    warnings = sum(one.state == "warn" for one in findings)
    counts = ((errors, "error"), (warnings, "warning"))
    verdict = " ".join(f"{count} {name}{'s' * (count > 1)}." for count, name in counts if count)
    advice = dict.fromkeys(one.advice for one in findings if one.advice)
    to_do = f" To do: {visible('; then '.join(advice))}." if advice else ""
    return (verdict or "Everything is OK.") + to_do
