"""What a disk may hold after the power was lost: a model of a file system that keeps no order.

Data that was not synced may be lost, be zeros, or be there in part; a name that was made, replaced
or removed in a folder that was not synced since may or may not have been.
"""

import hashlib
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path

from tests.faults.calls import Call, Does

ROOT = 0
NEVER = 1 << 60


class Fate(Enum):
    """What became of a change that was not synced."""

    KEPT = auto()
    LOST = auto()
    ZEROS = auto()
    """Of data: the length is there, the bytes are not."""
    TORN = auto()
    """Of data: the first half is there."""


@dataclass(frozen=True, slots=True)
class Data:
    """A change of a file's bytes: written at an offset, or cut to a length."""

    file: int
    offset: int
    data: bytes
    cut: bool


@dataclass(frozen=True, slots=True)
class Names:
    """A change of names: those removed and those added, each a folder, a name, what it names."""

    removed: tuple[tuple[int, str, int], ...]
    added: tuple[tuple[int, str, int], ...]
    makes_folder: bool = False

    @property
    def folders(self) -> set[int]:
        return {folder for folder, _, _ in (*self.removed, *self.added)}


Change = Data | Names
Tree = Mapping[str, bytes]
"""Files by path; a path that ends in a slash is a folder."""


@dataclass
class History:
    """The changes that calls made, in order, and the call that had each of them on the disk."""

    files: dict[int, bytes] = field(default_factory=dict)
    """What the files held before the first call."""
    folders: dict[int, dict[str, int]] = field(default_factory=lambda: {ROOT: {}})
    changes: dict[int, Change] = field(default_factory=dict)
    """By the number of the call."""
    synced: dict[int, int] = field(default_factory=dict)
    """The number of the call that a change was synced by; none where it never was."""
    _by_path: dict[str, int] = field(default_factory=lambda: {"": ROOT})
    _next: int = ROOT + 1

    @classmethod
    def of(cls, before: Path, calls: Sequence[Call]) -> "History":
        """Work through calls on a folder that was like this before, all of it on the disk."""
        history = cls()
        for path in sorted(before.rglob("*")):
            history._there(path.relative_to(before).as_posix(), path)
        for number, call in enumerate(calls):
            if call.does is Does.SYNC:
                history._sync(number, history._by_path[call.path])
            elif call.path in history._by_path or call.does in (Does.CREATE, Does.MKDIR):
                history.changes[number] = history._change(call)
        return history

    def after(self, cut: int, fate: Callable[[Change], Fate]) -> Tree:
        """Give what the disk holds where the power was lost before the call of that number."""
        files = {number: bytearray(data) for number, data in self.files.items()}
        folders = {number: dict(names) for number, names in self.folders.items()}
        for number, change in self.changes.items():
            if number >= cut:
                break
            became = Fate.KEPT if self.synced.get(number, NEVER) < cut else fate(change)
            if isinstance(change, Data):
                _apply_data(files.setdefault(change.file, bytearray()), change, became)
            elif became is Fate.KEPT:
                _apply_names(folders, change)
        return _tree(files, folders)

    def _there(self, name: str, path: Path) -> None:
        made = self._named(name)
        folder, last = self._place(name)
        self.folders[folder][last] = made
        if path.is_dir():
            self.folders[made] = {}
        else:
            self.files[made] = path.read_bytes()

    def _named(self, path: str) -> int:
        self._by_path[path] = self._next
        self._next += 1
        return self._by_path[path]

    def _place(self, path: str) -> tuple[int, str]:
        folder, _, name = path.rpartition("/")
        return self._by_path[folder], name

    def _change(self, call: Call) -> Change:
        if call.does in (Does.WRITE, Does.TRUNCATE):
            cut = call.does is Does.TRUNCATE
            return Data(self._by_path[call.path], call.offset, call.data, cut)
        if call.does in (Does.CREATE, Does.MKDIR):
            added = (*self._place(call.path), self._named(call.path))
            return Names((), (added,), call.does is Does.MKDIR)
        entry = (*self._place(call.path), self._by_path[call.path])
        if call.does is Does.UNLINK:
            del self._by_path[call.path]
            return Names((entry,), ())
        added = (*self._place(call.target), entry[2])
        self._by_path[call.target] = entry[2]
        if call.does is Does.LINK:
            return Names((), (added,))
        self._move(call.path, call.target)
        return Names((entry,), (added,))

    def _move(self, path: str, target: str) -> None:
        del self._by_path[path]
        for below in [one for one in self._by_path if one.startswith(f"{path}/")]:
            self._by_path[target + below.removeprefix(path)] = self._by_path.pop(below)

    def _sync(self, number: int, synced: int) -> None:
        for earlier, change in self.changes.items():
            touches = {change.file} if isinstance(change, Data) else change.folders
            if synced in touches:
                self.synced.setdefault(earlier, number)


def _apply_data(file: bytearray, change: Data, became: Fate) -> None:
    if became is Fate.LOST:
        return
    if change.cut:
        del file[change.offset :]
        file.extend(bytes(change.offset - len(file)))
        return
    data = change.data
    if became is Fate.ZEROS:
        data = bytes(len(data))
    if became is Fate.TORN:
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
    """Give what two trees share only where they are the same."""
    whole = hashlib.blake2b()
    for path, data in sorted(tree.items()):
        whole.update(f"{path!a} {len(data)} ".encode() + data)
    return whole.hexdigest()


def lay_out(tree: Tree, folder: Path) -> None:
    """Write a tree into a new folder."""
    folder.mkdir()
    for path, data in tree.items():
        if path.endswith("/"):
            (folder / path).mkdir()
        else:
            (folder / path).write_bytes(data)


def always(names: Fate, data: Fate) -> Callable[[Change], Fate]:
    """Let all that was not synced fare alike."""
    return lambda change: data if isinstance(change, Data) else names


def by_chance(chance: random.Random) -> Callable[[Change], Fate]:
    """Let each change that was not synced fare by chance."""
    return lambda change: chance.choice(
        tuple(Fate) if isinstance(change, Data) else (Fate.KEPT, Fate.LOST)
    )
