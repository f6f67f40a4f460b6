"""The bundled question set, as it lies on disk."""

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
    """What a follow-up asks, made whole."""


def bundled_questions() -> list[Question]:
    lines = files("eval").joinpath("bundled.jsonl").read_bytes().splitlines()
    return [msgspec.json.decode(line, type=Question) for line in lines]
