"""A folder whose files are changed at random while a watcher keeps its index up to date."""

import random
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from index.articles.files import Root
from index.build.events import Summary
from index.build.pipeline import BuildRequest, build
from index.storage.store import Store
from index.watch.events import Updating, UpToDate
from index.watch.file_events import FileEvents, WatchedFiles
from index.watch.watcher import Watcher
from tests.fakes import FakeEncoder, fake_model

_HASTE = 20.0
"""How much faster the watcher's clock runs: its pauses and sweeps come sooner."""
_QUIET = 0.5
"""Seconds without a report after which the watcher has seen what it will see."""
_PATIENCE = 60.0
"""Seconds that a loaded machine may need for the last updates."""
_NAMES = ("port", "mill", "dam", "fog bank", "zoë", "50%", "a.b")
_FORMATS = (".txt", ".md", "", ".xyz", ".txt~")


@dataclass
class RandomEdits:
    """Changes files and folders as people, editors and version control do."""

    folder: Path
    chance: random.Random
    done: int = 0

    def step(self) -> None:
        """Make one change; what can no longer be done, because of another, is left."""
        actions: list[Callable[[], object]] = [
            self._write, self._write, self._append, self._save_by_rename, self._move, self._delete,
            self._new_folder, self._move_folder, self._delete_folder, self._ignore, self._hide,
        ]  # fmt: skip
        self.done += 1
        with suppress(OSError, shutil.Error):
            self.chance.choice(actions)()

    def _text(self) -> str:
        count = self.chance.randint(1, 3)
        return " ".join(f"Ship {self.done} left port {number} late." for number in range(count))

    def _folders(self) -> list[Path]:
        inside = [path for path in self.folder.rglob("*") if path.is_dir()]
        return [self.folder, *sorted(inside)]

    def _any_folder(self) -> Path:
        return self.chance.choice(self._folders())

    def _any_file(self) -> Path:
        return self.chance.choice(sorted(path for path in self.folder.rglob("*") if path.is_file()))

    def _new_path(self) -> Path:
        name = self.chance.choice(_NAMES) + self.chance.choice(_FORMATS)
        return self._any_folder() / name

    def _write(self) -> None:
        self._new_path().write_text(self._text(), encoding="utf-8")

    def _append(self) -> None:
        with self._any_file().open("a", encoding="utf-8") as file:
            file.write(f" {self._text()}")

    def _save_by_rename(self) -> None:
        path = self._new_path()
        scratch = path.with_name(f".{path.name}.swp")
        scratch.write_text(self._text(), encoding="utf-8")
        scratch.replace(path)

    def _move(self) -> None:
        self._any_file().replace(self._new_path())

    def _delete(self) -> None:
        self._any_file().unlink()

    def _new_folder(self) -> None:
        folder = self._any_folder() / f"in {self.done}"
        folder.mkdir()
        for name in _NAMES[: self.chance.randint(0, 3)]:
            (folder / f"{name}.txt").write_text(self._text(), encoding="utf-8")

    def _move_folder(self) -> None:
        moved = self.chance.choice(self._folders()[1:] or [self.folder])
        moved.replace(self._any_folder() / f"moved {self.done}")

    def _delete_folder(self) -> None:
        if folders := self._folders()[1:]:
            shutil.rmtree(self.chance.choice(folders))

    def _ignore(self) -> None:
        file = self._any_folder() / ".bylineignore"
        if file.exists():
            file.unlink()
        else:
            file.write_text(f"{self.chance.choice(_NAMES)}*\n", encoding="utf-8")

    def _hide(self) -> None:
        hidden = self.folder / ".git"
        hidden.mkdir(exist_ok=True)
        (hidden / "index.txt").write_text(self._text(), encoding="utf-8")


class Ended(Exception):
    """The test has seen enough."""


@dataclass
class Reports:
    """The system's reports, of which some may be dropped, in the watcher's time."""

    inner: FileEvents
    drops: Callable[[], bool]
    ended: threading.Event
    last: float = field(default_factory=time.monotonic)
    """When there was a report."""
    notes: Sequence[str] = ()

    def wait(self, seconds: float) -> frozenset[str]:
        if self.ended.is_set():
            raise Ended
        reported = self.inner.wait(min(0.1, seconds / _HASTE))
        if reported:
            self.last = time.monotonic()
        return frozenset(path for path in reported if not self.drops())

    def close(self) -> None:
        self.inner.close()


@dataclass
class Watched:
    """A watcher in a thread of its own."""

    store: Store
    drops: Callable[[], bool]
    sweep_seconds: float
    ended: threading.Event = field(default_factory=threading.Event)
    reports: list[Reports] = field(default_factory=list)
    updates: int = 0
    is_waiting: bool = False
    crash: BaseException | None = None

    def _open(self, roots: Sequence[Root]) -> Reports:
        self.reports.append(Reports(WatchedFiles(roots), self.drops, self.ended))
        return self.reports[-1]

    def run(self) -> None:
        watcher = Watcher(
            self.store, BuildRequest(fake_model()), FakeEncoder(), self._open,
            lambda: _HASTE * time.monotonic(), self.sweep_seconds,
        )  # fmt: skip
        try:
            for event in watcher.run():
                self.updates += isinstance(event, Updating)
                self.is_waiting = isinstance(event, UpToDate)
        except Ended:
            pass
        except BaseException as error:  # noqa: BLE001  (reported by the test's thread)
            self.crash = error

    @property
    def is_quiet(self) -> bool:
        """Whether there was no report for a while, and no update runs."""
        last = self.reports[-1].last if self.reports else time.monotonic()
        return self.is_waiting and time.monotonic() - last > _QUIET


@contextmanager
def watching(
    store: Store, sweep_seconds: float, drops: Callable[[], bool] = lambda: False
) -> Iterator[Watched]:
    """Watch until the block ends; raises what ended the watcher before."""
    watched = Watched(store, drops, sweep_seconds)
    thread = threading.Thread(target=watched.run)
    thread.start()
    try:
        wait_until(lambda: watched.is_waiting or watched.crash is not None)
        yield watched
    finally:
        watched.ended.set()
        thread.join()
    if watched.crash is not None:
        raise watched.crash


def wait_until(condition: Callable[[], bool]) -> bool:
    """Wait for a condition, a minute at most; return whether it came."""
    ends = time.monotonic() + _PATIENCE
    while not condition():
        if time.monotonic() > ends:
            return False
        time.sleep(0.02)
    return True


def index_afresh(store: Store, news: Path) -> None:
    """Build an index of a folder."""
    request = BuildRequest(fake_model(), (Root("news", str(news)),))
    *_, last = build(store, request, FakeEncoder())
    assert isinstance(last, Summary)


def contents(store: Store) -> list[tuple[str, list[str], bytes]]:
    """Return what a checked index has: articles in order, their passages and their vectors."""
    with closing(store.open(thorough=True)) as opened:
        generation = opened.generation
        generation.check()
        catalog = generation.catalog
        return [
            (
                article.found.path,
                [stored.passage.text for stored in catalog.passages_of(article)],
                np.round(generation.vectors.rows(article.passages), 3).tobytes(),
            )
            for article in catalog.articles()
        ]
