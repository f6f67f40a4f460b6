"""Train the reader: `python -m qa.training DATA`.

DATA holds train.jsonl.gz, train-sentences.jsonl.gz and dev.jsonl.gz. Makes the weights that ship
with Byline again, or others by other settings. What was broken off goes on.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from index.models.cpu_tuning import keep_freed_memory
from qa.reader.shipped import FOLDER, build_untrained, write_weights
from qa.training import groups, singles
from qa.training.averaging import average
from qa.training.batches import Target, targets
from qa.training.data import Example
from qa.training.dropout import drop_units
from qa.training.loop import Trainer
from qa.training.mixture import mixture
from qa.training.settings import RECIPE, GroupSettings, Recipe, Round, Settings, Training

if TYPE_CHECKING:
    from transformers import BertForQuestionAnswering


def main() -> None:
    """Make the examples, train, write the weights."""
    parser = argparse.ArgumentParser(prog="python -m qa.training", description=__doc__)
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
    recipe = Recipe((Training(name, Settings(**given), 1.0),)) if given else RECIPE
    work.mkdir(parents=True, exist_ok=True)
    train(data, work, out, recipe)


def train(data: Path, work: Path, out: Path, recipe: Recipe) -> None:
    """Train as the recipe says, and write the weighted mean of what came of it."""
    keep_freed_memory()
    examples = mixture(data, work)
    made = _mean_of_singles(targets(examples), work, recipe)
    told = [_told(0, training) for training in recipe.singles]
    for number, one in enumerate(recipe.rounds, 1):
        made = _mean_of_round(made, examples, work, one)
        told += [_told(number, training) for training in one.trainings]
    record = write_weights(made, told, out)
    print(f"written to {out}, SHA-256 {record.sha256}")


def _mean_of_singles(
    every: Sequence[Target], work: Path, recipe: Recipe
) -> "BertForQuestionAnswering":
    import torch

    def load_trained(name: str, settings: Settings) -> "BertForQuestionAnswering":
        seen = sum(settings.share(one.kind) for one in every)
        print(f"{name}: {len(every)} examples, of which an epoch takes {seen:.0f}", flush=True)
        torch.manual_seed(settings.seed)
        network = build_untrained()
        drop_units(network, settings.dropped)
        course = singles.course_of(every, settings)
        Trainer.of(network, settings, work / f"{name}.safetensors").train(course)
        return network

    mean = build_untrained()
    average(mean, [(load_trained(one.name, one.settings), one.share) for one in recipe.singles])
    return mean


def _mean_of_round(
    start: "BertForQuestionAnswering", examples: Sequence[Example], work: Path, one: Round
) -> "BertForQuestionAnswering":
    def load_trained(name: str, settings: GroupSettings) -> "BertForQuestionAnswering":
        print(f"{name}: {settings.groups} questions, each with several passages", flush=True)
        network = build_untrained()
        average(network, [(start, 1.0)])
        course = groups.course_of(examples, settings)
        Trainer.of(network, settings, work / f"{name}.safetensors").train(course)
        return network

    mean = build_untrained()
    tuned = [(load_trained(other.name, other.settings), other.share) for other in one.trainings]
    average(mean, [(start, one.untuned), *tuned])
    return mean


def _told(number: int, training: Training[Settings] | Training[GroupSettings]) -> dict[str, float]:
    settings: dict[str, float] = msgspec.to_builtins(training.settings)
    return {"round": number, "share": training.share} | settings


if __name__ == "__main__":
    main()
