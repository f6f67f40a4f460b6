"""Train a reader: `python -m qa.training fast DATA`, or `accurate`.

DATA holds news/ and reader/. By default this trains the weights that ship with Byline: the fast
reader from the weights before it, the accurate one from its encoder alone. An interrupted training
resumes from its last checkpoint. `--pack-only` writes what a machine with a GPU needs next to
`qa/training/train_packed.py`.
"""

import argparse
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from tokenizers import Tokenizer

from index.disk.durable_files import sha256_of
from index.models.cpu_tuning import has_fast_bfloat16, keep_freed_memory
from index.models.registry import DEFAULT_WEIGHTS
from qa.reader.encoders import MPNET_WEIGHTS, encoder_folder
from qa.reader.shipped import ACCURATE, FAST, WEIGHTS_FILE, write_record
from qa.training.mixture import mixture
from qa.training.pack import pack
from qa.training.train_packed import Packed, Settings, build, start_from, train, write_trained


@dataclass(frozen=True)
class Recipe:
    """How a shipped reader is made."""

    folder: Path
    """Where its weights are."""
    over: str
    """SHA-256 of the weights of its encoder."""
    settings: Settings


RECIPES = {
    "fast": Recipe(
        FAST, DEFAULT_WEIGHTS, Settings(epochs=0.7, learning_rate=1e-4, frozen_layers=2)
    ),
    "accurate": Recipe(
        ACCURATE,
        MPNET_WEIGHTS,
        Settings(epochs=0.7, learning_rate=5e-4, frozen_layers=4, rank=32, batch=3000),
    ),
}


def main() -> None:
    """Pack the examples, train and write the weights."""
    parser = argparse.ArgumentParser(prog="python -m qa.training", description=__doc__)
    parser.add_argument("reader", choices=list(RECIPES))
    parser.add_argument("data", type=Path, help="folder of the training data")
    parser.add_argument("--work", type=Path, help="folder for examples and checkpoints")
    parser.add_argument("--start", type=Path, help="folder of the weights before")
    parser.add_argument("--out", type=Path, help="folder for the weights")
    parser.add_argument("--pack-only", action="store_true", help="write the packed examples")
    for field in fields(Settings):
        if field.type is not bool:
            parser.add_argument(f"--{field.name.replace('_', '-')}", type=field.type)
    options = vars(parser.parse_args())
    recipe = RECIPES[options["reader"]]
    work = options["work"] or Path("build") / options["reader"]
    work.mkdir(parents=True, exist_ok=True)
    with encoder_folder(recipe.over, work) as encoder:
        packed = _packed(options["data"], work, encoder)
        if options["pack_only"]:
            return
        named = {field.name: options.get(field.name) for field in fields(Settings)}
        chosen = {name: value for name, value in named.items() if value is not None}
        settings = replace(recipe.settings, **chosen, bfloat16=has_fast_bfloat16())
        start = options["start"] or (recipe.folder if not settings.rank else None)
        out = options["out"] or recipe.folder
        train_reader(packed, replace(recipe, settings=settings), encoder, start, work, out)


def _packed(data: Path, work: Path, encoder: Path) -> Packed:
    """Pack the examples as tokens of an encoder, or read those packed before."""
    path = work / "packed.safetensors"
    if not path.exists():
        tokenizer = Tokenizer.from_file(str(encoder / "tokenizer.json"))
        pack(mixture(data), tokenizer).save(path.with_suffix(".partial"))
        path.with_suffix(".partial").rename(path)
    return Packed.load(path)


def train_reader(
    packed: Packed, recipe: Recipe, encoder: Path, start: Path | None, work: Path, out: Path
) -> None:
    """Train a reader and write its weights and their record to a folder.

    `start` is the folder of the weights to start from, None to start from the encoder alone.
    """
    keep_freed_memory()
    before = start / WEIGHTS_FILE if start else None
    record = asdict(recipe.settings) | {"start": sha256_of(before) if before else "none"}
    network = build(encoder, recipe.settings)
    if before:
        start_from(network, before)
    train(network, packed, recipe.settings, work / "checkpoint.pt")
    out.mkdir(parents=True, exist_ok=True)
    write_trained(network, work / WEIGHTS_FILE, before)
    (work / WEIGHTS_FILE).replace(out / WEIGHTS_FILE)
    written = write_record(record, out, recipe.over)
    print(f"wrote {out}, SHA-256 {written.sha256}")


if __name__ == "__main__":
    main()
