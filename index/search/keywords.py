"""Keyword search: BM25 in tantivy over stemmed English terms, with queries built by hand."""

import math
import os
import re
from collections.abc import Iterable, Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
import tantivy

from index.articles.text import encodable
from index.disk.durable_files import sync_file, sync_folder
from index.disk.memory_copy import private_copy
from index.errors import IndexDamaged
from index.search.analyzer import ANALYZER, analyzer, terms

_BOOSTS = {"text": 1.0, "context": 0.5, "title": 0.3}
"""Weights of a term in the passage, in the headings above it, and in the article's title."""
_HEAP = 64 * 1024 * 1024
"""Bytes."""
_META = "meta.json"
REPLACED_FILES = frozenset({_META, ".managed.json"})
"""Files that an update replaces; all others never change."""
_MAX_TERMS = 64
"""Terms of a question that are searched for; the first ones of a longer question."""
_FEW = 500
"""Articles up to which a search is restricted by a query; one of 5,000 takes 15 ms."""
_DEEPER = 8
"""Times the limit that is searched first, and by which it grows, where articles are many."""
_DEEPEST = 4_000
"""Passages that are looked through before a search is restricted by a query all the same."""
_Hits = list[tuple[float, tantivy.DocAddress]]
"""Scores and addresses, best first."""
_ERROR_NUMBER = re.compile(r"(?:os error |code: )(\d+)")


@dataclass(frozen=True, slots=True)
class Document:
    """A passage, or several of an article, as keyword search indexes them."""

    passages: range
    article: int
    title: str
    """Of its article, with the name of its file."""
    context: str
    """The headings above it."""
    text: str


class _Segment(msgspec.Struct):
    max_doc: int


class _Meta(msgspec.Struct):
    """tantivy's description of its files."""

    segments: list[_Segment]


@dataclass(frozen=True)
class KeywordIndex:
    """The keywords of the passages, or of the parts, of one generation."""

    folder: Path
    schema: tantivy.Schema
    searcher: tantivy.Searcher
    written: int
    """Documents written, including deleted ones: tantivy's document frequencies count them too."""

    @classmethod
    def open(cls, folder: Path) -> "KeywordIndex":
        """Open a private copy of the keywords, because tantivy maps its files.

        Raises IndexDamaged if tantivy cannot read them, as the methods do.
        """
        with _damage_reported(folder), private_copy(folder) as copy:
            index = tantivy.Index.open(str(copy))
            index.register_tokenizer(ANALYZER, analyzer())
            meta = msgspec.json.decode((copy / _META).read_bytes(), type=_Meta)
            written = sum(segment.max_doc for segment in meta.segments)
            return cls(folder, index.schema, index.searcher(), written)

    def __len__(self) -> int:
        return int(self.searcher.num_docs)

    def search(self, question: str, limit: int, articles: Sequence[int] = ()) -> dict[int, float]:
        """Return the passages that best match a question's terms: ids with BM25, best first.

        `articles` restricts the search, before the limit, to these article ids; empty means all.
        """
        found = self.search_parts(question, limit, articles)
        return {passages.start: score for passages, score in found.items()}

    def search_parts(
        self, question: str, limit: int, articles: Sequence[int] = ()
    ) -> dict[range, float]:
        """Return the ids of the passages of each document that matches best, as `search` does."""
        searched = terms(question)[:_MAX_TERMS]
        if not searched:
            return {}
        with _damage_reported(self.folder):
            hits = self._best(self._query(searched), limit, articles)
            addresses = [address for _, address in hits]
            firsts = self.searcher.fast_field_values("passage", addresses)
            counts = self.searcher.fast_field_values("count", addresses)
        return {
            range(int(first), int(first) + int(count)): float(score)
            for first, count, (score, _) in zip(firsts, counts, hits, strict=True)
            if first is not None and count is not None
        }

    def _best(self, query: tantivy.Query, limit: int, articles: Sequence[int]) -> _Hits:
        """Return the best hits of a query in some articles, of which none means all.

        Where articles are many, the best of all are looked through instead, deeper and deeper.
        """
        depth = limit * _DEEPER if len(articles) > _FEW else 0
        allowed = frozenset(articles if depth else ())
        while 0 < depth <= _DEEPEST:
            hits = self.searcher.search(query, depth, count=False).hits
            found = self.searcher.fast_field_values("article", [address for _, address in hits])
            best = [hit for hit, one in zip(hits, found, strict=True) if one in allowed]
            if len(best) >= limit or len(hits) < depth:
                return best[:limit]
            depth *= _DEEPER
        return list(self.searcher.search(self._within(query, articles), limit, count=False).hits)

    def holding(self, searched: Sequence[str], articles: Sequence[int] = ()) -> list[int]:
        """Return the ids of all passages whose text has every one of these terms, in order.

        Without terms, these are all passages. `articles` restricts the search to these article
        ids; empty means all.
        """
        with _damage_reported(self.folder):
            parts = [self._term("text", term) for term in searched] or [tantivy.Query.all_query()]
            if articles:
                parts.append(tantivy.Query.term_set_query(self.schema, "article", list(articles)))
            every = tantivy.Query.boolean_query([(tantivy.Occur.Must, part) for part in parts])
            unscored = tantivy.Query.const_score_query(every, 0.0)
            # The limit sizes a buffer; tantivy's stubs do not declare the count.
            count: int = self.searcher.search(unscored, 1).count  # type: ignore[attr-defined]
            hits = self.searcher.search(unscored, max(1, count), count=False).hits
            passages = self.searcher.fast_field_values("passage", [address for _, address in hits])
        return sorted(int(passage) for passage in passages if passage is not None)

    def has(self, term: str, articles: Sequence[int] = ()) -> bool:
        """Return whether the text of a passage has a term.

        `articles` restricts the search to these article ids; empty means all.
        """
        count = self.count(term)
        # More passages than were deleted: one is left. Else they have to be searched.
        if not count or (not articles and count > self.written - len(self)):
            return bool(count)
        with _damage_reported(self.folder):
            return bool(self._best(self._term("text", term), 1, articles))

    def count(self, term: str) -> int:
        """Return how many passages have a term in their text, including deleted ones."""
        with _damage_reported(self.folder):
            return int(self.searcher.doc_freq("text", term))

    def idf(self, term: str) -> float:
        """Return a term's inverse document frequency, as BM25: ln(1 + (N - n + ½) / (n + ½))."""
        count = self.count(term)
        return math.log(1 + (self.written - count + 0.5) / (count + 0.5))

    def _query(self, searched: Sequence[str]) -> tantivy.Query:
        parts = [
            (tantivy.Occur.Should, tantivy.Query.boost_query(self._term(name, term), boost))
            for name, boost in _BOOSTS.items()
            for term in searched
        ]
        return tantivy.Query.boolean_query(parts)

    def _within(self, query: tantivy.Query, articles: Sequence[int]) -> tantivy.Query:
        """Restrict a query to some articles; none means all."""
        if not articles:
            return query
        scope = tantivy.Query.term_set_query(self.schema, "article", list(articles))
        unscored = tantivy.Query.const_score_query(scope, 0.0)
        return tantivy.Query.boolean_query(
            [(tantivy.Occur.Must, part) for part in (query, unscored)]
        )

    def _term(self, field: str, term: str) -> tantivy.Query:
        return tantivy.Query.term_query(self.schema, field, term, index_option="freq")


@contextmanager
def _damage_reported(folder: Path) -> Iterator[None]:
    """Raise IndexDamaged for whatever tantivy raises over damaged files."""
    try:
        yield
    except BaseException as error:
        # A panic in tantivy is a BaseException of a class that cannot be imported.
        panicked = type(error).__name__ == "PanicException"
        if panicked or isinstance(error, (ValueError, OSError, OverflowError)):
            raise IndexDamaged(f"{folder} cannot be read; run `byline index --full`") from error
        raise


def write_keywords(folder: Path, documents: Iterable[Document]) -> None:
    """Write the keywords of passages into a new folder. Raises OSError."""
    folder.mkdir()
    with _disk_errors(folder):
        builder = tantivy.SchemaBuilder()
        for field in ("title", "context", "text"):
            builder.add_text_field(field, tokenizer_name=ANALYZER, index_option="freq")
        builder.add_unsigned_field("passage", fast=True)
        builder.add_unsigned_field("count", fast=True)
        builder.add_unsigned_field("article", indexed=True, fast=True)
        index = tantivy.Index(builder.build(), path=str(folder))
        _write(index, (), documents)
    _sync(folder)


def update_keywords(folder: Path, deleted: Sequence[int], documents: Iterable[Document]) -> None:
    """Delete articles, by their ids, from a folder's keywords, and add passages. Raises OSError.

    The files may be hard links to those of an index that is in use: tantivy creates and renames
    files but never writes into an existing one.
    """
    synced = {path.name for path in folder.iterdir()} - REPLACED_FILES
    with _disk_errors(folder):
        _write(tantivy.Index.open(str(folder)), deleted, documents)
    _sync(folder, synced)


def _write(index: tantivy.Index, deleted: Sequence[int], documents: Iterable[Document]) -> None:
    index.register_tokenizer(ANALYZER, analyzer())
    # One thread keeps passages in order, so that equal scores rank the same in every build.
    writer = index.writer(_HEAP, 1)
    if deleted:
        # By a query: tantivy-py 0.27 deletes nothing by a numeric term.
        writer.delete_documents_by_query(
            tantivy.Query.term_set_query(index.schema, "article", list(deleted))
        )
    for document in documents:
        texts = {
            "title": encodable(document.title),
            "context": encodable(document.context),
            "text": encodable(document.text),
        }
        passages = document.passages
        ids = {
            "passage": passages.start, "count": len(passages), "article": document.article
        }  # fmt: skip
        writer.add_document(tantivy.Document.from_dict({**texts, **ids}, index.schema))
    writer.commit()
    writer.wait_merging_threads()


def _sync(folder: Path, synced: Set[str] = frozenset()) -> None:
    for path in folder.iterdir():
        if path.name not in synced:
            sync_file(path)
    sync_folder(folder)


@contextmanager
def _disk_errors(folder: Path) -> Iterator[None]:
    """Raise the OSError that the text of tantivy's error reports."""
    try:
        yield
    except ValueError as error:
        if match := _ERROR_NUMBER.search(str(error)):
            number = int(match[1])
            raise OSError(number, os.strerror(number)) from error
        raise OSError(f"{folder.name}: {' '.join(str(error).split())}") from error
