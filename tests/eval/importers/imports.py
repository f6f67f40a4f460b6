"""Read back what imports wrote."""

from pathlib import Path

from eval.importers.result import Imported
from eval.sets.gold import check_gold
from eval.sets.question_set import Gold, Question, read_questions


def noted(result: Imported) -> dict[str, int]:
    return {what: len(names) for what, names in result.notes.items()}


def questions_in(folder: Path) -> list[Question]:
    """Read the set and check its gold."""
    questions = read_questions(folder / "questions.jsonl")
    assert check_gold(questions, [folder]) == ()
    return questions


def line_of(folder: Path, gold: Gold) -> str:
    """Read a line as `sed -n` does."""
    return (folder / gold.path).read_bytes().split(b"\n")[gold.line - 1].decode()


def files_in(folder: Path) -> list[str]:
    return sorted(str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file())


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())
