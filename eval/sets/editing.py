"""A question set that grows, one question at a time."""

import os
from itertools import count
from pathlib import Path

import msgspec

from eval.sets.question_set import Question, read_questions
from index.disk.durable_files import replace_synced
from index.disk.json_lines import encode_line
from index.disk.locks import locked


def add_question(file: Path, question: Question) -> Question:
    """Add a question to a set, which is whole before and after; gives it with its id.

    Its id is the set's name with the next free number. Raises BadRequest where the file is no
    question set.
    """
    target = Path(os.path.realpath(file))
    target.parent.mkdir(parents=True, exist_ok=True)
    with locked(target.parent, os.O_RDONLY):  # another process may add to the folder's sets
        taken = {one.id for one in read_questions(target)} if target.exists() else set()
        wanted = (f"{target.stem}-{number:03}" for number in count(len(taken) + 1))
        added = msgspec.structs.replace(
            question, id=next(one for one in wanted if one not in taken)
        )
        before = target.read_bytes() if target.exists() else b""
        gap = b"" if before.endswith(b"\n") or not before else b"\n"
        replace_synced(target, before + gap + encode_line(added).encode("ascii") + b"\n")
    return added
