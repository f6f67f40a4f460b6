"""The manifest of an index in shards: which generation of each shard belongs to it."""

import hashlib
from pathlib import Path

import msgspec

from index.articles.files import Root
from index.build.partition import Part
from index.disk.durable_files import read_versioned, replace_synced, with_digest
from index.errors import IndexDamaged, NoIndex, reason_of
from index.search.keywords import NO_TOTALS, Totals
from index.shards.which import MANIFEST

FORMAT = 1
SHARDS = "shards"
_REPAIR = "run `byline cluster index`"


class ShardRecord(msgspec.Struct, frozen=True):
    """A shard as it was when the manifest was written."""

    number: int
    """From 0."""
    generation: str
    sha256: str
    """Of its generation's manifest, which has the checksums of all other files."""
    articles: int
    passages: int
    keywords: Totals
    """Of its passages."""
    parts: Totals
    """Of the parts of its articles."""


class ShardsManifest(msgspec.Struct, frozen=True):
    """What an index in shards consists of."""

    format: int
    created: str
    """ISO 8601, UTC."""
    count: int
    """Parts that the articles are divided into; one without any article has no shard."""
    roots: tuple[Root, ...]
    """What the user named."""
    shards: tuple[ShardRecord, ...]
    """By number."""

    @property
    def keywords(self) -> Totals:
        """The totals of all passages."""
        return sum((shard.keywords for shard in self.shards), NO_TOTALS)

    @property
    def parts(self) -> Totals:
        """The totals of all parts of articles."""
        return sum((shard.parts for shard in self.shards), NO_TOTALS)


def shard_folder(folder: Path, part: Part) -> Path:
    """Return the folder of a shard; those of another number of parts lie beside it."""
    return folder / SHARDS / f"{part.number:03}-of-{part.count:03}"


def read_shards(folder: Path) -> ShardsManifest:
    """Read the manifest in a folder. Raises NoIndex if there is none, IndexDamaged."""
    path = folder / MANIFEST
    try:
        return read_versioned(path, ShardsManifest, FORMAT)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NoIndex(
            f"nothing is indexed in {folder}; run `byline cluster index FOLDER --index {folder}`"
        ) from error
    except (OSError, ValueError) as error:
        raise IndexDamaged(f"{path} cannot be read: {reason_of(error)}; {_REPAIR}") from error


def name_of(folder: Path) -> str:
    """Return a name for what the manifest in a folder says now: its hash. Raises NoIndex."""
    try:
        return hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()
    except OSError as error:
        raise NoIndex(f"{folder / MANIFEST} cannot be read: {reason_of(error)}") from error


def write_shards(folder: Path, manifest: ShardsManifest) -> None:
    """Replace the manifest in one step. Raises OSError."""
    replace_synced(folder / MANIFEST, with_digest(msgspec.json.encode(manifest)))
