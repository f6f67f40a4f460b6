"""`byline check`: whether models, reader, index and articles are sound."""

from collections.abc import Iterable, Iterator
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

_MARKS = {"sound": "ok", "attention": "look", "broken": "BROKEN"}
_CODES = {"sound": Exit.DONE, "attention": Exit.NO_ANSWER, "broken": Exit.ERROR}


@click.command(
    "check",
    epilog="""\b
Examples:
  byline check
  byline check --json | jq -r '.findings[] | select(.state != "sound") | .advice'

\b
--json prints one object:
  {"sound": true or false,
   "findings": [{"subject": "index", "model", "articles" or "reader",
                 "state": "sound", "attention" or "broken",
                 "message": "what was found", "advice": "what to do" or null}]}""",
)
@index_option
@reader_option
@json_option("the findings")
def command(index_folder: Path | None, reader: str | None, as_json: bool) -> int:
    """Look whether models, reader, index and articles are sound; needs no network, changes nothing.

    Every file of index and models is read and held against what was written, and every article
    against what was indexed. Exit code 0: all sound; 1: something needs attention; 2: broken.
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
        click.echo(visible(f"{_MARKS[one.state]:<7}{one.subject}: {one.message}{advice}"))
        yield one


def _worst(findings: Iterable[Finding]) -> State:
    states = {one.state for one in findings}
    if "broken" in states:
        return "broken"
    return "attention" if "attention" in states else "sound"


def _verdict(findings: list[Finding]) -> str:
    """Sum up in plain words, with what to do."""
    told = {
        "sound": "All is sound.",
        "attention": "Nothing is broken, but something needs attention.",
        "broken": "Something is broken.",
    }[_worst(findings)]
    advices = dict.fromkeys(one.advice for one in findings if one.advice)
    to_do = f" To do: {visible('; then '.join(advices))}." if advices else ""
    return told + to_do
