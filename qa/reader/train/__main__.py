"""Train the reader: `python -m qa.reader.train DATA`.

DATA holds train.jsonl.gz, train-sentences.jsonl.gz and dev.jsonl.gz. Makes the weights that ship
with Byline again, or others by other settings. What was broken off goes on.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from qa.reader.shipped import FOLDER, untrained, write_weights
from qa.reader.train.averaging import average
from qa.reader.train.batches import Target, targets
from qa.reader.train.dropout import drop_units
from qa.reader.train.loop import Trainer
from qa.reader.train.mixture import mixture
from qa.reader.train.settings import RECIPE, Settings, Training

if TYPE_CHECKING:
    from transformers import BertForQuestionAnswering


def main() -> None:
    """Make the examples, train, write the weights."""
    parser = argparse.ArgumentParser(prog="python -m qa.reader.train", description=__doc__)
    parser.add_argument("data", type=Path, help="folder of the training data")
    parser.add_argument(
        "--work", type=Path, default=Path("build/reader"), help="examples and checkpoints"
    )
    parser.add_argument("--out", type=Path, default=FOLDER, help="where the weights go")
    one = parser.add_argument_group("one training with other settings, in place of the recipe")
    one.add_argument("--name", default="training", help="of its checkpoint")
    for setting in msgspec.structs.fields(Settings):
        flag = f"--{setting.name.replace('_', '-')}"
        one.add_argument(flag, type=setting.type, default=argparse.SUPPRESS)
    given = vars(parser.parse_args())
    data, work, out, name = (given.pop(key) for key in ("data", "work", "out", "name"))
    recipe = (Training(name, Settings(**given), 1.0),) if given else RECIPE
    work.mkdir(parents=True, exist_ok=True)
    train(data, work, out, recipe)


def train(data: Path, work: Path, out: Path, recipe: Sequence[Training]) -> None:
    """Train as the recipe says, and write the weighted mean of what came of it."""
    every = targets(mixture(data, work))
    mean = untrained()
    average(mean, ((_trained(training, every, work), training.share) for training in recipe))
    record = write_weights(mean, [_told(training) for training in recipe], out)
    print(f"written to {out}, SHA-256 {record.sha256}")


def _trained(training: Training, every: Sequence[Target], work: Path) -> "BertForQuestionAnswering":
    import torch

    settings = training.settings
    seen = sum(settings.share(one.kind) for one in every)
    print(f"{training.name}: {len(every)} examples, of which an epoch takes {seen:.0f}", flush=True)
    torch.manual_seed(settings.seed)
    network = untrained()
    drop_units(network, settings.dropped)
    Trainer.of(network, settings, work / f"{training.name}.safetensors").train(every, settings)
    return network


def _told(training: Training) -> dict[str, float]:
    settings: dict[str, float] = msgspec.to_builtins(training.settings)
    return {"share": training.share} | settings


if __name__ == "__main__":
    main()
