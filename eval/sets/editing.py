"""Add questions to a question set."""

import os
from itertools import count
from pathlib import Path

import msgspec

from eval.sets.question_set import Question, read_questions
from index.disk.durable_files import replace_synced
from index.disk.json_lines import encode_line
from index.disk.locks import locked


def add_question(file: Path, question: Question) -> Question:
    """Add a question to a set atomically; return it with its id.

    The id is the name of the set with the next free number. Raises BadRequest if the file is not a
    question set.
    """
    target = Path(os.path.realpath(file))
    target.parent.mkdir(parents=True, exist_ok=True)
    with locked(target.parent, os.O_RDONLY):  # another process may add to a set of the folder
        taken = {known.id for known in read_questions(target)} if target.exists() else set()
        ids = (f"{target.stem}-{number:03}" for number in count(len(taken) + 1))
        free = next(name for name in ids if name not in taken)
        added = msgspec.structs.replace(question, id=free)
        before = target.read_bytes() if target.exists() else b""
        gap = b"" if before.endswith(b"\n") or not before else b"\n"
        replace_synced(target, before + gap + encode_line(added).encode("ascii") + b"\n")
    return added
