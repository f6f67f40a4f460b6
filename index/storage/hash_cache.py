"""Large files whose hash was checked, so that opening an index does not hash them again.

A file is hashed once for as long as its device, inode, size and times stay the same. The cache may
be lost or damaged at any time; the files are hashed again then.
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
"""Bytes up to which a file is hashed each time."""


class _Proof(msgspec.Struct, frozen=True, array_like=True):
    """A file as it was when it was hashed."""

    device: int
    inode: int
    size: int
    mtime_ns: int
    ctime_ns: int
    sha256: str
    hashed_ns: int
    """When hashing began."""

    @property
    def key(self) -> tuple[int, int]:
        """Device and inode."""
        return self.device, self.inode


OnProgress = Callable[[int, int], None]
"""Takes the number of bytes hashed and the total."""
_Proofs = dict[tuple[int, int], _Proof]
"""By key."""


@dataclass(frozen=True, slots=True)
class HashCache:
    """The checked files of an index, recorded in the file at `path`."""

    path: Path

    def faults(
        self,
        folder: Path,
        files: Mapping[str, FileRecord],
        thorough: bool = False,
        on_progress: OnProgress = lambda _done, _total: None,
    ) -> list[str]:
        """List the files that are missing or differ from their records; if none does, record it.

        Files that the cache proves unchanged are hashed again only if `thorough`.
        """
        known = {} if thorough else self._read()
        now = _large_files(folder, files)
        proven = {name: proof for name, proof in now.items() if _is_proven(proof, known)}
        rest = {name: record for name, record in files.items() if name not in proven}
        faults = file_faults(folder, rest, _adding_up(rest, on_progress))
        if not faults and any(name in rest for name in now):
            kept = [known[proof.key] for proof in proven.values()]
            self._write([*kept, *(proof for name, proof in now.items() if name in rest)])
        return faults

    @contextmanager
    def kept_while_linking(self, folder: Path, files: Mapping[str, FileRecord]) -> Iterator[None]:
        """Keep what is known of files while links to them are made or deleted.

        That changes their ctime. Hold the writer's lock.
        """
        known = self._read()
        before = _large_files(folder, files)
        proven = {name: proof for name, proof in before.items() if _is_proven(proof, known)}
        yield
        after = _large_files(folder, {name: files[name] for name in proven})
        kept = [
            msgspec.structs.replace(known[proof.key], ctime_ns=proof.ctime_ns)
            for name, proof in after.items()
            if msgspec.structs.replace(proof, ctime_ns=0, hashed_ns=0)
            == msgspec.structs.replace(proven[name], ctime_ns=0, hashed_ns=0)
        ]
        if kept:
            self._write(kept)

    def _read(self) -> _Proofs:
        try:
            proofs = msgspec.json.decode(self.path.read_bytes(), type=list[_Proof])
        except (OSError, msgspec.MsgspecError):
            return {}
        return {proof.key: proof for proof in proofs}

    def _write(self, proofs: list[_Proof]) -> None:
        """Replace the file in one step; not synced: after a power cut all may be hashed again."""
        scratch = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        with suppress(OSError):  # a disk that is full or read-only
            scratch.write_bytes(msgspec.json.encode(proofs))
            os.replace(scratch, self.path)  # noqa: PTH105


def _adding_up(files: Mapping[str, FileRecord], on_progress: OnProgress) -> Callable[[int], None]:
    done, total = 0, sum(record.size for record in files.values())

    def hashed(size: int) -> None:
        nonlocal done
        done += size
        on_progress(done, total)

    return hashed


def _large_files(folder: Path, files: Mapping[str, FileRecord]) -> dict[str, _Proof]:
    """Return the state of the large files that exist."""
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
    """Return whether a file, as it is now, must have the content that was hashed."""
    if (then := known.get(now.key)) is None:
        return False
    is_same = msgspec.structs.replace(now, hashed_ns=then.hashed_ns) == then
    return is_same and then.mtime_ns + RACY_NS < then.hashed_ns
