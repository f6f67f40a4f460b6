"""Export a conversation as Markdown, and a citation as a line for the clipboard.

Untrusted text passes through `tui.output.markdown`. `tui.output.quote_records` describes the
comments by which `byline verify` finds the quotes again.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from index.disk.durable_files import create_synced, replace_synced
from index.errors import BadRequest
from qa.answers import Answer, Answered, Citation, State
from tui.output.markdown import code, plain, quoted
from tui.output.quote_records import record_line
from tui.output.sanitise import visible, visible_name
from tui.output.wording import (
    ARTICLES_DIFFER,
    DOUBT,
    STATUS_NOTES,
    answer_meaning,
    computed_dates,
    confidence_label,
    day,
    filter_labels,
    full_location,
    never_mentioned,
    refusal,
    rejected_label,
    searched_question,
    title_and_date,
    undated_note,
)
from tui.sessions.session import Session, Turn


def export_markdown(session: Session, file: Path, overwrite: bool = False) -> None:
    """Write a conversation as Markdown, atomically.

    Raises BadRequest if the file exists and may not be overwritten, OSError if writing fails.
    """
    data = markdown_of(session).encode()
    if overwrite:
        replace_synced(file, data)
        return
    try:
        create_synced(file, data)
    except FileExistsError as error:
        raise BadRequest(f"{file} already exists; choose another name") from error


def markdown_of(session: Session) -> str:
    """Return a conversation as Markdown."""
    name = session.name or (session.turns[0].question if session.turns else "")
    today = day(datetime.now(UTC).astimezone().date())
    lines = [
        f"# {plain(name or 'A conversation')}",
        "",
        f"Exported from Byline on {today}. Run `byline verify` on this file to check its quotes.",
    ]
    if session.scope:
        lines += ["", f"Limited to: {', '.join(map(code, filter_labels(session.scope)))}"]
    for number, turn in enumerate(session.turns, 1):
        lines += ["", *_turn(number, turn)]
    return "\n".join(lines) + "\n"


def citation_text(citation: Citation) -> str:
    """Return a quote with its citation on one line, safe to paste into a terminal."""
    quote = f"“{visible(citation.sentence.text)}” " if citation.is_current else ""
    return f"{quote}({full_location(citation)}{_notes(citation)})"


def place_text(citation: Citation) -> str:
    """Return `path:line` of an answer with the absolute path, safe to paste into a terminal."""
    return visible_name(f"{citation.file}:{citation.answer.place.short_label}")


def _turn(number: int, turn: Turn) -> Iterator[str]:
    yield f"## {number}. {plain(turn.question)}"
    if (searched := searched_question(turn.question, turn.reply)) is not None:
        yield from ("", f"Searched for: {plain(searched)}")
    if note := undated_note(turn.reply.undated):
        yield from ("", note)
    if isinstance(turn.reply, Answered):
        if turn.reply.state is State.PERHAPS:
            yield from ("", DOUBT)
        yield from _never_mentioned(turn)
        if turn.reply.articles_differ:
            yield from ("", ARTICLES_DIFFER)
        for answer in turn.reply.answers:
            sure = confidence_label(answer.confidence, answer.doubtful)
            meaning = _computed(answer.citations[0])
            yield from ("", f"**{plain(answer.text)}**{meaning} ({sure})", *_quotes(answer))
        return
    yield from ("", refusal(turn.reply))
    yield from _never_mentioned(turn)
    if turn.reply.rejected:
        yield from ("", rejected_label(turn.reply), *_quotes(turn.reply.rejected[0]))


def _never_mentioned(turn: Turn) -> Iterator[str]:
    if line := never_mentioned(turn.reply):
        yield from ("", plain(line))


def _quotes(answer: Answer) -> Iterator[str]:
    """Yield each distinct sentence, followed by its citations."""
    for sentence, group in groupby(answer.citations, lambda citation: citation.sentence.text):
        citations = list(group)
        if citations[0].is_current:
            yield from ("", *quoted(sentence))
            if computed := computed_dates(citations[0]):
                yield from ("", f"*{plain(computed)}*")
        yield from ("", *_list_items(citations))


def _computed(citation: Citation) -> str:
    """Return ` (computed: 8 July 2008)` for an answer that is a relative date."""
    return answer_meaning(citation).replace("(", "(computed: ", 1)


def _list_items(citations: Sequence[Citation]) -> Iterator[str]:
    for citation in citations:
        place = f"{citation.path}:{citation.answer.place.label}"
        yield f"- {code(place)}{plain(_notes(citation))}"
        if citation.is_current:
            yield f"  {record_line(citation)}"


def _notes(citation: Citation) -> str:
    notes = (visible(title_and_date(citation)), STATUS_NOTES.get(citation.status))
    return "".join(f", {note}" for note in notes if note)
