"""One published index: a folder that is never written again, and its manifest."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePath

import msgspec

from index.articles.files import Root
from index.articles.passages import PassageSettings
from index.disk.durable_files import (
    FileRecord,
    record_files,
    sync_folder,
    with_digest,
    without_digest,
    write_synced,
)
from index.errors import IndexDamaged, reason_of
from index.models.passage_encoder import Precision
from index.search.keywords import KeywordIndex
from index.storage.article_table import ArticleTable
from index.storage.catalog import Catalog
from index.storage.hash_cache import OnProgress, Verified
from index.storage.segment import Segment, SegmentRecord
from index.storage.vector_index import VectorIndex

FORMAT = 4
"""Raised when what is stored, or how articles are read, changes; an older index is built anew."""

MANIFEST = "manifest.json"
ARTICLES = "articles.sqlite"
SEGMENTS = "segments"
KEYWORDS = "keywords"
_REPAIR = "run `byline index --full`"
LOCKS = frozenset({".tantivy-meta.lock", ".tantivy-writer.lock"})
"""Files that tantivy makes and that hold nothing."""


class ModelRecord(msgspec.Struct, frozen=True):
    """The embedding model of an index."""

    name: str
    fingerprint: str
    dimension: int
    precision: Precision


class Manifest(msgspec.Struct, frozen=True):
    """What a generation says of itself."""

    format: int
    created: str
    """ISO 8601, UTC."""
    model: ModelRecord
    settings: PassageSettings
    roots: tuple[Root, ...]
    articles: int
    passages: int
    next_article: int
    """The lowest id that no article has had."""
    segments: tuple[SegmentRecord, ...]
    """In the order of their ids."""
    files: dict[str, FileRecord]
    """By path below the generation's folder."""

    @property
    def next_passage(self) -> int:
        """The lowest id that no passage has had, as far as segments remember."""
        return self.segments[-1].stop if self.segments else 0


class _Format(msgspec.Struct):
    format: int


@dataclass(frozen=True)
class Generation:
    """An opened generation."""

    folder: Path
    manifest: Manifest

    @classmethod
    def open(
        cls,
        folder: Path,
        verified: Verified,
        thorough: bool = False,
        on_progress: OnProgress = lambda _done, _total: None,
    ) -> "Generation":
        """Open a generation, each of its files checked by size and SHA-256.

        Files that are known to be as they were written are hashed again only where `thorough`.
        Raises IndexDamaged where a file is missing or is not what the manifest says.
        """
        manifest = read_manifest(folder)
        if faults := verified.faults(folder, manifest.files, thorough, on_progress):
            raise IndexDamaged(f"{faults[0]}; {_REPAIR}")
        return cls(folder, manifest)

    @cached_property
    def segments(self) -> tuple[Segment, ...]:
        """Passages with their vectors, as they were written together."""
        dimension = self.manifest.model.dimension
        return tuple(
            Segment(self.folder / SEGMENTS / record.name, record, dimension)
            for record in self.manifest.segments
        )

    @cached_property
    def catalog(self) -> Catalog:
        """Articles and passages."""
        table = ArticleTable.open(self.folder / ARTICLES, self.manifest.roots)
        return Catalog(table, tuple((one.record.first, one.passages) for one in self.segments))

    @cached_property
    def vectors(self) -> VectorIndex:
        """Passage vectors."""
        return VectorIndex(self.segments, self.catalog.table.dropped())

    @cached_property
    def keywords(self) -> KeywordIndex:
        """Passage keywords."""
        return KeywordIndex.open(self.folder / KEYWORDS)

    def check(self) -> None:
        """Check that the parts agree with one another. Raises IndexDamaged."""
        for segment in self.segments:
            segment.check()
        expected = self.manifest.passages
        found = {
            ARTICLES: self.catalog.counts()[1],
            SEGMENTS: len(self.vectors),
            KEYWORDS: len(self.keywords),
        }
        for name, count in found.items():
            if count != expected:
                raise IndexDamaged(f"{name} holds {count} of {expected} passages; {_REPAIR}")

    def close(self) -> None:
        """Close what was opened."""
        if "catalog" in self.__dict__:
            self.catalog.close()
        for segment in self.__dict__.get("segments", ()):
            segment.close()


def read_manifest(folder: Path) -> Manifest:
    """Read a generation's manifest. Raises IndexDamaged where it is not one of this version's."""
    path = folder / MANIFEST
    try:
        data = path.read_bytes()
        known = msgspec.json.decode(data.partition(b"\n")[0], type=_Format).format
        if known != FORMAT:
            raise IndexDamaged(
                f"the index has format {known}, this version of Byline reads {FORMAT}; {_REPAIR}"
            )
        return msgspec.json.decode(without_digest(data), type=Manifest)
    except FileNotFoundError as error:
        raise IndexDamaged(f"{path} is missing; {_REPAIR}") from error
    except (OSError, ValueError) as error:
        raise IndexDamaged(f"{path} cannot be read: {reason_of(error)}; {_REPAIR}") from error


class _Roots(msgspec.Struct):
    roots: tuple[Root, ...]


def read_roots(folder: Path) -> tuple[Root, ...]:
    """Read what a generation of any format was built from; nothing where that cannot be told."""
    try:
        line = without_digest((folder / MANIFEST).read_bytes())
        return msgspec.json.decode(line, type=_Roots).roots
    except (OSError, ValueError):
        return ()


def seal(folder: Path, manifest: Manifest) -> Manifest:
    """Write the manifest of a generation whose files are all there, with their hashes.

    Those that the manifest has already, of files of the generation before, are taken as they are.
    """
    records = {
        name: record
        for name, record in record_files(folder, manifest.files).items()
        if PurePath(name).name not in LOCKS
    }
    sealed = msgspec.structs.replace(manifest, files=records)
    write_synced(folder / MANIFEST, with_digest(msgspec.json.encode(sealed)))
    sync_folder(folder)
    return sealed
