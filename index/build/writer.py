"""A generation written: what stays is linked, what changed is written, all of it sealed."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import PurePath

import numpy as np

from index.articles.files import Root
from index.articles.passages import PassageSettings
from index.build.embedding import BATCH
from index.build.merge_policy import Growth
from index.build.segment_plan import Shape, within
from index.build.staging import Draft
from index.disk.durable_files import FileRecord, link_or_copy, sync_folder
from index.errors import IndexDamaged, IndexUnreadable
from index.models.passage_encoder import PassageEncoder, Vectors
from index.search.ivf import TrainedCells, write_cells
from index.search.keywords import REPLACED_FILES, Document, update_keywords, write_keywords
from index.search.segment_search import Cells, Exact, SearchMethod
from index.search.vector_file import VectorFile, VectorWriter, chunks
from index.storage import generation as layout
from index.storage.article_table import write_articles
from index.storage.generation import FORMAT, Generation, Manifest, ModelRecord, seal
from index.storage.passage_table import Move, PassageTable, PassageWriter
from index.storage.segment import CELLS, PASSAGES, VECTORS, Segment, SegmentRecord
from index.storage.store import Store

STEPS = 5
_QUESTIONS = 200
"""Sentences that cells are tuned on; a sentence alone is as short as a question."""


@dataclass(frozen=True)
class Writing:
    """The generation of a draft being written; `last`, one or none, is what it is built upon."""

    store: Store
    draft: Draft
    shape: Shape
    last: Sequence[Generation]
    encoder: PassageEncoder
    growth: Growth

    @cached_property
    def rows(self) -> VectorWriter:
        """The vectors of the new segment; those of fresh passages are put by whoever makes them."""
        return VectorWriter(self.draft.segment / VECTORS)

    def steps(
        self, roots: tuple[Root, ...], model: ModelRecord, settings: PassageSettings
    ) -> Iterator[int]:
        """Write and check it; yields how many of the steps are done, the last being to publish."""
        yield 0
        records = self._link()
        segments = self.shape.kept
        if self.shape.ids:
            segments += (self._write_segment(model.dimension),)
        yield 1
        path = self.draft.folder / layout.ARTICLES
        write_articles(path, roots, self.shape.articles, self.shape.dropped)
        yield 2
        self._write_keywords()
        yield 3
        manifest = Manifest(
            format=FORMAT,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            model=model,
            settings=settings,
            roots=roots,
            articles=len(self.shape.articles),
            passages=sum(map(len, self.shape.live)),
            next_article=self.draft.next_article,
            segments=segments,
            files=records,
        )
        seal(self.draft.folder, manifest)
        self._read_back()
        yield 4

    def _link(self) -> dict[str, FileRecord]:
        """Link the files that stay as they are; gives their records."""
        stays = {f"{layout.SEGMENTS}/{segment.name}" for segment in self.shape.kept}
        if not self.shape.renumbered:
            stays.add(layout.KEYWORDS)
        linked: dict[str, FileRecord] = {}
        for generation in self.last:
            files = generation.manifest.files
            with self.store.verified.through(generation.folder, files):
                for name, record in files.items():
                    if str(PurePath(name).parent) in stays:
                        target = self.draft.folder / name
                        target.parent.mkdir(parents=True, exist_ok=True)
                        link_or_copy(generation.folder / name, target)
                        linked[name] = record
        for folder in {self.draft.folder / PurePath(name).parent for name in linked}:
            sync_folder(folder)
        return {
            name: record
            for name, record in linked.items()
            if PurePath(name).name not in REPLACED_FILES
        }

    def _write_segment(self, dimension: int) -> SegmentRecord:
        ids, folder, staged = self.shape.ids, self.draft.segment, self.draft.writer
        self._take_vectors()
        self.rows.finish(len(ids))
        if self.shape.renumbered:
            self._write_anew()
        else:
            self._take_passages(staged)
            staged.finish()
        live = [
            range(run.start - ids.start, run.stop - ids.start)
            for run in within(ids, self.shape.live)
        ]
        passages = sum(map(len, live))
        way: SearchMethod = Exact()
        if passages >= self.growth.least_in_cells:
            way = self._write_cells(live, dimension)
        sync_folder(folder)
        sync_folder(folder.parent)
        return SegmentRecord(folder.name, ids.start, len(ids), passages, way)

    def _take_vectors(self) -> None:
        """Take the vectors of passages of the last generation."""
        for segment, move in self._moved():
            first = segment.record.first
            for run in chunks(move.ids):
                shift = move.shift - self.shape.ids.start
                vectors = segment.rows.read(range(run.start - first, run.stop - first))
                self.rows.put(range(run.start + shift, run.stop + shift), vectors)

    def _take_passages(self, writer: PassageWriter) -> None:
        for segment, move in self._moved():
            writer.take(segment.passages, [move])

    def _moved(self) -> Iterator[tuple[Segment, Move]]:
        """Yield what is taken of each segment of the last generation."""
        for segment in (one for generation in self.last for one in generation.segments):
            bounds = range(segment.record.first, segment.record.stop)
            for move in self.shape.moves:
                for part in within(bounds, [move.ids]):
                    yield segment, Move(part, move.shift)

    def _write_anew(self) -> None:
        """Write all passages with their new ids, in the place of those that were staged."""
        staged = self.draft.segment / PASSAGES
        self.draft.writer.finish()
        writer = PassageWriter.create(staged.with_suffix(".anew"))
        with closing(writer), closing(PassageTable.open(staged)) as fresh:
            self._take_passages(writer)
            for move in self.shape.moves:
                for part in within(self.draft.fresh, [move.ids]):
                    writer.take(fresh, [Move(part, move.shift)])
            writer.finish()
        writer.path.replace(staged)

    def _write_cells(self, live: Sequence[range], dimension: int) -> SearchMethod:
        before = [
            TrainedCells(segment.folder / CELLS, segment.record.way)
            for generation in self.last
            for segment in sorted(generation.segments, key=lambda one: -one.record.rows)
            if isinstance(segment.record.way, Cells)
        ]
        folder = self.draft.segment
        with closing(VectorFile.open(folder / VECTORS, dimension)) as rows:
            return write_cells(folder / CELLS, rows, live, self._questions(live), before)

    def _questions(self, live: Sequence[range]) -> Vectors:
        """Embed a sentence of each of some passages, spread over all of them."""
        rows = np.concatenate([np.arange(run.start, run.stop) for run in live])
        chosen = rows[np.linspace(0, len(rows) - 1, _QUESTIONS).astype(np.int64)]
        with closing(PassageTable.open(self.draft.segment / PASSAGES)) as table:
            stored = table.passages((chosen + self.shape.ids.start).tolist())
        sentences = [
            one.passage.sentences[len(one.passage.sentences) // 2].of(one.passage.text)
            for one in stored
        ]
        return np.concatenate(
            [
                self.encoder.encode(sentences[start : start + BATCH])
                for start in range(0, len(sentences), BATCH)
            ]
        )

    def _write_keywords(self) -> None:
        folder = self.draft.folder / layout.KEYWORDS
        if self.last and not self.shape.renumbered:
            update_keywords(folder, self.shape.gone, self._documents(self.draft.fresh))
        else:
            write_keywords(folder, self._documents(self.shape.ids))

    def _documents(self, ids: range) -> Iterator[Document]:
        """Yield what keyword search is to know of passages of the new segment."""
        if not ids:
            return
        titles = {one.id: one.article.title for one in self.shape.articles}
        with closing(PassageTable.open(self.draft.segment / PASSAGES)) as table:
            for one in table.texts(ids):
                yield Document(one.id, one.article_id, titles[one.article_id], one.text)

    def _read_back(self) -> None:
        try:
            with closing(Generation.open(self.draft.folder, self.store.verified)) as written:
                written.check()
        except IndexUnreadable:
            raise
        except IndexDamaged as error:
            reason, _, _ = error.message.partition("; run ")
            raise OSError(f"what was written did not read back ({reason})") from error
