"""A generation while it is being made: its folder, and the passages of articles read in this build.

They are written as they are read, so that a build never holds them all.
"""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from index.articles.parse import ReadArticle
from index.articles.passages import embedding_text
from index.build.scan import Staged
from index.storage.generation import SEGMENTS
from index.storage.passage_table import PassageWriter
from index.storage.records import StoredPassage
from index.storage.segment import PASSAGES
from index.storage.store import Store

AT_ONCE = 500
"""Passages held at a time."""


@dataclass
class Draft:
    """What is made of fresh articles; its folder is there once the first is staged or asked for."""

    store: Store
    first_passage: int
    """The lowest id that is free."""
    next_passage: int
    next_article: int
    _names: list[str] = field(default_factory=list)
    _writers: list[PassageWriter] = field(default_factory=list)
    _contexts: dict[int, str] = field(default_factory=dict)
    """What the passages of each article are embedded with."""

    @classmethod
    def after(cls, store: Store, next_passage: int, next_article: int) -> "Draft":
        """Begin a draft whose ids come after those that were given before."""
        return cls(store, next_passage, next_passage, next_article)

    @property
    def name(self) -> str:
        """The name of the generation to be, whose folder is made."""
        if not self._names:
            self._names.append(self.store.new_generation())
        return self._names[0]

    @property
    def folder(self) -> Path:
        """The generation's folder."""
        return self.store.generation_folder(self.name)

    @property
    def segment(self) -> Path:
        """The folder of the segment to be."""
        return self.folder / SEGMENTS / segment_name(self.first_passage)

    @property
    def fresh(self) -> range:
        """The ids of the passages that were staged."""
        return range(self.first_passage, self.next_passage)

    @property
    def writer(self) -> PassageWriter:
        """The table that passages are staged in."""
        if not self._writers:
            self.segment.mkdir(parents=True)
            self._writers.append(PassageWriter.create(self.segment / PASSAGES))
        return self._writers[0]

    def stage(self, read: ReadArticle) -> Staged:
        """Write an article's passages. Raises OSError where the disk takes no more."""
        staged = Staged(
            self.next_article,
            range(self.next_passage, self.next_passage + len(read.passages)),
        )
        self.next_article += 1
        self.next_passage = staged.passages.stop
        self._contexts[staged.article_id] = read.context
        self.writer.add(
            StoredPassage(passage_id, staged.article_id, passage, embedding_key(text))
            for passage_id, passage, text in zip(
                staged.passages, read.passages, read.embedded, strict=True
            )
        )
        return staged

    def texts(self, ids: list[int]) -> list[str]:
        """Give fresh passages as they are embedded, at most 500, in the order of the ids."""
        return [
            embedding_text(self._contexts[one.article_id], one.text)
            for one in self.writer.texts(ids)
        ]

    def close(self) -> None:
        """Let the files go, finished or not."""
        for writer in self._writers:
            writer.close()


def segment_name(first: int) -> str:
    """Name a segment by its first id."""
    return f"{first:010}"


def embedding_key(text: str) -> bytes:
    """Tell texts that are embedded apart."""
    return hashlib.sha256(text.encode()).digest()
