"""`byline verify`: whether each quote of an exported conversation still stands where it says."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click

from index.errors import BadRequest, reason_of
from qa.answers import Status
from tui.cli.options import json_option
from tui.exit_codes import Exit
from tui.output.json_output import verified_line
from tui.output.quote_records import QuoteRecord, read_records
from tui.output.sanitise import visible, visible_name
from tui.output.verify import Verified, verify

_COUNTED = {
    Status.UNCHANGED: "stand where they say",
    Status.MOVED: "moved",
    Status.CHANGED: "changed",
    Status.GONE: "gone",
}


@click.command("verify", epilog="\b\nExample:\n  byline verify byline-2011-05-03.md")
@click.argument("export", metavar="FILE.md", type=click.Path(path_type=Path))
@json_option("the quotes")
def command(export: Path, as_json: bool) -> int:
    """Read every file that an exported conversation cites, and tell whether its quotes stand.

    Needs neither index nor model. Exit code 0: every quote stands where it says; 1: one moved,
    changed, or is gone; 2: FILE.md cannot be read, or cites nothing.
    """
    verified = verify(_records(export))
    if as_json:
        click.echo(verified_line(verified))
    else:
        _show(verified)
    return Exit.DONE if all(one.stands_there for one in verified) else Exit.NO_ANSWER


def _records(export: Path) -> tuple[QuoteRecord, ...]:
    try:
        records = read_records(export.read_bytes())
    except OSError as error:
        raise BadRequest(f"{export} cannot be read: {reason_of(error)}") from error
    except BadRequest as error:
        raise BadRequest(f"{export}: {error.message}") from error
    if not records:
        raise BadRequest(f"{export} cites nothing; is it a conversation that Byline exported?")
    return records


def _show(verified: Sequence[Verified]) -> None:
    for one in verified:
        place = f"{visible_name(one.record.path)}:{one.record.answer.line}"
        click.echo(f"{_told(one):<22}{place}  {visible(one.record.answer.text)}")
    counts = Counter(one.standing.status for one in verified)
    told = "".join(f"; {words}: {counts[status]}" for status, words in _COUNTED.items())
    click.echo(f"quotes: {len(verified)}{told}", err=True)


def _told(one: Verified) -> str:
    if one.stands_there:
        return "stands"
    moved = one.standing.status is Status.MOVED
    return f"moved to line {one.standing.answer.line}" if moved else one.standing.status.value
