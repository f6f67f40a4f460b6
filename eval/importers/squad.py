"""Question sets out of SQuAD's own format, versions 1.1 and 2.0."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from eval.importers.events import Imported, ImportEvent, Importing, Notes, Stage
from eval.importers.folder import ARTICLES, new_folder, write_questions
from eval.importers.naming import (
    BODY_LINE,
    Distinct,
    article_text,
    file_stem,
    headline,
    writable,
)
from eval.importers.sources import read_source
from eval.sets.answer_spans import find_answer, stands_at
from eval.sets.question_set import Gold, Question
from index.disk.durable_files import write_synced
from index.disk.json_lines import LineDecoder
from index.errors import BadRequest
from qa.answers import MAX_QUESTION_LENGTH

_EVERY = 100
"""Questions between two events."""


class Answer(msgspec.Struct):
    """An accepted answer; without its place it is looked for in its context."""

    text: str
    answer_start: int = -1
    """In its context, in code points."""


class Asked(msgspec.Struct):
    """A question; only version 2.0 tells which have no answer."""

    id: str | int
    question: str
    answers: list[Answer] = []
    is_impossible: bool = False


class Paragraph(msgspec.Struct):
    """A text and the questions about it."""

    context: str
    qas: list[Asked] = []


class Article(msgspec.Struct):
    """The texts of one article."""

    paragraphs: list[Paragraph]
    title: str = ""


class SquadFile(msgspec.Struct):
    """A file in SQuAD's format."""

    data: list[Article]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a context was written."""

    path: str
    line: int


@dataclass
class _Written:
    """Where each context stands, in every article that has it."""

    places: dict[str, list[_Place]] = field(default_factory=dict)
    articles: int = 0


def import_squad(file: Path, folder: Path, overwrite: bool = False) -> Iterator[ImportEvent]:
    """Make a folder of articles and a question set of a file in SQuAD's format; Imported is last.

    Each article becomes a text file, its title as a heading, each context a paragraph as it stands.
    An answer whose offset does not fit is looked for in its context. Raises BadRequest.
    """
    articles = _read(file)
    notes = Notes()
    with new_folder(folder, overwrite) as scratch:
        written = _Written()
        yield from _write_articles(scratch, articles, written)
        questions: list[Question] = []
        yield from _make_questions(articles, written, questions, notes)
        if not questions:
            raise BadRequest(f"{file} holds no question that can be asked")
        write_questions(scratch, questions)
    unanswerable = sum(not one.gold for one in questions)
    yield Imported(written.articles, len(questions), unanswerable, tuple(notes.taken))


def _read(file: Path) -> list[Article]:
    decoder: LineDecoder[SquadFile] = LineDecoder(SquadFile)
    try:
        return decoder.decode(read_source(file)).data
    except ValueError as error:
        raise BadRequest(f"{file} is not in SQuAD's format: {error}") from error


def _write_articles(
    scratch: Path, articles: Sequence[Article], written: _Written
) -> Iterator[Importing]:
    names = Distinct()
    for done, article in enumerate(articles, 1):
        texts = dict.fromkeys(writable(one.context) for one in article.paragraphs)
        contexts = [text for text in texts if text.strip()]
        if contexts:
            path = f"{ARTICLES}/{names.take(file_stem(article.title))}.txt"
            line = BODY_LINE
            for context in contexts:
                written.places.setdefault(context, []).append(_Place(path, line))
                line += context.count("\n") + 2
            text = article_text(headline(article.title), "\n\n".join(contexts))
            write_synced(scratch / path, text.encode())
            written.articles += 1
        yield Importing(Stage.ARTICLES, done, len(articles))


def _make_questions(
    articles: Sequence[Article], written: _Written, questions: list[Question], notes: Notes
) -> Iterator[Importing]:
    pairs = [
        (one.context, asked) for art in articles for one in art.paragraphs for asked in one.qas
    ]
    ids = Distinct()
    for done, (context, asked) in enumerate(pairs, 1):
        questions += _question(writable(context), asked, written, ids, notes)
        if done % _EVERY == 0 or done == len(pairs):
            yield Importing(Stage.QUESTIONS, done, len(pairs))


def _question(
    context: str, asked: Asked, written: _Written, ids: Distinct, notes: Notes
) -> list[Question]:
    """Give the question; none where it cannot be asked or its answers are not in its context."""
    given = str(asked.id)
    question = " ".join(asked.question.split())
    if not question or len(question) > MAX_QUESTION_LENGTH:
        notes.add("skipped: the question is empty or too long", given)
        return []
    answers = [one for one in asked.answers if one.text.strip()]
    if asked.is_impossible and answers:
        notes.add("taken as without an answer: it is impossible, though it has answers", given)
        answers = []
    located = _located(context, answers, given, notes)
    if answers and not located:
        notes.add("skipped: no accepted answer stands in the context", given)
        return []
    gold = [gold for place in written.places.get(context, []) for gold in _gold(place, located)]
    taken = ids.take(given.strip() or "question")
    if taken != given:
        notes.add("renamed: the id is empty or was taken", given)
    tags = [] if gold else ["unanswerable"]
    return [Question(id=taken, question=question, history=[], gold=gold, tags=tags)]


@dataclass(frozen=True, slots=True)
class _Words:
    """An answer as its context has it."""

    text: str
    line: int
    """From 0, counted from the first of the context."""


def _located(context: str, answers: Sequence[Answer], asked: str, notes: Notes) -> list[_Words]:
    """Give the distinct answers that stand in a context, in order."""
    located = []
    for answer in answers:
        text = writable(answer.text)
        spans = find_answer(context, text, answer.answer_start)
        if not spans:
            notes.add("left out: an accepted answer does not stand in the context", asked)
        elif not stands_at(context, text, answer.answer_start):
            notes.add("repaired: an answer stands at another place of the context", asked)
        located += [_Words(one.of(context), context.count("\n", 0, one.start)) for one in spans]
    return list(dict.fromkeys(located))


def _gold(place: _Place, located: Sequence[_Words]) -> list[Gold]:
    """Give the places of a context's answers: one for each run of lines that one stands on."""
    by_lines: dict[tuple[int, int], list[str]] = {}
    for words in located:
        first = place.line + words.line
        breaks = words.text.count("\n")
        by_lines.setdefault((first, first + breaks if breaks else 0), []).append(words.text)
    return [
        Gold(place.path, line, answers, end_line) for (line, end_line), answers in by_lines.items()
    ]
