"""The folder of an index in shards, and the store of each shard."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import replace

from index.articles.files import Root
from index.build.partition import Part
from index.errors import BadRequest, BylineError, IndexBusy, IndexDamaged, IndexUnwritable, NoIndex
from index.shards.generation import LocalShards, ShardedGeneration
from index.shards.manifest import (
    SHARDS,
    ShardRecord,
    ShardsManifest,
    name_of,
    read_shards,
    shard_folder,
)
from index.shards.shard import Shard
from index.shards.which import MANIFEST, OnMissing
from index.storage.generation import MANIFEST as GENERATION_MANIFEST
from index.storage.generation import Generation, Manifest
from index.storage.hash_cache import OnProgress
from index.storage.store import CURRENT, GENERATIONS, OpenIndex, Store

_ATTEMPTS = 20


@dataclass(frozen=True, slots=True)
class ShardStore(Store):
    """The folder of a shard."""

    of: Path
    """The folder of the index."""
    part: Part

    def pinned(self) -> frozenset[str]:
        """Return the generation that the index has now, which is not the newest in a build."""
        with suppress(BylineError):
            shards = read_shards(self.of)
            if shards.count == self.part.count:
                numbers = self.part.number
                return frozenset(
                    shard.generation for shard in shards.shards if shard.number == numbers
                )
        return frozenset()

    def open_recorded(
        self, record: ShardRecord, thorough: bool = False,
        on_progress: OnProgress = lambda _done, _total: None,
    ) -> OpenIndex:  # fmt: skip
        """Open the generation that the index has.

        Raises FileNotFoundError if it was deleted, IndexDamaged if it is another than recorded.
        """
        try:
            index = self._open(record.generation, thorough, on_progress)
        except FileNotFoundError:
            raise
        except (OSError, ValueError) as error:
            raise IndexDamaged(f"{self.folder} cannot be opened: {error}") from error
        if manifest_digest(index.generation.folder) != record.sha256:
            index.close()
            raise IndexDamaged(f"{self.folder}: the manifest of its generation was exchanged")
        return index

    def collect(self, is_wanted: bool) -> None:
        """Delete what no reader has open: old generations, or all if the shard is not wanted."""
        with self.writing():
            if is_wanted:
                self.collect_garbage()
                return
            for name in (CURRENT, GENERATION_MANIFEST):
                (self.folder / name).unlink(missing_ok=True)
            self.collect_garbage()
            if not any((self.folder / GENERATIONS).iterdir()):
                shutil.rmtree(self.folder, ignore_errors=True)


def manifest_digest(generation: Path) -> str:
    """Return the hex digest of a generation's manifest. Raises OSError."""
    return hashlib.sha256((generation / GENERATION_MANIFEST).read_bytes()).hexdigest()


@dataclass(frozen=True, slots=True)
class ShardedStore(Store):
    """The folder of an index in shards."""

    on_missing: OnMissing | None = None
    """None if all shards must be opened."""

    @property
    def build_command(self) -> str:
        """The command that brings the index up to date."""
        return "byline cluster index"

    def exists(self) -> bool:
        """Whether an index in shards was ever published here."""
        return (self.folder / MANIFEST).is_file()

    def shard(self, part: Part) -> ShardStore:
        """Return the store of a shard."""
        return ShardStore(shard_folder(self.folder, part), self.folder, part)

    def open(
        self, thorough: bool = False, on_progress: OnProgress = lambda _done, _total: None
    ) -> OpenIndex:
        """Open all shards in this process. Raises NoIndex or IndexDamaged."""
        for _ in range(_ATTEMPTS):
            name = self.current()
            with suppress(FileNotFoundError):  # another build was published at this moment
                return self._open_shards(name, read_shards(self.folder), thorough, on_progress)
        raise IndexDamaged(f"a shard of {self.folder} is missing; run `byline cluster index`")

    def _open_shards(
        self, name: str, shards: ShardsManifest, thorough: bool, on_progress: OnProgress
    ) -> OpenIndex:
        with ExitStack() as files:
            opened: list[tuple[ShardRecord, Generation]] = []
            for record in shards.shards:
                store = self.shard(Part(record.number, shards.count))
                try:
                    index = files.enter_context(
                        closing(store.open_recorded(record, thorough, on_progress))
                    )
                    opened.append((record, index.generation))
                except (FileNotFoundError, IndexDamaged) as error:
                    self._miss(record, shards, error)
            # The statistics are those of what is there.
            there = replace(shards, shards=tuple(record for record, _ in opened))
            local = {record.number: Shard(record.number, one, there) for record, one in opened}
            generation = ShardedGeneration(
                self.folder,
                there,
                LocalShards(local, files.pop_all().close),
                [one for _, one in opened],
            )
            return OpenIndex(name, generation, os.open(self.folder, os.O_RDONLY | os.O_CLOEXEC))

    def _miss(self, record: ShardRecord, shards: ShardsManifest, error: Exception) -> None:
        """Report a shard that cannot be opened. Raises IndexDamaged if it must be."""
        if isinstance(error, FileNotFoundError) and not self.current_is(shards):
            raise error
        reason = error.message if isinstance(error, BylineError) else "its generation is missing"
        reason = reason.partition("; run ")[0]
        message = f"shard {record.number} of {shards.count} cannot be opened: {reason}"
        if self.on_missing is None:
            raise IndexDamaged(f"{message}; run `byline cluster index`, or ask with --partial")
        self.on_missing(message)

    def current_is(self, shards: ShardsManifest) -> bool:
        """Return whether a manifest is still that of the index."""
        with suppress(BylineError):
            return read_shards(self.folder) == shards
        return False

    def current(self) -> str:
        """Return a name for what is published now. Raises NoIndex."""
        return name_of(self.folder)

    def faults(self) -> list[str]:
        """List what is wrong outside the generations."""
        shards = read_shards(self.folder)
        stores = (self.shard(Part(one.number, shards.count)) for one in shards.shards)
        return [fault for store in stores for fault in Store.faults(store)]

    def manifest(self) -> Manifest | None:
        """Return the manifest of one of the shards, which have one model; None without any."""
        with suppress(BylineError):
            shards = read_shards(self.folder)
            for record in shards.shards:
                found = Store.manifest(self.shard(Part(record.number, shards.count)))
                if found is not None:
                    return found
        return None

    def remembered_roots(self) -> tuple[Root, ...]:
        """Return the roots that the user named for the index; none if there is no index."""
        with suppress(BylineError):
            return read_shards(self.folder).roots
        return ()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Refuse an ordinary build, which would put a second index here. Raises BadRequest."""
        raise BadRequest(
            f"{self.folder} holds an index in shards; bring it up to date with "
            f"`byline cluster index --index {self.folder}`"
        )
        yield

    watching = writing

    @contextmanager
    def building(self) -> Iterator[None]:
        """Hold the writer's lock of all shards together. Raises as `Store.writing` does."""
        if Store.exists(self):
            raise BadRequest(f"{self.folder} holds an ordinary index; name another folder")
        with Store.writing(self):
            yield

    def collect_garbage(self) -> None:
        """Delete generations and shards that the index does not have and nobody has open."""
        with suppress(NoIndex, OSError):
            count = read_shards(self.folder).count
            for store in self._shards_on_disk():
                with suppress(IndexBusy, IndexUnwritable, OSError):
                    store.collect(is_wanted=store.part.count == count)

    def _shards_on_disk(self) -> Iterator[ShardStore]:
        for path in sorted((self.folder / SHARDS).iterdir()):
            number, _, count = path.name.partition("-of-")
            if number.isdigit() and count.isdigit():
                yield self.shard(Part(int(number), int(count)))
