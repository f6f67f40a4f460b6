"""`byline check`: whether models, reader, index and articles are sound."""

from pathlib import Path

import click

from index.check import check
from qa.reader.check import check_reader
from tui.display import visible
from tui.exits import Exit
from tui.opening import store_to_look_at
from tui.options import chosen_reader, index_option, json_option, reader_option
from tui.places import model_cache
from tui.wire import findings_line

_MARKS = {"sound": "ok", "attention": "look", "broken": "BROKEN"}


@click.command("check", epilog="\b\nExamples:\n  byline check\n  byline check --json")
@index_option
@reader_option
@json_option("the findings")
def command(index_folder: Path | None, reader: str | None, as_json: bool) -> int:
    """Look whether models, reader, index and articles are sound; needs no network, changes nothing.

    Exit code 0: all sound; 1: something needs attention; 2: something is broken.
    """
    findings = [
        *check(store_to_look_at(index_folder), model_cache()),
        check_reader(chosen_reader(reader), model_cache()),
    ]
    if as_json:
        click.echo(findings_line(findings))
    else:
        for one in findings:
            advice = f"; {one.advice}" if one.advice else ""
            line = f"{_MARKS[one.state]:<7}{one.subject}: {one.message}{advice}"
            click.echo(visible(line))
    states = {one.state for one in findings}
    if "broken" in states:
        return Exit.ERROR
    return Exit.NO_ANSWER if "attention" in states else Exit.DONE
