"""Load a question set with what identifies it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.sets.gold import bases_of
from eval.sets.question_set import BUNDLED_SET, Question, read_questions
from index.articles.bundled import bundled_articles
from index.articles.files import Root
from index.disk.durable_files import sha256_of
from index.errors import BadRequest


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """A question set and where its gold references start from."""

    name: str
    """Absolute path of its file, or the name of the bundled set."""
    sha256: str
    folder: Path
    """The folder of its file; for the bundled set, that of the bundled articles."""
    questions: tuple[Question, ...]
    """At least one."""

    def bases(self, roots: Sequence[Root]) -> tuple[Path, ...]:
        """Return the folders that relative gold paths start from, given the indexed roots."""
        return bases_of(self.folder / Path(self.name).name, roots)


def bundled_set() -> QuestionSet:
    """Read the questions about the bundled articles."""
    questions = tuple(read_questions(BUNDLED_SET))
    return QuestionSet("bundled", sha256_of(BUNDLED_SET), bundled_articles(), questions)


def read_set(file: Path) -> QuestionSet:
    """Read a set. Raises BadRequest if it is invalid or has no questions."""
    questions = tuple(read_questions(file))
    if not questions:
        raise BadRequest(f"{file} has no questions")
    path = file.resolve()
    return QuestionSet(str(path), sha256_of(path), path.parent, questions)
