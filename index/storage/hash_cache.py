"""Which large files were found to be as written, so that opening an index does not hash them again.

A file's SHA-256 is worked out once for as long as its device, inode, size and times stay. What is
kept of that may be lost or garbled at any time: then it is worked out again.
"""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from index.disk.durable_files import FileRecord, file_faults
from index.storage.records import RACY_NS

FILE = "verified.json"
SMALL = 1 << 20
"""Bytes, up to which a file is hashed each time."""


class _Proof(msgspec.Struct, frozen=True, array_like=True):
    """A file as it was when its hash was worked out."""

    device: int
    inode: int
    size: int
    mtime_ns: int
    ctime_ns: int
    sha256: str
    hashed_ns: int
    """When that began."""

    def holds(self, now: "_Proof") -> bool:
        """Tell whether the file, as it is now, must have the content that it had."""
        same = msgspec.structs.replace(now, hashed_ns=self.hashed_ns) == self
        return same and self.mtime_ns + RACY_NS < self.hashed_ns


OnProgress = Callable[[int, int], None]
"""Takes how many of how many bytes were hashed."""
_Proofs = dict[tuple[int, int], _Proof]
"""By device and inode."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What is known of an index's files; `path` is where that is kept."""

    path: Path

    def faults(
        self,
        folder: Path,
        files: Mapping[str, FileRecord],
        thorough: bool = False,
        on_progress: OnProgress = lambda _done, _total: None,
    ) -> list[str]:
        """Tell which files are missing, or not as they were recorded; remember that none is.

        What is known to be sound is hashed again only where `thorough`.
        """
        known = {} if thorough else self._read()
        now = _as_they_are(folder, files)
        proven = {name: one for name, one in now.items() if _is_proven(one, known)}
        rest = {name: record for name, record in files.items() if name not in proven}
        faults = file_faults(folder, rest, _adding_up(rest, on_progress))
        if not faults and any(name in rest for name in now):
            kept = [known[_place(one)] for one in proven.values()]
            self._write([*kept, *(one for name, one in now.items() if name in rest)])
        return faults

    @contextmanager
    def through(self, folder: Path, files: Mapping[str, FileRecord]) -> Iterator[None]:
        """Keep what is known of files while links to them are made or removed, which touches them.

        For who holds the writer's lock.
        """
        known = self._read()
        before = _as_they_are(folder, files)
        proven = {name: one for name, one in before.items() if _is_proven(one, known)}
        yield
        after = _as_they_are(folder, {name: files[name] for name in proven})
        kept = [
            msgspec.structs.replace(known[_place(one)], ctime_ns=one.ctime_ns)
            for name, one in after.items()
            if msgspec.structs.replace(one, ctime_ns=0, hashed_ns=0)
            == msgspec.structs.replace(proven[name], ctime_ns=0, hashed_ns=0)
        ]
        if kept:
            self._write(kept)

    def _read(self) -> _Proofs:
        try:
            proofs = msgspec.json.decode(self.path.read_bytes(), type=list[_Proof])
        except (OSError, msgspec.MsgspecError):
            return {}
        return {_place(one): one for one in proofs}

    def _write(self, proofs: list[_Proof]) -> None:
        """Write it in one step; not synced, for after a power cut all may be hashed again."""
        scratch = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        with suppress(OSError):  # a disk that is full, or may not be written
            scratch.write_bytes(msgspec.json.encode(proofs))
            os.replace(scratch, self.path)  # noqa: PTH105


def _adding_up(files: Mapping[str, FileRecord], on_progress: OnProgress) -> Callable[[int], None]:
    done, total = 0, sum(record.size for record in files.values())

    def hashed(size: int) -> None:
        nonlocal done
        done += size
        on_progress(done, total)

    return hashed


def _as_they_are(folder: Path, files: Mapping[str, FileRecord]) -> dict[str, _Proof]:
    """Give the large files that are there, as they are now."""
    found = {}
    for name, record in files.items():
        if record.size > SMALL:
            with suppress(OSError):
                status = (folder / name).stat()
                found[name] = _Proof(
                    status.st_dev, status.st_ino, status.st_size,
                    status.st_mtime_ns, status.st_ctime_ns, record.sha256, time.time_ns(),
                )  # fmt: skip
    return found


def _is_proven(now: _Proof, known: _Proofs) -> bool:
    return _place(now) in known and known[_place(now)].holds(now)


def _place(proof: _Proof) -> tuple[int, int]:
    return proof.device, proof.inode
