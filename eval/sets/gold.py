"""Check that the gold references of a question set match the articles."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import msgspec

from eval.sets.question_set import Gold, Question
from index.articles.files import Root, Skipped, read
from index.articles.formats.reading import read_text
from index.articles.paths import is_under, real_path
from index.articles.text import NotText, Text
from qa.answering.squad_text import normalise_answer

_CACHED = 16
"""Articles kept in memory: questions about one article usually follow one another."""
_MAX_BYTES = 32 * 1024 * 1024
"""Size limit of an article: above the default of an index, as `--max-bytes` may have raised it."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A gold reference that does not match its article, or a path that does not exist."""

    question_id: str
    place: str
    """Path and line of the reference, or the path."""
    what: str
    """What is wrong, and what to do where that is clear."""
    is_note: bool = False
    """Whether the words are there after SQuAD's normalisation, but not letter for letter."""

    @property
    def message(self) -> str:
        """The problem on one line."""
        return f"question {self.question_id}, {self.place}: {self.what}"


def bases_of(set_file: Path, roots: Sequence[Root]) -> tuple[Path, ...]:
    """Return the folders that relative paths of a set start from: its own, then the indexed."""
    indexed = (Path(root.path) for root in roots)
    return (set_file.parent, *(path if path.is_dir() else path.parent for path in indexed))


def article_of(path: str, bases: Sequence[Path]) -> Path:
    """Return the absolute path of the file of a gold reference, with links resolved.

    A relative path is tried under each base in turn (see `bases_of`; the only base of the bundled
    set is the folder of the bundled articles). If no base has it, it is taken from the first.
    """
    paths = (real_path(str(base / path)) for base in bases)
    return Path(next(filter(os.path.lexists, paths), real_path(str(bases[0] / path))))


def portable_path(file: Path, bases: Sequence[Path]) -> str:
    """Return the path of an article relative to the first base that finds it, else absolute."""
    real = Path(os.path.realpath(file))
    for base in bases:
        folder = Path(os.path.realpath(base))
        if real != folder and is_under(str(real), str(folder)):
            relative = str(real.relative_to(folder))
            if article_of(relative, bases) == real:
                return relative
    return str(real)


def portable(question: Question, bases: Sequence[Path]) -> Question:
    """Return a question with portable paths; see `portable_path`."""

    def moved(references: Sequence[Gold]) -> list[Gold]:
        return [
            msgspec.structs.replace(gold, path=portable_path(Path(gold.path), bases))
            for gold in references
        ]

    return msgspec.structs.replace(
        question,
        gold=moved(question.gold),
        rejected=moved(question.rejected),
        within=[portable_path(Path(path), bases) for path in question.within],
    )


def check_gold(questions: Sequence[Question], bases: Sequence[Path]) -> tuple[Problem, ...]:
    """Return the references and paths that do not match; see `article_of` for paths.

    Every accepted answer must be on its lines, letter for letter; if it is there only after
    SQuAD's normalisation, the problem is a note. The lines of a reference without answers must
    exist, and so must the paths of `within`.
    """
    opened = opener(bases)
    return tuple(
        problem for question in questions for problem in _problems(question, bases, opened)
    )


def contains_answer(words: str, answer: str) -> bool:
    """Return whether a text has the whole words of an answer, both normalised like SQuAD's."""
    wanted = normalise_answer(answer)
    return bool(wanted) and f" {wanted} " in f" {normalise_answer(words)} "


def words_of(text: Text, lines: range) -> str:
    """Return lines of an article unchanged. Raises IndexError past the end."""
    start, end = text.line_span(lines[0])[0], text.line_span(lines[-1])[1]
    return text.text[start:end]


def open_article(file: Path) -> Text | NotText:
    """Read the current content of an article."""
    contents = read(Root(str(file), str(file)), "", _MAX_BYTES)
    if isinstance(contents, Skipped):
        return NotText(contents.reason)
    return read_text(contents.data, str(file))


def opener(bases: Sequence[Path]) -> Callable[[str], Text | NotText]:
    """Return a function that opens an article by its path in a gold reference, with a cache."""
    return lru_cache(_CACHED)(lambda path: open_article(article_of(path, bases)))


def _problems(
    question: Question, bases: Sequence[Path], opened: Callable[[str], Text | NotText]
) -> Iterator[Problem]:
    for gold in (*question.gold, *question.rejected):
        yield from _problems_of_gold(question.id, gold, opened(gold.path))
    for path in question.within:
        if not os.path.exists(article_of(path, bases)):  # noqa: PTH110  False for a name too long
            yield Problem(question.id, path, "no such file or folder")


def _problems_of_gold(question_id: str, gold: Gold, text: Text | NotText) -> Iterator[Problem]:
    place = f"{gold.path}:{gold.line}"
    if isinstance(text, NotText):
        yield Problem(question_id, place, f"the article cannot be used: {text.reason}")
        return
    if gold.lines[-1] > text.line_count:
        yield Problem(question_id, place, f"the article has {text.line_count:,} lines")
        return
    words = words_of(text, gold.lines)
    for answer in gold.answers:
        if answer in words:
            continue
        if contains_answer(words, answer):
            what = f"“{answer}” matches only without case, punctuation and articles (a, an, the)"
            yield Problem(question_id, place, what, is_note=True)
        else:
            yield Problem(question_id, place, f"“{answer}” is not there{_hint(text, answer)}")


def _hint(text: Text, answer: str) -> str:
    found = text.text.find(answer)
    return f"; it is on line {text.line_of(found)}" if found != -1 else ""
