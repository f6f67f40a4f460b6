"""Train the reader: `python -m qa.training DATA`.

DATA holds train.jsonl.gz, train-sentences.jsonl.gz and dev.jsonl.gz. By default this trains the
weights that ship with Byline. An interrupted training resumes from its last checkpoint.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from index.models.cpu_tuning import keep_freed_memory
from qa.reader.shipped import FOLDER, build_untrained, write_weights
from qa.training import loop
from qa.training.batches import targets_of
from qa.training.courses import groups_course, passages_course
from qa.training.loop import average, drop_units
from qa.training.mixture import mixture
from qa.training.settings import RECIPE, Groups, Passages, Settings, Stage, Training

if TYPE_CHECKING:
    from transformers import BertForQuestionAnswering


def main() -> None:
    """Make the examples, train and write the weights."""
    parser = argparse.ArgumentParser(prog="python -m qa.training", description=__doc__)
    parser.add_argument("data", type=Path, help="folder of the training data")
    parser.add_argument(
        "--work", type=Path, default=Path("build/reader"), help="folder for examples, checkpoints"
    )
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder for the weights")
    single = parser.add_argument_group("a single training with these settings, not the recipe")
    single.add_argument("--name", default="training", help="name of its checkpoint")
    for setting in (*msgspec.structs.fields(Settings), *msgspec.structs.fields(Passages)):
        flag = f"--{setting.name.replace('_', '-')}"
        single.add_argument(flag, type=setting.type, default=argparse.SUPPRESS)
    options = vars(parser.parse_args())
    data, work, out, name = (options.pop(key) for key in ("data", "work", "out", "name"))
    recipe = RECIPE
    if options:
        settings = msgspec.convert(options, Settings)
        recipe = ((Training(name, 1.0, settings, msgspec.convert(options, Passages)),),)
    train(data, work, out, recipe)


def train(data: Path, work: Path, out: Path, recipe: Sequence[Stage]) -> None:
    """Train the stages of a recipe one after another, and write the mean of the last one."""
    import torch

    keep_freed_memory()
    work.mkdir(parents=True, exist_ok=True)
    examples = mixture(data, work)
    targets = [made for one in examples for made in targets_of(one)]
    mean: BertForQuestionAnswering | None = None
    record = []

    def trained_from_mean(training: Training) -> "BertForQuestionAnswering":
        settings, checkpoint = training.settings, work / f"{training.name}.pt"
        torch.manual_seed(settings.seed)
        network = build_untrained()
        if mean is not None:
            network.load_state_dict(mean.state_dict())
        drop_units(network, settings.dropped)
        match training.data:
            case Passages() as data:
                passages = passages_course(targets, settings, data)
                loop.train(network, passages, settings, checkpoint)
            case Groups() as data:
                groups = groups_course(examples, settings, data)
                loop.train(network, groups, settings, checkpoint)
        return network

    for number, stage in enumerate(recipe):
        trained = [(trained_from_mean(training), training.share) for training in stage]
        if mean is not None:
            trained.append((mean, 1 - sum(training.share for training in stage)))
        mean = average(build_untrained(), trained)
        record += [_record(number, training) for training in stage]
    assert mean is not None
    written = write_weights(mean, record, out)
    print(f"wrote {out}, SHA-256 {written.sha256}")


def _record(stage: int, training: Training) -> dict[str, float]:
    settings = msgspec.structs.asdict(training.settings) | msgspec.structs.asdict(training.data)
    return {"round": stage, "share": training.share} | settings


if __name__ == "__main__":
    main()
