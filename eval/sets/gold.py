"""Whether the gold of a question set stands where it says."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from eval.sets.question_set import Gold, Question
from index.articles.files import Root, Skipped, read
from index.articles.paths import is_under, real_path
from index.articles.text import NotText, Text, decode
from qa.answering.squad_text import normalise_answer

_KEPT = 16
"""Articles kept in memory: questions about one mostly follow one another."""
_MOST = 32 * 1024 * 1024
"""Bytes of an article: more than are indexed by default, for `--max-bytes` may have been raised."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A gold place that is not as it says."""

    question_id: str
    gold: Gold
    what: str
    """What is wrong, and what to do where that is plain."""
    is_note: bool = False
    """Whether the words stand there as SQuAD compares them, and only not letter for letter."""

    @property
    def message(self) -> str:
        """The problem on one line."""
        return f"question {self.question_id}, {self.gold.path}:{self.gold.line}: {self.what}"


def bases_of(set_file: Path, roots: Sequence[Root]) -> tuple[Path, ...]:
    """Give the folders that a set's relative paths are below: its file's, then the indexed ones."""
    indexed = (Path(root.path) for root in roots)
    return (set_file.parent, *(path if path.is_dir() else path.parent for path in indexed))


def article_of(path: str, bases: Sequence[Path]) -> Path:
    """Give the file that a gold path means, absolute, its links resolved.

    A relative path is looked for below each base in turn (see `bases_of`; for the bundled set the
    one base is the folder of the bundled articles). Where no base has it, it is below the first.
    """
    places = (real_path(str(base / path)) for base in bases)
    return Path(next(filter(os.path.lexists, places), real_path(str(bases[0] / path))))


def portable_path(file: Path, bases: Sequence[Path]) -> str:
    """Give an article's path below the first base that leads to it again, else absolute."""
    real = Path(os.path.realpath(file))
    for base in bases:
        folder = Path(os.path.realpath(base))
        if real != folder and is_under(str(real), str(folder)):
            below = str(real.relative_to(folder))
            if article_of(below, bases) == real:
                return below
    return str(real)


def check_gold(questions: Sequence[Question], bases: Sequence[Path]) -> tuple[Problem, ...]:
    """Tell which gold and rejected places are not as they say; paths as `article_of` has them.

    Every accepted answer must stand on its lines: letter for letter, else, which is only noted, as
    SQuAD normalises. A place without answers must be there.
    """

    @lru_cache(maxsize=_KEPT)
    def opened(path: str) -> Text | NotText:
        return open_article(article_of(path, bases))

    return tuple(
        problem
        for question in questions
        for place in (*question.gold, *question.rejected)
        for problem in _problems(question.id, place, opened)
    )


def stands_in(answer: str, words: str) -> bool:
    """Tell whether an answer stands in a text, whole words of it, as SQuAD normalises both."""
    wanted = normalise_answer(answer)
    return bool(wanted) and f" {wanted} " in f" {normalise_answer(words)} "


def words_of(text: Text, lines: range) -> str:
    """Give lines of an article as they stand. Raises IndexError past the end."""
    start, end = text.line_span(lines[0])[0], text.line_span(lines[-1])[1]
    return text.text[start:end]


def open_article(file: Path) -> Text | NotText:
    """Read an article as it is now."""
    contents = read(Root(str(file), str(file)), "", _MOST)
    return NotText(contents.reason) if isinstance(contents, Skipped) else decode(contents.data)


def _problems(
    question_id: str, place: Gold, opened: Callable[[str], Text | NotText]
) -> Iterator[Problem]:
    text = opened(place.path)
    if isinstance(text, NotText):
        yield Problem(question_id, place, f"the article cannot be used: {text.reason}")
        return
    if place.lines[-1] > text.line_count:
        yield Problem(question_id, place, f"the article has {text.line_count:,} lines")
        return
    words = words_of(text, place.lines)
    for answer in place.answers:
        if answer in words:
            continue
        if stands_in(answer, words):
            what = f"“{answer}” stands there only without case, punctuation and articles"
            yield Problem(question_id, place, what, is_note=True)
        else:
            yield Problem(question_id, place, f"“{answer}” does not stand there{_at(text, answer)}")


def _at(text: Text, answer: str) -> str:
    found = text.text.find(answer)
    return f"; it stands on line {text.line_of(found)}" if found != -1 else ""
