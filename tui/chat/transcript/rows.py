"""An entry of the transcript as rows of one width; hostile text is made visible here."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from qa.answers import Answer, Answered, Citation, NoAnswer, Reply, State
from tui.chat.transcript.entries import Entry, Failed, Found, Waiting
from tui.output.sanitise import visible, visible_name
from tui.output.wording import (
    ARTICLES_DIFFER,
    DOUBT,
    NOT_FOUND,
    PERHAPS,
    REFUSAL,
    STATUS_NOTES,
    answer_meaning,
    computed_dates,
    confidence_label,
    counted,
    found_counts,
    location,
    never_mentioned,
    refusal,
    rejected_label,
    searched_question,
    title_and_date,
    undated_note,
)
from tui.sessions.session import Turn

if TYPE_CHECKING:
    from qa.find import Place

STYLES = (
    "question", "searched", "answer", "confident", "unsure", "quote", "span", "location", "about",
    "note", "refusal", "error", "fold", "waiting", "mark", "computed",
)  # fmt: skip
"""Names of the styles of rows."""
_INDENT = 2
_DEEPER = 4
_NARROWEST = 10
_TAKEN_OVER_KEYS = "  (e: edit, n: ask alone)"
_GREETING = (
    "Answers are quoted letter for letter, with file and line. If none is confident, you see the "
    "closest passage."
)
_GREETING_WIDTH = 74
"""Cells."""


@dataclass(frozen=True, slots=True)
class CitationAt:
    """A citation of an entry: its number, and that of its answer or found article, from 0."""

    answer: int
    citation: int


@dataclass(frozen=True, slots=True)
class Fold:
    """The line that unfolds the further answers, or folds them again."""


Target = CitationAt | Fold


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the transcript."""

    text: Text
    """Styled by the names of `STYLES`."""
    target: Target | None = None
    """What selecting the row selects; None for a row that cannot be selected."""


def shown_answers(turn: Turn) -> tuple[Answer, ...]:
    """Return the answers of a turn, or the closest one that was rejected."""
    if isinstance(turn.reply, Answered):
        return turn.reply.answers
    return turn.reply.rejected[:1]


def citation_of(entry: Turn | Found, at: CitationAt) -> Citation:
    """Return the citation of a target."""
    if isinstance(entry, Found):
        article = entry.articles[at.answer]
        return article.citation(article.places[at.citation])
    return shown_answers(entry)[at.answer].citations[at.citation]


def targets(entry: Entry, unfolded: bool) -> list[Target]:
    """Return what can be selected in an entry, in order."""
    if isinstance(entry, Found):
        return [
            CitationAt(number, at)
            for number, article in enumerate(entry.articles)
            for at in range(len(article.places))
        ]
    if not isinstance(entry, Turn):
        return []
    cited: list[Target] = [
        CitationAt(number, at)
        for number, answer in enumerate(_visible_answers(entry, unfolded))
        for at in range(len(answer.citations))
    ]
    return cited + [Fold()] * _is_foldable(entry)


def _visible_answers(turn: Turn, unfolded: bool) -> tuple[Answer, ...]:
    """Return the answers of a turn that are not folded away."""
    answers = shown_answers(turn)
    return answers[:1] if _is_foldable(turn) and not unfolded else answers


def _is_foldable(turn: Turn) -> bool:
    """Return whether there are further answers that can be folded; contradictions cannot be."""
    differ = isinstance(turn.reply, Answered) and turn.reply.articles_differ
    return len(shown_answers(turn)) > 1 and not differ


def rows(entry: Entry, unfolded: bool, note: str, width: int) -> list[Row]:
    """Return an entry as rows of at most `width` cells, with an empty one at the end.

    `note` is shown under a turn: how it was marked, and where the mark was saved.
    """
    wrapped = [
        Row(line, target)
        for text, target, indent in _paragraphs(entry, unfolded, note)
        for line in _wrapped(text, indent, max(_NARROWEST, width))
    ]
    return [*wrapped, Row(Text(""))]


def greeting(width: int) -> list[Row]:
    """Return what is shown before the first question, as rows of at most `width` cells."""
    paragraphs = (Text("Ask your articles a question.", "answer"), Text(_GREETING, "note"))
    return [
        Row(line)
        for text in paragraphs
        for line in _wrapped(text, _INDENT, max(_NARROWEST, min(width, _GREETING_WIDTH)))
    ]


_Paragraph = tuple[Text, Target | None, int]


def _paragraphs(entry: Entry, unfolded: bool, note: str) -> Iterator[_Paragraph]:
    yield Text.assemble(("› ", "question"), (_lines(entry.question), "question")), None, 0
    match entry:
        case Waiting():
            yield Text(visible(entry.note), "waiting"), None, _INDENT
        case Failed():
            yield Text(visible(entry.message), "error"), None, _INDENT
        case Found():
            yield from _found(entry)
        case Turn():
            yield from _reply(entry, unfolded)
            if note:
                yield Text(visible(note), "mark"), None, _INDENT


def _lines(question: str) -> str:
    """Return a question safe to show, with its line breaks."""
    return "\n".join(visible(line) for line in question.split("\n"))


def _reply(turn: Turn, unfolded: bool) -> Iterator[_Paragraph]:
    reply = turn.reply
    if (searched := searched_question(turn.question, reply)) is not None:
        line = (f"Searched for: {visible(searched)}", "searched")
        yield Text.assemble(line, (_TAKEN_OVER_KEYS, "note")), None, _INDENT
    yield from _undated(reply.undated)
    if isinstance(reply, NoAnswer):
        yield from _refusal(reply)
    elif reply.state is State.PERHAPS:
        yield _titled(DOUBT, PERHAPS, "unsure"), None, _INDENT
        yield from _never_mentioned(reply)
    if isinstance(reply, Answered) and reply.articles_differ:
        yield Text(ARTICLES_DIFFER, "note"), None, _INDENT
    for number, answer in enumerate(_visible_answers(turn, unfolded)):
        yield from _answer(answer, number, isinstance(reply, NoAnswer))
    if _is_foldable(turn):
        others = len(shown_answers(turn)) - 1
        more = f"{others} further answer{'s' if others > 1 else ''}"
        sign, action = ("▾", "hide") if unfolded else ("▸", "show")
        yield Text(f"{sign} {more} (Enter: {action})", "fold"), Fold(), _INDENT


def _undated(count: int) -> Iterator[_Paragraph]:
    if note := undated_note(count):
        yield Text(note, "note"), None, _INDENT


def _refusal(reply: NoAnswer) -> Iterator[_Paragraph]:
    yield _titled(refusal(reply), REFUSAL, "refusal"), None, _INDENT
    yield from _never_mentioned(reply)
    if reply.rejected:
        yield Text(rejected_label(reply), "note"), None, _INDENT


def _never_mentioned(reply: Reply) -> Iterator[_Paragraph]:
    if line := never_mentioned(reply):
        yield Text(line, "note"), None, _INDENT


def _titled(line: str, title: str, style: str) -> Text:
    """Return a line whose title, if it begins with it, has a style of its own."""
    first = title if line.startswith(title) else ""
    return Text.assemble((first, style), (line.removeprefix(first), "note"))


def _answer(answer: Answer, number: int, rejected: bool) -> Iterator[_Paragraph]:
    first = answer.citations[0]
    label = confidence_label(answer.confidence, answer.doubtful)
    label_style = "unsure" if answer.doubtful else "confident"
    if first.is_current:
        if not rejected and answer.text != answer.quote:
            line = Text.assemble(
                (visible(answer.text), "answer"),
                (answer_meaning(first), "computed"),
                (f"   {label}", label_style),
            )
            yield line, None, _INDENT
        elif not rejected:
            yield Text(label, label_style), None, _INDENT
        yield _quote(first, rejected), None, _DEEPER
        if computed := computed_dates(first):
            yield Text(computed, "computed"), None, _DEEPER
    for at, citation in enumerate(answer.citations):
        yield _citation(citation), CitationAt(number, at), _DEEPER


def _quote(citation: Citation, rejected: bool) -> Text:
    before, span, after = (visible(part) for part in citation.parts)
    return Text.assemble(
        (before, "quote"), (span, "quote" if rejected else "span"), (after, "quote")
    )


def _citation(citation: Citation) -> Text:
    about = visible(title_and_date(citation))
    note = STATUS_NOTES.get(citation.status, "")
    return Text.assemble(
        (location(citation), "location"),
        (f"  {about}" * bool(about), "about"),
        (f"  ({note})" * bool(note), "note"),
    )


def _found(entry: Found) -> Iterator[_Paragraph]:
    counts = found_counts(entry.passages, entry.article_count)
    yield Text(counts if entry.passages else NOT_FOUND, "answer"), None, _INDENT
    yield from _undated(entry.undated)
    for number, article in enumerate(entry.articles):
        about = visible(title_and_date(article.citation(article.places[0])))
        yield Text(about or visible_name(article.path), "about"), None, _INDENT
        for at, place in enumerate(article.places):
            cited = article.citation(place)
            quote = Text.assemble("  ", _marked(place)) if cited.is_current else ""
            note = STATUS_NOTES.get(place.status, "")
            line = Text.assemble(
                (location(cited), "location"), quote, (f"  ({note})" * bool(note), "note")
            )
            yield line, CitationAt(number, at), _DEEPER
    if entry.left_out:
        more = f"{counted(entry.left_out, 'more place')}; `byline find` lists all"
        yield Text(more, "note"), None, _INDENT


def _marked(place: "Place") -> Text:
    """Return a quote with its words marked."""
    text, line, at = place.quote.text, Text(), 0
    for mark in place.marks:
        line.append(visible(text[at : mark.start]), "quote")
        line.append(visible(mark.of(text)), "span")
        at = mark.end
    return line.append(visible(text[at:]), "quote")


def _wrapped(text: Text, indent: int, width: int) -> Iterator[Text]:
    for line in text.wrap(_console(), width - indent, tab_size=1):
        line.pad_left(indent)
        line.rstrip()
        yield line


@cache
def _console() -> Console:
    """Return the console that Rich needs to wrap text; nothing is written to it."""
    return Console(width=80, color_system=None)
