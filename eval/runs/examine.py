"""A question of a set asked, and judged against its gold."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from eval.metrics.squad import exact_match, f1
from eval.outcomes import RIGHT, Given, Kind, Outcome, Rankings, Spent
from eval.runs.failure_causes import cause_of
from eval.runs.gold_passages import GoldPassages, GoldPlace, found_in
from eval.sets.gold_quotes import GoldQuotes
from eval.sets.question_set import Question
from qa.answering.squad_text import normalise_answer
from qa.answers import DEFAULT_ANSWERS, Answer, Answered, answer_offset
from qa.bot import Bot
from qa.rewriting.resolve import history_from_questions
from qa.stopwatch import Stopwatch
from qa.trace import Trace


@dataclass(frozen=True)
class Examiner:
    """Asks questions of a set from end to end."""

    bot: Bot
    gold: GoldPassages
    quotes: GoldQuotes
    within: tuple[str, ...] = ()

    def ask(self, question: Question) -> Outcome:
        """Ask a question after its history, and judge the reply. Raises BadRequest as `Bot.ask`."""
        history = history_from_questions(question.history)
        watch = Stopwatch()
        examined = self.bot.trace(question.question, self.within, history)
        spent = watch.lap()
        reply = self.bot.reply(examined, DEFAULT_ANSWERS)
        cite = watch.lap()
        is_answered = isinstance(reply, Answered)
        answers = reply.answers if isinstance(reply, Answered) else reply.rejected
        given = tuple(self._given(question, answer) for answer in answers)
        places = self.gold.places(question.gold)
        said = given[0].text if is_answered else ""
        accepted = _accepted(question)
        outcome = Outcome(
            id=question.id,
            question=question.question,
            history=tuple(question.history),
            asked=reply.asked,
            tags=tuple(question.tags),
            kind=_kind(question),
            gold=tuple(question.gold),
            rejected=tuple(question.rejected),
            gold_quotes=tuple(map(self.quotes.quote, question.gold)),
            rejected_quotes=tuple(map(self.quotes.quote, question.rejected)),
            answered=is_answered,
            reason="" if isinstance(reply, Answered) else reply.reason.value,
            given=given,
            grades=tuple(place.grade for place in places),
            is_indexed=any(place.passages for place in places),
            rankings=_rankings(examined, places),
            exact=float(exact_match(said, accepted)),
            f1=f1(said, accepted),
            milliseconds=_spent(examined, cite, spent + cite),
        )
        return msgspec.structs.replace(outcome, cause=cause_of(outcome))

    def _given(self, question: Question, answer: Answer) -> Given:
        gold = [(self.gold.file_of(place), place.lines) for place in question.gold]
        is_line_right = any(
            citation.file == file and citation.answer.line in lines
            for citation in answer.citations
            for file, lines in gold
        )
        accepted = [text for place in question.gold for text in place.answers]
        overlap = f1(answer.text, accepted)
        first = answer.citations[0]
        return Given(
            text=answer.text,
            confidence=answer.confidence,
            quote=answer.quote,
            path=first.path,
            line=first.answer.line,
            column=first.answer.column,
            exact=exact_match(answer.text, accepted),
            f1=overlap,
            is_line_right=is_line_right,
            is_right=overlap >= RIGHT if accepted else is_line_right,
            start=answer_offset(first.sentence, first.answer),
        )


def _kind(question: Question) -> Kind:
    if any(place.answers for place in question.gold):
        return Kind.ANSWERABLE
    if question.gold:
        return Kind.PLACE
    return Kind.UNANSWERABLE if question.is_gold_known else Kind.MARKED


def _accepted(question: Question) -> list[str]:
    """Give the accepted answers that SQuAD counts: an empty one where there is no other."""
    accepted = [answer for place in question.gold for answer in place.answers]
    return [answer for answer in accepted if normalise_answer(answer)] or [""]


def _rankings(examined: Trace, places: Sequence[GoldPlace]) -> Rankings:
    ranking = examined.ranking
    read = [[one.stored.id, *(other.id for other in one.duplicates)] for one in examined.hits]
    return Rankings(
        keywords=found_in([[one] for one in ranking.by_keywords], places),
        vectors=found_in([[one] for one in ranking.by_vectors], places),
        fused=found_in([[one] for one in ranking.fused], places),
        read=found_in(read, places),
    )


def _spent(examined: Trace, cite: float, total: float) -> Spent:
    stages = examined.stages
    return Spent(
        resolve=stages.resolve,
        encode=stages.encode,
        keywords=stages.keywords,
        vectors=stages.vectors,
        gather=stages.gather,
        read=stages.read,
        weigh=stages.weigh,
        cite=cite,
        total=total,
    )
