"""Train the reader: `python -m qa.training DATA`.

DATA holds news/ and reader/. By default this trains the weights that ship with Byline, from those
before them. An interrupted training resumes from its last checkpoint. `--pack-only` writes what a
machine with a GPU needs next to `qa/training/train_packed.py`.
"""

import argparse
from dataclasses import asdict, fields, replace
from pathlib import Path

from tokenizers import Tokenizer

from index.disk.durable_files import sha256_of
from index.models.cpu_tuning import has_fast_bfloat16, keep_freed_memory
from qa.reader.shipped import FOLDER, WEIGHTS_FILE, encoder_folder, write_record
from qa.training.mixture import mixture
from qa.training.pack import pack
from qa.training.train_packed import Packed, Settings, build, start_from, train, write_trained

RECIPE = Settings(epochs=0.7, learning_rate=1e-4, frozen_layers=2)
"""What trained the bundled reader."""


def main() -> None:
    """Pack the examples, train and write the weights."""
    parser = argparse.ArgumentParser(prog="python -m qa.training", description=__doc__)
    parser.add_argument("data", type=Path, help="folder of the training data")
    parser.add_argument(
        "--work", type=Path, default=Path("build/reader"), help="folder for examples, checkpoints"
    )
    parser.add_argument("--start", type=Path, default=FOLDER, help="folder of the weights before")
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder for the weights")
    parser.add_argument("--pack-only", action="store_true", help="write the packed examples")
    parser.add_argument(
        "--base", type=Path, default=encoder_folder(), help="folder of the encoder, for its tokens"
    )
    for field in fields(Settings):
        if field.type is not bool:
            flag = f"--{field.name.replace('_', '-')}"
            parser.add_argument(flag, type=field.type, default=getattr(RECIPE, field.name))
    options = vars(parser.parse_args())
    packed = _packed(options["data"], options["work"], options["base"])
    if options["pack_only"]:
        return
    chosen = {name: options[name] for name in asdict(RECIPE) if name in options}
    settings = replace(RECIPE, **chosen, bfloat16=has_fast_bfloat16())
    train_reader(packed, settings, options["start"], options["work"], options["out"])


def _packed(data: Path, work: Path, base: Path) -> Packed:
    """Pack the examples as tokens of an encoder, or read those packed before."""
    work.mkdir(parents=True, exist_ok=True)
    path = work / "packed.safetensors"
    if not path.exists():
        tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
        pack(mixture(data), tokenizer).save(path.with_suffix(".partial"))
        path.with_suffix(".partial").rename(path)
    return Packed.load(path)


def train_reader(packed: Packed, settings: Settings, start: Path, work: Path, out: Path) -> None:
    """Train the bundled reader from the weights in a folder; write those and their record."""
    keep_freed_memory()
    before = start / WEIGHTS_FILE
    record = asdict(settings) | {"start": sha256_of(before)}
    network = build(encoder_folder(), settings)
    start_from(network, before)
    train(network, packed, settings, work / "checkpoint.pt")
    out.mkdir(parents=True, exist_ok=True)
    write_trained(network, work / WEIGHTS_FILE, before)
    (work / WEIGHTS_FILE).replace(out / WEIGHTS_FILE)
    written = write_record(record, out)
    print(f"wrote {out}, SHA-256 {written.sha256}")


if __name__ == "__main__":
    main()
