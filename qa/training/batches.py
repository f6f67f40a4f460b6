"""Tokenised examples with their targets, and batches of similar length."""

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from tokenizers import Tokenizer

from index.articles.spans import Span
from qa.reader.shipped import encoder_folder
from qa.reader.windows import Window, prepare_tokenizer, windows
from qa.training.data import Example, Kind

Item = TypeVar("Item")

MAX_TOKENS = 320
"""In a window."""


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """A window with the first and last token of its answer; both 0, [CLS], if unanswerable."""

    window: Window
    start: int
    end: int
    kind: Kind


def targets_of(example: Example) -> list[Target]:
    """Tokenise an example; a window that lacks its answer counts as unanswerable."""
    return [
        Target(window, *_answer_tokens(window, example.answers), example.kind)
        for window in windows(_tokenizer(), example.question, [example.passage], MAX_TOKENS)
    ]


@cache
def _tokenizer() -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(encoder_folder() / "tokenizer.json"))
    prepare_tokenizer(tokenizer, MAX_TOKENS)
    return tokenizer


def _answer_tokens(window: Window, answers: Sequence[Span]) -> tuple[int, int]:
    for answer in answers:
        inside = (window.offsets[:, 0] < answer.end) & (window.offsets[:, 1] > answer.start)
        covers = window.offsets[0, 0] <= answer.start and answer.end <= window.offsets[-1, 1]
        if covers and inside.any():
            tokens = inside.nonzero()[0]
            return window.first + int(tokens[0]), window.first + int(tokens[-1])
    return 0, 0


def bucket_by_length(
    items: Iterable[Item],
    length: Callable[[Item], int],
    jitter: int,
    size: int,
    chance: random.Random,
) -> list[list[Item]]:
    """Cut items into batches of similar length, in random order.

    Up to `jitter` is added to each length, so that batches differ from one epoch to the next.
    """
    ordered = sorted(items, key=lambda item: length(item) + chance.random() * jitter)
    batches = [ordered[start : start + size] for start in range(0, len(ordered), size)]
    chance.shuffle(batches)
    return batches
