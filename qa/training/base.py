"""The encoder that a reader is trained from, in pieces: `python -m qa.training.base FOLDER OUT`.

Weights are written in float16, in pieces of at most 30 MB, so that they can be sent to a machine
with a GPU; `train_packed.py` joins and checks them there. FOLDER has the encoder's config.json and
model.safetensors; without it, MPNet is taken from this disk.
"""

import argparse
import hashlib
import shutil
from pathlib import Path

from qa.reader.encoders import MPNET_WEIGHTS, encoder_folder
from qa.training.train_packed import PIECES, SHA256

PIECE = 30_000_000
"""Bytes."""


def main() -> None:
    """Write the pieces."""
    parser = argparse.ArgumentParser(prog="python -m qa.training.base", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", help="folder of the encoder")
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    if options.folder:
        write_pieces(options.folder, options.out)
        return
    with encoder_folder(MPNET_WEIGHTS, options.out) as folder:
        write_pieces(folder, options.out)


def write_pieces(folder: Path, out: Path, size: int = PIECE) -> None:
    """Write an encoder in float16, in pieces of at most `size` bytes, with their SHA-256."""
    import torch
    from safetensors.torch import load_file, save

    out.mkdir(parents=True, exist_ok=True)
    tensors = load_file(folder / "model.safetensors")
    data = save(
        {
            name: value.to(torch.float16) if value.is_floating_point() else value
            for name, value in tensors.items()
        }
    )
    for number, start in enumerate(range(0, len(data), size)):
        (out / f"{PIECES}{number:03}").write_bytes(data[start : start + size])
    (out / SHA256).write_text(hashlib.sha256(data).hexdigest() + "\n", encoding="ascii")
    shutil.copy(folder / "config.json", out / "config.json")


if __name__ == "__main__":
    main()
