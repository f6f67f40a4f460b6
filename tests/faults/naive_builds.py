"""Naive ways to build, each of which loses data; planted, so that the checks must find them."""

import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Literal

from pytest import MonkeyPatch

from index.build.embedding_log import EmbeddingLog
from index.models.passage_encoder import Vectors
from index.search.vector_file import VectorWriter
from index.storage.generation import Generation
from index.storage.store import CURRENT, Store

Naive = Literal[
    "publishes first", "collects first", "overwrites", "never syncs", "saves as FAISS does"
]


def plant(naive: Naive, patch: MonkeyPatch, step: Callable[[str], None]) -> None:
    """Make every build of this process naive; `step` is called at some points."""
    if naive == "publishes first":
        _publish_first(patch)
    elif naive == "collects first":
        _collect_first(patch, step)
    elif naive == "overwrites":
        patch.setattr(Store, "publish", lambda store, name: overwrite(store, name, step))
    elif naive == "never syncs":
        patch.setattr("os.fsync", lambda _: None)
    elif naive == "saves as FAISS does":
        _save_as_faiss(patch)
        patch.setattr(Generation, "check", lambda *_: None)


def overwrite(store: Store, name: str, step: Callable[[str], None]) -> None:
    """Write a generation's files over those of the current one, one after the other."""
    new, current = store.generation_folder(name), store.generation_folder(store.current())
    files = sorted(path for path in new.rglob("*") if path.is_file())
    for done, path in enumerate(files):
        target = current / path.relative_to(new)
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(path.read_bytes())
        if done == len(files) // 2:
            step("overwritten half")


def _publish_first(patch: MonkeyPatch) -> None:
    new_generation = Store.new_generation

    def publishes_first(self: Store) -> str:
        name = new_generation(self)
        (self.folder / CURRENT).write_text(f"{name}\n", encoding="ascii")
        return name

    patch.setattr(Store, "new_generation", publishes_first)


def _collect_first(patch: MonkeyPatch, step: Callable[[str], None]) -> None:
    publish = Store.publish

    def collects_first(self: Store, name: str) -> None:
        shutil.rmtree(self.generation_folder(self.current()))
        step("collected")
        publish(self, name)

    patch.setattr(Store, "publish", collects_first)


def _save_as_faiss(patch: MonkeyPatch) -> None:
    """Ignore writes that fail, and leave the file short."""
    put, finish, append = VectorWriter.put, VectorWriter.finish, EmbeddingLog.append
    short: set[str] = set()

    def puts(self: VectorWriter, rows: Sequence[int], vectors: Vectors) -> None:
        try:
            put(self, rows, vectors)
        except OSError:
            short.add(str(self.path))

    def finishes(self: VectorWriter, rows: int) -> None:
        with suppress(OSError):
            finish(self, rows - (str(self.path) in short))

    def appends(self: EmbeddingLog, keys: Sequence[bytes], vectors: Vectors) -> None:
        with suppress(OSError):
            append(self, keys, vectors)

    patch.setattr(VectorWriter, "put", puts)
    patch.setattr(VectorWriter, "finish", finishes)
    patch.setattr(EmbeddingLog, "append", appends)
