"""Disks that are full after so many bytes."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol

import pytest

from index.storage.store import Store
from tests.faults.beneath import FileLimit, Trap
from tests.faults.building import Told
from tests.faults.stage import Kind, Stage
from tests.faults.trapping import Trapper

PAGE = 4096


@dataclass(frozen=True)
class Filled:
    """A build on a disk that had so many bytes left."""

    store: Store
    told: Told
    make_room: Callable[[], None]


class Disk(Protocol):
    """A disk that can be filled."""

    what: ClassVar[str]

    def needed(self, store: Store) -> int:
        """How many bytes at most a build takes that ends in this index."""

    def build(self, kind: Kind, left: int) -> Filled:
        """Build with so many bytes left."""


@dataclass(frozen=True)
class LimitedFiles:
    """No file grows beyond the bytes that are left; works everywhere."""

    what: ClassVar[str] = "files that may not grow"
    stage: Stage

    def needed(self, store: Store) -> int:
        return max(sizes(store))

    def build(self, kind: Kind, left: int) -> Filled:
        store = self.stage.store(kind, "limited")
        told = self.stage.builder.build(self.stage.job(store, beneath=FileLimit(left)))
        return Filled(store, told, lambda: None)


@dataclass(frozen=True)
class TrappedWrites:
    """Writes take no more bytes than are left, of the last one a part."""

    what: ClassVar[str] = "writes that take a part and then nothing"
    trapper: Trapper

    def needed(self, store: Store) -> int:
        return 5 * sum(sizes(store)) // 4

    def build(self, kind: Kind, left: int) -> Filled:
        store = self.trapper.stage.store(kind, "trapped")
        return Filled(store, self.trapper.build(store, Trap(space=left)), lambda: None)


@dataclass(frozen=True)
class SmallDisk:
    """A file system of its own in memory, filled up to the bytes that are left."""

    what: ClassVar[str] = "a small file system"
    stage: Stage
    mounted: Path

    def needed(self, store: Store) -> int:
        return 5 * sum(-(-size // PAGE) * PAGE for size in sizes(store)) // 4

    def build(self, kind: Kind, left: int) -> Filled:
        store, ballast = self.stage.store(kind, f"{self.mounted.name}/index"), self.mounted / "full"
        free = os.statvfs(self.mounted).f_bavail * PAGE
        with ballast.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, free - left)
        return Filled(store, self.stage.builder.build(self.stage.job(store)), ballast.unlink)


@contextmanager
def small_disk(stage: Stage) -> Iterator[SmallDisk]:
    """Mount one; skips the test, with the reason, where that is not allowed."""
    mounted = stage.folder / "disk"
    mounted.mkdir()
    mount = shutil.which("mount") or "mount"
    told = subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=16m", "byline", mounted],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if told.returncode:
        pytest.skip(f"no small disk can be mounted: {told.stderr.strip()}")
    try:
        yield SmallDisk(stage, mounted)
    finally:
        subprocess.run(["umount", "-l", mounted], check=True)


def sizes(store: Store) -> list[int]:
    """Give the sizes of all files of an index."""
    return [path.stat().st_size for path in store.folder.rglob("*") if path.is_file()]
