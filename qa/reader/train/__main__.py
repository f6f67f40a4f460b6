"""Train the reader: `python -m qa.reader.train DATA`.

DATA holds train.jsonl.gz, train-sentences.jsonl.gz and dev.jsonl.gz. Makes the weights that ship
with Byline again, or others by other settings. A training that was broken off goes on.
"""

import argparse
from pathlib import Path

import msgspec

from qa.reader.shipped import FOLDER, untrained, write_weights
from qa.reader.train.batches import targets
from qa.reader.train.dropout import drop_units
from qa.reader.train.loop import Trainer
from qa.reader.train.mixture import mixture
from qa.reader.train.settings import Settings


def main() -> None:
    """Make the examples, train, write the weights."""
    parser = argparse.ArgumentParser(prog="python -m qa.reader.train", description=__doc__)
    parser.add_argument("data", type=Path, help="folder of the training data")
    parser.add_argument(
        "--work", type=Path, default=Path("build/reader"), help="examples and checkpoints"
    )
    parser.add_argument("--out", type=Path, default=FOLDER, help="where the weights go")
    parser.add_argument("--name", default="training", help="of the checkpoint")
    for field in msgspec.structs.fields(Settings):
        flag = f"--{field.name.replace('_', '-')}"
        parser.add_argument(flag, type=field.type, default=field.default)
    given = parser.parse_args()
    settings = Settings(**{name: getattr(given, name) for name in Settings.__struct_fields__})
    given.work.mkdir(parents=True, exist_ok=True)
    train(given.data, given.work, given.out, given.name, settings)


def train(data: Path, work: Path, out: Path, name: str, settings: Settings) -> None:
    """Train with these settings and write what came of it."""
    import torch

    torch.manual_seed(settings.seed)
    every = targets(mixture(data, work, settings.seed))
    seen = sum(settings.share(one.kind) for one in every)
    print(f"{len(every)} examples, of which an epoch takes {seen:.0f}", flush=True)
    network = untrained()
    drop_units(network, settings.dropped)
    Trainer.of(network, settings, work / f"{name}.safetensors").train(every, settings)
    record = write_weights(network, msgspec.to_builtins(settings), out)
    print(f"written to {out}, SHA-256 {record.sha256}")


if __name__ == "__main__":
    main()
