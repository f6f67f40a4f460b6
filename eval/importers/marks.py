"""A question set made from the answers marked right or wrong in the chat."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from eval.importers.events import Imported, Notes
from eval.sets.gold import article_of, bases_of, check_gold, portable_path
from eval.sets.question_set import Gold, Question, read_questions
from index.articles.files import Root
from index.disk.durable_files import create_synced, replace_synced
from index.disk.json_lines import encode_line
from index.errors import BadRequest


def import_marks(file: Path, out: Path, roots: Sequence[Root], overwrite: bool = False) -> Imported:
    """Write the marks to a separate question set.

    Paths become relative to the folder of the set or to an indexed one where possible, so that
    set and articles can be moved. Marks whose words are no longer on their lines are skipped.
    Raises BadRequest.
    """
    if out.exists() and not overwrite:
        raise BadRequest(f"{out} exists; name another file, or use --overwrite to replace it")
    marked = read_questions(file) if file.exists() else []
    if not marked:
        raise BadRequest(f"{file} has no marks; mark answers right or wrong in the chat first")
    bases = bases_of(out.absolute(), roots)
    notes = Notes()
    changed = {problem.question_id for problem in check_gold(marked, bases) if not problem.is_note}
    for name in sorted(changed):
        notes.add("skipped: the marked words are no longer there", name)
    questions = [_portable(question, bases) for question in marked if question.id not in changed]
    out.parent.mkdir(parents=True, exist_ok=True)
    data = "".join(f"{encode_line(question)}\n" for question in questions).encode("ascii")
    (replace_synced if overwrite else create_synced)(out, data)
    articles = {article_of(gold.path, bases) for question in questions for gold in question.gold}
    unanswerable = sum(question.is_gold_known and not question.gold for question in questions)
    return Imported(len(articles), len(questions), unanswerable, notes.collected())


def _portable(question: Question, bases: Sequence[Path]) -> Question:
    return msgspec.structs.replace(
        question,
        gold=[_portable_gold(gold, bases) for gold in question.gold],
        rejected=[_portable_gold(gold, bases) for gold in question.rejected],
    )


def _portable_gold(gold: Gold, bases: Sequence[Path]) -> Gold:
    return msgspec.structs.replace(gold, path=portable_path(Path(gold.path), bases))
