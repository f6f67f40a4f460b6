"""Question sets imported from folders of articles, questions.jsonl and conversations.jsonl.

    articles/             the articles
    questions.jsonl       {"id", "article", "kind", "alone", "history", "question", "answers"}
    conversations.jsonl   {"id", "article", "turns": [{"question", "answers"}]}; may be missing

An answer is {"text", "start"}: an offset in the article in code points. Questions without answers
are not answered by their article. `alone` questions are asked of all articles, others of their own.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from eval.importers.folder import ARTICLES, QUESTIONS, new_folder
from eval.importers.located import gold_at, locate
from eval.importers.naming import UniqueNames
from eval.importers.result import Imported, Notes, OnProgress
from eval.importers.sources import source_records
from eval.sets.question_set import Question, encode_questions
from index.articles.files import Root, Skipped, read
from index.articles.text import NotText, Text, decode
from index.disk.durable_files import write_synced
from index.disk.json_lines import LineDecoder
from index.errors import BadRequest, reason_of
from qa.answers import MAX_QUESTION_LENGTH

_CONVERSATIONS = "conversations.jsonl"


class NewsAnswer(msgspec.Struct):
    """An accepted answer."""

    text: str
    start: int
    """Offset in the article, in code points."""


class NewsQuestion(msgspec.Struct):
    """A line of the questions."""

    id: str
    article: str
    """The name of its file."""
    kind: str
    question: str
    answers: list[NewsAnswer]
    """Best first; none if the article does not answer it."""
    alone: bool = False
    """Whether it makes sense without its article."""
    history: list[str] = []


class Turn(msgspec.Struct):
    """A question of a conversation."""

    question: str
    answers: list[NewsAnswer]


class Conversation(msgspec.Struct):
    """A line of the conversations."""

    id: str
    article: str
    turns: list[Turn]


_questions: LineDecoder[NewsQuestion] = LineDecoder(NewsQuestion)
_conversations: LineDecoder[Conversation] = LineDecoder(Conversation)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question, or a turn of a conversation, with its tags."""

    source: NewsQuestion
    tags: list[str]


def import_news(
    source: Path, folder: Path, overwrite: bool = False, on_progress: OnProgress = lambda *_: None
) -> Imported:
    """Make a folder of articles and a question set from a folder of that form.

    The articles are copied unchanged. The tags of a question are its kind, `alone` or `kept` (to
    its article) and both joined by a hyphen; those of a turn are `conversation`, and `first` or
    `later`. Raises BadRequest.
    """
    if not (source / ARTICLES).is_dir():
        raise BadRequest(f"{source} is not a news folder: {ARTICLES} is missing")
    if not (source / QUESTIONS).is_file():
        raise BadRequest(f"{source} is not a news folder: {QUESTIONS} is missing")
    asked = [*_read_questions(source), *_read_turns(source)]
    notes: Notes = defaultdict(list)
    with new_folder(folder, overwrite) as scratch:
        articles = _copy_articles(source / ARTICLES, scratch / ARTICLES, notes, on_progress)
        ids = UniqueNames()
        converted = (_converted(one, articles, ids, notes) for one in asked)
        questions = [question for question in converted if question]
        if not questions:
            raise BadRequest(f"{source} has no usable question")
        write_synced(scratch / QUESTIONS, encode_questions(questions))
        on_progress("Writing questions", len(questions), len(questions))
    unanswerable = sum(not question.gold for question in questions)
    return Imported(len(articles), len(questions), unanswerable, notes)


def _read_questions(source: Path) -> Iterator[_Asked]:
    for question in source_records(source / QUESTIONS, _questions, "question"):
        scope = "alone" if question.alone else "kept"
        yield _Asked(question, [question.kind, scope, f"{question.kind}-{scope}"])


def _read_turns(source: Path) -> Iterator[_Asked]:
    file = source / _CONVERSATIONS
    if not file.exists():
        return
    for conversation in source_records(file, _conversations, "conversation"):
        history: list[str] = []
        for number, turn in enumerate(conversation.turns, 1):
            question = NewsQuestion(
                id=f"{conversation.id}-{number}",
                article=conversation.article,
                kind="conversation",
                question=turn.question,
                answers=turn.answers,
                history=[*history],
            )
            yield _Asked(question, ["conversation", "later" if history else "first"])
            history.append(turn.question)


def _copy_articles(
    source: Path, target: Path, notes: Notes, on_progress: OnProgress
) -> dict[str, Text]:
    """Copy the articles unchanged; return their texts by the name of their file."""
    try:
        files = sorted(source.iterdir())
    except OSError as error:
        raise BadRequest(f"{source} cannot be read: {reason_of(error)}") from error
    articles: dict[str, Text] = {}
    for done, file in enumerate(files, 1):
        contents = read(Root(str(file), str(file)), "")
        text = NotText(contents.reason) if isinstance(contents, Skipped) else decode(contents.data)
        if isinstance(contents, Skipped) or isinstance(text, NotText):
            notes["skipped: not an article"].append(file.name)
        else:
            write_synced(target / file.name, contents.data)
            articles[file.name] = text
        on_progress("Writing articles", done, len(files))
    return articles


def _converted(
    asked: _Asked, articles: dict[str, Text], ids: UniqueNames, notes: Notes
) -> Question | None:
    """Return the question; None if it cannot be asked or its article has none of its answers."""
    source, key = asked.source, asked.source.id
    question, *history = (" ".join(one.split()) for one in (source.question, *source.history))
    if not all(_is_askable(one) for one in (question, *history)):
        notes["skipped: empty or overlong question"].append(key)
        return None
    if source.article not in articles:
        notes["skipped: the article is missing"].append(key)
        return None
    path = f"{ARTICLES}/{source.article}"
    answers = [(answer.text, answer.start) for answer in source.answers if answer.text.strip()]
    located = locate(articles[source.article].text, answers, key, notes)
    if answers and not located:
        notes["skipped: no accepted answer is in the article"].append(key)
        return None
    return Question(
        id=ids.take(key.strip() or "question"),
        question=question,
        history=history,
        gold=gold_at(path, 1, located),
        tags=asked.tags,
        within=[] if source.alone else [path],
    )


def _is_askable(question: str) -> bool:
    return 0 < len(question) <= MAX_QUESTION_LENGTH
