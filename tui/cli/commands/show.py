"""`byline show`: a cited line as it stands in its file now."""

import os
import re
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import click

from index.errors import BadRequest
from qa.answers import Status
from qa.lookup import Line, Lookup, look_up
from tui.cli.options import colour, index_option, json_option
from tui.cli.which_index import store_to_show
from tui.editors import editor_command, run_editor
from tui.exit_codes import Exit
from tui.output.json_output import lookup_line
from tui.output.sanitise import visible, visible_name

_PLACE = re.compile(r"(?P<path>.+?):(?P<line>[0-9]{1,9})(?::(?P<column>[0-9]{1,9}))?", re.DOTALL)


@click.command(
    "show",
    epilog="""\b
Examples:
  byline show ~/news/2011.txt:11 --around 5
  byline show ~/news/2011.txt:11 --open""",
)
@click.argument("place", metavar="PATH:LINE")
@click.option(
    "--around", type=click.IntRange(0, 1000), default=2, show_default=True, help="Lines beside it."
)
@click.option("--open", "open_it", is_flag=True, help="Open it there in $VISUAL or $EDITOR.")
@index_option
@json_option("the lines")
def command(
    place: str, around: int, open_it: bool, index_folder: Path | None, as_json: bool
) -> int:
    """Show a cited line in its article, checked against the index.

    What was indexed there is followed where it moved. Exit code 1: it changed, or is gone.
    """
    match = _PLACE.fullmatch(place)
    if not match:
        raise BadRequest(f"{place} is not PATH:LINE, as in ~/news/2011.txt:11")
    with closing(store_to_show(index_folder).open()) as index:
        found = look_up(index.generation.catalog, match["path"], int(match["line"]), around)
    if as_json:
        click.echo(lookup_line(found))
    else:
        _tell(found, int(match["line"]))
    if open_it and found.lines:
        stayed = found.status is Status.UNCHANGED
        _open(found, int(match["column"] or 1) if stayed else 1)
    elif not as_json:
        _show(found.lines, found.number)
    return Exit.DONE if found.status.is_current else Exit.NO_ANSWER


def _tell(found: Lookup, asked: int) -> None:
    notes = {
        Status.UNCHANGED: "as it was indexed",
        Status.MOVED: f"moved: indexed at line {asked}, now at line {found.number}",
        Status.CHANGED: "changed since it was indexed; run `byline index`",
        Status.GONE: "gone since it was indexed; run `byline index`",
    }
    title = f"  {visible(found.title)}" if found.title else ""
    path = f"{visible_name(found.path)}:{found.number}{title}"
    click.echo(f"{path}  ({notes[found.status]})", err=True)


def _open(found: Lookup, column: int) -> None:
    command = editor_command(os.environ, found.path, found.number, column)
    if not command.at_line:
        click.echo(f"byline: open at its beginning; the line is {found.number}", err=True)
    run_editor(command)


def _show(lines: Sequence[Line], number: int) -> None:
    width = max((len(str(line.number)) for line in lines), default=0)
    coloured = colour(sys.stdout.isatty())
    for line in lines:
        is_it = line.number == number
        text = f"{'>' if is_it else ' '} {line.number:>{width}}  {visible(line.text)}".rstrip()
        click.echo(click.style(text, bold=is_it), color=coloured)
