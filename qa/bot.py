"""The door of `qa`: open an index, ask it questions."""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.catalog import StoredArticle
from index.errors import BadRequest
from index.export import open_question_encoder
from index.questions import QuestionEncoder
from index.store import OpenIndex, Store
from index.terms import encodable
from qa.answers import Answer, Answered, Citation, Milliseconds, NoAnswer, Reason, Reply
from qa.citations import Shelf, cite
from qa.grouping import Distinct, distinct_answers
from qa.reader.protocol import Candidate, Reader
from qa.reader.sentence_reader import SentenceReader
from qa.retriever import Retrieved, Retriever

LONGEST_QUESTION = 4_000
"""Code points."""
PASSAGES_READ = 8
DEFAULT_ANSWERS = 3
THRESHOLD = 0.2
"""Confidence under which there is no answer. On the articles that the reader was fitted on, 88% of
what they answer is answered then, and 44% of what they do not (`qa.reader.fit_sentences`): a
refusal still shows the nearest quote, an answer to another question misleads."""


@dataclass(frozen=True)
class Bot:
    """Answers questions from one generation of an index, until it is closed."""

    index: OpenIndex
    retriever: Retriever
    reader: Reader
    threshold: float
    """Confidence under which there is no answer."""

    @classmethod
    def open(
        cls, store: Store, cache: Path, threshold: float, notice: Callable[[str], None]
    ) -> "Bot":
        """Open the current index; `notice` is told of whatever takes long.

        Raises NoIndex, IndexDamaged or ModelUnavailable.
        """
        index = store.open()
        try:
            model = index.generation.manifest.model
            encoder = open_question_encoder(model.name, model.fingerprint, cache, notice)
            return cls.over(index, encoder, threshold)
        except BaseException:
            index.close()
            raise

    @classmethod
    def over(
        cls, index: OpenIndex, encoder: QuestionEncoder, threshold: float = THRESHOLD
    ) -> "Bot":
        """Put a bot together over an opened index."""
        reader = SentenceReader(encoder, index.generation.keywords.rarity)
        return cls(index, Retriever(index.generation, encoder), reader, threshold)

    def close(self) -> None:
        """Let the index go."""
        self.index.close()

    def ask(self, question: str, most: int = DEFAULT_ANSWERS, within: Sequence[str] = ()) -> Reply:
        """Answer a question, with at most so many distinct answers.

        `within` keeps the search to articles at or under these paths. Raises BadRequest for a
        question that is empty or too long, and for a path with no indexed article.
        """
        began = time.perf_counter()
        asked = _checked(question)
        scope = self._scope(within)
        retrieved = self.retriever.retrieve(asked, PASSAGES_READ, scope)
        found = time.perf_counter()
        candidates = self.reader.read(asked, [one.stored.passage for one in retrieved])
        read = time.perf_counter()
        answers = self._answers(candidates, retrieved, most)
        spent = _milliseconds(began, found, read, time.perf_counter())
        likely = tuple(answer for answer in answers if answer.confidence >= self.threshold)
        standing = tuple(answer for answer in likely if answer.citations[0].stands)
        if standing:
            return Answered(question, asked, standing, spent)
        return NoAnswer(question, asked, _reason(retrieved, answers, likely), answers, spent)

    def _scope(self, within: Sequence[str]) -> list[StoredArticle]:
        if not within:
            return []
        articles = self.index.generation.catalog.articles()
        chosen: dict[int, StoredArticle] = {}
        for given in within:
            path = os.path.realpath(os.path.expanduser(given))  # noqa: PTH111
            under = path.rstrip("/") + "/"
            matching = [
                one
                for one in articles
                if one.found.path == path or one.found.path.startswith(under)
            ]
            if not matching:
                raise BadRequest(f"no indexed article is at or under {given}")
            chosen |= {one.id: one for one in matching}
        return [chosen[key] for key in sorted(chosen)]

    def _answers(
        self, candidates: Sequence[Candidate], retrieved: Sequence[Retrieved], most: int
    ) -> tuple[Answer, ...]:
        shelf = Shelf()
        return tuple(
            Answer(distinct.confidence, tuple(self._citations(distinct, shelf)))
            for distinct in distinct_answers(candidates, retrieved, most)
        )

    def _citations(self, distinct: Distinct, shelf: Shelf) -> list[Citation]:
        """Cite all the evidence; what still stands in its file comes first."""
        catalog = self.index.generation.catalog
        citations = [
            cite(
                catalog.article(one.stored.article_id),
                one.stored.passage,
                one.span,
                one.sentence,
                shelf,
            )
            for one in distinct.evidence
        ]
        return sorted(citations, key=lambda citation: not citation.stands)


def _checked(question: str) -> str:
    asked = " ".join(encodable(question).split())
    if not asked:
        raise BadRequest("the question is empty")
    if len(asked) > LONGEST_QUESTION:
        raise BadRequest(f"the question has {len(asked):,} characters, over {LONGEST_QUESTION:,}")
    return asked


def _reason(
    retrieved: Sequence[Retrieved], answers: Sequence[Answer], likely: Sequence[Answer]
) -> Reason:
    if not retrieved:
        return Reason.NO_PASSAGES
    if not answers:
        return Reason.NO_SPAN
    return Reason.INDEX_STALE if likely else Reason.UNSURE


def _milliseconds(began: float, found: float, read: float, ended: float) -> Milliseconds:
    return Milliseconds(
        retrieve=1000 * (found - began), read=1000 * (read - found), total=1000 * (ended - began)
    )
