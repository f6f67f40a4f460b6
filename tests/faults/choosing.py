"""Which of all the moments of a build a run tries, where it cannot try all."""

import random
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def choose(
    every: Sequence[T], count: int, is_late: Callable[[T], bool], chance: random.Random
) -> list[T]:
    """Choose so many by chance, half of them late ones, for the end of a build publishes."""
    if count >= len(every):
        return list(every)
    late = [one for one in every if is_late(one)]
    tail = min(count // 2, len(late))
    return [*chance.sample(every, count - tail), *chance.sample(late, tail)]
