"""Ask a question of a set and judge the reply against its gold."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace

import msgspec

from eval.metrics.squad import exact_match, f1
from eval.outcomes import RIGHT_F1, JudgedAnswer, Kind, Outcome, Rankings, StageTimes
from eval.runs.failure_causes import cause_of
from eval.runs.gold_passages import GoldPassages, IndexedGold, ranks_in
from eval.sets.gold_quotes import GoldQuotes
from eval.sets.question_set import Question
from index.errors import BadRequest
from index.storage.scope import EVERYTHING, Scope
from qa.answering.squad_text import normalise_answer
from qa.answers import DEFAULT_ANSWERS, Answer, Answered, answer_offset
from qa.bot import Bot
from qa.conversation import history_from_questions
from qa.stopwatch import Stopwatch
from qa.trace import Trace


@dataclass(frozen=True)
class Examiner:
    """Asks questions of a set and judges the replies."""

    bot: Bot
    gold: GoldPassages
    quotes: GoldQuotes
    scope: Scope = EVERYTHING
    """Which articles are searched.

    Questions that are limited to articles of their own are asked of those instead of its paths.
    """

    def require_indexed(self, questions: Iterable[Question]) -> None:
        """Raise BadRequest if a question is limited to a path without an indexed article."""
        question_of = {path: question.id for question in questions for path in question.within}
        for path, question_id in question_of.items():
            if not self.gold.is_indexed(path):
                raise BadRequest(
                    f"question {question_id}: no indexed article is at or under {path}"
                )

    def ask(self, question: Question) -> Outcome:
        """Ask a question with its history, and judge the reply. Raises BadRequest like Bot.ask."""
        history = history_from_questions(question.history)
        watch = Stopwatch()
        within = tuple(map(self.gold.file_of, question.within)) or self.scope.within
        trace = self.bot.trace(question.question, replace(self.scope, within=within), history)
        spent = watch.lap()
        reply = self.bot.reply(trace, DEFAULT_ANSWERS)
        cite = watch.lap()
        is_answered = isinstance(reply, Answered)
        judged = tuple(
            self._judged(question, answer)
            for answer in (reply.answers if isinstance(reply, Answered) else reply.rejected)
        )
        text = judged[0].text if is_answered else ""
        accepted = _accepted(question)
        gold = self.gold.find(question.gold)
        outcome = Outcome(
            id=question.id,
            question=question.question,
            history=tuple(question.history),
            searched_question=reply.asked,
            tags=tuple(question.tags),
            within=tuple(question.within),
            kind=_kind(question),
            gold=tuple(question.gold),
            rejected=tuple(question.rejected),
            gold_quotes=tuple(map(self.quotes.quote, question.gold)),
            rejected_quotes=tuple(map(self.quotes.quote, question.rejected)),
            answered=is_answered,
            reason="" if isinstance(reply, Answered) else reply.reason.value,
            answers=judged,
            grades=tuple(reference.grade for reference in gold),
            is_indexed=any(reference.passages for reference in gold),
            rankings=_rankings(trace, gold),
            exact=float(exact_match(text, accepted)),
            f1=f1(text, accepted),
            milliseconds=StageTimes(**asdict(trace.stages), cite=cite, total=spent + cite),
        )
        return msgspec.structs.replace(outcome, cause=cause_of(outcome))

    def _judged(self, question: Question, answer: Answer) -> JudgedAnswer:
        gold_lines = {
            (self.gold.file_of(gold.path), line) for gold in question.gold for line in gold.lines
        }
        is_line_right = any(
            (citation.file, line) in gold_lines
            for citation in answer.citations
            for line in range(citation.answer.line, citation.answer.end_line + 1)
        )
        accepted = [text for gold in question.gold for text in gold.answers]
        overlap = f1(answer.text, accepted)
        first = answer.citations[0]
        return JudgedAnswer(
            text=answer.text,
            confidence=answer.confidence,
            quote=answer.quote,
            path=first.path,
            line=first.answer.line,
            column=first.answer.column,
            exact=exact_match(answer.text, accepted),
            f1=overlap,
            is_line_right=is_line_right,
            is_right=overlap >= RIGHT_F1 if accepted else is_line_right,
            start=answer_offset(first.sentence, first.answer),
            doubtful=answer.doubtful,
        )


def _kind(question: Question) -> Kind:
    if any(gold.answers for gold in question.gold):
        return Kind.ANSWERABLE
    if question.gold:
        return Kind.LOCATION
    return Kind.UNANSWERABLE if question.is_gold_known else Kind.REJECTED


def _accepted(question: Question) -> list[str]:
    """Return the accepted answers that SQuAD counts; the empty answer if there is none."""
    accepted = [answer for gold in question.gold for answer in gold.answers]
    return [answer for answer in accepted if normalise_answer(answer)] or [""]


def _rankings(trace: Trace, gold: Sequence[IndexedGold]) -> Rankings:
    ranking = trace.ranking
    read = [[hit.stored.id, *(copy.id for copy in hit.duplicates)] for hit in trace.hits]
    return Rankings(
        keywords=ranks_in([[passage] for passage in ranking.by_keywords], gold),
        vectors=ranks_in([[passage] for passage in ranking.by_vectors], gold),
        fused=ranks_in([[passage] for passage in ranking.fused], gold),
        read=ranks_in(read, gold),
    )
