"""Question sets: one JSON object a line."""

from collections.abc import Iterator, Sequence
from importlib.resources import files
from json import JSONDecodeError
from pathlib import Path

import msgspec

from index.disk.json_lines import LineDecoder
from index.errors import BadRequest, reason_of
from qa.answers import MAX_QUESTION_LENGTH

_TOLD = 8
"""Lines of a set that are told to be wrong, at most."""
_BOM = b"\xef\xbb\xbf"


class Gold(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Where an answer stands, and how it may be worded."""

    path: str
    """Of the article: absolute, or as `eval.sets.gold.article_of` finds it."""
    line: int
    """From 1."""
    answers: list[str]
    """Accepted ones, each in the words of the place; none where the place alone counts."""
    end_line: int = 0
    """The last line of the place; 0 where it is one line."""
    grade: int = 1
    """How relevant the place is, from 1; for rankings alone."""

    @property
    def lines(self) -> range:
        """The lines of the place."""
        return range(self.line, max(self.line, self.end_line) + 1)

    @property
    def place(self) -> str:
        """Path and lines."""
        return f"{self.path}:{self.line}{f'–{self.end_line}' if len(self.lines) > 1 else ''}"


class Question(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A question; one without gold has no answer in the articles, unless its gold is unknown."""

    id: str
    question: str
    history: list[str] = []
    gold: list[Gold]
    tags: list[str] = []
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
    """Read a question set, and check it; an empty file is an empty set.

    Raises BadRequest, naming each line that is not as it should be, up to a few, and why.
    """
    try:
        lines = file.read_bytes().removeprefix(_BOM).split(b"\n")
    except OSError as error:
        raise BadRequest(f"{file} cannot be read: {reason_of(error)}") from error
    questions: list[Question] = []
    faults: list[tuple[int, str]] = []
    line_of: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            question = _decoder.decode(line)
        except ValueError as error:
            faults.append((number, _why(error)))
            continue
        questions.append(question)
        first = line_of.setdefault(question.id, number)
        twice = [f"its id {question.id} is that of line {first}"] if first != number else []
        faults += [(number, fault) for fault in (*faults_of(question), *twice)]
    if faults:
        raise BadRequest(_told(file, faults))
    return questions


def _why(error: ValueError) -> str:
    cause = error.__cause__
    if isinstance(cause, JSONDecodeError):
        return f"not JSON: {cause.msg}, at column {cause.colno}"
    return str(error)


def _told(file: Path, faults: Sequence[tuple[int, str]]) -> str:
    (number, fault), *others = faults[:_TOLD]
    further = "".join(f"; line {line}: {why}" for line, why in others)
    left = len(faults) - _TOLD
    more = f"; and {left:,} more" if left > 0 else ""
    return f"{file}, line {number}, is not a question: {fault}{further}{more}"


def faults_of(question: Question) -> Iterator[str]:
    """Yield what is wrong with a question by itself, whatever the articles say."""
    if not question.id.strip():
        yield "its id is empty"
    if not question.question.strip():
        yield "the question is empty"
    if not all(one.strip() for one in question.history):
        yield "an earlier question, in `history`, is empty"
    longest = max(map(len, (question.question, question.standalone, *question.history)))
    if longest > MAX_QUESTION_LENGTH:
        yield f"a question has {longest:,} characters, over {MAX_QUESTION_LENGTH:,}"
    for name, places in (("gold", question.gold), ("rejected", question.rejected)):
        for number, place in enumerate(places, 1):
            yield from (f"{name} {number}: {fault}" for fault in _faults_of_place(place))


def _faults_of_place(place: Gold) -> Iterator[str]:
    if not place.path or "\0" in place.path:
        yield "`path` names no article"
    if place.line < 1:
        yield f"`line` is {place.line}; lines count from 1"
    elif place.end_line and place.end_line < place.line:
        yield f"`end_line` {place.end_line} comes before `line` {place.line}"
    if not all(answer.strip() for answer in place.answers):
        yield "an answer is empty; leave `answers` empty where the place alone counts"
    if place.grade < 1:
        yield f"`grade` is {place.grade}; leave out what is not relevant"
