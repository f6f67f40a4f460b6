"""A set asked from end to end: what was done before is kept, the rest asked one by one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from eval.outcomes import Outcome
from eval.runs.examine import Examiner
from eval.runs.run_store import Recorder
from eval.sets.question_set import Question
from index.errors import BadRequest


@dataclass(slots=True)
class Running:
    """Figures of a run so far."""

    total: int
    """Questions of the set."""
    done: int = 0
    answered: int = 0
    _scored: int = 0
    _exact: float = 0.0
    _f1: float = 0.0

    def add(self, outcome: Outcome) -> None:
        """Count one more question."""
        self.done += 1
        self.answered += outcome.answered
        if outcome.is_scored:
            self._scored += 1
            self._exact += outcome.exact
            self._f1 += outcome.f1

    @property
    def exact(self) -> float:
        """The share of exact matches so far; 0 where none could be."""
        return self._exact / max(1, self._scored)

    @property
    def f1(self) -> float:
        """The mean F1 so far; 0 where there is none."""
        return self._f1 / max(1, self._scored)


def ask_all(
    questions: Sequence[Question], examiner: Examiner, recorder: Recorder
) -> Iterator[Running]:
    """Ask the questions that the run has not asked yet; yields how it stands after each.

    The first is how it stood when it was interrupted. Raises BadRequest for a question that cannot
    be asked; what came before it is kept.
    """
    running = Running(len(questions))
    for outcome in recorder.done:
        running.add(outcome)
    yield running
    left = questions[running.done :]
    for outcome in recorder.record(_asked(one, examiner) for one in left):
        running.add(outcome)
        yield running


def _asked(question: Question, examiner: Examiner) -> Outcome:
    try:
        return examiner.ask(question)
    except BadRequest as error:
        raise BadRequest(f"question {question.id}: {error.message}") from error
