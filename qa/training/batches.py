"""Examples to windows with targets, and epochs of them to batches of like length."""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tokenizers import Tokenizer

from index.articles.spans import Span
from qa.reader.shipped import encoder_folder
from qa.reader.windows import Window, prepare_tokenizer, windows
from qa.training.data import Example, Kind
from qa.training.settings import Settings

Item = TypeVar("Item")

MAX_TOKENS = 320
_JITTER = 12
"""Tokens by which lengths are blurred, so that a batch holds other examples each epoch."""


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """A window with the first and the last token of its answer; both 0, [CLS], where none."""

    window: Window
    start: int
    end: int
    kind: Kind


def targets(examples: Iterable[Example]) -> list[Target]:
    """Tokenise examples."""
    tokenizer = training_tokenizer()
    return [target for example in examples for target in targets_of(example, tokenizer)]


def training_tokenizer() -> Tokenizer:
    """Open the tokenizer, set to cut windows of `MAX_TOKENS`."""
    tokenizer = Tokenizer.from_file(str(encoder_folder() / "tokenizer.json"))
    prepare_tokenizer(tokenizer, MAX_TOKENS)
    return tokenizer


def targets_of(example: Example, tokenizer: Tokenizer) -> list[Target]:
    """Tokenise an example; a window that lacks its answer counts as unanswerable."""
    return [
        Target(window, *_place(window, example.answers), example.kind)
        for window in windows(tokenizer, example.question, [example.passage], MAX_TOKENS)
    ]


def _place(window: Window, answers: Sequence[Span]) -> tuple[int, int]:
    for answer in answers:
        inside = (window.offsets[:, 0] < answer.end) & (window.offsets[:, 1] > answer.start)
        covers = window.offsets[0, 0] <= answer.start and answer.end <= window.offsets[-1, 1]
        if covers and inside.any():
            tokens = inside.nonzero()[0]
            return window.first + int(tokens[0]), window.first + int(tokens[-1])
    return 0, 0


def schedule(every: Sequence[Target], settings: Settings) -> Iterator[list[Target]]:
    """Yield the batches of all epochs; the same ones for the same settings."""
    left = settings.epochs
    epoch = 0
    while left > 0:
        chance = random.Random(1000 * settings.order + epoch)  # noqa: S311
        batches = list(_epoch(every, settings, chance))
        yield from batches[: round(min(left, 1.0) * len(batches))]
        left -= 1
        epoch += 1


def _epoch(
    every: Sequence[Target], settings: Settings, chance: random.Random
) -> list[list[Target]]:
    taken = [one for one in every if chance.random() < settings.share(one.kind)]
    return of_like_length(taken, _tokens, _JITTER, settings.batch, chance)


def _tokens(target: Target) -> int:
    return len(target.window.ids)


def of_like_length(
    items: Iterable[Item],
    length: Callable[[Item], int],
    jitter: int,
    size: int,
    chance: random.Random,
) -> list[list[Item]]:
    """Cut items to batches of like length, give or take `jitter`, in an order left to chance."""
    ordered = sorted(items, key=lambda one: length(one) + chance.random() * jitter)
    batches = [ordered[start : start + size] for start in range(0, len(ordered), size)]
    chance.shuffle(batches)
    return batches
