"""Disks that are full after some bytes."""

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
from tests.faults.build_client import BuildLog
from tests.faults.injection import FileLimit, Trap
from tests.faults.scenario import Kind, Scenario
from tests.faults.trapper import Trapper

PAGE = 4096


@dataclass(frozen=True)
class LimitedBuild:
    """A build on a disk that had some bytes left."""

    store: Store
    log: BuildLog
    make_room: Callable[[], None]


class Disk(Protocol):
    """A disk that can be filled."""

    label: ClassVar[str]

    def needed(self, store: Store) -> int:
        """Return an upper bound of the bytes that a build of this index needs."""

    def build(self, kind: Kind, left: int) -> LimitedBuild:
        """Build with some bytes left."""


@dataclass(frozen=True)
class LimitedFiles:
    """No file grows beyond the limit; works everywhere."""

    label: ClassVar[str] = "a limit on file sizes"
    scenario: Scenario

    def needed(self, store: Store) -> int:
        return max(sizes(store))

    def build(self, kind: Kind, left: int) -> LimitedBuild:
        store = self.scenario.store(kind, "limited")
        log = self.scenario.builder.build(self.scenario.job(store, fault=FileLimit(left)))
        return LimitedBuild(store, log, lambda: None)


@dataclass(frozen=True)
class TrappedWrites:
    """Writes fail after the bytes that are left; the last one writes a part."""

    label: ClassVar[str] = "partial writes"
    trapper: Trapper

    def needed(self, store: Store) -> int:
        return 5 * sum(sizes(store)) // 4

    def build(self, kind: Kind, left: int) -> LimitedBuild:
        store = self.trapper.scenario.store(kind, "trapped")
        return LimitedBuild(store, self.trapper.build(store, Trap(space=left)), lambda: None)


@dataclass(frozen=True)
class SmallDisk:
    """A separate file system in memory, filled up to the bytes that are left."""

    label: ClassVar[str] = "a small file system"
    scenario: Scenario
    mounted: Path

    def needed(self, store: Store) -> int:
        return 5 * sum(-(-size // PAGE) * PAGE for size in sizes(store)) // 4

    def build(self, kind: Kind, left: int) -> LimitedBuild:
        store, ballast = (
            self.scenario.store(kind, f"{self.mounted.name}/index"),
            self.mounted / "full",
        )
        free = os.statvfs(self.mounted).f_bavail * PAGE
        with ballast.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, free - left)
        return LimitedBuild(
            store, self.scenario.builder.build(self.scenario.job(store)), ballast.unlink
        )


@contextmanager
def small_disk(scenario: Scenario) -> Iterator[SmallDisk]:
    """Mount a small disk; skip the test, with the reason, if that is not allowed."""
    mounted = scenario.folder / "disk"
    mounted.mkdir()
    mount = shutil.which("mount") or "mount"
    done = subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=16m", "byline", mounted],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        pytest.skip(f"no small disk can be mounted: {done.stderr.strip()}")
    try:
        yield SmallDisk(scenario, mounted)
    finally:
        subprocess.run(["umount", "-l", mounted], check=True)


def sizes(store: Store) -> list[int]:
    """Return the sizes of all files of an index."""
    return [path.stat().st_size for path in store.folder.rglob("*") if path.is_file()]
