"""An entry of the transcript as rows of one width; hostile text is made visible here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from qa.answers import Answer, Answered, Citation, NoAnswer, Reply, State
from tui.chat.transcript.entries import Entry, Failed, Found, Matches, Opening, Placed, Waiting
from tui.jobs.async_bot import About
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
    confidence_dots,
    confidence_label,
    counted,
    day,
    found_counts,
    never_mentioned,
    refusal,
    rejected_label,
    searched_question,
    short_location,
    short_title_and_date,
    title_and_date,
    undated_note,
)
from tui.sessions.session import Turn

if TYPE_CHECKING:
    from qa.find import FoundArticle, Place

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
_OPENING_WIDTH = 74
"""Cells."""
_ANSWERABLE = "Questions that these articles answer (tab, or a click):"


@dataclass(frozen=True, slots=True)
class CitationAt:
    """A citation of an entry: its number, and that of its answer or found article, from 0."""

    answer: int
    citation: int


@dataclass(frozen=True, slots=True)
class Fold:
    """The line that unfolds the further answers, or folds them again."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question of the opening, by its number from 0."""

    number: int


Target = CitationAt | Fold | Suggestion


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


def citation_of(entry: Turn | Placed, at: CitationAt) -> Citation:
    """Return the citation of a target."""
    if isinstance(entry, Placed):
        article = entry.articles[at.answer]
        return article.citation(article.places[at.citation])
    return shown_answers(entry)[at.answer].citations[at.citation]


def targets(entry: Entry, unfolded: bool) -> list[Target]:
    """Return what can be selected in an entry, in order."""
    if isinstance(entry, Opening):
        return [Suggestion(number) for number in range(len(entry.questions))]
    if isinstance(entry, Placed):
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
    width = max(_NARROWEST, min(width, _OPENING_WIDTH) if isinstance(entry, Opening) else width)
    wrapped = [
        Row(line, target)
        for text, target, indent in _paragraphs(entry, unfolded, note, width)
        for line in _wrapped(text, indent, width)
    ]
    return [*wrapped, Row(Text(""))]


_Paragraph = tuple[Text, Target | None, int]


def _paragraphs(entry: Entry, unfolded: bool, note: str, width: int) -> Iterator[_Paragraph]:
    if isinstance(entry, Opening):
        yield from _opening(entry)
        return
    yield Text.assemble(("› ", "question"), (_lines(entry.question), "question")), None, 0
    match entry:
        case Waiting():
            yield Text(visible(entry.note), "waiting"), None, _INDENT
        case Failed():
            yield Text(visible(entry.message), "error"), None, _INDENT
        case Matches():
            yield Text(visible(entry.note), "waiting"), None, _INDENT
            yield from _places(entry.articles, width)
        case Found():
            yield from _found(entry, width)
        case Turn():
            yield from _reply(entry, unfolded, width)
            if note:
                yield Text(visible(note), "mark"), None, _INDENT


def _opening(opening: Opening) -> Iterator[_Paragraph]:
    yield Text("Ask your articles a question.", "answer"), None, _INDENT
    yield Text(_GREETING, "note"), None, _INDENT
    if opening.about:
        yield Text(""), None, _INDENT
        for line in _about(opening.about):
            yield Text(line, "about"), None, _INDENT
    if opening.questions:
        yield Text(""), None, _INDENT
        yield Text(_ANSWERABLE, "note"), None, _INDENT
    for number, question in enumerate(opening.questions):
        yield Text(visible(question), "location"), Suggestion(number), _DEEPER


def _about(about: About) -> tuple[str, str]:
    """Return what is indexed, `19 articles from 3 May 2001 to 2 June 2016`, and since when."""
    first, last = about.dates or (None, None)
    dates = "" if first is None or last is None else f" from {day(first)} to {day(last)}"
    dates = f" of {day(first)}" if first and first == last else dates
    updated = f"{day(about.updated)}, {about.updated:%H:%M}"
    return f"{counted(about.articles, 'article')}{dates}", f"Index updated {updated}"


def _lines(question: str) -> str:
    """Return a question safe to show, with its line breaks."""
    return "\n".join(visible(line) for line in question.split("\n"))


def _reply(turn: Turn, unfolded: bool, width: int) -> Iterator[_Paragraph]:
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
        yield from _answer(answer, number, isinstance(reply, NoAnswer), width)
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


def _answer(answer: Answer, number: int, rejected: bool, width: int) -> Iterator[_Paragraph]:
    first = answer.citations[0]
    sure = confidence_label(answer.confidence, answer.doubtful)
    label = f"{sure} {confidence_dots(answer.confidence)}"
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
        yield _citation(citation, width - _DEEPER), CitationAt(number, at), _DEEPER


def _quote(citation: Citation, rejected: bool) -> Text:
    before, span, after = (visible(part) for part in citation.parts)
    return Text.assemble(
        (before, "quote"), (span, "quote" if rejected else "span"), (after, "quote")
    )


def _citation(citation: Citation, width: int) -> Text:
    """Return a place and its article: a line of this width, and one and a third, at most."""
    about = short_title_and_date(citation, width + width // 3)
    note = STATUS_NOTES.get(citation.status, "")
    return Text.assemble(
        (short_location(citation, width), "location"),
        (f"  {about}" * bool(about), "about"),
        (f"  ({note})" * bool(note), "note"),
    )


def _found(entry: Found, width: int) -> Iterator[_Paragraph]:
    counts = found_counts(entry.passages, entry.article_count)
    yield Text(counts if entry.passages else NOT_FOUND, "answer"), None, _INDENT
    yield from _undated(entry.undated)
    yield from _places(entry.articles, width)
    if entry.left_out:
        more = f"{counted(entry.left_out, 'more place')}; `byline find` lists all"
        yield Text(more, "note"), None, _INDENT


def _places(articles: "Sequence[FoundArticle]", width: int) -> Iterator[_Paragraph]:
    for number, article in enumerate(articles):
        about = visible(title_and_date(article.citation(article.places[0])))
        yield Text(about or visible_name(article.path), "about"), None, _INDENT
        for at, place in enumerate(article.places):
            cited = article.citation(place)
            quote = Text.assemble("  ", _marked(place)) if cited.is_current else ""
            note = STATUS_NOTES.get(place.status, "")
            line = Text.assemble(
                (short_location(cited, width - _DEEPER), "location"),
                quote,
                (f"  ({note})" * bool(note), "note"),
            )
            yield line, CitationAt(number, at), _DEEPER


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
