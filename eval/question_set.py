"""Question sets: one JSON object a line."""

from importlib.resources import files

import msgspec


class Gold(msgspec.Struct, forbid_unknown_fields=True):
    """Where an answer stands, and how it may be worded."""

    path: str
    line: int
    answers: list[str]


class Question(msgspec.Struct, forbid_unknown_fields=True):
    """A question; one without gold has no answer in the articles."""

    id: str
    question: str
    history: list[str]
    gold: list[Gold]
    tags: list[str]
    standalone: str = ""
    """What a follow-up asks, made whole; empty where the question stands alone."""

    @property
    def whole(self) -> str:
        """The question as it stands alone."""
        return self.standalone or self.question


def bundled_questions() -> list[Question]:
    """Read the question set over the bundled articles."""
    lines = files("eval").joinpath("bundled.jsonl").read_bytes().splitlines()
    return [msgspec.json.decode(line, type=Question) for line in lines]
