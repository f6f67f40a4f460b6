"""`byline verify`: check the quotes of a text against the articles."""

import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import click

from index.articles.text import NotText, Text, decode
from index.errors import BadRequest, reason_of
from qa.answers import Status
from qa.quotations import quotations
from qa.verify import Checked, Match, Verifier
from tui.cli.options import index_option, json_option
from tui.cli.which_index import store_to_ask
from tui.exit_codes import Exit
from tui.output.json_output import checked_json, json_line, verified_json
from tui.output.links import Links
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
_MATCHES = {
    Match.EXACT: "letter for letter",
    Match.MARKS: "but for case, spaces or marks",
    Match.WORDS: "words left out or changed",
    Match.NONE: "in no article",
}
_WIDTH = max(map(len, _MATCHES.values()))


@click.command(
    "verify",
    epilog="""\b
Examples:
  byline verify essay.md                   each quote of a text of your own
  byline verify byline-2011-05-03.md       an exported conversation""",
)
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@index_option
@json_option("the quotes")
def command(file: Path, index_folder: Path | None, as_json: bool) -> int:
    """Check each quote of a Markdown or text FILE against the articles.

    Quotes are passages in quotation marks and block quotes. Each is looked up in the articles, and
    so is a PATH:LINE beside it. The quotes of an exported conversation are compared with the files
    that they cite, without an index. Exit code 0: every quote appears, at most with other case,
    spaces or typographic marks, at the place that is named; 1: one does not; 2: FILE cannot be
    read or has no quotes.
    """
    data = _read(file)
    records = _records(data, file)
    return (
        _verify_records(records, as_json) if records else _verify(data, file, index_folder, as_json)
    )


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise BadRequest(f"{file} cannot be read: {reason_of(error)}") from error


def _records(data: bytes, file: Path) -> list[QuoteRecord]:
    try:
        return read_records(data)
    except BadRequest as error:
        raise BadRequest(f"{file}: {error.message}") from error


def _verify_records(records: Sequence[QuoteRecord], as_json: bool) -> int:
    """Compare the quotes of an export with the files that they cite."""
    verified = verify(records)
    if as_json:
        click.echo(json_line(verified_json(verified)))
    else:
        _show_verified(verified)
    return (
        Exit.DONE if all(now.status is Status.UNCHANGED for _, now in verified) else Exit.NO_ANSWER
    )


def _show_verified(verified: Sequence[Verified]) -> None:
    for record, now in verified:
        label = _LABELS[now.status]
        if now.status is Status.MOVED:
            label += f" to {visible(now.answer.place.words)}"
        place = visible_name(f"{record.path}:{record.answer.place.short_label}")
        click.echo(f"{label:<22}{place}  {visible(record.answer.text)}")
    counts = Counter(now.status for _, now in verified)
    shares = [f"{counts[status]} {label}" for status, label in _LABELS.items() if counts[status]]
    click.echo(f"{counted(len(verified), 'quote')}: {', '.join(shares)}", err=True)


def _verify(data: bytes, file: Path, index_folder: Path | None, as_json: bool) -> int:
    """Look the quotes of a text up in the articles."""
    text = decode(data)
    if isinstance(text, NotText):
        raise BadRequest(f"{file} is no text: {text.reason}")
    found = quotations(text.text)
    if not found:
        raise BadRequest(f"{file} has no quotes: no passage in quotation marks, no block quote")
    with closing(store_to_ask(index_folder, reader=None).open()) as index:
        verifier = Verifier(index.generation)
        checked = [verifier.check(quotation) for quotation in found]
    if as_json:
        click.echo(json_line(checked_json(text, checked)))
    else:
        _show_checked(text, checked)
    return Exit.DONE if all(one.stands for one in checked) else Exit.NO_ANSWER


def _show_checked(text: Text, checked: Sequence[Checked]) -> None:
    links = Links.on(sys.stdout.isatty())
    for one in checked:
        line = text.line_of(one.quotation.span.start)
        places = [
            links.linked(
                visible_name(f"{place.path}:{place.quote.place.short_label}"),
                place.file,
                place.quote.place,
            )
            for place in one.places
        ]
        more = f" and {len(places) - 1} more" if len(places) > 1 else ""
        click.echo(
            f"line {line:<5} {_MATCHES[one.match]:<{_WIDTH}}  {''.join(places[:1])}{more}".rstrip()
        )
        click.echo(f"    {visible(one.quotation.words)}")
        for note in _notes(one):
            click.echo(f"    {note}")
    counts = Counter(one.match for one in checked)
    shares = [f"{counts[match]} {label}" for match, label in _MATCHES.items() if counts[match]]
    click.echo(f"{counted(len(checked), 'quote')}: {', '.join(shares)}", err=True)


def _notes(one: Checked) -> list[str]:
    """Return what differs, what follows, and whether a named place is wrong."""
    notes = [
        f"quoted: {visible(each.quotation) or '(nothing)'}; "
        f"article: {visible(each.article) or '(nothing)'}"
        for each in one.differences
    ]
    follows = dict.fromkeys(place.goes_on for place in one.places if place.goes_on)
    notes += [f"warning: the article goes on: {visible(words)}" for words in follows]
    if not one.is_cited_rightly:
        cited = one.quotation.cited
        assert cited is not None
        notes.append(
            f"warning: not at {visible_name(cited.path)}:{cited.line}, which is named beside it"
        )
    return notes
