"""The entry point of `qa`: open an index and ask it questions."""

import math
import os
import re
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

from index.articles.dates import YEAR
from index.articles.paths import is_under
from index.articles.text import encodable
from index.errors import BadRequest
from index.models.onnx_export import open_question_encoder
from index.models.question_encoder import QuestionEncoder
from index.storage.scope import EVERYTHING, Scope
from index.storage.store import OpenIndex, Store
from qa.ablation import Component
from qa.answering.confidence import (
    Calibration,
    ScoredAnswer,
    default_calibration,
    score_answers,
    second_calibration,
)
from qa.answering.disagreement import disagree
from qa.answering.early_stopping import SURE, ReadResult, read_until_sure
from qa.answering.grouping import Group, evidence_of, group_candidates
from qa.answering.second_reading import (
    PASSAGES_READ_AGAIN,
    READING_BUDGET,
    SURE_ALONE,
    SecondReader,
    read_again,
)
from qa.answering.unmentioned import respelt, unmentioned
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
    State,
)
from qa.citations import FileCache, cite, display_path
from qa.conversation import Exchange, as_searched, taken_over
from qa.dates import asked_when
from qa.reader.export import open_meanwhile, open_reader, readers_named
from qa.reader.paired import PairedReader
from qa.reader.protocol import Candidate, FirstSentenceReader, Reader
from qa.retrieval.retriever import Hit, Retriever
from qa.scope import dated, selected
from qa.small_talk import small_talk
from qa.stopwatch import Stopwatch
from qa.trace import Search, Stages, Trace

PASSAGES_READ = 8


class Bot:
    """Answers questions from one generation of an index, until it is closed.

    `threshold` is the minimum confidence of an answer, in [0, 1], None the calibrated one;
    `without` lists the ablated components; `second` reads the best passages again, unless it is
    None.
    """

    def __init__(
        self,
        index: OpenIndex,
        retriever: Retriever,
        reader: Reader,
        calibration: Calibration,
        threshold: float | None,
        without: frozenset[Component] = frozenset(),
        second: SecondReader | None = None,
    ) -> None:
        self.index = index
        self.retriever = retriever
        self.reader = reader
        self.calibration = calibration
        self.without = without
        self.second = second
        self.threshold = self.calibration_of_answers.threshold if threshold is None else threshold

    @property
    def calibration_of_answers(self) -> Calibration:
        """Of the answers that are given: the second reader's if there is one."""
        return (self.second or self).calibration

    @classmethod
    def open(
        cls,
        store: Store,
        cache: Path,
        reader: str,
        threshold: float | None,
        notice: Callable[[str], None],
        without: frozenset[Component] = frozenset(),
        budget: float | None = None,
    ) -> "Bot":
        """Open the current index and a reader, by name or path.

        `notice` is called with a message before anything slow; `without` lists the components to
        ablate; `budget` is about how many milliseconds the second of two readers takes, None the
        default. Raises NoIndex, IndexDamaged or ModelUnavailable.
        """
        with ExitStack() as on_error:
            index = on_error.enter_context(closing(store.open()))
            bot = cls.over(index, cache, reader, threshold, notice, without, budget)
            on_error.pop_all()
            return bot

    @classmethod
    def over(
        cls,
        index: OpenIndex,
        cache: Path,
        reader: str,
        threshold: float | None,
        notice: Callable[[str], None],
        without: frozenset[Component] = frozenset(),
        budget: float | None = None,
    ) -> "Bot":
        """Open the models to ask an open index. Arguments as in `open`; raises ModelUnavailable."""
        model = index.generation.manifest.model
        first, second = open_readers(reader, cache, notice, without, budget)
        encoder = open_question_encoder(model.name, model.fingerprint, cache, notice)
        return cls.from_index(index, encoder, first, threshold, without, second)

    @classmethod
    def from_index(
        cls,
        index: OpenIndex,
        encoder: QuestionEncoder,
        reader: Reader,
        threshold: float | None,
        without: frozenset[Component] = frozenset(),
        second: SecondReader | None = None,
    ) -> "Bot":
        """Create a bot for an open index, with the default calibration."""
        retriever = Retriever(index.generation, encoder, without)
        return cls(index, retriever, reader, default_calibration(), threshold, without, second)

    def over_newer(self, index: OpenIndex) -> "Bot | None":
        """Return a bot for a newer generation with the models of this one; None if it has others.

        This bot is not used any more; its index is closed by the caller.
        """
        models = [each.generation.manifest.model.fingerprint for each in (self.index, index)]
        if models[0] != models[1]:
            return None
        retriever = Retriever(index.generation, self.retriever.encoder, self.without)
        return Bot(
            index, retriever, self.reader, self.calibration, self.threshold, self.without,
            self.second,
        )  # fmt: skip

    def close(self) -> None:
        """Close the index."""
        self.index.close()

    def ask(
        self,
        question: str,
        limit: int = DEFAULT_ANSWERS,
        scope: Scope = EVERYTHING,
        history: Sequence[Exchange] = (),
        on_first: Callable[[Reply], None] = lambda _: None,
        is_wanted: Callable[[], bool] = lambda: True,
    ) -> Reply:
        """Answer a question, with at most `limit` distinct answers.

        `on_first` is called with the reply of the first of two readers before the second one reads;
        that reply is returned if `is_wanted`, called meanwhile, returns that no other is. Where the
        answer is in doubt, and words that no article mentions are spelt otherwise in them, the
        question is asked in that spelling too, and the more confident reply returned. `scope`
        restricts the search to some articles. `history` has the earlier turns of the conversation,
        oldest first; a follow-up is searched together with them. Raises BadRequest if the question
        is empty or too long, or if no article is in the scope.
        """
        if reason := small_talk(question):
            return NoAnswer(question, _cleaned(question), reason, (), Milliseconds(0.0, 0.0, 0.0))
        found = self.find(question, scope, history)
        reading = self._read_first(found)
        if (second := self._second_after(reading)) is not None:
            on_first(self.reply(_trace(question, found, reading), limit))
            reading = self._read_second(second, found, reading, is_wanted)
        reply = self.reply(_trace(question, found, reading), limit)
        when = asked_when(question)
        if isinstance(reply, NoAnswer) and when is not None:
            dated = self.reply(self.trace(when, scope, history), limit)
            reply = _with_years(dated, reply) or reply
        reply = self._with_unmentioned(reply, reply.question, found)
        spelt = respelt(reply.question, reply.unmentioned)
        if spelt is None or not is_wanted():
            return reply
        again = self.reply(self.trace(spelt, scope, history), limit)
        if _certainty(again) <= _certainty(reply):
            return reply
        spent = _added(reply.milliseconds, again.milliseconds)
        again = replace(again, question=reply.question, milliseconds=spent)
        return self._with_unmentioned(again, spelt, found)

    def _with_unmentioned(self, reply: Reply, question: str, found: Search) -> Reply:
        """Return a reply with the words of the question that no article mentions, if in doubt."""
        if reply.state is State.ANSWER:
            return reply
        words = unmentioned(question, self.index.generation, found.selection)
        return replace(reply, unmentioned=words)

    def trace(
        self, question: str, scope: Scope = EVERYTHING, history: Sequence[Exchange] = ()
    ) -> Trace:
        """Find and score what could answer a question. Arguments and errors as in `ask`."""
        found = self.find(question, scope, history)
        return _trace(question, found, self.read(found))

    def find(
        self,
        question: str,
        scope: Scope = EVERYTHING,
        history: Sequence[Exchange] = (),
        top_k: int = PASSAGES_READ,
    ) -> Search:
        """Find the passages that may answer a question. Other arguments and errors as in `ask`."""
        watch = Stopwatch()
        if Component.HISTORY in self.without:
            history = ()
        cleaned = _cleaned(question)
        earlier = taken_over(cleaned, history)
        catalog = self.index.generation.catalog
        selection = selected(catalog, scope)
        has_dates = Component.DATES not in self.without
        of_its_days = dated(catalog, scope, cleaned) if has_dates else None
        resolve_time = watch.lap()
        ranking = self.retriever.search(cleaned, selection, earlier, of_its_days)
        topic = self.retriever.topic_of(" ".join(earlier), selection) if earlier else None
        hits = tuple(self.retriever.gather(ranking, top_k))
        gather_time = watch.lap() - ranking.encode - ranking.keywords - ranking.vectors
        searched = as_searched(cleaned, earlier)
        return Search(
            cleaned, searched, scope, selection, topic, ranking, hits, resolve_time, gather_time
        )

    def read(self, found: Search) -> ReadResult:
        """Read the passages that were found, with both readers if there are two."""
        first = self._read_first(found)
        second = self._second_after(first)
        return first if second is None else self._read_second(second, found, first)

    def _read_first(self, found: Search) -> ReadResult:
        def score(candidates: Sequence[Candidate]) -> list[ScoredAnswer]:
            return self._scored(group_candidates(candidates, found.hits), found, self.calibration)

        # Without the reader, a confidence only ranks the first sentences: it says nothing of SURE.
        reads_all = self.without & {Component.READER, Component.STOPPING}
        sure = math.inf if reads_all else SURE
        return read_until_sure(self.reader, found.question, found.hits, score, sure)

    def _second_after(self, first: ReadResult) -> SecondReader | None:
        """Return the reader that reads again; None if there is none or nothing is in doubt."""
        is_sure = bool(first.answers) and first.answers[0].confidence >= SURE_ALONE
        return None if is_sure or not first.passages else self.second

    def _read_second(
        self,
        second: SecondReader,
        found: Search,
        first: ReadResult,
        is_wanted: Callable[[], bool] = lambda: True,
    ) -> ReadResult:
        def score(groups: Sequence[Group]) -> list[ScoredAnswer]:
            return self._scored(groups, found, second.calibration)

        return read_again(second, found.question, found.hits, first, score, is_wanted)

    def _scored(
        self, groups: Sequence[Group], found: Search, calibration: Calibration
    ) -> list[ScoredAnswer]:
        idf = self.index.generation.keywords.idf
        return score_answers(found.question, idf, groups, found.hits, calibration, found.topic)

    def reply(self, trace: Trace, limit: int) -> Reply:
        """Cite at most `limit` answers of a trace; return those that are confident and current.

        An answer that contradicts the best one is returned however confident it is.
        """
        watch = Stopwatch()
        files = FileCache(self.index.generation.catalog.roots)
        answers = tuple(
            Answer(
                scored.confidence,
                self._citations(scored.group, trace.hits, files),
                doubtful=scored.confidence < self.calibration_of_answers.plain,
            )
            for scored in trace.reading.answers[:limit]
        )
        stages = trace.stages
        total = stages.retrieve + stages.read + stages.weigh + watch.lap()
        spent = Milliseconds(stages.retrieve, stages.read, total)
        confident = [answer for answer in answers if answer.confidence >= self.threshold]
        current = [answer for answer in answers if answer.citations[0].is_current]
        best = next((answer for answer in current if answer in confident), None)
        if best is not None:
            rivals = [answer for answer in current if disagree(best, answer)]
            shown = tuple(one for one in current if one in confident or one in rivals)
            return Answered(
                trace.question,
                trace.searched_question,
                shown,
                spent,
                articles_differ=bool(rivals),
                scope=trace.scope,
                undated=trace.undated,
            )
        if not trace.hits:
            reason = Reason.NO_PASSAGES
        elif not answers:
            reason = Reason.NO_SPAN
        else:
            reason = Reason.INDEX_STALE if confident else Reason.UNSURE
        missing = self._missing_folder(answers) if reason is Reason.INDEX_STALE else ""
        return NoAnswer(
            trace.question,
            trace.searched_question,
            reason,
            answers,
            spent,
            missing,
            scope=trace.scope,
            undated=trace.undated,
        )

    def _missing_folder(self, answers: Sequence[Answer]) -> str:
        """Return the indexed folder of the best answer if it is missing; empty if it is there."""
        file = answers[0].citations[0].file
        for root in self.index.generation.manifest.roots:
            if is_under(file, root.path) and not os.path.lexists(root.path):
                return display_path(root, "")
        return ""

    def _citations(
        self, group: Group, hits: Sequence[Hit], files: FileCache
    ) -> tuple[Citation, ...]:
        """Cite all evidence of an answer; citations that are still current come first.

        `Tuesday` in an article of another week is not the same answer.
        """
        catalog = self.index.generation.catalog
        citations = [
            cite(
                catalog.article(evidence.stored.article_id),
                evidence.stored.passage,
                evidence.span,
                evidence.sentence,
                files,
            )
            for evidence in evidence_of(group, hits)
        ]
        citations.sort(key=lambda citation: not citation.is_current)
        meaning = citations[0].answer_meaning
        return tuple(citation for citation in citations if citation.answer_meaning == meaning)


def _trace(question: str, found: Search, reading: ReadResult) -> Trace:
    stages = Stages(
        resolve=found.resolve,
        encode=found.ranking.encode,
        keywords=found.ranking.keywords,
        vectors=found.ranking.vectors,
        gather=found.gather,
        read=reading.read,
        weigh=reading.weigh,
    )
    return Trace(
        question,
        found.searched_question,
        found.scope,
        found.selection.undated,
        found.ranking,
        found.hits,
        reading,
        stages,
    )


def open_readers(
    name: str,
    cache: Path,
    notice: Callable[[str], None],
    without: frozenset[Component] = frozenset(),
    budget: float | None = None,
) -> tuple[Reader, SecondReader | None]:
    """Open what a reader's name stands for: the first one, and the second one if there is one.

    Arguments as in `Bot.open`. Raises ModelUnavailable.
    """
    if Component.READER in without:
        return FirstSentenceReader(), None
    names = readers_named(name, cache)
    if Component.ACCURATE in without:
        del names[1:]
    if len(names) == 1:
        return open_reader(name, cache, notice), None
    # The larger network takes most of a second to open, and is needed last.
    opening = open_meanwhile(names[1], cache, notice)
    first = open_reader(name, cache, notice)
    pair = PairedReader(first, opening)
    milliseconds = READING_BUDGET if budget is None else budget

    def passages() -> int:
        return min(PASSAGES_READ_AGAIN, pair.passages_in(milliseconds))

    return first, SecondReader(pair, second_calibration(), passages)


def _with_years(dated: Reply, asked: NoAnswer) -> Answered | None:
    """Return a reply to a question for a date as one to the question for its year.

    None if no answer names a year, or a date whose year was computed.
    """
    if not isinstance(dated, Answered):
        return None
    answers = tuple(
        answer
        for answer in dated.answers
        if answer.citations[0].answer_dates or re.search(YEAR, answer.text)
    )
    if not answers:
        return None
    spent = _added(asked.milliseconds, dated.milliseconds)
    differ = dated.articles_differ and len(answers) > 1
    return replace(
        dated, question=asked.question, answers=answers, milliseconds=spent, articles_differ=differ
    )


def _certainty(reply: Reply) -> float:
    """Return the confidence of the best answer, 0 if none is given."""
    return reply.answers[0].confidence if isinstance(reply, Answered) else 0.0


def _added(first: Milliseconds, then: Milliseconds) -> Milliseconds:
    return Milliseconds(
        first.retrieve + then.retrieve, first.read + then.read, first.total + then.total
    )


def _cleaned(question: str) -> str:
    """Collapse white space; raise BadRequest if the question is empty or too long."""
    cleaned = " ".join(encodable(question).split())
    if not cleaned:
        raise BadRequest("the question is empty")
    if len(cleaned) > MAX_QUESTION_LENGTH:
        raise BadRequest(
            f"the question has {len(cleaned):,} characters; the limit is {MAX_QUESTION_LENGTH:,}"
        )
    return cleaned
