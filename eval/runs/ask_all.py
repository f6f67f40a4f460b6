"""Ask all questions of a set, except those that an interrupted run already asked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from eval.outcomes import Outcome
from eval.runs.examine import Examiner
from eval.runs.run_store import Recorder
from eval.sets.question_set import Question
from index.errors import BadRequest


@dataclass(slots=True)
class RunProgress:
    """Running figures."""

    total: int
    """Questions of the set."""
    done: int = 0
    answered: int = 0
    _scored: int = 0
    _exact: float = 0.0
    _f1: float = 0.0

    def add(self, outcome: Outcome) -> None:
        """Count an outcome."""
        self.done += 1
        self.answered += outcome.answered
        if outcome.is_scored:
            self._scored += 1
            self._exact += outcome.exact
            self._f1 += outcome.f1

    @property
    def exact(self) -> float:
        """Share of exact matches so far; 0 if no question is scored yet."""
        return self._exact / max(1, self._scored)

    @property
    def f1(self) -> float:
        """Mean F1 so far; 0 if no question is scored yet."""
        return self._f1 / max(1, self._scored)


def ask_all(
    questions: Sequence[Question], examiner: Examiner, recorder: Recorder
) -> Iterator[RunProgress]:
    """Ask the remaining questions of a run; yield the same updated object after each.

    It is yielded once before the first question, with what an interrupted run had done. Raises
    BadRequest for a question that cannot be asked; the outcomes before it are kept.
    """
    progress = RunProgress(len(questions))
    for outcome in recorder.done:
        progress.add(outcome)
    yield progress
    remaining = questions[progress.done :]
    for outcome in recorder.record(_ask(question, examiner) for question in remaining):
        progress.add(outcome)
        yield progress


def _ask(question: Question, examiner: Examiner) -> Outcome:
    try:
        return examiner.ask(question)
    except BadRequest as error:
        raise BadRequest(f"question {question.id}: {error.message}") from error
