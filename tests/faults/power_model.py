"""What a disk may hold after a power cut: a model of a file system that does not keep the order.

Data that was not synced may be lost, zeros, or partial; a name that was created, replaced or
deleted in a folder that was not synced afterwards may have changed or not.
"""

import hashlib
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path

from tests.faults.syscall_log import Call, Kind

ROOT = 0
NEVER = 1 << 60


class Fate(Enum):
    """The fate of a change that was not synced."""

    KEPT = auto()
    LOST = auto()
    ZEROS = auto()
    """Of data: the length is kept, the bytes are zeros."""
    TORN = auto()
    """Of data: the first half is kept."""


@dataclass(frozen=True, slots=True)
class Data:
    """A change of a file's bytes: a write at an offset, or a truncation to a length."""

    file: int
    offset: int
    data: bytes
    truncates: bool


@dataclass(frozen=True, slots=True)
class Names:
    """A change of names, each of which is a folder, a name, and what it names."""

    removed: tuple[tuple[int, str, int], ...]
    added: tuple[tuple[int, str, int], ...]
    makes_folder: bool = False

    @property
    def folders(self) -> set[int]:
        return {folder for folder, _, _ in (*self.removed, *self.added)}


Change = Data | Names
Tree = Mapping[str, bytes]
"""Files by path; folders have paths that end in a slash."""


@dataclass
class History:
    """The changes that calls made, in order, and the call that synced each of them."""

    files: dict[int, bytes] = field(default_factory=dict)
    """The contents before the first call."""
    folders: dict[int, dict[str, int]] = field(default_factory=lambda: {ROOT: {}})
    changes: dict[int, Change] = field(default_factory=dict)
    """By the number of the call."""
    synced: dict[int, int] = field(default_factory=dict)
    """By change, the number of the call that synced it; missing if none did."""
    _by_path: dict[str, int] = field(default_factory=lambda: {"": ROOT})
    _next: int = ROOT + 1

    @classmethod
    def of(cls, before: Path, calls: Sequence[Call]) -> "History":
        """Return the history of calls on a folder whose previous contents were synced."""
        history = cls()
        for path in sorted(before.rglob("*")):
            history._add_existing(path.relative_to(before).as_posix(), path)
        for number, call in enumerate(calls):
            if call.kind is Kind.SYNC:
                history._sync(number, history._by_path[call.path])
            elif call.path in history._by_path or call.kind in (Kind.CREATE, Kind.MKDIR):
                history.changes[number] = history._change(call)
        return history

    def after(self, cut: int, fate: Callable[[Change], Fate]) -> Tree:
        """Return what the disk holds if the power is cut before the call with this number."""
        files = {number: bytearray(data) for number, data in self.files.items()}
        folders = {number: dict(names) for number, names in self.folders.items()}
        for number, change in self.changes.items():
            if number >= cut:
                break
            actual = Fate.KEPT if self.synced.get(number, NEVER) < cut else fate(change)
            if isinstance(change, Data):
                _apply_data(files.setdefault(change.file, bytearray()), change, actual)
            elif actual is Fate.KEPT:
                _apply_names(folders, change)
        return _tree(files, folders)

    def _add_existing(self, name: str, path: Path) -> None:
        number = self._new_number(name)
        folder, last = self._split(name)
        self.folders[folder][last] = number
        if path.is_dir():
            self.folders[number] = {}
        else:
            self.files[number] = path.read_bytes()

    def _new_number(self, path: str) -> int:
        self._by_path[path] = self._next
        self._next += 1
        return self._by_path[path]

    def _split(self, path: str) -> tuple[int, str]:
        folder, _, name = path.rpartition("/")
        return self._by_path[folder], name

    def _change(self, call: Call) -> Change:
        if call.kind in (Kind.WRITE, Kind.TRUNCATE):
            truncates = call.kind is Kind.TRUNCATE
            return Data(self._by_path[call.path], call.offset, call.data, truncates)
        if call.kind in (Kind.CREATE, Kind.MKDIR):
            added = (*self._split(call.path), self._new_number(call.path))
            return Names((), (added,), call.kind is Kind.MKDIR)
        entry = (*self._split(call.path), self._by_path[call.path])
        if call.kind is Kind.UNLINK:
            del self._by_path[call.path]
            return Names((entry,), ())
        added = (*self._split(call.target), entry[2])
        self._by_path[call.target] = entry[2]
        if call.kind is Kind.LINK:
            return Names((), (added,))
        self._move(call.path, call.target)
        return Names((entry,), (added,))

    def _move(self, path: str, target: str) -> None:
        del self._by_path[path]
        for below in [known for known in self._by_path if known.startswith(f"{path}/")]:
            self._by_path[target + below.removeprefix(path)] = self._by_path.pop(below)

    def _sync(self, number: int, synced: int) -> None:
        for earlier, change in self.changes.items():
            touches = {change.file} if isinstance(change, Data) else change.folders
            if synced in touches:
                self.synced.setdefault(earlier, number)


def _apply_data(file: bytearray, change: Data, fate: Fate) -> None:
    if fate is Fate.LOST:
        return
    if change.truncates:
        del file[change.offset :]
        file.extend(bytes(change.offset - len(file)))
        return
    data = change.data
    if fate is Fate.ZEROS:
        data = bytes(len(data))
    if fate is Fate.TORN:
        data = data[: len(data) // 2]
    file.extend(bytes(max(0, change.offset - len(file))))
    file[change.offset : change.offset + len(data)] = data


def _apply_names(folders: dict[int, dict[str, int]], change: Names) -> None:
    for folder, name, was in change.removed:
        if folders.setdefault(folder, {}).get(name) == was:
            del folders[folder][name]
    for folder, name, now in change.added:
        folders.setdefault(folder, {})[name] = now
        if change.makes_folder:
            folders.setdefault(now, {})


def _tree(files: Mapping[int, bytearray], folders: Mapping[int, Mapping[str, int]]) -> Tree:
    tree: dict[str, bytes] = {}

    def walk(folder: int, path: str) -> None:
        for name, number in folders[folder].items():
            if number in folders:
                tree[f"{path}{name}/"] = b""
                walk(number, f"{path}{name}/")
            else:
                tree[path + name] = bytes(files.get(number, b""))

    walk(ROOT, "")
    return tree


def digest(tree: Tree) -> str:
    """Return a hash of a tree."""
    tree_hash = hashlib.blake2b()
    for path, data in sorted(tree.items()):
        tree_hash.update(f"{path!a} {len(data)} ".encode() + data)
    return tree_hash.hexdigest()


def write_tree(tree: Tree, folder: Path) -> None:
    """Write a tree to a new folder."""
    folder.mkdir()
    for path, data in tree.items():
        if path.endswith("/"):
            (folder / path).mkdir()
        else:
            (folder / path).write_bytes(data)


def always(names: Fate, data: Fate) -> Callable[[Change], Fate]:
    """Return a function that gives all that was not synced the same fate."""
    return lambda change: data if isinstance(change, Data) else names


def at_random(chance: random.Random) -> Callable[[Change], Fate]:
    """Return a function that gives each change that was not synced a random fate."""
    return lambda change: chance.choice(
        tuple(Fate) if isinstance(change, Data) else (Fate.KEPT, Fate.LOST)
    )
