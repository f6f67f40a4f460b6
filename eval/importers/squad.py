"""Question sets imported from SQuAD's format, versions 1.1 and 2.0."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from eval.importers.events import Imported, ImportEvent, ImportProgress, Notes, Stage
from eval.importers.folder import ARTICLES, new_folder, write_questions
from eval.importers.naming import (
    BODY_LINE,
    UniqueNames,
    article_text,
    file_stem,
    headline,
    writable,
)
from eval.importers.sources import read_source
from eval.sets.answer_spans import find_answer, is_at
from eval.sets.question_set import Gold, Question
from index.disk.durable_files import write_synced
from index.disk.json_lines import LineDecoder
from index.errors import BadRequest
from qa.answers import MAX_QUESTION_LENGTH

_EVENT_INTERVAL = 100
"""Questions between two events."""


class Answer(msgspec.Struct):
    """An accepted answer."""

    text: str
    answer_start: int = -1
    """Offset in its context, in code points; -1 if the file does not say."""


class SquadQuestion(msgspec.Struct):
    """A question; only version 2.0 marks those without an answer."""

    id: str | int
    question: str
    answers: list[Answer] = []
    is_impossible: bool = False


class Paragraph(msgspec.Struct):
    """A context and the questions about it."""

    context: str
    qas: list[SquadQuestion] = []


class Article(msgspec.Struct):
    """An article."""

    paragraphs: list[Paragraph]
    title: str = ""


class SquadFile(msgspec.Struct):
    """A file in SQuAD's format."""

    data: list[Article]


@dataclass(frozen=True, slots=True)
class _Location:
    """Where a context was written."""

    path: str
    line: int


_Locations = Mapping[str, list[_Location]]
"""The locations of each context, in all articles that have it."""


def import_squad(file: Path, folder: Path, overwrite: bool = False) -> Iterator[ImportEvent]:
    """Make a folder of articles and a question set from a SQuAD file; end with Imported.

    Each article becomes a text file with its title as a heading and each context unchanged as a
    paragraph. An answer whose offset is wrong is searched for in its context. Raises BadRequest.
    """
    articles = _read(file)
    notes = Notes()
    with new_folder(folder, overwrite) as scratch:
        locations: dict[str, list[_Location]] = defaultdict(list)
        yield from _write_articles(scratch, articles, locations)
        questions: list[Question] = []
        yield from _convert_questions(articles, locations, questions, notes)
        if not questions:
            raise BadRequest(f"{file} has no usable question")
        write_questions(scratch, questions)
    written = {location.path for of_context in locations.values() for location in of_context}
    unanswerable = sum(not question.gold for question in questions)
    yield Imported(len(written), len(questions), unanswerable, notes.collected())


def _read(file: Path) -> list[Article]:
    decoder: LineDecoder[SquadFile] = LineDecoder(SquadFile)
    try:
        return decoder.decode(read_source(file)).data
    except ValueError as error:
        raise BadRequest(f"{file} is not in SQuAD's format: {error}") from error


def _write_articles(
    scratch: Path, articles: Sequence[Article], locations: dict[str, list[_Location]]
) -> Iterator[ImportProgress]:
    names = UniqueNames()
    for done, article in enumerate(articles, 1):
        texts = dict.fromkeys(writable(paragraph.context) for paragraph in article.paragraphs)
        contexts = [text for text in texts if text.strip()]
        if contexts:
            path = f"{ARTICLES}/{names.take(file_stem(article.title))}.txt"
            line = BODY_LINE
            for context in contexts:
                locations[context].append(_Location(path, line))
                line += context.count("\n") + 2
            text = article_text(headline(article.title), "\n\n".join(contexts))
            write_synced(scratch / path, text.encode())
        yield ImportProgress(Stage.ARTICLES, done, len(articles))


def _convert_questions(
    articles: Sequence[Article], locations: _Locations, questions: list[Question], notes: Notes
) -> Iterator[ImportProgress]:
    pairs = [
        (paragraph.context, question)
        for article in articles
        for paragraph in article.paragraphs
        for question in paragraph.qas
    ]
    ids = UniqueNames()
    for done, (context, question) in enumerate(pairs, 1):
        converted = _converted(writable(context), question, locations, ids, notes)
        if converted:
            questions.append(converted)
        if done % _EVENT_INTERVAL == 0 or done == len(pairs):
            yield ImportProgress(Stage.QUESTIONS, done, len(pairs))


def _converted(
    context: str, source: SquadQuestion, locations: _Locations, ids: UniqueNames, notes: Notes
) -> Question | None:
    """Return the question; None if it cannot be asked or its context has none of its answers."""
    key = str(source.id)
    question = " ".join(source.question.split())
    if not question or len(question) > MAX_QUESTION_LENGTH:
        notes.add("skipped: empty or overlong question", key)
        return None
    answers = [answer for answer in source.answers if answer.text.strip()]
    if source.is_impossible and answers:
        notes.add("imported as unanswerable: is_impossible, though it has answers", key)
        answers = []
    located = _located(context, answers, key, notes)
    if answers and not located:
        notes.add("skipped: no accepted answer is in the context", key)
        return None
    gold = [gold for location in locations.get(context, []) for gold in _gold(location, located)]
    name = ids.take(key.strip() or "question")
    if name != key:
        notes.add("renamed: empty or duplicate id", key)
    tags = [] if gold else ["unanswerable"]
    return Question(id=name, question=question, history=[], gold=gold, tags=tags)


@dataclass(frozen=True, slots=True)
class _LocatedAnswer:
    """An answer in the words of its context."""

    text: str
    line: int
    """From 0, counted from the first line of the context."""


def _located(
    context: str, answers: Sequence[Answer], key: str, notes: Notes
) -> list[_LocatedAnswer]:
    """Return the distinct answers that are in a context, in order."""
    located = []
    for answer in answers:
        text = writable(answer.text)
        span = find_answer(context, text, answer.answer_start)
        if span is None:
            notes.add("accepted answer left out: not in the context", key)
            continue
        if not is_at(context, text, answer.answer_start):
            notes.add("repaired: wrong offset of an answer", key)
        located.append(_LocatedAnswer(span.of(context), context.count("\n", 0, span.start)))
    return list(dict.fromkeys(located))


def _gold(location: _Location, located: Sequence[_LocatedAnswer]) -> list[Gold]:
    """Return the gold references of a context, with answers on the same lines in one."""
    by_lines: dict[tuple[int, int], list[str]] = {}
    for answer in located:
        first = location.line + answer.line
        breaks = answer.text.count("\n")
        by_lines.setdefault((first, first + breaks if breaks else 0), []).append(answer.text)
    return [
        Gold(location.path, line, answers, end_line)
        for (line, end_line), answers in by_lines.items()
    ]
