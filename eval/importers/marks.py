"""A question set made from the answers marked right or wrong in the chat."""

from collections.abc import Sequence
from pathlib import Path

from eval.importers.result import Imported
from eval.sets.gold import article_of, bases_of, check_gold, portable
from eval.sets.question_set import encode_questions, read_questions
from index.articles.files import Root
from index.disk.durable_files import create_synced, replace_synced
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
    changed = {problem.question_id for problem in check_gold(marked, bases) if not problem.is_note}
    questions = [portable(question, bases) for question in marked if question.id not in changed]
    out.parent.mkdir(parents=True, exist_ok=True)
    (replace_synced if overwrite else create_synced)(out, encode_questions(questions))
    articles = {article_of(gold.path, bases) for question in questions for gold in question.gold}
    unanswerable = sum(question.is_gold_known and not question.gold for question in questions)
    notes = {"skipped: the marked words are no longer there": sorted(changed)} if changed else {}
    return Imported(len(articles), len(questions), unanswerable, notes)
