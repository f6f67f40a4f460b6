"""Rows of training data, made by hand."""

import gzip
from collections.abc import Sequence
from pathlib import Path

import msgspec

from qa.training.data import GoldAnswer, Row

SENTENCES = tuple(
    f"On day {i} of the great strike the harbour master of Zeebrugge told the ships that lay "
    f"at anchor off the coast to wait for pilot {i} until the fog was gone."
    for i in range(10, 18)
)
"""Of 39 tokens each: four fit into a passage of 160, and the last of them starts the next."""
CONTEXT = " ".join(SENTENCES)
PASSAGES = (" ".join(SENTENCES[:4]), " ".join(SENTENCES[3:7]), " ".join(SENTENCES[6:]))


def row(
    context: str, *answers: str, question: str = "Who?", title: str = "", source: str = "squad"
) -> Row:
    """Return a row; each answer is at its first occurrence in the context."""
    gold = tuple(GoldAnswer(answer, context.index(answer)) for answer in answers)
    return Row("1", source, context, question, gold, title)


def write_rows(path: Path, rows: Sequence[Row]) -> None:
    """Write a file of the data."""
    with gzip.open(path, "wb") as lines:
        lines.writelines(msgspec.json.encode(row) + b"\n" for row in rows)
