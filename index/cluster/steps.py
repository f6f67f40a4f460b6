"""The steps of a build that nodes take, on plain values: what is read, its texts, their vectors."""

import hashlib
import os
import uuid
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np

from index.articles.files import Found, Skipped, find, read
from index.articles.parse import read_article
from index.articles.text import NotText
from index.build.embedding import batches_by_length
from index.build.embedding_log import EmbeddingLog
from index.build.partition import Part
from index.build.pipeline import BuildRequest, log_of, open_previous
from index.models.passage_encoder import PassageEncoder, Precision, Vectors
from index.shards.build import BuiltShard, build_shard
from index.shards.store import ShardedStore
from index.storage.records import signature_is_proof

Text = tuple[bytes, str]
"""A text to embed, after the SHA-256 that its vector is kept under."""


@dataclass(frozen=True, slots=True)
class ShardJob:
    """The build of one shard; its folders are the same on every node."""

    folder: Path
    """Of the index in shards."""
    part: Part
    request: BuildRequest
    encoder: PassageEncoder

    @property
    def store(self) -> ShardedStore:
        """The index in shards."""
        return ShardedStore(self.folder)

    @property
    def log(self) -> EmbeddingLog:
        """The finished vectors of the shard."""
        return log_of(self.store.shard(self.part), self.request.model)


def to_read(job: ShardJob) -> list[Found]:
    """Return the files of a shard that may be new or changed."""
    shard = job.store.shard(job.part)
    with shard.writing():
        job.log.gather()
    with ExitStack() as files:
        previous, _ = open_previous(shard, job.request, files)
        stored = previous.catalog.articles() if previous else []
        by_path = {article.found.path: article for article in stored}
    roots = tuple(root for root in job.request.roots if os.path.lexists(root.path))
    found = (item for item in find(roots) if isinstance(item, Found) and job.part.has(item.path))
    return [
        item
        for item in found
        if not (item.path in by_path and signature_is_proof(item, by_path[item.path]))
    ]


def texts_of(job: ShardJob, files: Sequence[Found]) -> list[Text]:
    """Read articles, and return the texts of their passages that have no vector yet."""
    texts: dict[bytes, str] = {}
    for item in files:
        contents = read(item.root, item.relative, job.request.max_bytes)
        if isinstance(contents, Skipped):
            continue
        article = read_article(contents, job.request.settings, job.encoder, item.shown_path)
        if not isinstance(article, NotText):
            texts |= {hashlib.sha256(text.encode()).digest(): text for text in article.embedded}
    with ExitStack() as opened:
        previous, _ = open_previous(job.store.shard(job.part), job.request, opened)
        logged = _logged(job.log, _size(job.log.path))
        return [
            (key, text)
            for key, text in texts.items()
            if key not in logged and (previous is None or previous.catalog.find_by_key(key) is None)
        ]


@lru_cache(maxsize=4)
def _logged(log: EmbeddingLog, _bytes: int) -> frozenset[bytes]:
    """Return the keys of the vectors that earlier builds finished."""
    return frozenset(log.read().offsets)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


@dataclass
class Embedding:
    """A process that embeds; each writes what it finished to logs of its own."""

    encoder: PassageEncoder
    name: str = field(default_factory=lambda: uuid.uuid4().hex)

    def embed(self, job: ShardJob, texts: Sequence[Text]) -> int:
        """Embed texts, keep their vectors where the build of the shard finds them, and count them.

        Raises OSError.
        """
        log = job.log.part(self.name)
        log.path.parent.mkdir(parents=True, exist_ok=True)
        lengths = np.array(self.encoder.count([text for _, text in texts]), dtype=np.int32)
        for batch in batches_by_length(lengths):
            chosen = [texts[index] for index in batch.tolist()]
            vectors = self.encoder.encode([text for _, text in chosen])
            log.append([key for key, _ in chosen], vectors)
        return len(texts)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Encode a batch of texts, as the encoder does."""
        return self.encoder.encode(texts)

    def precision(self) -> Precision:
        """Return the arithmetic that the vectors are computed in."""
        return self.encoder.precision


def built(job: ShardJob, encoder: PassageEncoder) -> BuiltShard:
    """Build a shard by an ordinary build, which finds the vectors that are finished."""
    *_, last = build_shard(job.store, job.part, job.request, encoder)
    assert isinstance(last, BuiltShard)
    return last
