"""A question set with what makes it the same one again."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from eval.sets.gold import bases_of
from eval.sets.question_set import Question, bundled_questions, read_questions
from index.articles.bundled import bundled_articles
from index.articles.files import Root
from index.disk.durable_files import sha256_of
from index.errors import BadRequest

BUNDLED = "bundled"


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Questions, and where their gold is looked for."""

    name: str
    """Its file, absolute; or what it is called."""
    sha256: str
    folder: Path
    """Where it stands; the bundled one counts as standing beside its articles."""
    questions: tuple[Question, ...]
    """At least one."""

    def bases(self, roots: Sequence[Root]) -> tuple[Path, ...]:
        """Give the folders that relative gold paths are below, of what is indexed from roots."""
        return bases_of(self.folder / Path(self.name).name, roots)


def bundled_set() -> QuestionSet:
    """Read the questions about the bundled articles."""
    file = Path(str(files("eval").joinpath("bundled.jsonl")))
    questions = tuple(bundled_questions())
    return QuestionSet(BUNDLED, sha256_of(file), bundled_articles(), questions)


def read_set(file: Path) -> QuestionSet:
    """Read a set. Raises BadRequest where it cannot be understood, or holds no questions."""
    questions = tuple(read_questions(file))
    if not questions:
        raise BadRequest(f"{file} holds no questions")
    path = file.resolve()
    return QuestionSet(str(path), sha256_of(path), path.parent, questions)
