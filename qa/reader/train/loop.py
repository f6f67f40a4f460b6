"""The training loop, resumable from its last checkpoint; it gives the mean of its last weights."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from qa.reader.train.batches import Target, schedule
from qa.reader.train.settings import Settings
from qa.reader.windows import Window

if TYPE_CHECKING:
    import torch
    from transformers import BertForQuestionAnswering

_CHECKPOINT_EVERY = 500
_TOLD_EVERY = 100
_AVERAGED_EVERY = 25
"""Steps between two sets of weights that go into the mean."""
_CLIPPED = 1.0
"""Norm of a step's gradient, at most."""
_ROUND = 16
"""Windows are padded to a multiple of it: each new shape costs the processor's library a kernel."""


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
        cls, network: "BertForQuestionAnswering", settings: Settings, checkpoint: Path
    ) -> "Trainer":
        """Set up the optimiser for a network's trainable weights."""
        import torch

        optimiser = torch.optim.AdamW(
            trainable(network),
            lr=settings.learning_rate,
            betas=(0.9, 0.98),
            weight_decay=settings.weight_decay,
            fused=True,
        )
        return cls(network, optimiser, checkpoint)

    def train(self, every: Sequence[Target], settings: Settings) -> None:
        """Go through the schedule, from the checkpoint where there is one; leave the mean."""
        import torch

        batches = list(schedule(every, settings))
        first = round((1 - settings.averaged) * len(batches))
        done = self._restore()
        self.network.train()
        began, losses = time.monotonic(), 0.0
        for step in range(done, len(batches)):
            for group in self.optimiser.param_groups:
                group["lr"] = learning_rate(step, len(batches), settings)
            losses += self._step(batches[step])
            if step >= first and (step - first) % _AVERAGED_EVERY == 0:
                self._average(1 + (step - first) // _AVERAGED_EVERY)
            if (step + 1) % _TOLD_EVERY == 0:
                pace = (time.monotonic() - began) / (step + 1 - done)
                left = pace * (len(batches) - step - 1) / 60
                print(
                    f"step {step + 1} of {len(batches)}: loss {losses / _TOLD_EVERY:.3f}, "
                    f"{left:.0f} minutes left",
                    flush=True,
                )
                losses = 0.0
            if (step + 1) % _CHECKPOINT_EVERY == 0 or step + 1 == len(batches):
                self._save(step + 1)
        for name, weight in self._trained() if self.mean else []:
            with torch.no_grad():
                weight.copy_(self.mean[name])

    def _step(self, batch: Sequence[Target]) -> float:
        import torch

        loss = _loss(self.network, batch)
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


def learning_rate(step: int, steps: int, settings: Settings) -> float:
    """Give the rate of a step, from 0: it rises in a straight line, then falls in another."""
    rising = max(1, round(settings.warmup * steps))
    left = (steps - step) / max(1, steps - rising)
    falling = settings.last_rate + (1 - settings.last_rate) * left
    return settings.learning_rate * min((step + 1) / rising, falling)


def _loss(network: "BertForQuestionAnswering", batch: Sequence[Target]) -> "torch.Tensor":
    """Cross-entropy of start and end over a passage's tokens and [CLS], the mean of the two."""
    import torch

    starts, ends = logits(network, [one.window for one in batch])
    return (
        torch.nn.functional.cross_entropy(starts, torch.tensor([one.start for one in batch]))
        + torch.nn.functional.cross_entropy(ends, torch.tensor([one.end for one in batch]))
    ) / 2


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
    with torch.autocast("cpu", torch.bfloat16):
        output = network(ids, attention_mask=real, token_type_ids=types)
    shut = open_ == 0
    return (
        output.start_logits.float().masked_fill(shut, -1e4),
        output.end_logits.float().masked_fill(shut, -1e4),
    )
