"""A question set out of the answers that a person marked in the chat."""

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
    """Write the marks into a question set of their own.

    Paths are written below the set's folder or below an indexed one, where an article is there,
    so that set and articles can be moved. Marks whose words no longer stand on their lines are
    left out. Raises BadRequest.
    """
    if out.exists() and not overwrite:
        raise BadRequest(f"{out} is there already; name another file, or replace it by --overwrite")
    marked = read_questions(file) if file.exists() else []
    if not marked:
        raise BadRequest(f"{file} holds no marks; mark answers right or wrong in the chat first")
    bases = bases_of(out.absolute(), roots)
    notes = Notes()
    changed = {one.question_id for one in check_gold(marked, bases) if not one.is_note}
    for one in sorted(changed):
        notes.add("left out: its words no longer stand where they were marked", one)
    questions = [_portable(one, bases) for one in marked if one.id not in changed]
    out.parent.mkdir(parents=True, exist_ok=True)
    data = "".join(f"{encode_line(one)}\n" for one in questions).encode("ascii")
    (replace_synced if overwrite else create_synced)(out, data)
    articles = {article_of(place.path, bases) for one in questions for place in one.gold}
    unanswerable = sum(one.is_gold_known and not one.gold for one in questions)
    return Imported(len(articles), len(questions), unanswerable, tuple(notes.taken))


def _portable(question: Question, bases: Sequence[Path]) -> Question:
    return msgspec.structs.replace(
        question,
        gold=[_moved(place, bases) for place in question.gold],
        rejected=[_moved(place, bases) for place in question.rejected],
    )


def _moved(place: Gold, bases: Sequence[Path]) -> Gold:
    return msgspec.structs.replace(place, path=portable_path(Path(place.path), bases))
