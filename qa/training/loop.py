"""The training loop, resumable from its last checkpoint; it gives the mean of its last weights."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from index.models.cpu_tuning import has_fast_bfloat16
from qa.reader.windows import Window

if TYPE_CHECKING:
    import torch
    from transformers import BertForQuestionAnswering

_CHECKPOINT_EVERY = 500
_TOLD_EVERY = 100
_CLIPPED = 1.0
"""Norm of a step's gradient, at most."""
_ROUND = 16
"""Windows are padded to a multiple of it: each new shape costs the processor's library a kernel."""


Batch = TypeVar("Batch")


@dataclass(frozen=True)
class Course(Generic[Batch]):
    """What a training goes through."""

    batches: Sequence[Batch]
    """One for each step."""
    loss: "Callable[[BertForQuestionAnswering, Batch], torch.Tensor]"
    rate: Callable[[int], float]
    """Of a step, from 0."""
    averaged: range
    """Steps after which the weights go into the mean; none for the last weights themselves."""


class Optimised(Protocol):
    """What settings say to the optimiser."""

    @property
    def weight_decay(self) -> float:
        """A step's share of the weights, times its rate, that is taken off them."""


@dataclass(frozen=True)
class Trainer:
    """A network in training, and the file that it goes on from."""

    network: "BertForQuestionAnswering"
    optimiser: "torch.optim.AdamW"
    checkpoint: Path
    mean: "dict[str, torch.Tensor]" = field(default_factory=dict)
    """Of the weights so far (Izmailov et al. 2018, stochastic weight averaging)."""

    @classmethod
    def of(
        cls, network: "BertForQuestionAnswering", settings: Optimised, checkpoint: Path
    ) -> "Trainer":
        """Set up the optimiser for a network's trainable weights."""
        import torch

        optimiser = torch.optim.AdamW(
            trainable(network),
            betas=(0.9, 0.98),
            weight_decay=settings.weight_decay,
            fused=True,
        )
        return cls(network, optimiser, checkpoint)

    def train(self, course: Course[Batch]) -> None:
        """Go through a course, from the checkpoint where there is one; leave the mean."""
        import torch

        steps = len(course.batches)
        done = self._restore()
        self.network.train()
        began, losses = time.monotonic(), 0.0
        for step in range(done, steps):
            for group in self.optimiser.param_groups:
                group["lr"] = course.rate(step)
            losses += self._step(course.loss(self.network, course.batches[step]))
            if step in course.averaged:
                self._average(1 + course.averaged.index(step))
            if (step + 1) % _TOLD_EVERY == 0:
                pace = (time.monotonic() - began) / (step + 1 - done)
                print(
                    f"step {step + 1} of {steps}: loss {losses / _TOLD_EVERY:.3f}, "
                    f"{pace * (steps - step - 1) / 60:.0f} minutes left",
                    flush=True,
                )
                losses = 0.0
            if (step + 1) % _CHECKPOINT_EVERY == 0 or step + 1 == steps:
                self._save(step + 1)
        for name, weight in self._trained() if self.mean else []:
            with torch.no_grad():
                weight.copy_(self.mean[name])

    def _step(self, loss: "torch.Tensor") -> float:
        import torch

        loss.backward()
        weights = self.optimiser.param_groups[0]["params"]
        torch.nn.utils.clip_grad_norm_(weights, _CLIPPED)
        self.optimiser.step()
        self.optimiser.zero_grad()
        return float(loss.detach())

    def _average(self, count: int) -> None:
        for name, weight in self._trained():
            if count == 1:
                self.mean[name] = weight.detach().clone()
            else:
                self.mean[name].lerp_(weight.detach(), 1 / count)

    def _save(self, step: int) -> None:
        import torch
        from safetensors.torch import save_file

        tensors = {"step": torch.tensor(step), "chance": torch.get_rng_state()}
        tensors |= {f"average {name}": value for name, value in self.mean.items()}
        for name, weight in self._trained():
            state = self.optimiser.state[weight]
            tensors[f"weight {name}"] = weight.detach()
            tensors[f"mean {name}"] = state["exp_avg"]
            tensors[f"square {name}"] = state["exp_avg_sq"]
        partial = self.checkpoint.with_suffix(".partial")
        save_file(tensors, partial)
        partial.replace(self.checkpoint)

    def _restore(self) -> int:
        import torch
        from safetensors.torch import load_file

        if not self.checkpoint.exists():
            return 0
        tensors = load_file(self.checkpoint)
        step = int(tensors["step"])
        torch.set_rng_state(tensors["chance"])
        named = (name.partition(" ") for name in tensors)
        self.mean.update(
            {name: tensors[f"average {name}"] for kind, _, name in named if kind == "average"}
        )
        for name, weight in self._trained():
            with torch.no_grad():
                weight.copy_(tensors[f"weight {name}"])
            self.optimiser.state[weight] = {
                "step": torch.tensor(float(step)),
                "exp_avg": tensors[f"mean {name}"],
                "exp_avg_sq": tensors[f"square {name}"],
            }
        return step

    def _trained(self) -> "list[tuple[str, torch.nn.Parameter]]":
        return [(name, one) for name, one in self.network.named_parameters() if one.requires_grad]


def trainable(network: "BertForQuestionAnswering") -> "list[torch.nn.Parameter]":
    """Give the weights that are trained, in the network's own order."""
    return [weight for weight in network.parameters() if weight.requires_grad]


def logits(
    network: "BertForQuestionAnswering", windows: Sequence[Window]
) -> "tuple[torch.Tensor, torch.Tensor]":
    """Give start and end logits; shape (windows, tokens), -10000 outside of the passage."""
    import torch

    lengths = [len(one.ids) for one in windows]
    width = -(-max(lengths) // _ROUND) * _ROUND
    ids, types, real, open_ = (torch.zeros(len(windows), width, dtype=torch.long) for _ in range(4))
    for row, one in enumerate(windows):
        ids[row, : lengths[row]] = torch.from_numpy(one.ids)
        types[row, : lengths[row]] = torch.from_numpy(one.types)
        real[row, : lengths[row]] = 1
        open_[row, one.first : one.first + len(one.offsets)] = 1
        open_[row, 0] = 1
    with torch.autocast("cpu", torch.bfloat16, enabled=has_fast_bfloat16()):
        output = network(ids, attention_mask=real, token_type_ids=types)
    shut = open_ == 0
    return (
        output.start_logits.float().masked_fill(shut, -1e4),
        output.end_logits.float().masked_fill(shut, -1e4),
    )
