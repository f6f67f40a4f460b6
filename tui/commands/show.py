"""`byline show`: a cited line as it stands in its file now."""

import re
import sys
from contextlib import closing
from pathlib import Path

import click

from index.errors import BadRequest
from qa.answers import Status
from qa.lookup import Lookup, look_up
from tui.display import visible, visible_name
from tui.exits import Exit
from tui.opening import store_to_show
from tui.options import colour, index_option, json_option
from tui.wire import lookup_line

_PLACE = re.compile(r"(?P<path>.+?):(?P<line>[0-9]{1,9})(?::[0-9]+)?", re.DOTALL)


@click.command("show", epilog="\b\nExample:\n  byline show ~/news/2011.txt:11 --around 5")
@click.argument("place", metavar="PATH:LINE")
@click.option(
    "--around", type=click.IntRange(0, 1000), default=2, show_default=True, help="Lines beside it."
)
@index_option
@json_option("the lines")
def command(place: str, around: int, index_folder: Path | None, as_json: bool) -> int:
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
        _show(found, int(match["line"]))
    return Exit.DONE if found.status.stands else Exit.NO_ANSWER


def _show(found: Lookup, asked: int) -> None:
    notes = {
        Status.UNCHANGED: "as it was indexed",
        Status.MOVED: f"moved: indexed at line {asked}, now at line {found.number}",
        Status.CHANGED: "changed since it was indexed; run `byline index`",
        Status.GONE: "gone since it was indexed; run `byline index`",
    }
    title = f"  {visible(found.title)}" if found.title else ""
    path = f"{visible_name(found.path)}:{found.number}{title}"
    click.echo(f"{path}  ({notes[found.status]})", err=True)
    width = max((len(str(line.number)) for line in found.lines), default=0)
    coloured = colour(sys.stdout.isatty())
    for line in found.lines:
        is_it = line.number == found.number
        text = f"{'>' if is_it else ' '} {line.number:>{width}}  {visible(line.text)}".rstrip()
        click.echo(click.style(text, bold=is_it), color=coloured)
