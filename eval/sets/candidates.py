"""Lines that may answer a question, for a person to choose from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.sets.answer_spans import find_answer
from eval.sets.gold import open_article, words_of
from eval.sets.question_set import Gold
from index.articles.text import Text
from qa.answers import DEFAULT_ANSWERS, Answered, Citation
from qa.bot import Bot
from qa.citations import FileCache, cite
from qa.rewriting.resolve import history_from_questions
from qa.trace import Trace


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer a question, or a line that a person named."""

    path: str
    """As the person named the folder, joined with the file's place below it."""
    file: str
    """Absolute path."""
    line: int
    end_line: int
    text: str
    answer: str = ""
    """The words in it that Byline would answer with; empty where it would not."""

    @property
    def place(self) -> str:
        """Path and line."""
        return f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class Candidates:
    """What may answer a question."""

    asked: str
    """The question as it was searched for: a follow-up made whole."""
    sentences: tuple[Candidate, ...]
    """Distinct ones, the best first: those of answers, then all that was read for them."""


def candidates(bot: Bot, question: str, history: Sequence[str] = ()) -> Candidates:
    """Look for what may answer a question, asked after others. Raises BadRequest as `Bot.ask`."""
    examined = bot.trace(question, history=history_from_questions(history))
    distinct: dict[tuple[str, int, str], Candidate] = {}
    for one in _all_candidates(bot, examined):
        distinct.setdefault((one.file, one.line, one.text), one)
    return Candidates(examined.searched_question, tuple(distinct.values()))


def _all_candidates(bot: Bot, examined: Trace) -> Iterator[Candidate]:
    reply = bot.reply(examined, DEFAULT_ANSWERS)
    answers = reply.answers if isinstance(reply, Answered) else reply.rejected
    for answer in answers:
        for citation in answer.citations:
            if citation.is_current:
                yield _candidate(citation, citation.answer.text)
    shelf = FileCache()
    for one in examined.hits:
        passage = one.stored.passage
        article = bot.index.generation.catalog.article(one.stored.article_id)
        for sentence in passage.sentences:
            citation = cite(article, passage, sentence, sentence, shelf)
            if citation.is_current:
                yield _candidate(citation, "")


def _candidate(citation: Citation, answer: str) -> Candidate:
    sentence = citation.sentence
    return Candidate(
        citation.path, citation.file, sentence.line, sentence.end_line, sentence.text, answer
    )


def gold_in(candidate: Candidate, answer: str) -> tuple[Gold, ...]:
    """Give the place of an answer on a candidate's lines, in their own words, by absolute path.

    Nothing where the answer does not stand there, whatever its case and white space.
    """
    article = open_article(Path(candidate.file))
    if not isinstance(article, Text) or candidate.end_line > article.line_count:
        return ()
    words = words_of(article, range(candidate.line, candidate.end_line + 1))
    return tuple(
        Gold(candidate.file, line, [span.of(words)], line + breaks if breaks else 0)
        for span in find_answer(words, answer, words.find(candidate.text))
        for line in [candidate.line + words.count("\n", 0, span.start)]
        for breaks in [span.of(words).count("\n")]
    )
