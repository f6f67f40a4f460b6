"""Train the reader: `python -m qa.training DATA`.

DATA holds train.jsonl.gz, train-sentences.jsonl.gz and dev.jsonl.gz. By default this trains the
weights that ship with Byline. An interrupted training resumes from its last checkpoint.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from index.models.cpu_tuning import keep_freed_memory
from qa.reader.shipped import FOLDER, build_untrained, write_weights
from qa.training import groups, loop, singles
from qa.training.averaging import average
from qa.training.batches import Target, targets_of
from qa.training.data import Example
from qa.training.dropout import drop_units
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
    keep_freed_memory()
    work.mkdir(parents=True, exist_ok=True)
    examples = mixture(data, work)
    trainer = _Trainer(examples, [made for one in examples for made in targets_of(one)], work)
    mean, record = None, []
    for number, stage in enumerate(recipe):
        trained = [(trainer.train(training, mean), training.share) for training in stage]
        if mean is not None:
            trained.append((mean, 1 - sum(training.share for training in stage)))
        mean = average(build_untrained(), trained)
        record += [_record(number, training) for training in stage]
    assert mean is not None
    written = write_weights(mean, record, out)
    print(f"wrote {out}, SHA-256 {written.sha256}")


@dataclass(frozen=True)
class _Trainer:
    """What all trainings of a recipe share."""

    examples: Sequence[Example]
    targets: Sequence[Target]
    """Of these examples."""
    folder: Path
    """Holds the checkpoints."""

    def train(
        self, training: Training, start: "BertForQuestionAnswering | None"
    ) -> "BertForQuestionAnswering":
        """Return a network trained from the weights of another; None: from fresh outputs."""
        import torch

        settings = training.settings
        torch.manual_seed(settings.seed)
        network = build_untrained()
        if start is not None:
            network.load_state_dict(start.state_dict())
        drop_units(network, settings.dropped)
        checkpoint = self.folder / f"{training.name}.pt"
        match training.data:
            case Passages() as data:
                singles_course = singles.course_of(self.targets, settings, data)
                loop.train(network, singles_course, settings, checkpoint)
            case Groups() as data:
                groups_course = groups.course_of(self.examples, settings, data)
                loop.train(network, groups_course, settings, checkpoint)
        return network


def _record(stage: int, training: Training) -> dict[str, float]:
    settings = msgspec.structs.asdict(training.settings) | msgspec.structs.asdict(training.data)
    return {"round": stage, "share": training.share} | settings


if __name__ == "__main__":
    main()
