"""Accepted answers of other formats, given by offset, as gold references with lines."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from eval.importers.naming import writable
from eval.importers.result import Notes
from eval.sets.answer_spans import find_answer, is_at
from eval.sets.question_set import Gold


def locate(
    text: str, answers: Iterable[tuple[str, int]], key: str, notes: Notes
) -> list[tuple[str, int]]:
    """Return the distinct answers in the words of their text, with their lines in it, from 0.

    `answers` have their offsets in code points. An answer that is not at its offset is searched
    for, and left out if it is nowhere; both are noted under the id of the question.
    """
    located = []
    for answer, start in answers:
        words = writable(answer)
        span = find_answer(text, words, start)
        if span is None:
            notes["accepted answer left out: not in the article"].append(key)
            continue
        if not is_at(text, words, start):
            notes["repaired: wrong offset of an answer"].append(key)
        located.append((span.of(text), text.count("\n", 0, span.start)))
    return list(dict.fromkeys(located))


def gold_at(path: str, first_line: int, located: Sequence[tuple[str, int]]) -> list[Gold]:
    """Return the gold references of a text that begins on a line, from 1, of an article.

    Answers on the same lines are in one reference.
    """
    by_lines = defaultdict(list)
    for text, offset in located:
        line, breaks = first_line + offset, text.count("\n")
        by_lines[line, line + breaks if breaks else 0].append(text)
    return [Gold(path, line, texts, end_line) for (line, end_line), texts in by_lines.items()]
