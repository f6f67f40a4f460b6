"""One published index: a folder that is never written again, and its manifest."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePath

import msgspec

from index.articles import Root
from index.catalog import Catalog
from index.digest import with_digest, without_digest
from index.encoder import Precision
from index.errors import IndexDamaged
from index.files import FileRecord, file_faults, record_files, sync_folder, write_synced
from index.keywords import KeywordIndex
from index.passages import PassageSettings
from index.vectors import VectorIndex

FORMAT = 2
"""Raised when what is stored, or how articles are read, changes; an older index is built anew."""

MANIFEST = "manifest.json"
CATALOG = "passages.sqlite"
VECTORS = "vectors.faiss"
KEYWORDS = "keywords"
_REPAIR = "run `byline index --full`"
LOCKS = frozenset({".tantivy-meta.lock", ".tantivy-writer.lock"})


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
    files: dict[str, FileRecord]
    """By path below the generation's folder."""


class _Format(msgspec.Struct):
    format: int


@dataclass(frozen=True)
class Generation:
    """An opened generation."""

    folder: Path
    manifest: Manifest

    @classmethod
    def open(cls, folder: Path) -> "Generation":
        """Open a generation, each of its files checked by size and SHA-256.

        Raises IndexDamaged where a file is missing or is not what the manifest says.
        """
        manifest = read_manifest(folder)
        if faults := file_faults(folder, manifest.files):
            raise IndexDamaged(f"{faults[0]}; {_REPAIR}")
        return cls(folder, manifest)

    @cached_property
    def catalog(self) -> Catalog:
        """Articles and passages."""
        return Catalog.open(self.folder / CATALOG, self.manifest.roots)

    @cached_property
    def vectors(self) -> VectorIndex:
        """Passage vectors; a passage's id is its row."""
        return VectorIndex.open(self.folder / VECTORS)

    @cached_property
    def keywords(self) -> KeywordIndex:
        """Passage keywords."""
        return KeywordIndex.open(self.folder / KEYWORDS)

    def check(self) -> None:
        """Check that the parts agree with one another. Raises IndexDamaged."""
        expected = self.manifest.passages
        found = {
            CATALOG: self.catalog.counts()[1],
            VECTORS: len(self.vectors),
            KEYWORDS: len(self.keywords),
        }
        for name, count in found.items():
            if count != expected:
                raise IndexDamaged(f"{name} holds {count} of {expected} passages; {_REPAIR}")

    def close(self) -> None:
        """Close what was opened."""
        if "catalog" in self.__dict__:
            self.catalog.close()


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
        raise IndexDamaged(f"{path} cannot be read: {error}; {_REPAIR}") from error


def seal(folder: Path, manifest: Manifest) -> Manifest:
    """Write the manifest of a generation whose files are all there, with their hashes."""
    records = {
        name: record
        for name, record in record_files(folder).items()
        if PurePath(name).name not in LOCKS
    }
    sealed = msgspec.structs.replace(manifest, files=records)
    write_synced(folder / MANIFEST, with_digest(msgspec.json.encode(sealed)))
    sync_folder(folder)
    return sealed
