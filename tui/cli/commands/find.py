"""`byline find`: every passage that holds some words."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import click

from index.articles.spans import Span
from index.storage.scope import Scope
from qa.find import FoundArticle, Mentions, Place, find, wanted
from qa.scope import selected
from tui.cli.options import index_option, json_option, partial_option, scope_options
from tui.cli.which_index import store_to_ask
from tui.exit_codes import Exit
from tui.output.console import colour, notice, terminal_columns
from tui.output.freshness import note_changes
from tui.output.json_output import found_json, json_line
from tui.output.links import Links
from tui.output.sanitise import visible, visible_name
from tui.output.wording import STATUS_NOTES, day, fitting_path, found_counts, undated_note

_INDENT = "    "


@click.command(
    "find",
    epilog="""\b
Examples:
  byline find missile shield                both words, in any form: shields, shielded
  byline find '"missile shield"'            the phrase
  byline find --exact NATO-Russia           letter for letter
  byline find treaty --since 2010 --where tags=nato
  byline find treaty --in ~/news/2010 --json | jq .passages""",
)
@click.argument("words", nargs=-1, required=True)
@click.option("--exact", is_flag=True, help="Find the words letter for letter, not other forms.")
@index_option
@partial_option
@json_option("the places")
@scope_options
def command(
    words: tuple[str, ...],
    exact: bool,
    scope: Scope,
    index_folder: Path | None,
    partial: bool,
    as_json: bool,
) -> int:
    """Find every passage that holds all the WORDS, grouped by article.

    Quotation marks within WORDS make a phrase. Nothing is ranked or left out. Exit code 1: no
    passage holds them.
    """
    searched = wanted(" ".join(words), exact)
    store = store_to_ask(index_folder, None, notice if partial else None)
    with closing(store.open()) as index:
        selection = selected(index.generation.catalog, scope)
        articles = find(index.generation, searched, selection)
        shown = articles if as_json else _shown(articles)
        found = Mentions(tuple(shown), scope, selection.undated)
        if as_json:
            click.echo(json_line(found_json(searched.text, found)))
        else:
            passages = sum(article.passages for article in found.articles)
            click.echo(found_counts(passages, len(found.articles)), err=True)
            if note := undated_note(found.undated):
                click.echo(note, err=True)
            note_changes(store, index)
    return Exit.DONE if found.articles else Exit.NO_ANSWER


def _shown(found: Iterable[FoundArticle]) -> Iterator[FoundArticle]:
    """Print each article as soon as it is found."""
    is_terminal = sys.stdout.isatty()
    coloured, links = colour(is_terminal), Links.on(is_terminal)
    for number, article in enumerate(found):
        dated = [day(article.date)] if article.date else []
        about = ", ".join([article.title, *dated] if article.title else dated)
        heading = click.style(visible(about) or visible_name(article.path), bold=True)
        click.echo(f"{chr(10) * bool(number)}{heading}", color=coloured)
        for place in article.places:
            click.echo(_line(article, place, links, is_terminal), color=coloured)
        yield article


def _line(article: FoundArticle, place: Place, links: Links, is_terminal: bool) -> str:
    path = article.short_path if is_terminal else article.path
    label = visible_name(f"{path}:{place.quote.place.label}")
    label = fitting_path(label, terminal_columns() - len(_INDENT)) if is_terminal else label
    where = links.linked(click.style(label, fg="cyan"), article.file, place.quote.place)
    note = STATUS_NOTES.get(place.status)
    quote = _marked(place) if place.status.is_current else ""
    return f"{_INDENT}{where}{f'  {quote}' * bool(quote)}{f'  ({note})' * bool(note)}"


def _marked(place: Place) -> str:
    """Return the quote on one line, the words bold."""
    parts, at = [], 0
    for mark in place.marks:
        parts.append(visible(Span(at, mark.start).of(place.quote.text)))
        parts.append(click.style(visible(mark.of(place.quote.text)), bold=True))
        at = mark.end
    return "".join([*parts, visible(place.quote.text[at:])])
