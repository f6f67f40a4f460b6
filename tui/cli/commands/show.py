"""`byline show`: show a cited line in its article."""

import os
import re
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import click

from index.articles.paths import expanded
from index.articles.structure import line_kinds
from index.errors import BadRequest
from qa.answers import Status
from qa.lookup import Line, Lookup, look_up
from tui.cli.options import index_option, json_option
from tui.cli.which_index import store_to_ask
from tui.editors import editor_command, run_editor
from tui.exit_codes import Exit
from tui.output.console import colour, notice
from tui.output.json_output import json_line, lookup_json, structure_json
from tui.output.sanitise import visible, visible_name

_CITATION = re.compile(r"(?P<path>.+?):(?P<line>[0-9]{1,9})(?::(?P<column>[0-9]{1,9}))?", re.DOTALL)


@click.command(
    "show",
    epilog="""\b
Examples:
  byline show ~/news/2011.txt:11 --around 5
  byline show ~/news/2011.txt:11 --open
  byline show ~/news/2011.txt --structure""",
)
@click.argument("place", metavar="PATH[:LINE]")
@click.option(
    "--around",
    type=click.IntRange(0, 1000),
    default=2,
    show_default=True,
    help="Lines of context on each side.",
)
@click.option("--open", "open_it", is_flag=True, help="Open the line in $VISUAL or $EDITOR.")
@click.option(
    "--structure", is_flag=True, help="Print each line of a file with what it was taken for."
)
@index_option
@json_option("the lines")
def command(
    place: str,
    around: int,
    open_it: bool,
    structure: bool,
    index_folder: Path | None,
    as_json: bool,
) -> int:
    """Show a cited line in its article, compared with the index.

    A line that moved since indexing is shown where it is now. Exit code 1: it changed, or its
    file is missing.
    """
    if structure:
        return _show_structure(place, as_json)
    match = _CITATION.fullmatch(place)
    if not match:
        raise BadRequest(f"{place} is not PATH:LINE, as in ~/news/2011.txt:11")
    line = int(match["line"])
    with closing(store_to_ask(index_folder, reader=None).open()) as index:
        found = look_up(index.generation.catalog, match["path"], line, around)
    if as_json:
        click.echo(json_line(lookup_json(found)))
    else:
        _print_heading(found, line)
    if open_it and found.lines:
        is_unchanged = found.status is Status.UNCHANGED
        _open(found, int(match["column"] or 1) if is_unchanged else 1)
    elif not as_json:
        _print_lines(found.lines, found.number)
    return Exit.DONE if found.status.is_current else Exit.NO_ANSWER


def _show_structure(place: str, as_json: bool) -> int:
    """Print each line of a file, which need not be indexed, with what it was taken for."""
    match = _CITATION.fullmatch(place)
    named = match["path"] if match and not expanded(place).exists() else place
    lines = line_kinds(named)
    if as_json:
        click.echo(json_line(structure_json(named, lines)))
        return Exit.DONE
    width = max((len(line.kind) for line in lines), default=0)
    number_width = len(str(len(lines)))
    for line in lines:
        text = f"{line.number:>{number_width}}  {line.kind:<{width}}  {visible(line.text)}"
        click.echo(text.rstrip())
    return Exit.DONE


def _print_heading(found: Lookup, line: int) -> None:
    """Print path, title and status; `line` is the one that was named."""
    notes = {
        Status.UNCHANGED: "unchanged since indexing",
        Status.MOVED: f"moved since indexing, from line {line} to line {found.number}",
        Status.CHANGED: "changed since indexing; run `byline index`",
        Status.GONE: "file missing; run `byline index`",
    }
    title = f"  {visible(found.title)}" if found.title else ""
    path = f"{visible_name(found.path)}:{found.number}{title}"
    click.echo(f"{path}  ({notes[found.status]})", err=True)


def _open(found: Lookup, column: int) -> None:
    command = editor_command(os.environ, found.path, found.number, column)
    if not command.at_line:
        notice(f"this editor opens at the first line; go to line {found.number}")
    run_editor(command)


def _print_lines(lines: Sequence[Line], number: int) -> None:
    """Print lines with their numbers, the line of this number highlighted."""
    width = max((len(str(line.number)) for line in lines), default=0)
    coloured = colour(sys.stdout.isatty())
    for line in lines:
        is_cited = line.number == number
        text = f"{'>' if is_cited else ' '} {line.number:>{width}}  {visible(line.text)}".rstrip()
        click.echo(click.style(text, bold=is_cited), color=coloured)
