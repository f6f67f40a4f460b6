"""`byline verify`: check the quotes of an exported conversation against their files."""

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
from tui.output.wording import counted

_LABELS = {
    Status.UNCHANGED: "unchanged",
    Status.MOVED: "moved",
    Status.CHANGED: "changed",
    Status.GONE: "missing",
}


@click.command("verify", epilog="\b\nExample:\n  byline verify byline-2011-05-03.md")
@click.argument("export", metavar="FILE.md", type=click.Path(path_type=Path))
@json_option("the quotes")
def command(export: Path, as_json: bool) -> int:
    """Check each quote of an exported conversation against the file it cites.

    Needs no index and no model. Exit code 0: every quote is unchanged; 1: one moved, changed or
    lost its file; 2: FILE.md cannot be read or has no quotes.
    """
    verified = verify(_records(export))
    if as_json:
        click.echo(verified_line(verified))
    else:
        _show(verified)
    return (
        Exit.DONE if all(now.status is Status.UNCHANGED for _, now in verified) else Exit.NO_ANSWER
    )


def _records(export: Path) -> list[QuoteRecord]:
    try:
        records = read_records(export.read_bytes())
    except OSError as error:
        raise BadRequest(f"{export} cannot be read: {reason_of(error)}") from error
    except BadRequest as error:
        raise BadRequest(f"{export}: {error.message}") from error
    if not records:
        raise BadRequest(f"{export} has no quotes; it is not a conversation exported by Byline")
    return records


def _show(verified: Sequence[Verified]) -> None:
    for record, now in verified:
        label = _LABELS[now.status]
        if now.status is Status.MOVED:
            label += f" to line {now.answer.line}"
        place = f"{visible_name(record.path)}:{record.answer.line}"
        click.echo(f"{label:<22}{place}  {visible(record.answer.text)}")
    counts = Counter(now.status for _, now in verified)
    shares = [f"{counts[status]} {label}" for status, label in _LABELS.items() if counts[status]]
    click.echo(f"{counted(len(verified), 'quote')}: {', '.join(shares)}", err=True)
