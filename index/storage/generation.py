"""One published index: a folder that is never written again, and its manifest."""

from collections.abc import Set
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path, PurePath

import msgspec

from index.articles.files import Root
from index.articles.passages import PassageSettings
from index.disk.durable_files import (
    FileRecord,
    read_versioned,
    record_files,
    sync_folder,
    with_digest,
    without_digest,
    write_synced,
)
from index.errors import IndexDamaged, reason_of
from index.models.passage_encoder import Precision
from index.search.keywords import KeywordIndex, KeywordSearch
from index.storage.catalog import Catalog
from index.storage.hash_cache import HashCache, OnProgress
from index.storage.segment import Segment, SegmentRecord
from index.storage.vector_index import VectorIndex, VectorSearch

FORMAT = 9
"""Raised when what is stored, or how articles are read, changes; older indexes are rebuilt."""

MANIFEST = "manifest.json"
ARTICLES = "articles.sqlite"
SEGMENTS = "segments"
KEYWORDS = "keywords"
PARTS = "parts"
_REPAIR = "run `byline index --full`"
LOCKS = frozenset({".tantivy-meta.lock", ".tantivy-writer.lock"})
"""Empty files that tantivy makes."""


class ModelRecord(msgspec.Struct, frozen=True):
    """The embedding model of an index."""

    name: str
    fingerprint: str
    dimension: int
    precision: Precision


class Manifest(msgspec.Struct, frozen=True):
    """What a generation contains."""

    format: int
    created: str
    """ISO 8601, UTC."""
    model: ModelRecord
    settings: PassageSettings
    roots: tuple[Root, ...]
    articles: int
    passages: int
    parts: int
    """Parts of articles that are searched by keywords."""
    next_article: int
    """The lowest id that no article has had."""
    segments: tuple[SegmentRecord, ...]
    """In the order of their ids."""
    files: dict[str, FileRecord]
    """By path relative to the generation's folder."""

    @property
    def next_passage(self) -> int:
        """The lowest id that no passage of these segments or of later ones has had."""
        return self.segments[-1].stop if self.segments else 0


class Generation:
    """An open generation; each of its parts is opened when first used."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest
        self._parts = ExitStack()

    @classmethod
    def open(
        cls,
        folder: Path,
        hash_cache: HashCache,
        thorough: bool = False,
        on_progress: OnProgress = lambda _done, _total: None,
    ) -> "Generation":
        """Open a generation after checking each of its files by size and SHA-256.

        Files that the cache proves unchanged are hashed again only if `thorough`. Raises
        IndexDamaged if a file is missing or differs from the manifest.
        """
        manifest = read_manifest(folder)
        if faults := hash_cache.faults(folder, manifest.files, thorough, on_progress):
            raise IndexDamaged(f"{faults[0]}; {_REPAIR}")
        return cls(folder, manifest)

    @cached_property
    def segments(self) -> tuple[Segment, ...]:
        """The segments, which hold the passages and their vectors."""
        dimension = self.manifest.model.dimension
        segments = tuple(
            Segment(self.folder / SEGMENTS / record.name, record, dimension)
            for record in self.manifest.segments
        )
        for segment in segments:
            self._parts.callback(segment.close)
        return segments

    @cached_property
    def catalog(self) -> Catalog:
        """Articles and passages."""
        catalog = Catalog(self.folder / ARTICLES, self.manifest.roots)
        self._parts.callback(catalog.connection.close)
        catalog.segments = [(segment.record.first, segment.passages) for segment in self.segments]
        return catalog

    @cached_property
    def vectors(self) -> VectorSearch:
        """Passage vectors."""
        return VectorIndex(self.segments, self.catalog.dropped())

    @cached_property
    def keywords(self) -> KeywordSearch:
        """Passage keywords."""
        return KeywordIndex.open(self.folder / KEYWORDS)

    @cached_property
    def parts(self) -> KeywordSearch:
        """Keywords of parts of articles, which show what the text around a passage is about."""
        return KeywordIndex.open(self.folder / PARTS)

    @property
    def generations(self) -> tuple["Generation", ...]:
        """The generations that this one consists of: itself, unless it has shards."""
        return (self,)

    def check(self, checked: Set[str] = frozenset()) -> None:
        """Check that the parts agree on the number of passages. Raises IndexDamaged.

        `checked` names segments that were checked before, as parts of an earlier generation.
        """
        for segment in self.segments:
            if segment.record.name not in checked:
                segment.check()
        passages, parts = self.manifest.passages, self.manifest.parts
        found = [
            (ARTICLES, self.catalog.counts()[1], passages, "passages"),
            (SEGMENTS, len(self.vectors), passages, "passages"),
            (KEYWORDS, len(self.keywords), passages, "passages"),
            (PARTS, len(self.parts), parts, "parts of articles"),
        ]
        for name, count, expected, what in found:
            if count != expected:
                raise IndexDamaged(f"{name} has {count} of {expected} {what}; {_REPAIR}")

    def close(self) -> None:
        """Close the parts that were opened."""
        self._parts.close()


def read_manifest(folder: Path) -> Manifest:
    """Read a generation's manifest. Raises IndexDamaged if it is missing, damaged or too old."""
    path = folder / MANIFEST
    try:
        return read_versioned(path, Manifest, FORMAT)
    except FileNotFoundError as error:
        raise IndexDamaged(f"{path} is missing; {_REPAIR}") from error
    except (OSError, ValueError) as error:
        raise IndexDamaged(f"{path} cannot be read: {reason_of(error)}; {_REPAIR}") from error


class _Roots(msgspec.Struct):
    roots: tuple[Root, ...]


def read_roots(folder: Path) -> tuple[Root, ...]:
    """Return the roots that a generation of any format was built from; none if unreadable."""
    try:
        line = without_digest((folder / MANIFEST).read_bytes())
        return msgspec.json.decode(line, type=_Roots).roots
    except (OSError, ValueError):
        return ()


def seal(folder: Path, manifest: Manifest) -> Manifest:
    """Write the manifest of a generation whose files are complete, with their hashes.

    Files that the manifest lists already, linked from the previous generation, are not hashed.
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
