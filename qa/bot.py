"""The door of `qa`: open an index, ask it questions."""

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.articles.paths import real_path
from index.errors import BadRequest
from index.models.onnx_export import open_question_encoder
from index.models.question_encoder import QuestionEncoder
from index.search.analyzer import encodable
from index.storage.catalog import StoredArticle
from index.storage.store import OpenIndex, Store
from qa.ablation import NOTHING, Part
from qa.answering.confidence import Calibration, Weighed, default_calibration, weigh
from qa.answering.early_stopping import SURE, Reading, read_until_sure
from qa.answering.grouping import Group, evidence_of, group_candidates
from qa.answers import (
    DEFAULT_ANSWERS,
    LONGEST_QUESTION,
    Answer,
    Answered,
    Citation,
    Milliseconds,
    NoAnswer,
    Reason,
    Reply,
)
from qa.citations import Shelf, cite
from qa.reader.caching import Remembering
from qa.reader.export import open_reader
from qa.reader.first_sentence import FirstSentence
from qa.reader.protocol import Candidate, Reader
from qa.retrieval.retriever import Retrieved, Retriever
from qa.rewriting.resolve import Exchange, resolve
from qa.stopwatch import Stopwatch
from qa.trace import Examination, Stages

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
    without: frozenset[Part] = NOTHING

    @classmethod
    def open(
        cls,
        store: Store,
        cache: Path,
        reader: str,
        threshold: float,
        notice: Callable[[str], None],
        without: frozenset[Part] = NOTHING,
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
                FirstSentence() if Part.READER in without else open_reader(reader, cache, notice)
            )
            return cls.over(index, encoder, Remembering(opened), threshold, without)
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
        without: frozenset[Part] = NOTHING,
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
        most: int = DEFAULT_ANSWERS,
        within: Sequence[str] = (),
        history: Sequence[Exchange] = (),
    ) -> Reply:
        """Answer a question, with at most so many distinct answers.

        `within` keeps the search to articles at or under these paths. `history`, the turns before,
        oldest first, makes a follow-up whole. Raises BadRequest for a question that is empty or
        too long, and for a path with no indexed article.
        """
        return self.reply_of(self.examine(question, within, history), most)

    def examine(
        self, question: str, within: Sequence[str] = (), history: Sequence[Exchange] = ()
    ) -> Examination:
        """Find and weigh what could answer a question. Raises BadRequest as `ask` does."""
        watch = Stopwatch()
        told = () if Part.HISTORY in self.without else history
        whole = resolve(_checked(question), told)
        asked = _checked(whole.question)
        before = encodable(told[-1].question)[:LONGEST_QUESTION] if whole.added else ""
        scope = self._scope(within)
        resolved = watch.lap()
        searched = self.retriever.search(asked, scope, before)
        topic = self.retriever.topic_of(before, scope) if before else frozenset()
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
        return Examination(question, asked, searched, tuple(retrieved), reading, stages)

    def _read(self, asked: str, retrieved: Sequence[Retrieved], topic: Collection[int]) -> Reading:
        rarity = self.index.generation.keywords.rarity

        def judge(candidates: Sequence[Candidate]) -> list[Weighed]:
            groups = group_candidates(candidates, retrieved)
            return weigh(asked, rarity, groups, retrieved, self.calibration, topic)

        passages = [one.stored.passage for one in retrieved]
        # The first sentence's confidence only says how good it is among all.
        reads_all = self.without & {Part.READER, Part.STOPPING}
        sure = math.inf if reads_all else SURE
        return read_until_sure(self.reader, asked, passages, judge, sure)

    def reply_of(self, examination: Examination, most: int) -> Reply:
        """Cite and judge what was weighed; at most so many distinct answers."""
        watch = Stopwatch()
        question, asked = examination.question, examination.asked
        retrieved = examination.retrieved
        answers = self._answers(examination.reading.weighed[:most], retrieved)
        spent = _milliseconds(examination.stages, watch.lap())
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
            path = real_path(given)
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
        self, weighed: Sequence[Weighed], retrieved: Sequence[Retrieved]
    ) -> tuple[Answer, ...]:
        shelf = Shelf()
        return tuple(
            Answer(one.confidence, tuple(self._citations(one.group, retrieved, shelf)))
            for one in weighed
        )

    def _citations(
        self, group: Group, retrieved: Sequence[Retrieved], shelf: Shelf
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


def _milliseconds(stages: Stages, cite: float) -> Milliseconds:
    return Milliseconds(
        stages.retrieve, stages.read, stages.retrieve + stages.read + stages.weigh + cite
    )
