"""`byline show`: show a cited line in its article."""

import os
import re
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import click

from index.articles.paths import expanded
from index.articles.structure import line_kinds
from index.errors import BadRequest
from qa.answers import Status
from qa.lookup import Line, Lookup, look_up
from tui.cli.options import index_option, json_option
from tui.cli.which_index import store_to_ask
from tui.editors import run_editor
from tui.exit_codes import Exit
from tui.output.console import colour, notice
from tui.output.json_output import json_line, lookup_json, structure_json
from tui.output.links import Links
from tui.output.sanitise import visible, visible_name
from tui.settings import read_settings
from tui.viewers import open_command

_CITATION = re.compile(r"(?P<path>.+?):(?P<line>[0-9]{1,9})(?::(?P<column>[0-9]{1,9}))?", re.DOTALL)


@click.command(
    "show",
    epilog="""\b
Examples:
  byline show ~/news/2011.txt:11 --around 5
  byline show ~/news/2011.txt:11 --open
  byline show ~/papers/treaty.pdf:12:8
  byline show ~/news/2011.txt --structure""",
)
@click.argument("place", metavar="PATH[:PLACE]")
@click.option(
    "--around",
    type=click.IntRange(0, 1000),
    default=2,
    show_default=True,
    help="Lines of context on each side.",
)
@click.option(
    "--open",
    "open_it",
    is_flag=True,
    help="Open the line in $VISUAL or $EDITOR, or the page in a viewer.",
)
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

    PLACE is a line, of a PDF a page and a line (12:8), of a document a paragraph.

    A line that moved since indexing is shown where it is now. Exit code 1: it changed, or its
    file is missing.
    """
    if structure:
        return _show_structure(place, as_json)
    match = _CITATION.fullmatch(place)
    if not match:
        raise BadRequest(f"{place} is not PATH:LINE, as in ~/news/2011.txt:11")
    label = ":".join(filter(None, (match["line"], match["column"])))
    with closing(store_to_ask(index_folder, reader=None).open()) as index:
        found = look_up(index.generation.catalog, match["path"], label, around)
    if as_json:
        click.echo(json_line(lookup_json(found)))
    else:
        _print_heading(found)
    if open_it and found.lines:
        _open(found)
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


def _print_heading(found: Lookup) -> None:
    """Print path, title and status."""
    notes = {
        Status.UNCHANGED: "unchanged since indexing",
        Status.MOVED: f"moved since indexing, from {found.asked.words} to {found.place.words}",
        Status.CHANGED: "changed since indexing; run `byline index`",
        Status.GONE: "file missing; run `byline index`",
    }
    title = f"  {visible(found.title)}" if found.title else ""
    label = visible_name(f"{found.path}:{found.place.short_label}")
    place = Links.on(sys.stderr.isatty()).linked(label, found.file, found.place)
    click.echo(f"{place}{title}  ({notes[found.status]})", err=True)


def _open(found: Lookup) -> None:
    """Open the line; at the column that was named, if nothing has changed."""
    column = found.asked.column if found.status is Status.UNCHANGED else 1
    place = replace(found.place, column=column)
    command = open_command(os.environ, found.file, place, viewer=read_settings().viewer)
    if not command.at_line:
        notice(f"this program opens at the start; go to {visible(place.words)}")
    run_editor(command)


def _print_lines(lines: Sequence[Line], number: int) -> None:
    """Print lines with their places, the line of this number highlighted."""
    labels = [visible_name(line.place.short_label) for line in lines]
    width = max(map(len, labels), default=0)
    coloured = colour(sys.stdout.isatty())
    for line, label in zip(lines, labels, strict=True):
        is_cited = line.number == number
        text = f"{'>' if is_cited else ' '} {label:>{width}}  {visible(line.text)}".rstrip()
        click.echo(click.style(text, bold=is_cited), color=coloured)
