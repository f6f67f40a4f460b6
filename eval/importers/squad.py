"""Question sets imported from SQuAD's format, versions 1.1 and 2.0."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from eval.importers.folder import ARTICLES, QUESTIONS, new_folder
from eval.importers.located import gold_at, locate
from eval.importers.naming import (
    BODY_LINE,
    UniqueNames,
    article_text,
    file_stem,
    headline,
    writable,
)
from eval.importers.result import Imported, Notes, OnProgress
from eval.importers.sources import read_source
from eval.sets.question_set import Question, encode_questions
from index.disk.durable_files import write_synced
from index.disk.json_lines import LineDecoder
from index.errors import BadRequest
from qa.answers import MAX_QUESTION_LENGTH

_PROGRESS_INTERVAL = 100
"""Questions between two reports of progress."""


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


_Locations = Mapping[str, list[tuple[str, int]]]
"""The path and first line of each context, in all articles that have it."""


def import_squad(
    file: Path, folder: Path, overwrite: bool = False, on_progress: OnProgress = lambda *_: None
) -> Imported:
    """Make a folder of articles and a question set from a SQuAD file.

    Each article becomes a text file with its title as a heading and each context unchanged as a
    paragraph. An answer whose offset is wrong is searched for in its context. Raises BadRequest.
    """
    articles = _read(file)
    notes: Notes = defaultdict(list)
    with new_folder(folder, overwrite) as scratch:
        locations = _write_articles(scratch, articles, on_progress)
        questions = _convert_questions(articles, locations, notes, on_progress)
        if not questions:
            raise BadRequest(f"{file} has no usable question")
        write_synced(scratch / QUESTIONS, encode_questions(questions))
    written = {path for of_context in locations.values() for path, _ in of_context}
    unanswerable = sum(not question.gold for question in questions)
    return Imported(len(written), len(questions), unanswerable, notes)


def _read(file: Path) -> list[Article]:
    decoder: LineDecoder[SquadFile] = LineDecoder(SquadFile)
    try:
        return decoder.decode(read_source(file)).data
    except ValueError as error:
        raise BadRequest(f"{file} is not in SQuAD's format: {error}") from error


def _write_articles(
    scratch: Path, articles: Sequence[Article], on_progress: OnProgress
) -> _Locations:
    locations = defaultdict(list)
    names = UniqueNames()
    for done, article in enumerate(articles, 1):
        texts = dict.fromkeys(writable(paragraph.context) for paragraph in article.paragraphs)
        contexts = [text for text in texts if text.strip()]
        if contexts:
            path = f"{ARTICLES}/{names.take(file_stem(article.title))}.txt"
            line = BODY_LINE
            for context in contexts:
                locations[context].append((path, line))
                line += context.count("\n") + 2
            text = article_text(headline(article.title), "\n\n".join(contexts))
            write_synced(scratch / path, text.encode())
        on_progress("Writing articles", done, len(articles))
    return locations


def _convert_questions(
    articles: Sequence[Article], locations: _Locations, notes: Notes, on_progress: OnProgress
) -> list[Question]:
    pairs = [
        (paragraph.context, question)
        for article in articles
        for paragraph in article.paragraphs
        for question in paragraph.qas
    ]
    ids = UniqueNames()
    questions = []
    for done, (context, question) in enumerate(pairs, 1):
        converted = _converted(writable(context), question, locations, ids, notes)
        if converted:
            questions.append(converted)
        if done % _PROGRESS_INTERVAL == 0 or done == len(pairs):
            on_progress("Writing questions", done, len(pairs))
    return questions


def _converted(
    context: str, source: SquadQuestion, locations: _Locations, ids: UniqueNames, notes: Notes
) -> Question | None:
    """Return the question; None if it cannot be asked or its context has none of its answers."""
    key = str(source.id)
    question = " ".join(source.question.split())
    if not question or len(question) > MAX_QUESTION_LENGTH:
        notes["skipped: empty or overlong question"].append(key)
        return None
    answers = [
        (answer.text, answer.answer_start) for answer in source.answers if answer.text.strip()
    ]
    if source.is_impossible and answers:
        notes["imported as unanswerable: is_impossible, though it has answers"].append(key)
        answers = []
    located = locate(context, answers, key, notes)
    if answers and not located:
        notes["skipped: no accepted answer is in the context"].append(key)
        return None
    gold = [gold for place in locations.get(context, []) for gold in gold_at(*place, located)]
    name = ids.take(key.strip() or "question")
    if name != key:
        notes["renamed: empty or duplicate id"].append(key)
    tags = [] if gold else ["unanswerable"]
    return Question(id=name, question=question, history=[], gold=gold, tags=tags)
