"""A conversation as Markdown, and a citation as a line for the clipboard.

Text that is not ours passes `tui.output.markdown`. `tui.output.quote_records` describes what a
machine needs to find the quotes again, which `byline verify` reads.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from index.disk.durable_files import create_synced, replace_synced
from index.errors import BadRequest
from qa.answers import Answer, Answered, Citation, NoAnswer, Reason
from tui.output.markdown import code, plain, quoted
from tui.output.quote_records import record_line
from tui.output.sanitise import visible, visible_name
from tui.output.wording import REASONS, STATUSES, about, day, likeliness
from tui.sessions.session import Session, Turn


def export_markdown(session: Session, file: Path, overwrite: bool = False) -> None:
    """Write a conversation as Markdown, in one step.

    Raises BadRequest where there is such a file and it is not to be overwritten, else OSError.
    """
    data = markdown_of(session).encode()
    if overwrite:
        replace_synced(file, data)
        return
    try:
        create_synced(file, data)
    except FileExistsError as error:
        raise BadRequest(f"{file} is there already; choose another name") from error


def markdown_of(session: Session) -> str:
    """Give a conversation as Markdown."""
    named = session.name or (session.turns[0].question if session.turns else "")
    today = day(datetime.now(UTC).astimezone().date())
    lines = [
        f"# {plain(named or 'A conversation')}",
        "",
        f"Exported from Byline on {today}. `byline verify` with the name of this file tells",
        "whether each quote still stands where it says.",
    ]
    if session.within:
        lines += ["", f"Asked only: {', '.join(code(path) for path in session.within)}"]
    for number, turn in enumerate(session.turns, 1):
        lines += ["", *_turn(number, turn)]
    return "\n".join(lines) + "\n"


def citation_text(citation: Citation) -> str:
    """Give a quote with its place on one line, safe to paste into a terminal."""
    words = f"“{visible(citation.sentence.text)}” " if citation.is_current else ""
    return f"{words}({_place(citation)}{_about(citation)})"


def place_text(citation: Citation) -> str:
    """Give `path:line` of an answer, safe to paste into a terminal."""
    return f"{visible_name(citation.path)}:{citation.answer.line}"


def _turn(number: int, turn: Turn) -> Iterator[str]:
    yield f"## {number}. {plain(turn.question)}"
    if turn.reply.asked != " ".join(turn.question.split()):
        yield from ("", f"Searched for: {plain(turn.reply.asked)}")
    if isinstance(turn.reply, Answered):
        for answer in turn.reply.answers:
            yield from ("", f"**{plain(answer.text)}** ({_sure(answer)})", *_quotes(answer))
    else:
        yield from _no_answer(turn.reply)


def _no_answer(reply: NoAnswer) -> Iterator[str]:
    yield from ("", f"The articles do not say: {REASONS[reply.reason]}.")
    for answer in reply.rejected[:1]:
        stale = reply.reason is Reason.INDEX_STALE
        yield from (
            "",
            "It stood at:" if stale else f"Nearest, and not an answer ({_sure(answer)}):",
        )
        yield from _quotes(answer)


def _quotes(answer: Answer) -> Iterator[str]:
    """Give each sentence once, with the places where it stands beneath."""
    for sentence, citations in groupby(answer.citations, lambda one: one.sentence.text):
        cited = tuple(citations)
        if cited[0].is_current:
            yield from ("", *quoted(sentence))
        yield from ("", *_places(cited))


def _places(citations: Sequence[Citation]) -> Iterator[str]:
    for citation in citations:
        place = f"{citation.path}:{citation.answer.line}:{citation.answer.column}"
        yield f"- {code(place)}{plain(_about(citation))}"
        if citation.is_current:
            yield f"  {record_line(citation)}"


def _place(citation: Citation) -> str:
    return f"{place_text(citation)}:{citation.answer.column}"


def _about(citation: Citation) -> str:
    note = STATUSES[citation.status]
    told = [visible(about(citation)), note]
    return "".join(f", {one}" for one in told if one)


def _sure(answer: Answer) -> str:
    return f"{likeliness(answer.confidence)}, {answer.confidence:.0%}"
