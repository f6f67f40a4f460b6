"""Lines that may answer a question, for the user to choose from."""

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
from qa.conversation import history_from_questions
from qa.trace import Trace


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer a question, or a line that the user named."""

    path: str
    """The indexed folder as the user named it, joined with the path in it."""
    file: str
    """Absolute path."""
    line: int
    end_line: int
    text: str
    answer: str | None = None
    """The words of it that Byline would answer with; None if it would not answer from it."""

    @property
    def location(self) -> str:
        """Path and line."""
        return f"{self.path}:{self.line}"


def candidates(bot: Bot, question: str, history: Sequence[str] = ()) -> tuple[str, list[Candidate]]:
    """Return the question as it is searched for after others, and what may answer it.

    The candidates are distinct, best first: sentences of answers, then all sentences of the
    passages read. Raises BadRequest like `Bot.ask`.
    """
    trace = bot.trace(question, history=history_from_questions(history))
    distinct: dict[tuple[str, int, str], Candidate] = {}
    for candidate in _all_candidates(bot, trace):
        distinct.setdefault((candidate.file, candidate.line, candidate.text), candidate)
    return trace.searched_question, list(distinct.values())


def _all_candidates(bot: Bot, trace: Trace) -> Iterator[Candidate]:
    reply = bot.reply(trace, DEFAULT_ANSWERS)
    answers = reply.answers if isinstance(reply, Answered) else reply.rejected
    for answer in answers:
        for citation in answer.citations:
            if citation.is_current:
                yield _candidate(citation, citation.answer.text)
    files = FileCache()
    for hit in trace.hits:
        passage = hit.stored.passage
        article = bot.index.generation.catalog.article(hit.stored.article_id)
        for sentence in passage.sentences:
            citation = cite(article, passage, sentence, sentence, files)
            if citation.is_current:
                yield _candidate(citation, None)


def _candidate(citation: Citation, answer: str | None) -> Candidate:
    sentence = citation.sentence
    return Candidate(
        citation.path, citation.file, sentence.line, sentence.end_line, sentence.text, answer
    )


def gold_in(candidate: Candidate, answer: str) -> Gold | None:
    """Return an answer on the lines of a candidate as a gold reference with an absolute path.

    The answer gets the wording of the lines; None if they do not have it, in any case and with any
    white space.
    """
    article = open_article(Path(candidate.file))
    if not isinstance(article, Text) or candidate.end_line > article.line_count:
        return None
    words = words_of(article, range(candidate.line, candidate.end_line + 1))
    span = find_answer(words, answer, words.find(candidate.text))
    if span is None:
        return None
    found = span.of(words)
    line = candidate.line + words.count("\n", 0, span.start)
    breaks = found.count("\n")
    return Gold(candidate.file, line, [found], line + breaks if breaks else 0)
