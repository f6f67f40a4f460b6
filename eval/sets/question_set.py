"""Question sets: one JSON object per line."""

from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files
from json import JSONDecodeError
from pathlib import Path

import msgspec

from index.disk.json_lines import LineDecoder, encode_line
from index.errors import BadRequest, reason_of
from qa.answers import MAX_QUESTION_LENGTH

BUNDLED_SET = Path(str(files("eval"))) / "bundled.jsonl"
_MAX_REPORTED = 8
"""Errors reported for one set."""
_BOM = b"\xef\xbb\xbf"


class Gold(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A gold reference: the location of an answer and its accepted wordings."""

    path: str
    """Of the article: absolute, or resolved by `eval.sets.gold.article_of`."""
    line: int
    """From 1."""
    answers: list[str]
    """Accepted answers in the words of the lines; empty if only the location counts."""
    end_line: int = 0
    """Last line; 0 if the reference is one line."""
    grade: int = 1
    """Relevance, from 1; used only for rankings."""

    @property
    def lines(self) -> range:
        """The lines of the reference."""
        return range(self.line, max(self.line, self.end_line) + 1)

    @property
    def location(self) -> str:
        """Path and lines."""
        return f"{self.path}:{self.line}{f'–{self.end_line}' if len(self.lines) > 1 else ''}"


class Question(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A question; without gold it is unanswerable, unless its gold is unknown."""

    id: str
    question: str
    history: list[str] = []
    gold: list[Gold]
    tags: list[str] = []
    within: list[str] = []
    """Articles, or folders, that the search is limited to, with paths like gold's; all if empty."""
    standalone: str = ""
    """A follow-up rewritten by hand to stand alone; empty if the question does already."""

    rejected: list[Gold] = []
    """Answers that the user marked wrong: repeating one is a failure."""
    is_gold_known: bool = True
    """False if the user only marked an answer, or a refusal if none is rejected, as wrong.

    The right reply is unknown then: the question is not unanswerable because it has no gold.
    """

    @property
    def searched_question(self) -> str:
        """The question rewritten to stand alone."""
        return self.standalone or self.question


_decoder: LineDecoder[Question] = LineDecoder(Question)


def bundled_questions() -> list[Question]:
    """Read the question set about the bundled articles."""
    return read_questions(BUNDLED_SET)


def encode_questions(questions: Iterable[Question]) -> bytes:
    """Return the lines of a question set."""
    return "".join(f"{encode_line(question)}\n" for question in questions).encode("ascii")


def read_questions(file: Path) -> list[Question]:
    """Read and check a question set; an empty file is an empty set.

    Raises BadRequest with the first few invalid lines and what is wrong with them.
    """
    try:
        lines = file.read_bytes().removeprefix(_BOM).split(b"\n")
    except OSError as error:
        raise BadRequest(f"{file} cannot be read: {reason_of(error)}") from error
    questions: list[Question] = []
    errors: list[tuple[int, str]] = []
    line_of: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            question = _decoder.decode(line)
        except ValueError as error:
            errors.append((number, _decoding_error(error)))
            continue
        questions.append(question)
        errors += [(number, message) for message in errors_in(question)]
        first = line_of.setdefault(question.id, number)
        if first != number:
            errors.append((number, f"duplicate id {question.id}, first used on line {first}"))
    if errors:
        raise BadRequest(_message(file, errors))
    return questions


def _decoding_error(error: ValueError) -> str:
    cause = error.__cause__
    if isinstance(cause, JSONDecodeError):
        return f"not JSON: {cause.msg}, at column {cause.colno}"
    return str(error)


def _message(file: Path, errors: Sequence[tuple[int, str]]) -> str:
    (number, first), *others = errors[:_MAX_REPORTED]
    further = "".join(f"; line {line}: {message}" for line, message in others)
    rest = len(errors) - _MAX_REPORTED
    more = f"; and {rest:,} more" if rest > 0 else ""
    return f"{file}, line {number}: invalid question: {first}{further}{more}"


def errors_in(question: Question) -> Iterator[str]:
    """Yield what is wrong with a question, regardless of the articles."""
    if not question.id.strip():
        yield "`id` is empty"
    if not question.question.strip():
        yield "`question` is empty"
    if not all(earlier.strip() for earlier in question.history):
        yield "a question in `history` is empty"
    if not all(map(_is_path, question.within)):
        yield "a path in `within` is not a file path"
    longest = max(map(len, (question.question, question.standalone, *question.history)))
    if longest > MAX_QUESTION_LENGTH:
        yield f"a question has {longest:,} characters (limit {MAX_QUESTION_LENGTH:,})"
    for name, references in (("gold", question.gold), ("rejected", question.rejected)):
        for number, gold in enumerate(references, 1):
            yield from (f"{name} {number}: {message}" for message in _errors_in_gold(gold))


def _errors_in_gold(gold: Gold) -> Iterator[str]:
    if not _is_path(gold.path):
        yield "`path` is not a file path"
    if gold.line < 1:
        yield f"`line` is {gold.line}; lines count from 1"
    elif gold.end_line and gold.end_line < gold.line:
        yield f"`end_line` {gold.end_line} is before `line` {gold.line}"
    if not all(answer.strip() for answer in gold.answers):
        yield "an answer is empty; use an empty list if only the location counts"
    if gold.grade < 1:
        yield f"`grade` is {gold.grade}; leave out what is not relevant"


def _is_path(path: str) -> bool:
    return bool(path) and "\0" not in path
