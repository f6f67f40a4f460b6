"""The training loop, which resumes from its last checkpoint; weight averaging and dropout."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from index.models.cpu_tuning import has_fast_bfloat16
from qa.reader.windows import Window
from qa.training.settings import Settings

if TYPE_CHECKING:
    import torch
    from transformers import BertForQuestionAnswering

_CHECKPOINT_EVERY = 500
_REPORT_EVERY = 100
_MAX_NORM = 1.0
"""Limit of the norm of a step's gradient."""
_ROUND = 16
"""Windows are padded to a multiple of it: each new shape costs the CPU library a kernel."""

Batch = TypeVar("Batch")


@dataclass(frozen=True)
class Course(Generic[Batch]):
    """The batches of a training, one a step, and the loss of a batch."""

    batches: Sequence[Batch]
    loss: "Callable[[BertForQuestionAnswering, Batch], torch.Tensor]"


def train(
    network: "BertForQuestionAnswering",
    course: Course[Batch],
    settings: Settings,
    checkpoint: Path,
    checkpoint_every: int = _CHECKPOINT_EVERY,
) -> None:
    """Train a network in place, from the checkpoint if there is one.

    Leaves the mean of the last weights (Izmailov et al. 2018, stochastic weight averaging).
    """
    import torch
    from torch.optim.lr_scheduler import LambdaLR
    from torch.optim.swa_utils import AveragedModel

    steps, weights = len(course.batches), trainable(network)
    optimizer = torch.optim.AdamW(
        weights,
        lr=settings.learning_rate,
        betas=(0.9, 0.98),
        weight_decay=settings.weight_decay,
        fused=True,
    )
    scheduler = LambdaLR(optimizer, rate_factor(settings, steps))
    mean = AveragedModel(network)
    parts = {"network": network, "optimizer": optimizer, "scheduler": scheduler, "mean": mean}
    done = _restore(checkpoint, parts)
    averaged = range(round((1 - settings.averaged) * steps), steps, settings.average_every)
    losses, began = [], time.monotonic()
    network.train()
    for step in range(done, steps):
        loss = course.loss(network, course.batches[step])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, _MAX_NORM)
        optimizer.step()
        optimizer.zero_grad()
        scheduler.step()
        if step in averaged:
            mean.update_parameters(network)
        losses.append(float(loss.detach()))
        if (step + 1) % _REPORT_EVERY == 0:
            left = (time.monotonic() - began) / len(losses) * (steps - step - 1)
            mean_loss = fmean(losses[-_REPORT_EVERY:])
            shown = f"loss {mean_loss:.3f}, {left / 60:.0f} minutes left"
            print(f"step {step + 1} of {steps}: {shown}", flush=True)
        if (step + 1) % checkpoint_every == 0 or step + 1 == steps:
            _save(checkpoint, parts, step + 1)
    if mean.n_averaged:
        network.load_state_dict(mean.module.state_dict())


def rate_factor(settings: Settings, steps: int) -> Callable[[int], float]:
    """Return the learning rate of a step, from 0, as a share of the highest one."""
    rising = max(1, round(settings.warmup * steps))

    def factor(step: int) -> float:
        left = (steps - step) / max(1, steps - rising)
        return min((step + 1) / rising, settings.last_rate + (1 - settings.last_rate) * left)

    return factor


def _save(checkpoint: Path, parts: Mapping[str, Any], step: int) -> None:
    import torch

    state = {name: part.state_dict() for name, part in parts.items()}
    partial = checkpoint.with_suffix(".partial")
    torch.save(state | {"step": step, "random": torch.get_rng_state()}, partial)
    partial.replace(checkpoint)


def _restore(checkpoint: Path, parts: Mapping[str, Any]) -> int:
    """Load a checkpoint into the parts of a training; return the number of steps done."""
    import torch

    if not checkpoint.exists():
        return 0
    state = torch.load(checkpoint, weights_only=True)
    for name, part in parts.items():
        part.load_state_dict(state[name])
    torch.set_rng_state(state["random"])
    return int(state["step"])


def trainable(network: "BertForQuestionAnswering") -> "list[torch.nn.Parameter]":
    """Return the weights that are trained, in the network's order."""
    return [weight for weight in network.parameters() if weight.requires_grad]


def logits(
    network: "BertForQuestionAnswering", windows: Sequence[Window]
) -> "tuple[torch.Tensor, torch.Tensor]":
    """Return start and end logits; shape (windows, tokens), -10000 outside the passage."""
    import torch

    lengths = [len(window.ids) for window in windows]
    width = -(-max(lengths) // _ROUND) * _ROUND
    ids, types, mask, choosable = parts = torch.zeros(4, len(windows), width, dtype=torch.long)
    for row, window in enumerate(windows):
        ids[row, : lengths[row]] = torch.from_numpy(window.ids)
        types[row, : lengths[row]] = torch.from_numpy(window.types)
        mask[row, : lengths[row]] = 1
        choosable[row, window.first : window.first + len(window.offsets)] = 1
        choosable[row, 0] = 1
    device = network.device
    ids, types, mask, choosable = parts.to(device)
    fast = device.type != "cpu" or has_fast_bfloat16()
    with torch.autocast(device.type, torch.bfloat16, enabled=fast):
        output = network(ids, attention_mask=mask, token_type_ids=types)
    starts, ends = output.start_logits.float(), output.end_logits.float()
    return starts.masked_fill(choosable == 0, -1e4), ends.masked_fill(choosable == 0, -1e4)


def average(
    network: "BertForQuestionAnswering", trained: "Sequence[tuple[BertForQuestionAnswering, float]]"
) -> "BertForQuestionAnswering":
    """Set a network's trainable weights to the mean of others, weighted by share; return it.

    Shares add up to 1. The others must have been trained from the same fresh outputs: then the mean
    is better than each of them (Wortsman et al. 2022, model soups).
    """
    import torch

    with torch.no_grad():
        for weight in trainable(network):
            weight.zero_()
        for other, share in trained:
            for total, weight in zip(trainable(network), trainable(other), strict=True):
                total.add_(weight, alpha=share)
    return network


def drop_units(network: "BertForQuestionAnswering", share: float) -> None:
    """Drop this share of each window's hidden units at every dropout, while training.

    A mask is drawn per window, not per token (Gal and Ghahramani 2016): on a CPU a mask per token
    costs as much as the forward pass.
    """
    import torch

    def dropped(
        module: torch.nn.Module, _: tuple[torch.Tensor, ...], output: torch.Tensor
    ) -> torch.Tensor:
        if not module.training:
            return output
        kept = torch.rand(len(output), 1, output.shape[-1], device=output.device) >= share
        return output * (kept / (1 - share)).to(output.dtype)

    if not share:
        return
    for name, module in network.named_modules():
        if name.endswith(("output.dropout", "embeddings.dropout")):
            module.register_forward_hook(dropped)
