"""Writing a generation: unchanged files are linked, the others are written, and all are sealed."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePath

import numpy as np

from index.articles.files import Root
from index.articles.passages import PassageSettings
from index.build.documents import DocumentMaker, part_documents, parts_of, passage_documents
from index.build.embedding import BATCH
from index.build.merge_policy import MergePolicy
from index.build.segment_plan import SegmentPlan, within
from index.build.staging import Draft
from index.disk.durable_files import FileRecord, link_or_copy, sync_folder
from index.errors import IndexDamaged, IndexUnreadable
from index.models.passage_encoder import PassageEncoder, Vectors
from index.search.ivf import write_cells
from index.search.keywords import REPLACED_FILES, Document, update_keywords, write_keywords
from index.search.segment_search import Cells, Exact, SearchMethod
from index.search.vector_file import VectorFile, VectorWriter, chunks
from index.storage import generation as layout
from index.storage.catalog import write_articles
from index.storage.generation import FORMAT, Generation, Manifest, ModelRecord, seal
from index.storage.passage_table import Move, PassageTable, PassageWriter
from index.storage.segment import CELLS, PASSAGES, VECTORS, Segment, SegmentRecord

STEPS = 5
_QUESTIONS = 200
"""Sentences that an IVF index is tuned on; a single sentence is about as short as a question."""


@dataclass
class GenerationWriter:
    """Writes a draft's generation; close it when done."""

    draft: Draft
    plan: SegmentPlan
    encoder: PassageEncoder
    policy: MergePolicy

    def __post_init__(self) -> None:
        self.rows = VectorWriter(self.draft.segment / VECTORS)
        """The vectors of the new segment; the caller writes those of fresh passages."""

    def steps(
        self, roots: tuple[Root, ...], model: ModelRecord, settings: PassageSettings
    ) -> Iterator[int]:
        """Write and check the generation; yields the steps done. Publishing is the last one."""
        yield 0
        records = self._link()
        segments = self.plan.kept
        if self.plan.ids:
            segments += (self._write_segment(model.dimension),)
        yield 1
        path = self.draft.folder / layout.ARTICLES
        write_articles(path, roots, self.plan.articles, self.plan.dropped)
        yield 2
        self._write_keywords()
        yield 3
        manifest = Manifest(
            format=FORMAT,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            model=model,
            settings=settings,
            roots=roots,
            articles=len(self.plan.articles),
            passages=sum(map(len, self.plan.live)),
            parts=sum(len(parts_of(article.passages)) for article in self.plan.articles),
            next_article=self.draft.next_article,
            segments=segments,
            files=records,
        )
        seal(self.draft.folder, manifest)
        self._read_back()
        yield 4

    def close(self) -> None:
        """Close the file of vectors, finished or not."""
        self.rows.close()

    def _link(self) -> dict[str, FileRecord]:
        """Link the files that stay as they are; return the records of those that never change."""
        previous, hash_cache = self.draft.previous, self.draft.store.hash_cache
        if previous is None:
            return {}
        kept = {f"{layout.SEGMENTS}/{segment.name}" for segment in self.plan.kept}
        if not self.plan.renumbered:
            kept |= {layout.KEYWORDS, layout.PARTS}
        source, files = previous.folder, previous.manifest.files
        linked = {
            name: record for name, record in files.items() if str(PurePath(name).parent) in kept
        }
        with hash_cache.kept_while_linking(source, files):
            for name in linked:
                target = self.draft.folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                link_or_copy(source / name, target)
        for folder in {self.draft.folder / PurePath(name).parent for name in linked}:
            sync_folder(folder)
        return {
            name: record
            for name, record in linked.items()
            if PurePath(name).name not in REPLACED_FILES
        }

    def _write_segment(self, dimension: int) -> SegmentRecord:
        ids, folder, staged = self.plan.ids, self.draft.segment, self.draft.writer
        self._copy_vectors()
        self.rows.finish(len(ids))
        if self.plan.renumbered:
            self._rewrite_passages()
        else:
            self._copy_passages(staged)
            staged.finish()
        live = [
            range(run.start - ids.start, run.stop - ids.start)
            for run in within(ids, self.plan.live)
        ]
        passages = sum(map(len, live))
        method: SearchMethod = Exact()
        if passages >= self.policy.ivf_threshold:
            method = self._write_cells(live, dimension)
        sync_folder(folder)
        sync_folder(folder.parent)
        return SegmentRecord(folder.name, ids.start, len(ids), passages, method)

    def _copy_vectors(self) -> None:
        """Copy the vectors of passages of the previous generation."""
        for segment, move in self._moved():
            first = segment.record.first
            shift = move.shift - self.plan.ids.start
            for run in chunks(move.ids):
                vectors = segment.rows.read(range(run.start - first, run.stop - first))
                self.rows.put(range(run.start + shift, run.stop + shift), vectors)

    def _copy_passages(self, writer: PassageWriter) -> None:
        for segment, move in self._moved():
            writer.copy(segment.passages, [move])

    def _moved(self) -> Iterator[tuple[Segment, Move]]:
        """Yield what is copied of each segment of the previous generation."""
        for segment in self.draft.previous.segments if self.draft.previous else ():
            bounds = range(segment.record.first, segment.record.stop)
            for move in self.plan.moves:
                for part in within(bounds, [move.ids]):
                    yield segment, Move(part, move.shift)

    def _rewrite_passages(self) -> None:
        """Write all passages with their new ids, and replace those that were staged."""
        staged = self.draft.segment / PASSAGES
        self.draft.writer.finish()
        writer = PassageWriter(staged.with_suffix(".rewritten"))
        with closing(writer), closing(PassageTable(staged)) as fresh:
            self._copy_passages(writer)
            for move in self.plan.moves:
                for part in within(self.draft.fresh, [move.ids]):
                    writer.copy(fresh, [Move(part, move.shift)])
            writer.finish()
        writer.path.replace(staged)

    def _write_cells(self, live: Sequence[range], dimension: int) -> SearchMethod:
        segments = self.draft.previous.segments if self.draft.previous else ()
        before = [
            (segment.folder / CELLS, segment.record.method)
            for segment in sorted(segments, key=lambda segment: -segment.record.rows)
            if isinstance(segment.record.method, Cells)
        ]
        folder = self.draft.segment
        with closing(VectorFile(folder / VECTORS, dimension)) as rows:
            return write_cells(folder / CELLS, rows, live, self._questions(live), before)

    def _questions(self, live: Sequence[range]) -> Vectors:
        """Embed the middle sentence of some passages, which are spread over all of them."""
        rows = np.concatenate([np.arange(run.start, run.stop) for run in live])
        chosen = rows[np.linspace(0, len(rows) - 1, _QUESTIONS).astype(np.int64)]
        with closing(PassageTable(self.draft.segment / PASSAGES)) as table:
            stored = table.passages((chosen + self.plan.ids.start).tolist())
        passages = [found.passage for found in stored]
        sentences = [
            passage.sentences[len(passage.sentences) // 2].of(passage.text) for passage in passages
        ]
        starts = range(0, len(sentences), BATCH)
        batches = [self.encoder.encode(sentences[start : start + BATCH]) for start in starts]
        return np.concatenate(batches)

    def _write_keywords(self) -> None:
        makers = {layout.KEYWORDS: passage_documents, layout.PARTS: part_documents}
        for name, documents in makers.items():
            folder = self.draft.folder / name
            if self.draft.previous and not self.plan.renumbered:
                fresh = self._documents(documents, self.draft.fresh)
                update_keywords(folder, self.plan.deleted, fresh)
            else:
                write_keywords(folder, self._documents(documents, self.plan.ids))

    def _documents(self, documents: DocumentMaker, ids: range) -> Iterator[Document]:
        """Yield what keyword search needs of passages of the new segment."""
        if not ids:
            return
        with closing(PassageTable(self.draft.segment / PASSAGES)) as table:
            yield from documents(table, self.plan.articles, ids)

    def _read_back(self) -> None:
        folder, hash_cache = self.draft.folder, self.draft.store.hash_cache
        try:
            with closing(Generation.open(folder, hash_cache)) as written:
                written.check({segment.name for segment in self.plan.kept})
        except IndexUnreadable:
            raise
        except IndexDamaged as error:
            reason, _, _ = error.message.partition("; run ")
            raise OSError(f"what was written does not read back ({reason})") from error
