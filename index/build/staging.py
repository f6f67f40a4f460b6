"""A generation while it is made: its folder, and the passages of articles read in this build.

They are written as they are read, so that a build never holds them all.
"""

import hashlib
from contextlib import ExitStack, closing
from functools import cached_property
from pathlib import Path

from index.articles.files import Found
from index.articles.parse import ReadArticle
from index.storage.generation import SEGMENTS, Generation
from index.storage.passage_table import PassageWriter
from index.storage.records import StoredArticle, StoredPassage
from index.storage.segment import PASSAGES
from index.storage.store import Store


class Draft:
    """The fresh articles of a build; its folder is created when the first one is staged."""

    def __init__(self, store: Store, previous: Generation | None) -> None:
        """Begin a draft whose ids follow those of the previous generation, if there is one."""
        self.store = store
        self.previous = previous
        self.first_passage = previous.manifest.next_passage if previous else 0
        self.next_passage = self.first_passage
        self.next_article = previous.manifest.next_article if previous else 0
        self._embedding_titles: dict[int, str | None] = {}
        """What the passages of each article are embedded with."""
        self._files = ExitStack()

    @cached_property
    def name(self) -> str:
        """The name of the new generation, whose folder is created."""
        return self.store.new_generation()

    @property
    def folder(self) -> Path:
        """The generation's folder."""
        return self.store.generation_folder(self.name)

    @property
    def segment(self) -> Path:
        """The folder of the new segment, which is named by its first id."""
        return self.folder / SEGMENTS / f"{self.first_passage:010}"

    @property
    def fresh(self) -> range:
        """The ids of the passages that were staged."""
        return range(self.first_passage, self.next_passage)

    @cached_property
    def writer(self) -> PassageWriter:
        """The table that passages are staged in."""
        self.segment.mkdir(parents=True)
        return self._files.enter_context(closing(PassageWriter(self.segment / PASSAGES)))

    def stage(self, found: Found, seen_ns: int, read: ReadArticle) -> StoredArticle:
        """Write an article's passages. Raises OSError, for example if the disk is full."""
        ids = range(self.next_passage, self.next_passage + len(read.passages))
        stored = StoredArticle(self.next_article, found, seen_ns, read.article, ids)
        self.next_article += 1
        self.next_passage = ids.stop
        self._embedding_titles[stored.id] = read.embedding_title
        self.writer.add(
            StoredPassage(passage_id, stored.id, passage, hashlib.sha256(text.encode()).digest())
            for passage_id, passage, text in zip(ids, read.passages, read.embedded, strict=True)
        )
        return stored

    def texts(self, ids: list[int]) -> list[str]:
        """Return the texts to embed for at most 500 fresh passages, in the order of the ids."""
        return [
            stored.passage.embedded_with(self._embedding_titles[stored.article_id])
            for stored in self.writer.passages(ids)
        ]

    def close(self) -> None:
        """Close the files, finished or not."""
        self._files.close()
