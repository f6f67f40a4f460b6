"""A reply as a person reads it."""

import shutil
import sys
import textwrap

import click

from qa.answers import Answer, Answered, Citation, NoAnswer, Reason, Reply
from tui.cli.options import colour
from tui.output.sanitise import visible, visible_name
from tui.output.wording import REASONS, STATUSES, about

_NARROWEST = 20
_INDENT = "    "


def show_reply(reply: Reply) -> None:
    """Print answers on stdout; on stderr, that there is none."""
    if isinstance(reply, Answered):
        for answer in reply.answers:
            _show_answer(answer, to_stderr=False)
    else:
        _show_no_answer(reply)


def _show_no_answer(reply: NoAnswer) -> None:
    said = f"The articles do not say: {REASONS[reply.reason]}."
    click.echo(_wrapped(said, sys.stderr.isatty()), err=True)
    for answer in reply.rejected[:1]:
        stale = reply.reason is Reason.INDEX_STALE
        click.echo("It stood at:" if stale else "Nearest, and not an answer:", err=True)
        _show_answer(answer, to_stderr=True)


def _show_answer(answer: Answer, to_stderr: bool) -> None:
    """Show an answer, the quote in which it stands out, then where it stands."""
    stream = sys.stderr if to_stderr else sys.stdout
    first = answer.citations[0]
    coloured = colour(stream.isatty())
    if first.is_current:
        if answer.text != answer.quote and not to_stderr:
            told = click.style(visible(answer.text), bold=True)
            click.echo(told, err=to_stderr, color=coloured)
        click.echo(_quote(first, stream.isatty(), to_stderr), err=to_stderr, color=coloured)
    for number, citation in enumerate(answer.citations):
        likely = f"  {answer.confidence:.0%} sure" if number == 0 and not to_stderr else ""
        place = click.style(_place(citation), fg="cyan")
        click.echo(f"{_INDENT}{place}{_about(citation)}{likely}", err=to_stderr, color=coloured)


def _quote(citation: Citation, is_terminal: bool, rejected: bool) -> str:
    """Give the sentence, the answer bold in it unless it was rejected, or is all of it."""
    before, answer, after = (visible(part) for part in citation.parts)
    if rejected or not before + after:
        return _wrapped(before + answer + after, is_terminal)
    shown = _wrapped(before + answer + after, is_terminal, _INDENT)
    start = _after_letters(shown, _letters(before))
    end = _after_letters(shown, _letters(before + answer) - 1) + 1
    return shown[:start] + click.style(shown[start:end], bold=True) + shown[end:]


def _letters(text: str) -> int:
    """Count what wrapping keeps: everything but white space."""
    return sum(not char.isspace() for char in text)


def _after_letters(text: str, count: int) -> int:
    """Give the place of the code point that so many others, white space apart, come before."""
    places = [at for at, char in enumerate(text) if not char.isspace()]
    return places[count]


def _place(citation: Citation) -> str:
    return f"{visible_name(citation.path)}:{citation.answer.line}:{citation.answer.column}"


def _about(citation: Citation) -> str:
    told = visible(about(citation))
    note = STATUSES[citation.status]
    return f"  {told}" * bool(told) + f"  ({note})" * bool(note)


def _wrapped(text: str, is_terminal: bool, indent: str = "") -> str:
    if not is_terminal:
        return indent + text
    width = max(_NARROWEST, shutil.get_terminal_size().columns)
    return textwrap.fill(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
