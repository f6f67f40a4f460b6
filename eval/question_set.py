"""Question sets: one JSON object a line."""

from importlib.resources import files
from pathlib import Path

import msgspec

from index.errors import BadRequest
from index.json_lines import LineDecoder


class Gold(msgspec.Struct, forbid_unknown_fields=True):
    """Where an answer stands, and how it may be worded."""

    path: str
    """Of the article: below the folder that the set is about, or absolute."""
    line: int
    answers: list[str]


class Question(msgspec.Struct, forbid_unknown_fields=True):
    """A question; one without gold has no answer in the articles, unless its gold is unknown."""

    id: str
    question: str
    history: list[str]
    gold: list[Gold]
    tags: list[str]
    standalone: str = ""
    """What a follow-up asks, made whole; empty where the question stands alone."""

    rejected: list[Gold] = []
    """What a person marked wrong: to give it is a mistake, whatever else is known."""
    is_gold_known: bool = True
    """False where a person only said that an answer or, if nothing is rejected, a refusal is wrong.

    What would be right was not said: that the articles do not answer it does not follow.
    """

    @property
    def whole(self) -> str:
        """The question as it stands alone."""
        return self.standalone or self.question


_decoder: LineDecoder[Question] = LineDecoder(Question)


def bundled_questions() -> list[Question]:
    """Read the question set over the bundled articles."""
    lines = files("eval").joinpath("bundled.jsonl").read_bytes().splitlines()
    return [_decoder.decode(line) for line in lines]


def read_questions(file: Path) -> list[Question]:
    """Read a question set. Raises BadRequest, naming the line, where it cannot be understood."""
    try:
        lines = file.read_bytes().split(b"\n")
    except OSError as error:
        raise BadRequest(f"{file} cannot be read: {error.strerror}") from error
    return [_question(file, number, line) for number, line in enumerate(lines, 1) if line.strip()]


def _question(file: Path, number: int, line: bytes) -> Question:
    try:
        return _decoder.decode(line)
    except ValueError as error:
        raise BadRequest(f"{file}, line {number}, is not a question: {error}") from error
