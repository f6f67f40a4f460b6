"""What a training learns from: single passages, or a question's passages together.

A single passage is scored against its own null, [CLS]. In a group the passages of a question are
trained together, so that their scores compare: half of the loss is each passage's own, the other
half normalises over all tokens of the passages and one null (Clark and Gardner 2018).
"""

import math
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from qa.training.batches import Target, bucket_by_length, targets_of
from qa.training.data import Example, Kind
from qa.training.loop import Course, logits
from qa.training.settings import Groups, Passages, Settings

if TYPE_CHECKING:
    import torch
    from transformers import BertForQuestionAnswering

Group = list[Target]
"""Passages of one question; answered by one of them at most."""

_ANSWERED_BY = (Kind.ENCYCLOPEDIC, Kind.DEV)
_MISSED_BY = (Kind.NEAR_MISS, Kind.SIBLING)
_MIN_NEAR_MISSES = 2
"""A question with fewer of them is in no group."""
_PASSAGE_JITTER = 12
"""Tokens."""
_GROUP_JITTER = 20
"""Tokens."""


def passages_course(
    targets: Sequence[Target], settings: Settings, data: Passages
) -> Course[list[Target]]:
    """Return the batches and the loss of a training on single passages."""
    return Course(list(schedule(targets, settings, data)), _passages_loss)


def schedule(
    targets: Sequence[Target], settings: Settings, data: Passages
) -> Iterator[list[Target]]:
    """Yield the batches of all epochs; the same ones for the same settings."""
    for epoch in range(math.ceil(data.epochs)):
        chance = random.Random(1000 * settings.order + epoch)  # noqa: S311
        taken = [target for target in targets if chance.random() < data.share(target.kind)]
        batches = bucket_by_length(taken, _tokens, _PASSAGE_JITTER, settings.batch, chance)
        yield from batches[: round(min(data.epochs - epoch, 1.0) * len(batches))]


def _tokens(target: Target) -> int:
    return len(target.window.ids)


def _passages_loss(network: "BertForQuestionAnswering", batch: Sequence[Target]) -> "torch.Tensor":
    return own_loss(*logits(network, [target.window for target in batch]), batch)


def own_loss(
    starts: "torch.Tensor", ends: "torch.Tensor", batch: Sequence[Target]
) -> "torch.Tensor":
    """Return the mean cross-entropy of start and end over a passage's tokens and [CLS]."""
    import torch

    first = torch.tensor([target.start for target in batch], device=starts.device)
    last = torch.tensor([target.end for target in batch], device=ends.device)
    cross_entropy = torch.nn.functional.cross_entropy
    return (cross_entropy(starts, first) + cross_entropy(ends, last)) / 2


def groups_course(
    examples: Sequence[Example], settings: Settings, data: Groups
) -> Course[list[Group]]:
    """Return the batches and the loss of a training on groups; the same for the same settings."""
    chance = random.Random(settings.order)  # noqa: S311
    groups = [
        [targets_of(example)[0] for example in group] for group in groups_of(examples, data, chance)
    ]
    batches = bucket_by_length(groups, _width, _GROUP_JITTER, settings.batch, chance)
    return Course(batches, _groups_loss)


def groups_of(
    examples: Sequence[Example], data: Groups, chance: random.Random
) -> list[list[Example]]:
    """Choose questions, each with passages that miss it and, mostly, the one that answers it."""
    answered = {(one.question, one.passage): one for one in examples if one.kind in _ANSWERED_BY}
    missed: dict[str, dict[str, Example]] = defaultdict(dict)
    near: dict[str, set[str]] = defaultdict(set)
    for example in examples:
        if example.kind in _MISSED_BY:
            missed[example.question][example.passage] = example
        if example.kind is Kind.NEAR_MISS:
            near[example.question].add(example.passage)
    chosen = [one for one in answered.values() if len(near[one.question]) >= _MIN_NEAR_MISSES]
    chance.shuffle(chosen)
    groups = []
    for example in chosen[: data.groups]:
        others = list(missed[example.question].values())
        chance.shuffle(others)
        left_out = chance.random() < data.left_out and len(others) >= data.passages - 1
        groups.append(([] if left_out else [example]) + others)
    return [group[: data.passages] for group in groups]


def _width(group: Group) -> int:
    return max(map(_tokens, group))


def _groups_loss(network: "BertForQuestionAnswering", batch: Sequence[Group]) -> "torch.Tensor":
    targets = [target for group in batch for target in group]
    starts, ends = logits(network, [target.window for target in targets])
    return (own_loss(starts, ends, targets) + shared_loss(starts, ends, batch)) / 2


def shared_loss(
    starts: "torch.Tensor", ends: "torch.Tensor", batch: Sequence[Group]
) -> "torch.Tensor":
    """Return the cross-entropy of start and end over a question's passages and one null.

    A token's score is its logit minus that of its passage's [CLS]; the null's is 0. `starts` and
    `ends` have shape (windows, tokens), the groups' windows one after another.
    """
    import torch

    sizes = [len(group) for group in batch]
    losses = []
    for group, first, last in zip(batch, starts.split(sizes), ends.split(sizes), strict=True):
        losses.append(_group_loss(first, [target.start for target in group]))
        losses.append(_group_loss(last, [target.end for target in group]))
    return torch.stack(losses).mean()


def _group_loss(scores: "torch.Tensor", tokens: Sequence[int]) -> "torch.Tensor":
    """Return one group's loss; `tokens` are to be chosen, one a passage, 0 where it has none."""
    import torch

    above = (scores - scores[:, :1])[:, 1:]
    choices = torch.cat([above.new_zeros(1), above.flatten()])
    right = [1 + row * above.shape[1] + token - 1 for row, token in enumerate(tokens) if token]
    return torch.logsumexp(choices, 0) - torch.logsumexp(choices[right or [0]], 0)
