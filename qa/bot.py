"""The door of `qa`: open an index, ask it questions."""

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.articles.paths import is_under, real_path
from index.errors import BadRequest
from index.models.onnx_export import open_question_encoder
from index.models.question_encoder import QuestionEncoder
from index.search.analyzer import encodable
from index.storage.catalog import StoredArticle
from index.storage.store import OpenIndex, Store
from qa.ablation import Component
from qa.answering.confidence import Calibration, ScoredAnswer, default_calibration, score_answers
from qa.answering.early_stopping import SURE, ReadResult, read_until_sure
from qa.answering.grouping import Group, evidence_of, group_candidates
from qa.answers import (
    DEFAULT_ANSWERS,
    MAX_QUESTION_LENGTH,
    Answer,
    Answered,
    Citation,
    Milliseconds,
    NoAnswer,
    Reason,
    Reply,
)
from qa.citations import FileCache, cite
from qa.reader.caching import CachingReader
from qa.reader.export import open_reader
from qa.reader.protocol import Candidate, FirstSentenceReader, Reader
from qa.retrieval.retriever import Hit, Retriever
from qa.rewriting.resolve import Exchange, resolve
from qa.stopwatch import Stopwatch
from qa.trace import Stages, Trace

PASSAGES_READ = 8


@dataclass(frozen=True)
class Bot:
    """Answers questions from one generation of an index, until it is closed."""

    index: OpenIndex
    retriever: Retriever
    reader: Reader
    calibration: Calibration
    threshold: float
    """Confidence under which there is no answer."""
    without: frozenset[Component] = frozenset()

    @classmethod
    def open(
        cls,
        store: Store,
        cache: Path,
        reader: str,
        threshold: float,
        notice: Callable[[str], None],
        without: frozenset[Component] = frozenset(),
    ) -> "Bot":
        """Open the current index and a reader, by name or path.

        `notice` is told of whatever takes long; `without` names the parts to leave out. Raises
        NoIndex, IndexDamaged or ModelUnavailable.
        """
        index = store.open()
        try:
            model = index.generation.manifest.model
            encoder = open_question_encoder(model.name, model.fingerprint, cache, notice)
            opened = (
                FirstSentenceReader()
                if Component.READER in without
                else open_reader(reader, cache, notice)
            )
            return cls.over(index, encoder, CachingReader(opened), threshold, without)
        except BaseException:
            index.close()
            raise

    @classmethod
    def over(
        cls,
        index: OpenIndex,
        encoder: QuestionEncoder,
        reader: Reader,
        threshold: float,
        without: frozenset[Component] = frozenset(),
    ) -> "Bot":
        """Put a bot together over an opened index."""
        retriever = Retriever(index.generation, encoder, without)
        return cls(index, retriever, reader, default_calibration(), threshold, without)

    def close(self) -> None:
        """Let the index go."""
        self.index.close()

    def ask(
        self,
        question: str,
        limit: int = DEFAULT_ANSWERS,
        scope: Sequence[str] = (),
        history: Sequence[Exchange] = (),
    ) -> Reply:
        """Answer a question, with at most so many distinct answers.

        `scope` keeps the search to articles at or under these paths. `history`, the turns before,
        oldest first, makes a follow-up whole. Raises BadRequest for a question that is empty or
        too long, and for a path with no indexed article.
        """
        return self.reply(self.trace(question, scope, history), limit)

    def trace(
        self, question: str, scope: Sequence[str] = (), history: Sequence[Exchange] = ()
    ) -> Trace:
        """Find and weigh what could answer a question. Raises BadRequest as `ask` does."""
        watch = Stopwatch()
        told = () if Component.HISTORY in self.without else history
        whole = resolve(_checked(question), told)
        asked = _checked(whole.question)
        before = encodable(told[-1].question)[:MAX_QUESTION_LENGTH] if whole.added else ""
        articles = self._articles(scope)
        resolved = watch.lap()
        searched = self.retriever.search(asked, articles, before)
        topic = self.retriever.topic_of(before, articles) if before else frozenset()
        retrieved = self.retriever.gather(searched, PASSAGES_READ)
        gathered = watch.lap() - searched.encode - searched.keywords - searched.vectors
        reading = self._read(asked, retrieved, topic)
        stages = Stages(
            resolved,
            searched.encode,
            searched.keywords,
            searched.vectors,
            gathered,
            reading.read,
            reading.weigh,
        )
        return Trace(question, asked, searched, tuple(retrieved), reading, stages)

    def _read(self, asked: str, retrieved: Sequence[Hit], topic: Collection[int]) -> ReadResult:
        idf = self.index.generation.keywords.idf

        def judge(candidates: Sequence[Candidate]) -> list[ScoredAnswer]:
            groups = group_candidates(candidates, retrieved)
            return score_answers(asked, idf, groups, retrieved, self.calibration, topic)

        passages = [one.stored.passage for one in retrieved]
        # The first sentence's confidence only says how good it is among all.
        reads_all = self.without & {Component.READER, Component.STOPPING}
        sure = math.inf if reads_all else SURE
        return read_until_sure(self.reader, asked, passages, judge, sure)

    def reply(self, trace: Trace, limit: int) -> Reply:
        """Cite and judge what was weighed; at most so many distinct answers."""
        watch = Stopwatch()
        question, asked = trace.question, trace.searched_question
        retrieved = trace.hits
        answers = self._answers(trace.reading.answers[:limit], retrieved)
        spent = _milliseconds(trace.stages, watch.lap())
        likely = tuple(answer for answer in answers if answer.confidence >= self.threshold)
        standing = tuple(answer for answer in likely if answer.citations[0].is_current)
        if standing:
            return Answered(question, asked, standing, spent)
        return NoAnswer(question, asked, _reason(retrieved, answers, likely), answers, spent)

    def _articles(self, scope: Sequence[str]) -> list[StoredArticle]:
        if not scope:
            return []
        articles = self.index.generation.catalog.articles()
        chosen: dict[int, StoredArticle] = {}
        for given in scope:
            path = real_path(given)
            matching = [one for one in articles if is_under(one.found.path, path)]
            if not matching:
                raise BadRequest(f"no indexed article is at or under {given}")
            chosen |= {one.id: one for one in matching}
        return [chosen[key] for key in sorted(chosen)]

    def _answers(
        self, weighed: Sequence[ScoredAnswer], retrieved: Sequence[Hit]
    ) -> tuple[Answer, ...]:
        shelf = FileCache()
        return tuple(
            Answer(one.confidence, tuple(self._citations(one.group, retrieved, shelf)))
            for one in weighed
        )

    def _citations(
        self, group: Group, retrieved: Sequence[Hit], shelf: FileCache
    ) -> list[Citation]:
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
            for one in evidence_of(group, retrieved)
        ]
        return sorted(citations, key=lambda citation: not citation.is_current)


def _checked(question: str) -> str:
    asked = " ".join(encodable(question).split())
    if not asked:
        raise BadRequest("the question is empty")
    if len(asked) > MAX_QUESTION_LENGTH:
        raise BadRequest(
            f"the question has {len(asked):,} characters, over {MAX_QUESTION_LENGTH:,}"
        )
    return asked


def _reason(
    retrieved: Sequence[Hit], answers: Sequence[Answer], likely: Sequence[Answer]
) -> Reason:
    if not retrieved:
        return Reason.NO_PASSAGES
    if not answers:
        return Reason.NO_SPAN
    return Reason.INDEX_STALE if likely else Reason.UNSURE


def _milliseconds(stages: Stages, cite: float) -> Milliseconds:
    return Milliseconds(
        stages.retrieve, stages.read, stages.retrieve + stages.read + stages.weigh + cite
    )
