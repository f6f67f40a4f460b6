"""Training on groups: a question's passages together, so that their scores compare.

Half of the loss is a passage's own, as in `singles`. The other half is that of a normalisation that
a question's passages share (Clark and Gardner 2018): all their tokens and one null compete.
"""

import random
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from qa.training.batches import Target, of_like_length, targets_of, training_tokenizer
from qa.training.data import Example, Kind
from qa.training.loop import Course, logits
from qa.training.settings import GroupSettings
from qa.training.singles import own_loss

if TYPE_CHECKING:
    import torch
    from transformers import BertForQuestionAnswering

Group = list[Target]
"""Passages of one question; answered by one of them at most."""

_ASKED = (Kind.ENCYCLOPEDIC, Kind.DEV)
_AGAINST = (Kind.NEAR_MISS, Kind.SIBLING)
_NEAR_MISSES = 2
"""Passages that a question must be missed by, at least."""
_JITTER = 20
"""Tokens by which lengths are blurred."""
_AVERAGED_EVERY = 10
"""Steps between two sets of weights that go into the mean."""


def course_of(examples: Sequence[Example], settings: GroupSettings) -> Course[list[Group]]:
    """Give the course of a training on groups; the same one for the same settings."""
    chance = random.Random(settings.order)  # noqa: S311
    tokenizer = training_tokenizer()
    groups = [
        [targets_of(one, tokenizer)[0] for one in group]
        for group in groups_of(examples, settings, chance)
    ]
    batches = of_like_length(groups, _width, _JITTER, settings.batch, chance)
    first = round((1 - settings.averaged) * len(batches))
    return Course(
        batches,
        _loss,
        lambda step: learning_rate(step, len(batches), settings),
        range(-(-first // _AVERAGED_EVERY) * _AVERAGED_EVERY, len(batches), _AVERAGED_EVERY),
    )


def groups_of(
    examples: Sequence[Example], settings: GroupSettings, chance: random.Random
) -> list[list[Example]]:
    """Choose questions, each with passages that miss it and mostly with the one to read."""
    asked = {(one.question, one.passage): one for one in examples if one.kind in _ASKED}
    against: dict[str, dict[str, Example]] = defaultdict(dict)
    missed: dict[str, set[str]] = defaultdict(set)
    for one in examples:
        if one.kind in _AGAINST:
            against[one.question][one.passage] = one
        if one.kind is Kind.NEAR_MISS:
            missed[one.question].add(one.passage)
    chosen = [one for one in asked.values() if len(missed[one.question]) >= _NEAR_MISSES]
    chance.shuffle(chosen)
    groups = []
    for one in chosen[: settings.groups]:
        others = list(against[one.question].values())
        chance.shuffle(others)
        left_out = chance.random() < settings.left_out and len(others) >= settings.passages - 1
        groups.append(([] if left_out else [one]) + others)
    return [group[: settings.passages] for group in groups]


def learning_rate(step: int, steps: int, settings: GroupSettings) -> float:
    """Give the rate of a step, from 0: it falls in a straight line, and rises to that at first."""
    falling = 1 - (1 - settings.last_rate) * step / steps
    return settings.learning_rate * min((step + 1) / (settings.warmup * steps), falling)


def _width(group: Group) -> int:
    return max(len(one.window.ids) for one in group)


def _loss(network: "BertForQuestionAnswering", batch: Sequence[Group]) -> "torch.Tensor":
    every = [one for group in batch for one in group]
    starts, ends = logits(network, [one.window for one in every])
    return (own_loss(starts, ends, every) + shared_loss(starts, ends, batch)) / 2


def shared_loss(
    starts: "torch.Tensor", ends: "torch.Tensor", batch: Sequence[Group]
) -> "torch.Tensor":
    """Cross-entropy of start and end over all tokens of a question's passages and one null.

    A token's score is its logit less that of its own passage's [CLS]; the null's is 0. `starts` and
    `ends` have shape (windows, tokens), the groups' windows one after another.
    """
    import torch

    total, row = torch.zeros(()), 0
    for group in batch:
        rows = range(row, row + len(group))
        for scores, places in (
            (starts, [one.start for one in group]),
            (ends, [one.end for one in group]),
        ):
            above = (scores[rows.start : rows.stop] - scores[rows.start : rows.stop, :1])[:, 1:]
            every = torch.cat([torch.zeros(1), above.flatten()])
            right = [
                1 + index * above.shape[1] + place - 1
                for index, place in enumerate(places)
                if place
            ]
            total = total + torch.logsumexp(every, 0) - torch.logsumexp(every[right or [0]], 0)
        row = rows.stop
    return total / (2 * len(batch))
