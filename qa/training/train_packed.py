"""Train a reader on packed examples: `python train_packed.py PACKED BASE OUT`.

It imports nothing of Byline, only torch, transformers, safetensors and numpy, so that this one file
can be sent to a machine with a GPU. A question's passages are trained together, so that their
scores compare: half of the loss is each passage's own, the other half normalises over all tokens of
the passages and one null (Clark and Gardner 2018).
"""

import argparse
import hashlib
import math
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

Ints = NDArray[np.int64]

_CHECKPOINT_EVERY = 200
_REPORT_EVERY = 20
_MAX_NORM = 1.0
"""Limit of the norm of a step's gradient."""
_ROUND = 16
"""Windows are padded to a multiple of it: each new shape costs the CPU library a kernel."""
_JITTER = 16
"""Tokens added to a length at random, so that batches differ from one epoch to the next."""
PIECES = "model.safetensors."
"""Start of the names of an encoder's pieces, which end in their number."""
SHA256 = "model.sha256"
"""File with the SHA-256 of the joined pieces."""
_HIDDEN = -1e4
"""Logit of a token that no answer begins or ends with."""


@dataclass(frozen=True)
class Settings:
    """How a training goes, whatever its data and its network."""

    epochs: float = 1.0
    learning_rate: float = 1e-4
    """The highest; it rises to this in a straight line and falls in another."""
    warmup: float = 0.06
    """Share of the steps in which the rate rises."""
    last_rate: float = 0.1
    """Share of the highest rate that is left at the end."""
    averaged: float = 0.5
    """Share of the steps, the last ones, whose weights are averaged; 0 keeps the last weights."""
    average_every: int = 10
    """Steps between two sets of weights that are averaged."""
    weight_decay: float = 0.01
    batch: int = 6000
    """Limit of the tokens in a step, with padding; a question's passages stay together."""
    frozen_layers: int = 0
    """Lowest layers that are not trained. Word embeddings never are."""
    rank: int = 0
    """Of the adapters on all linear layers (Hu et al. 2021, LoRA); 0 trains the weights."""
    bfloat16: bool = False
    """Whether to compute in bfloat16: on a GPU, or on a processor that has it in hardware."""
    seed: int = 1
    """Seed of the fresh outputs and adapters, and of the order of the data."""


@dataclass(frozen=True)
class Packed:
    """Windows of token ids with their targets; those of a question are next to each other."""

    ids: NDArray[np.uint16]
    """All windows' tokens, concatenated."""
    ends: Ints
    """Shape (windows,): where each window ends in `ids`."""
    seconds: Ints
    """Index in its window of the first token of the second segment: title and passage."""
    firsts: Ints
    """Index in its window of the first token of the passage."""
    targets: Ints
    """Shape (windows, 2): the answer's first and last token; 0, [CLS], where there is none."""
    groups: Ints
    """Number of the question of each window; it never falls."""

    @classmethod
    def load(cls, path: Path) -> "Packed":
        """Read packed examples."""
        from safetensors.numpy import load_file

        return cls(**load_file(path))

    def save(self, path: Path) -> None:
        """Write packed examples."""
        from safetensors.numpy import save_file

        save_file({field.name: getattr(self, field.name) for field in fields(self)}, path)

    def window(self, number: int) -> NDArray[np.uint16]:
        """Return the token ids of a window."""
        start = int(self.ends[number - 1]) if number else 0
        return self.ids[start : int(self.ends[number])]


Batch = list[list[int]]
"""Groups of window numbers."""


def batches(packed: Packed, settings: Settings) -> list[Batch]:
    """Return the batches of all epochs; the same ones for the same settings."""
    lengths = np.diff(packed.ends, prepend=0)
    borders = np.flatnonzero(np.diff(packed.groups)) + 1
    groups = [part.tolist() for part in np.split(np.arange(len(lengths)), borders)]
    widths = [max(int(lengths[number]) for number in group) for group in groups]
    found: list[Batch] = []
    for epoch in range(math.ceil(settings.epochs)):
        chance = random.Random(1000 * settings.seed + epoch)  # noqa: S311
        jitter = [width + chance.random() * _JITTER for width in widths]
        ordered = [groups[index] for index in np.argsort(jitter)]
        cut = list(_cut(ordered, lengths, settings.batch))
        chance.shuffle(cut)
        found += cut[: math.ceil(min(settings.epochs - epoch, 1.0) * len(cut))]
    return found


def _cut(ordered: Sequence[list[int]], lengths: Ints, limit: int) -> Iterator[Batch]:
    batch: Batch = []
    width = count = 0
    for group in ordered:
        own = _padded(max(int(lengths[number]) for number in group))
        if batch and max(width, own) * (count + len(group)) > limit:
            yield batch
            batch, width, count = [], 0, 0
        batch.append(group)
        width, count = max(width, own), count + len(group)
    if batch:
        yield batch


def _padded(length: int) -> int:
    return -(-length // _ROUND) * _ROUND


def train(
    network: "PreTrainedModel",
    packed: Packed,
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

    course = batches(packed, settings)
    steps, weights = len(course), trainable(network)
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
        loss = loss_of(network, packed, course[step], bfloat16=settings.bfloat16)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, _MAX_NORM)
        optimizer.step()
        optimizer.zero_grad()
        scheduler.step()
        if step in averaged:
            mean.update_parameters(network)
        losses.append(loss.detach())
        if (step + 1) % _REPORT_EVERY == 0:
            left = (time.monotonic() - began) / len(losses) * (steps - step - 1)
            recent = fmean(float(each) for each in losses[-_REPORT_EVERY:])
            shown = f"loss {recent:.3f}, {left / 60:.0f} minutes left"
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


def trainable(network: "PreTrainedModel") -> "list[torch.nn.Parameter]":
    """Return the weights that are trained, in the network's order."""
    return [weight for weight in network.parameters() if weight.requires_grad]


def loss_of(
    network: "PreTrainedModel", packed: Packed, batch: Batch, *, bfloat16: bool
) -> "torch.Tensor":
    """Return the mean of the passages' own loss and that of each question's passages together."""
    numbers = [number for group in batch for number in group]
    starts, ends = logits(network, packed, numbers, bfloat16=bfloat16)
    targets = packed.targets[numbers]
    sizes = [len(group) for group in batch]
    return (own_loss(starts, ends, targets) + shared_loss(starts, ends, targets, sizes)) / 2


def logits(
    network: "PreTrainedModel", packed: Packed, numbers: Sequence[int], *, bfloat16: bool
) -> "tuple[torch.Tensor, torch.Tensor]":
    """Return start and end logits; shape (windows, tokens), -10000 outside the passage."""
    import torch

    tokens = [packed.window(number) for number in numbers]
    width = _padded(max(map(len, tokens)))
    ids, types, mask, choosable = parts = np.zeros((4, len(numbers), width), dtype=np.int64)
    ids[:] = network.config.pad_token_id
    for row, (number, window) in enumerate(zip(numbers, tokens, strict=True)):
        ids[row, : len(window)] = window
        types[row, packed.seconds[number] : len(window)] = 1
        mask[row, : len(window)] = 1
        choosable[row, packed.firsts[number] : len(window) - 1] = 1
        choosable[row, 0] = 1
    device = network.device
    ids, types, mask, choosable = torch.from_numpy(parts).to(device)
    inputs = {"input_ids": ids, "attention_mask": mask}
    if getattr(network.config, "type_vocab_size", 0) > 1:
        inputs["token_type_ids"] = types
    with torch.autocast(device.type, torch.bfloat16, enabled=bfloat16):
        output = network(**inputs)
    starts, ends = output.start_logits.float(), output.end_logits.float()
    hidden = choosable == 0
    return starts.masked_fill(hidden, _HIDDEN), ends.masked_fill(hidden, _HIDDEN)


def own_loss(starts: "torch.Tensor", ends: "torch.Tensor", targets: Ints) -> "torch.Tensor":
    """Return the mean cross-entropy of start and end over a passage's tokens and [CLS]."""
    import torch

    first, last = torch.from_numpy(targets.T.copy()).to(starts.device)
    cross_entropy = torch.nn.functional.cross_entropy
    return (cross_entropy(starts, first) + cross_entropy(ends, last)) / 2


def shared_loss(
    starts: "torch.Tensor", ends: "torch.Tensor", targets: Ints, sizes: Sequence[int]
) -> "torch.Tensor":
    """Return the cross-entropy of start and end over a question's passages and one null.

    A token's score is its logit minus that of its passage's [CLS]; the null's is 0. `starts` and
    `ends` have shape (windows, tokens), the groups' windows one after another.
    """
    import torch

    parts = np.split(targets, np.cumsum(sizes)[:-1])
    losses = []
    for part, first, last in zip(
        parts, starts.split(list(sizes)), ends.split(list(sizes)), strict=True
    ):
        losses.append(_group_loss(first, part[:, 0].tolist()))
        losses.append(_group_loss(last, part[:, 1].tolist()))
    return torch.stack(losses).mean()


def _group_loss(scores: "torch.Tensor", tokens: Sequence[int]) -> "torch.Tensor":
    """Return one group's loss; `tokens` are to be chosen, one a passage, 0 where it has none."""
    import torch

    above = (scores - scores[:, :1])[:, 1:]
    choices = torch.cat([above.new_zeros(1), above.flatten()])
    right = [1 + row * above.shape[1] + token - 1 for row, token in enumerate(tokens) if token]
    return torch.logsumexp(choices, 0) - torch.logsumexp(choices[right or [0]], 0)


def join_pieces(base: Path) -> None:
    """Join an encoder that was sent in pieces. Raises ValueError if it is not what was sent."""
    pieces = sorted(base.glob(f"{PIECES}[0-9]*"))
    if not pieces:
        return
    data = b"".join(piece.read_bytes() for piece in pieces)
    if hashlib.sha256(data).hexdigest() != (base / SHA256).read_text(encoding="ascii").strip():
        raise ValueError(f"the pieces in {base} are damaged or incomplete")
    (base / "model.safetensors").write_bytes(data)


def build(base: Path, settings: Settings) -> "PreTrainedModel":
    """Return the network over a folder's encoder, with fresh outputs, ready to train."""
    import torch
    from transformers import AutoConfig, AutoModelForQuestionAnswering

    join_pieces(base)
    torch.manual_seed(settings.seed)
    # Without dropout, which costs as much as the forward pass; "eager" trains faster than "sdpa".
    config = AutoConfig.from_pretrained(
        str(base), hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0
    )
    network = AutoModelForQuestionAnswering.from_pretrained(
        str(base),
        config=config,
        attn_implementation="eager",
        dtype=torch.float32,
        local_files_only=True,
    )
    network.get_input_embeddings().weight.requires_grad_(False)
    for name, weight in network.named_parameters():
        layer = name.partition(".layer.")[2].partition(".")[0]
        is_low = "embeddings" in name or (layer.isdigit() and int(layer) < settings.frozen_layers)
        if settings.frozen_layers and is_low:
            weight.requires_grad_(False)
    if settings.rank:
        add_adapters(network, settings.rank)
    return network


def add_adapters(network: "PreTrainedModel", rank: int) -> None:
    """Freeze an encoder and put low-rank adapters on the linear layers that were trainable."""
    import torch

    class Adapted(torch.nn.Module):  # type: ignore[misc]
        """A frozen linear layer plus the product of two small trained matrices."""

        def __init__(self, linear: torch.nn.Linear) -> None:
            super().__init__()
            self.linear = linear.requires_grad_(requires_grad=False)
            self.down = torch.nn.Parameter(torch.empty(rank, linear.in_features))
            self.up = torch.nn.Parameter(torch.zeros(linear.out_features, rank))
            torch.nn.init.kaiming_uniform_(self.down, a=math.sqrt(5))

        def forward(self, values: torch.Tensor) -> torch.Tensor:
            added: torch.Tensor = values @ self.down.T @ self.up.T
            return self.linear(values) + added

    encoder = network.base_model.encoder
    linear = [
        (parent, name, child)
        for parent in encoder.modules()
        for name, child in parent.named_children()
        if isinstance(child, torch.nn.Linear) and child.weight.requires_grad
    ]
    network.base_model.requires_grad_(requires_grad=False)
    for parent, name, child in linear:
        setattr(parent, name, Adapted(child))


def start_from(network: "PreTrainedModel", weights: Path) -> None:
    """Load the weights of a reader, but for those that it does not ship."""
    from safetensors.torch import load_file

    unexpected = network.load_state_dict(load_file(weights), strict=False).unexpected_keys
    if unexpected:
        raise ValueError(f"{weights} is for another network: it has {min(unexpected)}")


def write_trained(network: "PreTrainedModel", path: Path, start: Path | None = None) -> None:
    """Write the weights that were trained, in half precision, with those that they started from."""
    import torch
    from safetensors.torch import load_file, save_file

    trained = {name for name, weight in network.named_parameters() if weight.requires_grad}
    state = load_file(start) if start else {}
    state |= {name: value for name, value in network.state_dict().items() if name in trained}
    half = {name: value.to("cpu", torch.float16).contiguous() for name, value in state.items()}
    save_file(half, path)


def main() -> None:
    """Train a network on packed examples and write what was trained."""
    import torch

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("packed", type=Path, help="packed examples")
    parser.add_argument("base", type=Path, help="folder of the encoder (config.json, weights)")
    parser.add_argument("out", type=Path, help="file for what is trained")
    parser.add_argument("--start", type=Path, help="weights of a reader to start from")
    parser.add_argument("--checkpoint", type=Path, default=Path("checkpoint.pt"))
    for field in fields(Settings):
        kind = field.type if field.type is not bool else lambda text: text == "True"
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=kind, default=field.default)
    options = vars(parser.parse_args())
    settings = Settings(**{field.name: options[field.name] for field in fields(Settings)})
    network = build(options["base"], settings)
    if options["start"]:
        start_from(network, options["start"])
    network.to("cuda" if torch.cuda.is_available() else "cpu")
    train(network, Packed.load(options["packed"]), settings, options["checkpoint"])
    write_trained(network, options["out"], options["start"])


if __name__ == "__main__":
    main()
