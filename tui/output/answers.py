"""Print replies for people."""

import sys
import textwrap

import click

from qa.answers import Answer, Answered, Citation, Reply, State
from tui.output.console import colour, terminal_columns
from tui.output.links import Links
from tui.output.sanitise import visible
from tui.output.wording import (
    ARTICLES_DIFFER,
    DOUBT,
    STATUS_NOTES,
    answer_meaning,
    computed_dates,
    confidence_dots,
    confidence_label,
    location,
    never_mentioned,
    refusal,
    rejected_label,
    searched_question,
    short_location,
    short_title_and_date,
    title_and_date,
    undated_note,
)

_INDENT = "    "


def show_reply(reply: Reply, threshold: float) -> None:
    """Print the answers on stdout, or a refusal on stderr."""
    if note := undated_note(reply.undated):
        click.echo(note, err=True)
    if (searched := searched_question(reply.question, reply)) is not None:
        click.echo(_wrapped(f"Searched for: {visible(searched)}", sys.stderr.isatty()), err=True)
    if isinstance(reply, Answered):
        if reply.state is State.PERHAPS:
            click.echo(DOUBT, err=True)
        _show_never_mentioned(reply)
        if reply.articles_differ:
            click.echo(ARTICLES_DIFFER, err=True)
        for answer in reply.answers:
            _show_answer(answer)
        return
    click.echo(_wrapped(refusal(reply, threshold), sys.stderr.isatty()), err=True)
    _show_never_mentioned(reply)
    if reply.rejected:
        click.echo(rejected_label(reply), err=True)
        _show_answer(reply.rejected[0], is_rejected=True)


def _show_never_mentioned(reply: Reply) -> None:
    if line := never_mentioned(reply):
        click.echo(_wrapped(line, sys.stderr.isatty()), err=True)


def _show_answer(answer: Answer, is_rejected: bool = False) -> None:
    """Print an answer, its sentence and its citations; a rejected one on stderr, without emphasis.

    The answer has its own line unless it is the entire sentence.
    """
    is_terminal = (sys.stderr if is_rejected else sys.stdout).isatty()
    links = Links.on(is_terminal)

    def show(line: str) -> None:
        click.echo(line, err=is_rejected, color=colour(is_terminal))

    first = answer.citations[0]
    if first.is_current:
        if answer.text != answer.quote and not is_rejected:
            meaning = click.style(answer_meaning(first), dim=True) if answer_meaning(first) else ""
            show(click.style(visible(answer.text), bold=True) + meaning)
        show(_sentence(first, is_terminal, is_rejected))
        if computed := computed_dates(first):
            show(click.style(_wrapped(computed, is_terminal, _INDENT), dim=True))
    for citation in answer.citations:
        sure = citation is first and not is_rejected
        label = _confidence(answer, is_terminal) if sure else ""
        place = click.style(_location(citation, is_terminal), fg="cyan")
        place = links.linked(place, citation.file, citation.answer.place)
        show(f"{_INDENT}{place}{_notes(citation, is_terminal)}{label}")


def _confidence(answer: Answer, is_terminal: bool) -> str:
    """Return how sure an answer is; on a terminal, with dots."""
    dots = f" {confidence_dots(answer.confidence)}" if is_terminal else ""
    return f"  {confidence_label(answer.confidence, answer.doubtful)}{dots}"


def _location(citation: Citation, is_terminal: bool) -> str:
    """Return a place; on a terminal, in at most one line of it."""
    if not is_terminal:
        return location(citation)
    return short_location(citation, terminal_columns() - len(_INDENT))


def _sentence(citation: Citation, is_terminal: bool, is_rejected: bool) -> str:
    """Return the sentence, wrapped, with the answer bold in it unless that is rejected or all."""
    before, answer, after = (visible(part) for part in citation.parts)
    if is_rejected or not before + after:
        return _wrapped(before + answer + after, is_terminal)
    wrapped = _wrapped(before + answer + after, is_terminal, _INDENT)
    # Wrapping changes white space alone, so the answer is found again by counting letters.
    letters = [at for at, char in enumerate(wrapped) if not char.isspace()]
    start = letters[_letter_count(before)]
    end = letters[_letter_count(before + answer) - 1] + 1
    return wrapped[:start] + click.style(wrapped[start:end], bold=True) + wrapped[end:]


def _letter_count(text: str) -> int:
    return sum(not char.isspace() for char in text)


def _notes(citation: Citation, is_terminal: bool) -> str:
    if is_terminal:
        about = short_title_and_date(citation, terminal_columns())
    else:
        about = visible(title_and_date(citation))
    note = STATUS_NOTES.get(citation.status)
    return (f"  {about}" if about else "") + (f"  ({note})" if note else "")


def _wrapped(text: str, is_terminal: bool, indent: str = "") -> str:
    if not is_terminal:
        return indent + text
    return textwrap.fill(
        text,
        terminal_columns(),
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
